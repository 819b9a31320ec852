// The worker looks into what lies in quarantine: in a real sandbox, on a real database.
import { rm, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { takeArtefact } from "#lib/artefacts/hand-in.ts";
import { listArtefacts } from "#lib/artefacts/service.ts";
import { blobStore } from "#lib/blobs/service.ts";
import { tarOf } from "#lib/testing/archives/archives.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { asProcess, testBlobs } from "#lib/testing/journey.ts";
import { type ModelScene, openModelScene } from "#lib/testing/model-scene.ts";
import { testClock } from "#lib/testing/scopes.ts";
import { quietLogger as logger } from "#lib/testing/setup/setup-scene.ts";
import { scanArtefacts, scanBytes } from "./scan-artefacts.ts";

testBlobs();
const workshop = await testWorkshop();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;

beforeAll(async () => {
  scene = await openModelScene(database, clock, { environment: { artefactPaths: ["out"] } });
});

const KEY_IN_A_NAME = `ghp_${"aB3dE6gH9j".repeat(4).slice(0, 36)}`;
const { sandbox, scratch: stateFolder } = workshop;
const scan = () => asProcess(database, "worker", () => scanArtefacts({ workshop, logger }, scene.lead));

async function handIn(files: Readonly<Record<string, Buffer | string>>): Promise<string> {
  const { runId, assignment } = await scene.start();
  const { leaseId, attempt } = assignment;
  for (const [name, content] of Object.entries(files)) {
    const body = new Response(new Uint8Array(Buffer.from(content))).body as ReadableStream<Uint8Array>;
    await takeArtefact(scene.runner, { leaseId, attempt, path: `out/${name}` }, body);
  }
  return runId;
}

const states = async (runId: string) =>
  Object.fromEntries(
    (await listArtefacts(scene.lead, runId)).artefacts.map(({ path, state, findings }) => [
      path.slice(4),
      [state, ...findings.map(({ rule }) => rule)],
    ]),
  );

describe("what lies in quarantine", () => {
  test("is looked into: what ends it is refused, the rest waits for a person with what was seen", async () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${"A".repeat(64)}\n${"b".repeat(64)}\n-----END RSA PRIVATE KEY-----\n`;
    const runId = await handIn({
      "notes.txt": "All tests pass.\n",
      "page.txt": "<html><body>hi",
      "key.txt": `here it is\n${key}`,
      [`${KEY_IN_A_NAME}.txt`]: "nothing in it\n",
      "up.tar": tarOf({ name: "../../etc/cron.d/x", content: "x" }),
      "tool.txt": Buffer.from("7f454c4602010100", "hex"),
    });
    expect(await scan()).toBe(6);
    expect(await states(runId)).toEqual({
      "notes.txt": ["scanned"],
      "page.txt": ["scanned", "active"],
      "key.txt": ["refused", "secret"],
      [`${KEY_IN_A_NAME}.txt`]: ["refused", "secret"],
      "up.tar": ["refused", "archive_path", "contents_unsearched"],
      "tool.txt": ["scanned", "program", "contents_unsearched"],
    });
    const secret = (await listArtefacts(scene.lead, runId)).artefacts.find(
      ({ path }) => path === "out/key.txt",
    );
    expect(JSON.stringify(secret)).not.toContain("AAAA");
    expect(await scan()).toBe(0);
  });

  test("probe: bytes that are others now, or gone, stay in quarantine and keep nothing else waiting", async () => {
    const runId = await handIn({ "a.txt": "a", "b.txt": "b", "c.txt": "c" });
    const { rows } = await database.owner.query<{ path: string; blob_id: string }>(
      "select path, blob_id from artefact where run_id = $1 order by path",
      [runId],
    );
    const [gone, other] = rows.map(({ blob_id }) => blobStore().path(blob_id));
    await rm(gone ?? "");
    await rm(other ?? "");
    await writeFile(other ?? "", "another");
    await scan();
    expect(await states(runId)).toEqual({
      ...{ "a.txt": ["quarantined"], "b.txt": ["quarantined"], "c.txt": ["scanned"] },
    });
    const problems = (await listArtefacts(scene.lead, runId)).artefacts.map(({ problem }) => problem);
    expect(problems).toEqual([
      expect.stringContaining("missing"),
      expect.stringContaining("not those that were handed in"),
      null,
    ]);
  });

  test("probe: where looking does not end in its memory, nothing is said of the bytes", async () => {
    const limits = { memoryBytes: 24 * 1024 * 1024 };
    await expect(scanBytes({ sandbox, stateFolder, limits }, Buffer.from("x"))).rejects.toThrow(
      "Looking into it",
    );
  });
});
