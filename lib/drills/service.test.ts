import { beforeAll, describe, expect, test } from "vitest";
import { type Clock, MINUTE, SECOND, systemClock } from "../clock.ts";
import { grantLease } from "../leases/grant-lease.ts";
import { heartbeat, markPrepared } from "../leases/service.ts";
import type { Assignment } from "../protocol/schema.ts";
import { newRunnerKeys } from "../protocol/signing.ts";
import { registerRunner } from "../runners/register-runner.ts";
import { makeEnrolment } from "../runners/service.ts";
import { launchRun } from "../runs/launch-run.ts";
import type { Scope } from "../scope.ts";
import { listReaches, noteStopped, settleStops } from "../stop-times/service.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { activePilot, arrangeWork, charterFor, member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { carryOutDrills, lastDrill, listDrills } from "./service.ts";
import { startDrill } from "./start-drill.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["administrator"], actor: systemActor("demo"), clock });
const worker = testScope({ actor: systemActor("worker"), clock });
const drills = () => asProcess(database, "worker", () => carryOutDrills(worker));
const settled = () => asProcess(database, "worker", () => settleStops(worker));
const request = {
  ...{ version: 1, phases: ["agent" as const], tier: "strong" as const, tierMissing: [], waitSeconds: 0 },
};
let lead: Scope;
let work: { agentId: string; pilotId: string; repositoryId: string };
let runners: { id: string; scope: Scope }[];

async function addRunner(name: string) {
  const { token } = await makeEnrolment(seed, { phases: ["agent"] });
  const { publicKey } = newRunnerKeys();
  const application = {
    ...{ version: 1, enrolmentToken: token, name, publicKey, hostId: `host-of-${name}` },
    ...{ phases: ["agent" as const], tier: "strong" as const, tierMissing: [], slots: 1 },
  };
  const { runnerId } = await registerRunner(seed, application, "127.0.0.1");
  return { id: runnerId, scope: testScope({ actor: { kind: "runner", runnerId }, clock }) };
}

beforeAll(async () => {
  lead = await member(seed, "ada", "security_lead");
  work = await arrangeWork(seed);
  await database.owner.query("insert into base_bundle values ($1, $2, $3, 1, now())", [
    work.repositoryId,
    "a".repeat(40),
    "0".repeat(64),
  ]);
  runners = [await addRunner("one"), await addRunner("two")];
});

/** Each runner takes one of the drill's runs and works on it. */
async function takeAll(takers = runners): Promise<Assignment[]> {
  const leases: Assignment[] = [];
  for (const { id, scope } of takers) {
    const lease = await grantLease(scope, id, request);
    if (!lease) throw new Error("There was nothing to take.");
    await markPrepared(scope, lease.leaseId, lease.attempt);
    leases.push(lease);
  }
  return leases;
}

const kindsAbout = async (subject: string): Promise<string[]> => {
  const { rows } = await database.owner.query(
    "select kind from log_entry where about @> array[$1] order by xid, id",
    [subject],
  );
  return rows.map(({ kind }) => kind);
};

