import { afterAll, expect, test } from "vitest";
import { disconnectDatabase } from "../db.ts";
import { closeQueue } from "../jobs/queue.ts";
import { arrangeWork } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { bytes, enrol, handIn, launch, leaseOf, openBase, testBlobs } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { markPrepared } from "./service.ts";
import { takeBundle } from "./transfers.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });

afterAll(async () => {
  await closeQueue();
  await disconnectDatabase();
});

test("probe: a runner cannot fill the disk with bundles of one lease; the next lease is not held back by it", async () => {
  const work = await arrangeWork(seed);
  await openBase(database, work.repositoryId);
  const runner = await enrol(seed, "r");
  const runId = await launch(seed, work.pilotId, work.agentId);
  const { leaseId, attempt } = await leaseOf(runner, runId, "agent");
  await markPrepared(runner, leaseId, attempt);
  const upload = () => takeBundle(runner, leaseId, attempt, bytes("a bundle"));
  for (let nth = 1; nth <= 10; nth++) await upload();
  await expect(upload()).rejects.toMatchObject({ code: "refused" });

  clock.advance(1000);
  const nextRun = await launch(seed, work.pilotId, work.agentId);
  await handIn(runner, await leaseOf(runner, nextRun, "agent"));
});
