import { beforeEach, describe, expect, test } from "vitest";
import { transaction } from "../db.ts";
import type { Charter } from "../pilots/schema.ts";
import { pausePilot } from "../pilots/service.ts";
import { revokeRunner } from "../runners/service.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { getRun, listRuns } from "../runs/service.ts";
import { actorId } from "../scope.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { liftStop } from "../stops/service.ts";
import { activePilot, charterFor, readyRepository } from "../testing/arrange.ts";
import { ask, enrol, handIn, kindsAbout, launch, leaseOf, openBase, takeIn } from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";

const { database, clock, seed, work, runner, pilotWith } = await runScene({
  roles: ["engineering_lead", "security_lead"],
});

/** Nothing of an earlier test waits. */
beforeEach(async () => {
  for (const { id } of await listRuns(seed, { statuses: ["queued", "preparing", "working", "verifying"] }))
    await cancelRun(seed, { runId: id, reason: "the test is over" });
  clock.advance(1000);
});

const concurrent =
  (maxConcurrentRuns: number) =>
  (charter: Charter): Partial<Charter> => ({ controls: { ...charter.controls, maxConcurrentRuns } });

async function queued(pilotId: string): Promise<string> {
  clock.advance(10);
  return launch(seed, pilotId, work.agentId);
}

const liveLeases = async (runId: string) =>
  (await database.owner.query("select * from lease where run_id = $1 and ended_at is null", [runId])).rows;

describe("granting a lease", () => {
  test("gives the oldest waiting run, with what the charter says", async () => {
    const pilotId = await pilotWith();
    const [first] = [await queued(pilotId), await queued(pilotId)];
    expect(await ask(runner)).toMatchObject({
      ...{ phase: "agent", runId: first, attempt: 1, driver: "recipe", baseCommit: "a".repeat(40) },
      ...{ maxSeconds: 30 * 60, heartbeatSeconds: 2, pauseAfterSeconds: 20 },
      test: { repeats: 3, reportPath: "report.xml" },
    });
    expect(await getRun(seed, first ?? "")).toMatchObject({ status: "preparing", attempt: 1 });
    expect(await kindsAbout(database, `run:${first}`)).toEqual(["run.launched", "run.leased"]);
  });

  test("gives nothing when nothing waits, and nothing whose base cannot be handed out yet", async () => {
    expect(await ask(runner)).toBeNull();
    const repositoryId = await readyRepository(seed);
    await launch(seed, await activePilot(seed, charterFor(seed, repositoryId)), work.agentId);
    expect(await ask(runner)).toBeNull();
    await openBase(database, repositoryId);
    expect(await ask(runner)).not.toBeNull();
  });

  test("keeps to the phases the runner asks for and is registered for", async () => {
    const runId = await queued(await pilotWith());
    const verifier = await enrol(seed, "verifier", { phases: ["verify"] });
    expect(await ask(verifier, { phases: ["agent", "verify"] })).toBeNull();
    expect(await ask(runner, { phases: ["verify"] })).toBeNull();
    await handIn(runner, await leaseOf(runner, runId, "agent"));
    expect(await ask(verifier)).toBeNull(); // the patch is not taken in yet
    await takeIn(database, seed, runId);
    expect(await ask(runner, { phases: ["agent"] })).toBeNull();
    expect(await ask(verifier)).toMatchObject({
      runId,
      phase: "verify",
      attempt: 2,
      patchCommit: "b".repeat(40),
    });
    const { rows } = await database.owner.query("select attempts from run_fact where run_id = $1", [runId]);
    expect(rows).toEqual([{ attempts: 2 }]);
  });

  test("asks for the charter's tier", async () => {
    await queued(await pilotWith((c) => ({ environment: { ...c.environment, minimumTier: "strong" } })));
    expect(await ask(runner, { tier: "weak" })).toBeNull();
    expect(await ask(runner, { tier: "strong" })).not.toBeNull();
  });

  test("is not for a revoked runner", async () => {
    await queued(await pilotWith());
    const revoked = await enrol(seed, "old");
    await revokeRunner(seed, actorId(revoked.actor));
    await expect(ask(revoked)).rejects.toMatchObject({ code: "not_found" });
  });

  test("gives nothing of a paused or a stopped pilot", async () => {
    const [paused, stopped] = [await pilotWith(), await pilotWith()];
    await queued(paused);
    await queued(stopped);
    await pausePilot(seed, { pilotId: paused, reason: "look first" });
    const { stopId } = await pullStop(seed, { scope: "pilot", pilotId: stopped, reason: "" });
    expect(await ask(runner)).toBeNull();
    await transaction(seed, (tx) => liftStop(tx, seed, stopId));
    expect((await ask(runner))?.phase).toBe("agent");
    expect(await ask(runner)).toBeNull();
  });

  test("passes over a pilot that is full, however many of its runs wait", async () => {
    const full = await pilotWith(concurrent(1));
    for (let nth = 0; nth < 25; nth++) await queued(full);
    const other = await queued(await pilotWith());
    expect((await getRun(seed, (await ask(runner))?.runId ?? "")).pilotId).toBe(full);
    expect((await ask(runner))?.runId).toBe(other);
    expect(await ask(runner)).toBeNull();
  });
});

describe("many runners at once", () => {
  test("20 asking for one run make one lease", async () => {
    const runId = await queued(await pilotWith());
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(runner)));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
    expect(await liveLeases(runId)).toHaveLength(1);
    expect((await kindsAbout(database, `run:${runId}`)).filter((kind) => kind === "run.leased")).toHaveLength(
      1,
    );
  });

  test("20 asking for one verification make one lease", async () => {
    const runId = await queued(await pilotWith());
    await handIn(runner, await leaseOf(runner, runId, "agent"));
    await takeIn(database, seed, runId);
    const verifier = await enrol(seed, "second-verifier"); // an author leaves it to somebody else
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(verifier)));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
    expect(await liveLeases(runId)).toHaveLength(1);
    expect((await getRun(seed, runId)).attempt).toBe(2);
  });

  test("probe: never run more of a pilot than its charter allows", async () => {
    const pilotId = await pilotWith(concurrent(2));
    for (let nth = 0; nth < 6; nth++) await queued(pilotId);
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(runner)));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(2);
    expect(await listRuns(seed, { pilotId, statuses: ["preparing"] })).toHaveLength(2);
  });

  test("get a run each, where there is one each", async () => {
    const runs = [];
    for (let nth = 0; nth < 4; nth++) runs.push(await queued(await pilotWith()));
    const answers = await Promise.all(runs.map(() => ask(runner)));
    expect(answers.map((answer) => answer?.runId).sort()).toEqual([...runs].sort());
  });

  test("probe: no lease outlives an emergency stop that is pulled while it is granted", async () => {
    for (let round = 0; round < 5; round++) {
      const pilotId = await pilotWith();
      const runs = [await queued(pilotId), await queued(pilotId)];
      const [stop] = await Promise.all([
        pullStop(seed, { scope: "pilot", pilotId, reason: "" }),
        ...Array.from({ length: 6 }, () => ask(runner)),
      ]);
      expect(stop.stopId).toMatch(/^stp_/);
      for (const runId of runs) {
        expect(await liveLeases(runId)).toEqual([]);
        expect((await getRun(seed, runId)).status).toBe("queued");
      }
    }
  });
});
