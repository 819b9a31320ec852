// A run is paused, put away, taken up again; and what happens when its runner does something else at that moment.
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { ensureRecipeAgent } from "../agents/service.ts";
import { listAsks } from "../asks/service.ts";
import { sweepAsks } from "../asks/sweep-asks.ts";
import { MINUTE } from "../clock.ts";
import { transaction } from "../db.ts";
import { loseLease } from "../leases/end-lease.ts";
import { finishLease, heartbeat, markPrepared } from "../leases/service.ts";
import { sweepUnparked } from "../leases/sweep-leases.ts";
import { takeBundle } from "../leases/transfers.ts";
import type { Scope } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { ask, asProcess, bytes, leaseOf, SUMMARY, testBlobs } from "../testing/journey.ts";
import { admitted, type ModelScene, openModelScene, type Working } from "../testing/model-scene.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { asking, gateOf, inboxOf, statusOf, tell } from "../testing/steering.ts";
import { cancelRun } from "./cancel-run.ts";
import { launchRun } from "./launch-run.ts";
import { pauseRun } from "./pause-run.ts";
import { resumeRun } from "./resume-run.ts";
import { countLiveRuns, LIVE, listRecentRuns, listRuns } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
let ada: Scope;

beforeAll(async () => {
  const controls = { askMode: "unlisted", unattended: "park", maxAttempts: 2, maxRunMinutes: 30 } as const;
  scene = await openModelScene(database, clock, { controls });
  ada = await member(scene.lead, "ada", "engineering_lead");
});

const worker = <T>(work: () => Promise<T>): Promise<T> => asProcess(database, "worker", work);
const pause = (runId: string, reason = "Let me look.") => pauseRun(ada, { runId, reason });
const park = ({ assignment: { leaseId, attempt } }: Working, why: "pause" | "ask" = "pause") =>
  finishLease(scene.runner, leaseId, { outcome: "parked", attempt, why });

