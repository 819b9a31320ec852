import { beforeAll, expect, test } from "vitest";
import { member } from "../testing/arrange.ts";
import { type RunScene, runScene } from "../testing/run-scene.ts";
import { ScoreDocument } from "./schema.ts";
import { findScore, scoreDocument } from "./service.ts";

let scene: RunScene;
let runId: string;
let other: string;

beforeAll(async () => {
  scene = await runScene();
  runId = await scene.launched();
  other = await scene.launched();
  const { owner } = scene.database;
  await owner.query("alter table run disable trigger governed");
  await owner.query("update run set kind = 'document' where id = $1", [runId]);
});

const marks = (run: string) =>
  ScoreDocument.parse({ runId: run, accuracy: "5", completeness: "4", clarity: "3" });

test("a document is scored once by each reviewer, after it was approved, and its entry says how", async () => {
  const [ada, bo] = [await member(scene.seed, "ada", "reviewer"), await member(scene.seed, "bo", "reviewer")];
  await expect(scoreDocument(ada, marks(runId))).rejects.toMatchObject({ code: "refused" });
  expect(await findScore(ada, runId)).toEqual({ isGiven: false, isDue: false, scores: 0, mean: null });
  await scene.database.owner.query("update run set status = 'merged', ended_at = now() where id = $1", [
    runId,
  ]);
  expect(await findScore(ada, runId)).toMatchObject({ isDue: true });
  await scoreDocument(ada, marks(runId));
  await expect(scoreDocument(ada, marks(runId))).rejects.toMatchObject({ code: "conflict" });
  await scoreDocument(bo, { runId, accuracy: 2, completeness: 2, clarity: 2 });
  expect(await findScore(ada, runId)).toEqual({ isGiven: true, isDue: false, scores: 2, mean: 3 });
  const { rows } = await scene.database.owner.query<{ body: Buffer }>(
    "select body from log_entry where kind = 'run.document_scored' order by id",
  );
  expect(rows.map(({ body }) => JSON.parse(body.toString("utf8")).detail)).toContainEqual({
    ...{ accuracy: 5, completeness: 4, clarity: 3 },
  });
  expect(rows).toHaveLength(2);
});

test("probe: no other run is scored, by nobody who does not decide, and no mark is beyond 1 to 5", async () => {
  const reviewer = await member(scene.seed, "cy", "reviewer");
  await expect(scoreDocument(reviewer, marks(other))).rejects.toMatchObject({ code: "refused" });
  expect(await findScore(reviewer, other)).toBeNull();
  const viewer = await member(scene.seed, "di", "viewer");
  await expect(scoreDocument(viewer, marks(runId))).rejects.toMatchObject({ code: "forbidden" });
  for (const accuracy of ["0", "6", "4.5", ""])
    expect(
      ScoreDocument.safeParse({ ...marks(runId), accuracy, completeness: "1", clarity: "1" }).success,
    ).toBe(false);
});
