import { beforeEach, describe, expect, test } from "vitest";
import { SECOND } from "../clock.ts";
import { transaction } from "../db.ts";
import { charterOf, getPilot } from "../pilots/service.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { rebaseRun } from "../runs/rebase-runs.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { getRun, listLeases } from "../runs/service.ts";
import { pullStop } from "../stops/pull-stop.ts";
import { liftStop } from "../stops/service.ts";
import {
  asProcess,
  handIn,
  kindsAbout,
  launch,
  leaseOf,
  openBase,
  takeIn,
  toAgentAgain,
  toReview,
} from "../testing/journey.ts";
import { runScene } from "../testing/run-scene.ts";
import { LEASE } from "./rules.ts";
import { heartbeat } from "./service.ts";
import { beatProcess, sweepLeases } from "./sweep-leases.ts";

const scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
const { database, clock, seed, work, runner } = scene;
let runId = "";

beforeEach(async () => {
  clock.advance(60 * SECOND);
  await beat();
  runId = await launch(seed, work.pilotId, work.agentId);
});

async function beat(): Promise<void> {
  await beatProcess(seed, "web");
  await beatProcess(seed, "worker");
}

/** Time goes by, second by second, with both processes up. */
async function pass(milliseconds: number): Promise<void> {
  for (let gone = 0; gone < milliseconds; gone += SECOND) {
    clock.advance(Math.min(SECOND, milliseconds - gone));
    await beat();
  }
}

const sweep = (): Promise<string[]> => asProcess(database, "worker", () => sweepLeases(seed));

/** The holder of the run's lease falls silent and is noticed. */
async function lose(leaseId: string): Promise<void> {
  await pass(LEASE + SECOND);
  expect(await sweep()).toContain(leaseId);
}

describe("a runner that falls silent", () => {
  test("loses its lease when it is due and not before; the run goes on as a new attempt", async () => {
    const lease = await leaseOf(runner, runId, "agent");
    await pass(LEASE);
    expect(await sweep()).toEqual([]);
    await heartbeat(runner, lease.leaseId, lease.attempt);
    await pass(LEASE);
    expect(await sweep()).toEqual([]);
    await pass(SECOND);
    expect(await sweep()).toEqual([lease.leaseId]);
    expect(await sweep()).toEqual([]);
    expect(await getRun(seed, runId)).toMatchObject({ status: "queued", attempt: 1 });
    expect(await heartbeat(runner, lease.leaseId, lease.attempt)).toMatchObject({ directive: "cancel" });
    expect(await leaseOf(runner, runId, "agent")).toMatchObject({ attempt: 2 });
    expect(await kindsAbout(database, `run:${runId}`)).toEqual([
      ...["run.launched", "run.leased", "run.lease_lost", "run.leased"],
    ]);
    await cancelRun(seed, { runId, reason: "enough" });
  });

  test("while verifying leaves the patch to another verifier", async () => {
    await handIn(runner, await leaseOf(runner, runId, "agent"));
    await takeIn(database, seed, runId);
    await lose((await leaseOf(runner, runId, "verify")).leaseId);
    expect(await getRun(seed, runId)).toMatchObject({ status: "verifying", attempt: 2 });
    expect(await leaseOf(runner, runId, "verify")).toMatchObject({ attempt: 3, patchCommit: "b".repeat(40) });
    await cancelRun(seed, { runId, reason: "enough" });
  });

  test("as often as the charter allows attempts fails the run, and the last loss is written down once", async () => {
    const { charterId } = await getRun(seed, runId);
    const charter = await transaction(seed, (tx) => charterOf(tx.db, charterId));
    for (let lost = 1; lost <= charter.controls.maxAttempts; lost++)
      await lose((await leaseOf(runner, runId, "agent")).leaseId);
    expect(await getRun(seed, runId)).toMatchObject({
      status: "failed",
      reason: "The runner was lost in 3 attempts, and the charter allows no more.",
    });
    expect((await listLeases(seed, runId)).map((lease) => lease.endReason)).toEqual(
      Array.from({ length: 3 }, () => "lost: the runner fell silent"),
    );
    expect((await kindsAbout(database, `run:${runId}`)).filter((kind) => kind === "run.failed")).toHaveLength(
      1,
    );
  });

  test("is not held against the run where a stop or a moved base ended the leases before", async () => {
    for (let round = 0; round < 3; round++) {
      await leaseOf(runner, runId, "agent");
      const { stopId } = await pullStop(seed, { scope: "everything", reason: "" });
      await transaction(seed, (tx) => liftStop(tx, seed, stopId));
    }
    await toReview(scene, runId);
    await transaction(seed, async (tx) => rebaseRun(tx, seed, await lockRun(tx, runId), "c".repeat(40)));
    await openBase(database, work.repositoryId, "c");
    await toAgentAgain(scene, runId);
    await lose((await leaseOf(runner, runId, "agent")).leaseId);
    expect(await getRun(seed, runId)).toMatchObject({ status: "queued" });
    await cancelRun(seed, { runId, reason: "enough" });
  });

  test("again and again trips the charter's criterion: the pilot is paused, once", async () => {
    await database.owner.query(
      "with f as (update run_fact set outcome = 'failed', ended_at = now() returning run_id) select * from f",
    );
    for (let lost = 0; lost < 3; lost++) await lose((await leaseOf(runner, runId, "agent")).leaseId);
    expect((await getPilot(seed, work.pilotId)).status).toBe("paused");
    const kinds = await kindsAbout(database, `pilot:${work.pilotId}`);
    expect(kinds.filter((kind) => kind === "pilot.paused")).toHaveLength(1);
    await database.owner.query(
      "with p as (update pilot set status = 'active' returning id) insert into log_entry (id, kind, about, body) select 'ent_' || id, 'pilot.resumed', array['pilot:' || id], '' from p",
    );
  });
});