describe("a paused run", () => {
  test("calls no model from then on, and its runner is told to put it away", async () => {
    const working = await scene.start();
    const { runId, assignment } = working;
    await asProcess(database, "gateway", () => admitted(scene, working));
    await pause(runId, "Costs too much.");
    await expect(asProcess(database, "gateway", () => admitted(scene, working))).rejects.toThrow();
    expect(await statusOf(ada, runId)).toBe("paused");
    expect(await inboxOf(scene.runner, assignment)).toEqual([
      { number: 1, kind: "pause", why: "pause", reason: "Costs too much." },
    ]);
    expect(await heartbeat(scene.runner, assignment.leaseId, 1)).toMatchObject({ directive: "go_on" });
    await park(working);
    expect(await statusOf(ada, runId)).toBe("paused");
    expect(await ask(scene.runner, { phases: ["agent"] })).toBeNull();
  });

  test("waits in the inbox of who launched it, and counts as live; runs that ended count nowhere", async () => {
    const { runId } = await scene.start();
    const vi = testScope({ roles: ["viewer"], actor: systemActor("demo"), clock });
    const before = await countLiveRuns(scene.lead);
    await pause(runId);
    const listed = await listRuns(vi, { statuses: LIVE });
    const after = await countLiveRuns(scene.lead);
    expect(after.total).toBe(listed.length);
    expect(after.total).toBe(before.total);
    expect(after.ofPilot(scene.pilotId)).toBe(
      listed.filter(({ pilotId }) => pilotId === scene.pilotId).length,
    );
    expect(after.ofPilot("pil_none")).toBe(0);
    expect(after.paused).toEqual({ mine: before.paused.mine + 1, team: before.paused.team + 1 });
    expect((await countLiveRuns(ada)).paused).toEqual({ mine: 0, team: after.paused.team });
    const named = { id: runId, title: expect.any(String), status: "paused" };
    expect(await listRecentRuns(vi, 50)).toContainEqual(named);
    expect((await countLiveRuns(testScope({ roles: [], clock }))).total).toBe(0);
    await cancelRun(ada, { runId, reason: "It was for counting." });
    expect((await countLiveRuns(ada)).total).toBe(after.total - 1);
  });

  test("goes on as a new attempt, with what is left of its time; attempts that put it away count as none lost", async () => {
    const working = await scene.start();
    const { runId } = working;
    for (const left of [20, 10]) {
      const lease = left === 20 ? working.assignment : await leaseOf(scene.runner, runId, "agent");
      await markPrepared(scene.runner, lease.leaseId, lease.attempt);
      clock.advance(10 * MINUTE);
      await pause(runId);
      await park({ ...working, assignment: lease });
      clock.advance(500 * MINUTE);
      await resumeRun(ada, { runId });
      expect(await statusOf(ada, runId)).toBe("queued");
    }
    expect(await leaseOf(scene.runner, runId, "agent")).toMatchObject({ attempt: 3, maxSeconds: 10 * 60 });
    await cancelRun(ada, { runId, reason: "Not needed." });
  });

  test("stays paused when its runner is lost meanwhile", async () => {
    const { runId, assignment } = await scene.start();
    await pause(runId);
    await worker(() => transaction(scene.lead, (tx) => loseLease(tx, scene.lead, assignment.leaseId)));
    expect(await statusOf(ada, runId)).toBe("paused");
    await resumeRun(ada, { runId });
    expect(await leaseOf(scene.runner, runId, "agent")).toMatchObject({ attempt: 2 });
    await cancelRun(ada, { runId, reason: "Not needed." });
  });

  test("is taken from a runner that does not put it away in time", async () => {
    const { runId, assignment } = await scene.start();
    await pause(runId);
    clock.advance(2 * MINUTE);
    expect(await worker(() => sweepUnparked(scene.lead))).toEqual([]);
    clock.advance(2 * MINUTE);
    expect(await worker(() => sweepUnparked(scene.lead))).toEqual([assignment.leaseId]);
    expect(await statusOf(ada, runId)).toBe("paused");
    expect(await heartbeat(scene.runner, assignment.leaseId, 1)).toMatchObject({ directive: "cancel" });
  });

  test("is taken from its runner by an emergency stop, and stays paused", async () => {
    const own = await openModelScene(database, clock);
    const { runId, assignment } = await own.start();
    await pause(runId);
    await pullStop(own.lead, { scope: "pilot", pilotId: own.pilotId, reason: "Enough." });
    expect(await heartbeat(own.runner, assignment.leaseId, 1)).toMatchObject({ directive: "cancel" });
    expect(await statusOf(ada, runId)).toBe("paused");
    await expect(resumeRun(ada, { runId })).rejects.toMatchObject({ code: "refused" });
  });

  test("of an agent without a model begins again: it has nothing to go on with", async () => {
    const { agentId } = await ensureRecipeAgent(scene.lead);
    const { runId } = await launchRun(scene.lead, {
      ...{ pilotId: scene.pilotId, agentId, title: "Recipe", requestKey: randomUUID() },
    });
    const lease = await leaseOf(scene.runner, runId, "agent");
    await pause(runId);
    expect(await heartbeat(scene.runner, lease.leaseId, lease.attempt)).toMatchObject({
      directive: "cancel",
    });
    await cancelRun(ada, { runId, reason: "Not needed." });
  });

  test("lets what its agent asked expire; one that waits for a decision without a runner keeps its gate", async () => {
    const working = await scene.start();
    await tell(scene.runner, working.assignment, asking(1, "rm x"));
    await pause(working.runId);
    expect(await listAsks(ada, working.runId)).toMatchObject([{ status: "expired" }]);

    const away = await scene.start();
    await tell(scene.runner, away.assignment, asking(1, "rm y"));
    clock.advance(31 * MINUTE);
    await worker(() => sweepAsks(scene.lead));
    await park(away, "ask");
    await pause(away.runId);
    expect((await gateOf(ada, away.runId)).status).toBe("open");
    await resumeRun(ada, { runId: away.runId });
    expect(await statusOf(ada, away.runId)).toBe("awaiting_decision");
    await cancelRun(ada, { runId: away.runId, reason: "Not needed." });
  });

  test("can be paused by Pilothouse itself", async () => {
    const { runId } = await scene.start();
    const drift = testScope({ actor: systemActor("drift"), clock });
    await worker(() => pauseRun(drift, { runId, reason: "It drifts." }));
    expect(await statusOf(ada, runId)).toBe("paused");
  });
});

