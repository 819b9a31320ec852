import { rename } from "node:fs/promises";
import { Readable } from "node:stream";
import { beforeAll, describe, expect, test } from "vitest";
import { blobStore, storeBytes } from "../blobs/service.ts";
import { arrangeWork } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { enrol, launch, openBase, testBlobs, toReview } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { readDiff } from "./service.ts";
import { findShownPatch, firstTexts, readShownDiff, readShownPart, readShownWhole } from "./shown-patch.ts";

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

  test("its parts are given to who names their text, and to nobody who may not see the run", async () => {
    const text = `diff --git a/a b/a\nindex 1..2\n@@ -1 +1 @@\n-${TOKEN}\n+é\n`;
    const stored = await storeBytes(Readable.from([Buffer.from(text)]), 1000, 0);
    await ungoverned(
      "update blob set sha256 = $2 where id = (select diff_blob_id from patch where run_id = $1)",
      [runId, stored.sha256],
    );
    const patch = await findShownPatch(seed, runId);
    if (!patch) throw new Error("no patch");
    // Bytes that are not those that were recorded are not shown.
    await expect(readShownDiff(seed, patch)).rejects.toMatchObject({ code: "unavailable" });
    await expect(readDiff(seed, patch)).rejects.toMatchObject({ code: "unavailable" });
    await rename(blobStore().path(stored.id), blobStore().path(patch.diffBlobId));
    expect(await readDiff(seed, patch)).toBe(text);
    const diff = await readShownDiff(seed, patch);
    const shown = "@@ -1 +1 @@\n-[secret: github]\n+é\n";
    const sha256 = diff.files[0]?.parts[0]?.sha256 ?? "";
    const order = { runId, patchId: patch.id, file: 0, part: 0, sha256 };
    expect(await readShownPart(seed, order)).toBe(shown);
    expect(firstTexts(diff, [0], 1000)).toEqual({ "0:0": shown });
    expect(firstTexts(diff, [0], 3)).toEqual({});
    const whole = await readShownWhole(seed, { runId, patchId: patch.id, version: diff.version });
    expect(await new Response(whole).text()).toBe(shown);

    const stranger = testScope({ clock: testClock() });
    for (const [scope, wrong, code] of [
      [seed, { sha256: "0".repeat(64) }, "conflict"],
      [seed, { part: 1 }, "not_found"],
      [seed, { patchId: "pat_1" }, "not_found"],
      [stranger, {}, "not_found"],
    ] as const) {
      await expect(readShownPart(scope, { ...order, ...wrong })).rejects.toMatchObject({ code });
    }
    await expect(readShownWhole(seed, { ...order, version: "other" })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("its diff is read once and shown as long as it was not taken away", async () => {
    const patch = await findShownPatch(seed, runId);
    if (!patch) throw new Error("no patch");
    expect(await readShownDiff(seed, patch)).toMatchObject({ files: [{ masked: 1 }], isTakenAway: false });
    await ungoverned("update blob set deleted_at = now() where id = $1", [patch.diffBlobId]);
    expect(await readShownDiff(seed, patch)).toMatchObject({ text: "", files: [], isTakenAway: true });
    await expect(readDiff(seed, patch)).rejects.toMatchObject({ code: "expired" });
  });
});
