import { beforeAll, describe, expect, test } from "vitest";
import { arrangeWork } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { enrol, launch, openBase, testBlobs, toReview } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { findShownPatch, readShownDiff } from "./shown-patch.ts";

testBlobs();
const database = await testDatabase("web");
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock: testClock() });
const TOKEN = `ghp_${"aB3dE6gH9j".repeat(4).slice(0, 36)}`;
let runId = "";

beforeAll(async () => {
  const { agentId, repositoryId, pilotId } = await arrangeWork(seed);
  await openBase(database, repositoryId);
  runId = await launch(seed, pilotId, agentId);
  const flag = {
    rule: "test_integrity",
    severity: "notice",
    path: `${TOKEN}.ts`,
    sentence: "A test.",
  } as const;
  await toReview({ database, worker: seed, runner: await enrol(seed, "r") }, runId, { flags: [flag] });
});

async function ungoverned(sql: string, values: unknown[]): Promise<void> {
  for (const table of ["patch", "blob"]) {
    await database.owner.query(`alter table ${table} disable trigger governed`);
  }
  await database.owner.query(sql, values);
  for (const table of ["patch", "blob"]) {
    await database.owner.query(`alter table ${table} enable trigger governed`);
  }
}

const file = (path: string) => ({
  ...{
    path,
    previousPath: null,
    status: "modified",
    modeBefore: "file",
    modeAfter: "file",
    added: 1,
    removed: 0,
  },
});

describe("a patch as it is shown", () => {
  test("probe: names that hold a secret are masked, and two of them are still two files with their flags", async () => {
    const files = [file(`${TOKEN}.ts`), file(`${TOKEN.replace("aB3", "xY7")}.ts`), file("plain.ts")];
    await ungoverned("update patch set files = $2 where run_id = $1", [runId, JSON.stringify(files)]);
    const patch = await findShownPatch(seed, runId);
    expect(patch?.files.map(({ path }) => path)).toEqual([
      "[secret: github].ts",
      "[secret: github].ts (2)",
      "plain.ts",
    ]);
    expect(patch?.flags.map(({ path }) => path)).toEqual(["[secret: github].ts"]);
  });

  test("its diff is read once and shown as long as it was not taken away", async () => {
    const patch = await findShownPatch(seed, runId);
    if (!patch) throw new Error("no patch");
    expect(await readShownDiff(seed, patch)).toEqual({ text: "diff", lines: [], isTakenAway: false });
    await ungoverned("update blob set deleted_at = now() where id = $1", [patch.diffBlobId]);
    expect(await readShownDiff(seed, patch)).toEqual({ text: "", lines: [], isTakenAway: true });
  });
});
