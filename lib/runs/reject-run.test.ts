import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { disconnectDatabase } from "../db.ts";
import { closeQueue } from "../jobs/queue.ts";
import type { Scope } from "../scope.ts";
import { activePilot, arrangeWork, charterFor, member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { enrol, kindsAbout, launch, openBase, testBlobs, toReview } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { rejectRun } from "./reject-run.ts";
import { getRun } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const seed = testScope({
  roles: ["engineering_lead", "security_lead"],
  actor: systemActor("demo"),
  clock: testClock(),
});
const worker = testScope({ roles: ["viewer"], actor: systemActor("worker"), clock: seed.clock });
let work: Awaited<ReturnType<typeof arrangeWork>>;
let runner: Scope;
let reviewer: Scope;
let viewer: Scope;
let runId = "";

beforeAll(async () => {
  work = await arrangeWork(seed);
  await openBase(database, work.repositoryId);
  runner = await enrol(seed, "one");
  reviewer = await member(seed, "rae", "reviewer");
  viewer = await member(seed, "vic", "viewer");
});

beforeEach(async () => {
  const pilotId = await activePilot(seed, charterFor(seed, work.repositoryId));
  runId = await launch(seed, pilotId, work.agentId);
});

afterAll(async () => {
  await closeQueue();
  await disconnectDatabase();
});

const reject = (scope: Scope) => rejectRun(scope, { runId, reason: "It repairs nothing." });

describe("rejecting a review that has no gate", () => {
  test("ends the run with the reason, on the record", async () => {
    await toReview({ database, worker, runner }, runId, { green: false });
    await reject(reviewer);
    expect(await getRun(reviewer, runId)).toMatchObject({
      status: "rejected",
      reason: "It repairs nothing.",
    });
    expect(await kindsAbout(database, `run:${runId}`)).toContain("run.rejected");
  });

  test("is not possible while a gate is open: the decision would be bound to nothing", async () => {
    await toReview({ database, worker, runner }, runId);
    await expect(reject(reviewer)).rejects.toMatchObject({ code: "conflict" });
    expect(await getRun(reviewer, runId)).toMatchObject({ status: "in_review" });
  });

  test("is not possible before there is a review, nor for who may not decide", async () => {
    await expect(reject(reviewer)).rejects.toMatchObject({ code: "conflict" });
    await toReview({ database, worker, runner }, runId, { green: false });
    await expect(reject(viewer)).rejects.toMatchObject({ code: "forbidden" });
  });
});
