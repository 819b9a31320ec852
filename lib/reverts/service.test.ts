import { expect, test } from "vitest";
import { pullStop } from "../stops/pull-stop.ts";
import { openBase } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { listToBuild } from "./service.ts";

const { database, seed, work, launched } = await runScene();

test("a revert is made once its base was fetched, and not under a stop", async () => {
  const runId = await launched();
  expect(await listToBuild(seed)).toEqual([]);
  await database.owner.query("alter table run disable trigger governed");
  await database.owner.query("update run set kind = 'revert', base_commit = $2 where id = $1", [
    runId,
    "f".repeat(40),
  ]);
  await database.owner.query("alter table run enable trigger governed");
  expect(await listToBuild(seed)).toEqual([]);
  await openBase(database, work.repositoryId, "f");
  expect(await listToBuild(seed)).toEqual([runId]);
  await pullStop(seed, { scope: "pilot", pilotId: work.pilotId, reason: "now" });
  expect(await listToBuild(seed)).toEqual([]);
});