test("probe: a lease that cannot be ended does not keep the others from being lost", async () => {
  const stuck = await leaseOf(runner, runId, "agent");
  clock.advance(SECOND);
  const other = await launch(seed, work.pilotId, work.agentId);
  const second = await leaseOf(runner, other, "agent");
  await database.owner.query(
    `create function broken() returns trigger language plpgsql as 'begin if new.id = ''${stuck.leaseId}'' then raise exception ''broken''; end if; return new; end'`,
  );
  await database.owner.query(
    "create trigger broken before update on lease for each row execute function broken()",
  );
  await pass(LEASE + SECOND);
  await expect(sweep()).rejects.toThrow(/others were/);
  expect((await getRun(seed, other)).status).toBe("queued");
  expect(await heartbeat(runner, second.leaseId, second.attempt)).toMatchObject({ directive: "cancel" });
  await database.owner.query("drop trigger broken on lease");
  expect(await sweep()).toEqual([stuck.leaseId]);
  for (const id of [runId, other]) await cancelRun(seed, { runId: id, reason: "enough" });
});

describe("an outage of the plane's own", () => {
  test("fences nobody: silence counts from when both processes beat again", async () => {
    const lease = await leaseOf(runner, runId, "agent");
    clock.advance(10 * 60 * SECOND);
    expect(await sweep()).toEqual([]); // nobody beats
    await beatProcess(seed, "worker");
    expect(await sweep()).toEqual([]); // the web process is still away
    await beatProcess(seed, "web");
    expect(await sweep()).toEqual([]);
    await pass(LEASE - SECOND);
    expect(await sweep()).toEqual([]);
    await heartbeat(runner, lease.leaseId, lease.attempt);
    await pass(LEASE - SECOND);
    expect(await sweep()).toEqual([]);
    expect((await getRun(seed, runId)).status).toBe("preparing");
    await lose(lease.leaseId);
  });
});