describe("a drill of the emergency stop", () => {
  test("stops its own runs together, measures each, and leaves the pilot's others alone", async () => {
    const { drillId, runs } = await startDrill(lead, { pilotId: work.pilotId, runs: 5 });
    expect(runs).toBe(2);
    expect(await drills()).toBe(0);
    const leases = await takeAll();
    expect(leases.map((lease) => lease.phase === "agent" && lease.driver)).toEqual(["drill", "drill"]);
    expect(await drills()).toBe(1);

    const other = await launchRun(lead, { ...work, title: "Repair main", requestKey: "request-1" });
    const [first, second] = runners.map(({ scope }, index) => ({ scope, lease: leases[index] }));
    if (!first?.lease || !second?.lease) throw new Error("Both were leased.");
    clock.advance(40);
    for (const { scope, lease } of [first, second] as const)
      expect(await heartbeat(scope, lease?.leaseId ?? "", 1)).toMatchObject({ directive: "cancel" });
    clock.advance(60);
    await noteStopped(first.scope, first.lease.leaseId, { attempt: 1, silentMs: 35 });
    clock.advance(100);
    await noteStopped(second.scope, second.lease.leaseId, { attempt: 1, silentMs: null });
    expect(await settled()).toBe(2);
    expect(await drills()).toBe(1);

    const [drill] = await listDrills(lead);
    expect(drill).toMatchObject({ id: drillId, state: "done", wanted: 2, fault: null });
    const byRunner = new Map(drill?.reached.map((each) => [each.runnerName, each]));
    expect(byRunner.get("one")).toMatchObject({
      outcome: "stopped",
      told: 40,
      ended: 100,
      network: 65,
      stop: 100,
    });
    expect(byRunner.get("two")).toMatchObject({ outcome: "stopped", ended: 200, network: null, stop: 200 });
    expect(await kindsAbout(`drill:${drillId}`)).toEqual(
      expect.arrayContaining(["drill.started", "drill.pulled", "stop.measured", "drill.ended"]),
    );
    const { rows: facts } = await database.owner.query("select run_id from run_fact");
    expect(facts.map(({ run_id }) => run_id)).toEqual([other.runId]);
    expect(await grantLease(first.scope, runners[0]?.id ?? "", request)).toMatchObject({
      runId: other.runId,
    });
    await pullStop(lead, { scope: "pilot", pilotId: work.pilotId, reason: "enough" });
  });

  test("is called off where no runner takes a run in time, and its runs end", async () => {
    const pilotId = await activePilot(seed, charterFor(seed, work.repositoryId));
    const { drillId } = await startDrill(lead, { pilotId, runs: 1 });
    await expect(startDrill(lead, { pilotId, runs: 1 })).rejects.toMatchObject({ code: "conflict" });
    clock.advance(MINUTE + SECOND);
    expect(await drills()).toBe(1);
    expect((await listDrills(lead))[0]).toMatchObject({ id: drillId, state: "failed", fault: "no_runner" });
    const { rows } = await database.owner.query("select distinct status from run where request_key like $1", [
      `${drillId}-%`,
    ]);
    expect(rows).toEqual([{ status: "cancelled" }]);
  });

  test("does not begin where a stop is in force or no connected runner is free", async () => {
    await expect(startDrill(lead, { pilotId: work.pilotId, runs: 1 })).rejects.toThrow("emergency stop");
    clock.advance(10 * MINUTE);
    const pilotId = await activePilot(seed, charterFor(seed, work.repositoryId));
    await expect(startDrill(lead, { pilotId, runs: 1 })).rejects.toThrow("No connected runner is free");
  });

  test("probe: a reviewer starts none", async () => {
    const reviewer = await member(seed, "rey", "reviewer");
    await expect(startDrill(reviewer, { pilotId: work.pilotId, runs: 1 })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("a real stop", () => {
  test("names the runner that was not reached, counts no time for it, and keeps what it says later", async () => {
    const [reach] = (await listReaches(lead)).filter(({ stopId }) => stopId !== null);
    expect(reach).toMatchObject({ outcome: "waiting", runnerName: "one", drillId: null });
    clock.advance(20 * SECOND);
    expect(await settled()).toBe(1);
    const of = { stopId: reach?.stopId ?? "" };
    expect(await listReaches(lead, of)).toMatchObject([
      { outcome: "not_reached", stop: null, confirmedAt: null },
    ]);
    await noteStopped(runners[0]?.scope ?? lead, reach?.leaseId ?? "", { attempt: 1, silentMs: null });
    expect(await settled()).toBe(0);
    expect(await listReaches(lead, of)).toMatchObject([
      { outcome: "not_reached", stop: null, confirmedAt: new Date(clock.now()) },
    ]);
  });

  test("probe: another runner, a person or a wrong attempt says nothing about a lease", async () => {
    const [reach] = await listReaches(lead);
    const said = { attempt: 1, silentMs: null };
    const leaseId = reach?.leaseId ?? "";
    await expect(noteStopped(runners[1]?.scope ?? lead, leaseId, said)).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(noteStopped(lead, leaseId, said)).rejects.toMatchObject({ code: "forbidden" });
    await expect(
      noteStopped(runners[0]?.scope ?? lead, leaseId, { ...said, attempt: 7 }),
    ).rejects.toMatchObject({
      code: "fenced",
    });
    await expect(noteStopped(lead, "lse_none", said)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the instant of a pull", () => {
  /** Time goes on whenever it is asked for: what is measured from several instants shows. */
  const passing: Clock = {
    ...clock,
    now: () => {
      clock.advance(7);
      return clock.now();
    },
  };
  const pulledAts = async (column: "drill_id" | "stop_id", id: string): Promise<Date[]> => {
    const { rows } = await database.owner.query(`select pulled_at from stop_reach where ${column} = $1`, [
      id,
    ]);
    return rows.map(({ pulled_at }) => pulled_at);
  };
  let pilotId: string;
  let fresh: typeof runners;

  beforeAll(async () => {
    pilotId = await activePilot(seed, charterFor(seed, work.repositoryId));
    fresh = [await addRunner("three"), await addRunner("four")];
  });

  test("is one for all runs of a drill, and of a real stop", async () => {
    const { drillId } = await startDrill(lead, { pilotId, runs: 2 });
    await takeAll(fresh);
    expect(await asProcess(database, "worker", () => carryOutDrills({ ...worker, clock: passing }))).toBe(1);
    const [drill] = await listDrills(lead);
    expect(await pulledAts("drill_id", drillId)).toEqual([drill?.pulledAt, drill?.pulledAt]);

    for (const requestKey of ["request-2", "request-3"])
      await launchRun(lead, { ...work, pilotId, title: "Repair main", requestKey });
    await takeAll(fresh);
    const { stopId } = await pullStop({ ...lead, clock: passing }, { scope: "pilot", pilotId, reason: "" });
    const { rows } = await database.owner.query("select pulled_at from stop where id = $1", [stopId]);
    expect(await pulledAts("stop_id", stopId)).toEqual([rows[0]?.pulled_at, rows[0]?.pulled_at]);
  });

  test("is none where every run came to an end before it was locked: the drill failed, and says so", async () => {
    clock.advance(4 * MINUTE);
    await drills();
    const another = await activePilot(seed, charterFor(seed, work.repositoryId));
    const [runner] = [await addRunner("five")];
    const { drillId } = await startDrill(lead, { pilotId: another, runs: 1 });
    await takeAll([runner]);
    const { rows } = await database.owner.query("select id from run where request_key = $1", [
      `${drillId}-1`,
    ]);
    const [runId] = rows.map(({ id }) => id);
    for (const table of ["run", "lease"])
      await database.owner.query(`alter table ${table} disable trigger governed`);
    const other = await database.owner.connect();
    await other.query("begin");
    await other.query("update run set status = 'failed' where id = $1", [runId]);
    await other.query("update lease set ended_at = now() where run_id = $1", [runId]);
    const carried = drills();
    await untilBlocked();
    await other.query("commit");
    other.release();
    expect(await carried).toBe(1);
    for (const table of ["run", "lease"])
      await database.owner.query(`alter table ${table} enable trigger governed`);
    expect((await listDrills(lead))[0]).toMatchObject({
      ...{ id: drillId, state: "failed", fault: "no_runner", pulledAt: null, reached: [] },
    });
    const kinds = await kindsAbout(`drill:${drillId}`);
    expect(kinds.filter((kind) => kind.startsWith("drill."))).toEqual(["drill.started", "drill.ended"]);
    expect(await asProcess(database, "worker", () => lastDrill(worker))).toMatchObject({
      ...{ fault: "no_runner", wanted: 1, stopped: 0 },
    });
  });

  /** Until another session of this database waits for a lock. */
  async function untilBlocked(): Promise<void> {
    for (;;) {
      const { rows } = await database.owner.query(
        "select from pg_locks where not granted and locktype in ('transactionid', 'tuple') and pid in (select pid from pg_stat_activity where datname = current_database())",
      );
      if (rows.length > 0) return;
      await systemClock.sleep(10);
    }
  }
});
