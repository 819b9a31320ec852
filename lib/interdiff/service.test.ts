// Comparisons of two attempts as they are kept, and read back.
import { appendFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { blobStore, type StoredBlob, storeBytes } from "../blobs/service.ts";
import { read, transaction } from "../db.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { testDatabase } from "../testing/database.ts";
import { diffText, modified } from "../testing/diff-texts.ts";
import { asProcess, testBlobs } from "../testing/journey.ts";
import { openModelScene } from "../testing/model-scene.ts";
import { reviewOf } from "../testing/review-scene.ts";
import { testClock, testScope } from "../testing/scopes.ts";
import { findInterdiff, interdiffBytes, recordInterdiff } from "./service.ts";
import { readInterdiffPart, readInterdiffWhole, readShownInterdiff } from "./shown-interdiff.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const files = [modified("a.ts")];
const diff = diffText("a.ts", "@@ -1 +1 @@\n-a\n+b\n");

async function compared() {
  const scene = await openModelScene(database, clock);
  const { runId, assignment } = await scene.start();
  const reviewing = { database, worker: scene.lead, runner: scene.runner, clock };
  const { patchId: to } = await reviewOf(reviewing, assignment, { files, diff });
  const bytes = interdiffBytes({ files, diff: Buffer.from(diff) });
  const result = await storeBytes(Readable.from([bytes]), 10_000, clock.now());
  const record = (from: string, made: StoredBlob = result) =>
    asProcess(database, "worker", () =>
      transaction(scene.lead, async (tx) =>
        recordInterdiff(tx, scene.lead, await lockRun(tx, runId), { from, to, result: made }),
      ),
    );
  return { scene, runId, to, result, record };
}

const { scene, runId, to, result, record } = await compared();

test("its parts, and all of them for a search, are given to who names their text and may see the run", async () => {
  const earlier = `${to}x`;
  await database.owner.query("alter table patch disable trigger governed");
  await database.owner.query(
    `insert into patch select (jsonb_populate_record(p, $2)).* from patch p where id = $1`,
    [to, { id: earlier, attempt: 0, created_at: "2020-01-01T00:00:00Z" }],
  );
  await database.owner.query("alter table patch enable trigger governed");
  const made = interdiffBytes({ files, diff: Buffer.from(diff) });
  await record(earlier, await storeBytes(Readable.from([made]), 10_000, clock.now()));
  const shown = await readShownInterdiff(scene.lead, earlier, to);
  if (shown.state !== "made") throw new Error(shown.why);
  const { version, files: cut } = shown.cut;
  const body = "@@ -1 +1 @@\n-a\n+b\n";
  const asked = { runId, patchId: to, since: earlier };
  const part = { ...asked, file: 0, part: 0, sha256: cut[0]?.parts[0]?.sha256 ?? "" };
  expect(await readInterdiffPart(scene.lead, part)).toBe(body);
  expect(await new Response(await readInterdiffWhole(scene.lead, { ...asked, version })).text()).toBe(body);
  const whole = (more: object, scope = scene.lead) =>
    readInterdiffWhole(scope, { ...asked, version, ...more });
  await expect(whole({ version: "other" })).rejects.toMatchObject({ code: "conflict" });
  await expect(whole({ since: "pat_none" })).rejects.toMatchObject({ code: "not_found" });
  await expect(whole({}, testScope({ clock }))).rejects.toMatchObject({ code: "not_found" });
});

test("probe: a file that was changed is not shown, and one of a run that ended meanwhile is not kept", async () => {
  expect(await record("pat_a")).toBe(true);
  await appendFile(blobStore().path(result.id), "+c\n");
  expect(await findInterdiff(scene.lead, "pat_a", to)).toMatchObject({
    ...{ state: "problem", problem: expect.stringContaining("not the one that was recorded") },
  });
  await cancelRun(scene.lead, { runId, reason: "The test is over." });
  const late = await storeBytes(Readable.from(["{}\n"]), 10_000, clock.now());
  expect(await record("pat_b", late)).toBe(false);
  expect(await findInterdiff(scene.lead, "pat_b", to)).toMatchObject({
    ...{ state: "problem", problem: expect.stringContaining("ended") },
  });
  const kept = await read(scene.lead, (db) => db.blob.findMany({ where: { runId, kind: "interdiff" } }));
  const ids = kept.map(({ id }) => id);
  expect([ids.includes(result.id), ids.includes(late.id)]).toEqual([true, false]);
});