describe("at the same moment", () => {
  test("it goes on before its runner let go: the next attempt begins once it has", async () => {
    const working = await scene.start();
    const { runId } = working;
    await pause(runId);
    await resumeRun(ada, { runId });
    expect(await statusOf(ada, runId)).toBe("queued");
    expect(await ask(scene.runner, { phases: ["agent"] })).toBeNull();
    await park(working);
    expect(await leaseOf(scene.runner, runId, "agent")).toMatchObject({ attempt: 2 });
    await cancelRun(ada, { runId, reason: "Not needed." });
  });

  test("its runner lets go as somebody lets it go on: it waits for a runner once", async () => {
    for (let round = 0; round < 3; round++) {
      const working = await scene.start();
      await pause(working.runId);
      await Promise.all([resumeRun(ada, { runId: working.runId }), park(working)]);
      expect(await statusOf(ada, working.runId)).toBe("queued");
      expect(await leaseOf(scene.runner, working.runId, "agent")).toMatchObject({ attempt: 2 });
      await cancelRun(ada, { runId: working.runId, reason: "Not needed." });
    }
  });

  test("its agent hands in its work: that counts, paused or not", async () => {
    for (const resumed of [false, true]) {
      const { runId, assignment } = await scene.start();
      await pause(runId);
      if (resumed) await resumeRun(ada, { runId });
      const { leaseId, attempt } = assignment;
      const { blobId } = await takeBundle(scene.runner, leaseId, attempt, bytes("bundle"));
      const work = { outcome: "patch", attempt, bundleBlobId: blobId, summary: SUMMARY } as const;
      await finishLease(scene.runner, leaseId, work);
      expect(await statusOf(ada, runId)).toBe("verifying");
      await cancelRun(ada, { runId, reason: "Not needed." });
    }
  });

  test("two people pause it, or let it go on: one of them does", async () => {
    const working = await scene.start();
    const { runId } = working;
    const codes = async (work: () => Promise<void>) =>
      (await Promise.allSettled([work(), work()]))
        .map((result) => (result.status === "rejected" ? result.reason.code : "done"))
        .sort();
    expect(await codes(() => pause(runId))).toEqual(["conflict", "done"]);
    expect(await inboxOf(scene.runner, working.assignment)).toHaveLength(1);
    await park(working);
    expect(await codes(() => resumeRun(ada, { runId }))).toEqual(["conflict", "done"]);
    await cancelRun(ada, { runId, reason: "Not needed." });
  });

  test("the runner parks as it was told for a decision that was taken meanwhile: nothing is lost", async () => {
    const working = await scene.start();
    await park(working, "ask");
    expect(await statusOf(ada, working.runId)).toBe("queued");
    await cancelRun(ada, { runId: working.runId, reason: "Not needed." });
  });
});

describe("probe: pausing", () => {
  test("needs its permission on the pilot, and so does going on", async () => {
    const { runId } = await scene.start();
    const code = (work: Promise<unknown>) =>
      work.then(() => "done").catch((error: { code: string }) => error.code);
    for (const [scope, expected] of [
      [testScope({ roles: ["viewer"], clock }), "forbidden"],
      [testScope({ roles: ["administrator"], clock }), "forbidden"],
      [testScope({ roles: [["reviewer", "pil_other"]], clock }), "not_found"],
      [scene.runner, "not_found"],
    ] as const) {
      expect(await code(pauseRun(scope, { runId, reason: "No." }))).toBe(expected);
      expect(await code(resumeRun(scope, { runId }))).toBe(expected);
    }
    await cancelRun(ada, { runId, reason: "Not needed." });
    expect(await code(pause(runId))).toBe("conflict");
    expect(await code(resumeRun(ada, { runId }))).toBe("conflict");
  });

  test("is not put away for ever: a runner that does so again and again ends it", async () => {
    const { runId, assignment } = await scene.start();
    await database.owner.query("alter table lease disable trigger user");
    await database.owner.query(
      `insert into lease (id, run_id, attempt, phase, runner_id, tier, granted_at, ended_at, end_reason)
        select 'put-away-' || n, run_id, 1000 + n, phase, runner_id, tier, granted_at, granted_at, 'parked'
        from lease, generate_series(1, 100) n where id = $1`,
      [assignment.leaseId],
    );
    await database.owner.query("alter table lease enable trigger user");
    const { leaseId, attempt } = assignment;
    await finishLease(scene.runner, leaseId, { outcome: "parked", attempt, why: "pause" });
    expect(await statusOf(ada, runId)).toBe("failed");
  });

  test("is not parking by another runner, or by an attempt that is over", async () => {
    const { assignment } = await scene.start();
    const other = testScope({ actor: { kind: "runner", runnerId: "rnr_other" }, clock });
    const { leaseId, attempt } = assignment;
    const parked = { outcome: "parked", attempt, why: "pause" } as const;
    await expect(finishLease(other, leaseId, parked)).rejects.toMatchObject({ code: "forbidden" });
    await expect(finishLease(scene.runner, leaseId, { ...parked, attempt: 2 })).rejects.toMatchObject({
      code: "fenced",
    });
  });
});
