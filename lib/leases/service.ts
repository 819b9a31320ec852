// What a runner may do with its lease. Every call names the attempt; the number fences late writers.
import type { z } from "zod";
import { leftForRun } from "../budgets/left-for-run.ts";
import { read, type Tx, transaction } from "../db.ts";
import { conflict, fenced, forbidden, notFound, refused } from "../errors.ts";
import { storable } from "../events/rules.ts";
import { appendEvents, commandsOf } from "../events/service.ts";
import { recordEvidence } from "../evidence/service.ts";
import { enqueue } from "../jobs/queue.ts";
import { notify } from "../notify.ts";
import { afterEnd } from "../pilots/tripwires.ts";
import { isRunnerKind } from "../protocol/events.ts";
import type { EventBatch, Finish, HeartbeatAnswer, Summary } from "../protocol/schema.ts";
import { reasonDetail } from "../record/reason.ts";
import { touchContact } from "../runners/service.ts";
import { moveRun } from "../runs/move-run.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { noteTold } from "../stop-times/service.ts";
import { endLease } from "./end-lease.ts";
import { parkRun } from "./park-lease.ts";
import { isReacting, react } from "./react.ts";
import {
  countParked,
  findLease,
  type LeaseRow,
  lockLease,
  setAcknowledged,
  touchHeartbeat,
} from "./store.ts";

function owned(scope: Scope, lease: LeaseRow | null): LeaseRow {
  if (!lease) throw notFound("lease");
  if (scope.actor.kind !== "runner" || scope.actor.runnerId !== lease.runnerId)
    throw forbidden("This lease is another runner's.");
  return lease;
}

function live(scope: Scope, lease: LeaseRow | null, attempt: number): LeaseRow {
  const mine = owned(scope, lease);
  if (mine.attempt !== attempt)
    throw fenced(`Attempt ${attempt} is over; this lease is attempt ${mine.attempt}.`);
  if (mine.endedAt) throw fenced(`The lease ended: ${mine.endReason ?? "over"}.`);
  return mine;
}

/** The live lease of this runner, locked with its run until the transaction ends. Always in this order. */
export async function holdLease(
  tx: Tx,
  scope: Scope,
  leaseId: string,
  attempt: number,
): Promise<{ lease: LeaseRow; run: RunRow }> {
  const run = await lockRun(tx, owned(scope, await findLease(tx.db, leaseId)).runId);
  return { run, lease: live(scope, await lockLease(tx.db, leaseId), attempt) };
}

/** The live lease of this runner, for reading. */
export async function requireLease(scope: Scope, leaseId: string, attempt: number): Promise<LeaseRow> {
  return live(scope, await read(scope, (db) => findLease(db, leaseId)), attempt);
}

/** Keeps the lease, or tells the runner to end it. With `budget` it says what is left to spend. */
export async function heartbeat(
  scope: Scope,
  leaseId: string,
  attempt: number,
  budget = false,
): Promise<HeartbeatAnswer> {
  const lease = owned(scope, await read(scope, (db) => findLease(db, leaseId)));
  if (lease.endedAt) return isOver(scope, lease);
  live(scope, lease, attempt);
  await transaction(scope, async (tx) => {
    await touchHeartbeat(tx.db, leaseId, new Date(scope.clock.now()));
    await touchContact(tx, scope, lease.runnerId, null);
  });
  return goOn(scope, lease, budget);
}

async function goOn(scope: Scope, { runId }: LeaseRow, budget: boolean): Promise<HeartbeatAnswer> {
  const microsLeft = budget ? await leftForRun(scope, runId) : null;
  return { directive: "go_on", reason: "", ...(microsLeft === null ? {} : { microsLeft }) };
}

/** The same after a heartbeat's answer was held back: nothing is kept that the beginning did not keep. */
export async function leaseStands(
  scope: Scope,
  leaseId: string,
  attempt: number,
  budget: boolean,
): Promise<HeartbeatAnswer> {
  const lease = owned(scope, await read(scope, (db) => findLease(db, leaseId)));
  if (lease.endedAt) return isOver(scope, lease);
  return goOn(scope, live(scope, lease, attempt), budget);
}

async function isOver(scope: Scope, { id, endReason }: LeaseRow): Promise<HeartbeatAnswer> {
  await noteTold(scope, id);
  return { directive: "cancel", reason: endReason ?? "the lease is over" };
}

/** A long run has some thousands; a runner that sends more is not working. */
const MAX_EVENTS = 50_000;

/** Makes a batch durable. Events below `acknowledged` were stored before and are passed over. */
export async function appendRunnerEvents(
  scope: Scope,
  leaseId: string,
  batch: EventBatch,
): Promise<{ acknowledged: number }> {
  return transaction(scope, async (tx) => {
    const lease = batch.events.some(({ event }) => isReacting(event))
      ? (await holdLease(tx, scope, leaseId, batch.attempt)).lease
      : live(scope, await lockLease(tx.db, leaseId), batch.attempt);
    const foreign = batch.events.find(({ event }) => !isRunnerKind(event.kind));
    if (foreign) throw refused(`A runner may not send “${foreign.event.kind}”.`);
    if (batch.first > lease.acknowledged + 1)
      throw conflict(`Send from ${lease.acknowledged + 1}: ${batch.first} leaves a gap.`);
    const fresh = batch.events.slice(lease.acknowledged + 1 - batch.first);
    if (fresh.length === 0) return { acknowledged: lease.acknowledged };
    const acknowledged = lease.acknowledged + fresh.length;
    if (acknowledged > MAX_EVENTS) throw refused(`A lease sends at most ${MAX_EVENTS} events.`);
    await setAcknowledged(tx.db, leaseId, acknowledged);
    await appendEvents(tx, {
      runId: lease.runId,
      attempt: lease.attempt,
      observedBy: "runner",
      events: fresh,
    });
    for (const { event } of fresh) if (isReacting(event)) await react(tx, scope, lease, event);
    return { acknowledged };
  });
}

/** The base was tested; the agent starts. Saying so twice is harmless. */
export async function markPrepared(scope: Scope, leaseId: string, attempt: number): Promise<void> {
  await transaction(scope, async (tx) => {
    const { run } = await holdLease(tx, scope, leaseId, attempt);
    if (run.status !== "preparing") return;
    const moved = await moveRun(tx, scope, run, "working", "");
    tx.record({ kind: "run.prepared", about: [`run:${run.id}`], ...moved, detail: { attempt } });
  });
}

/** The runner's last word on its lease. */
export async function finishLease(
  scope: Scope,
  leaseId: string,
  said: z.infer<typeof Finish>,
): Promise<void> {
  const finish = storable(said); // words of an agent or of its tests
  await transaction(scope, async (tx) => {
    const { lease, run } = await holdLease(tx, scope, leaseId, finish.attempt);
    if ((finish.outcome === "observed") !== (lease.phase === "verify") && finish.outcome !== "failed") {
      throw refused(`A lease to ${lease.phase} cannot end as “${finish.outcome}”.`);
    }
    await endLease(tx, scope, lease, finish.outcome);
    await settle(tx, scope, run, lease, finish);
    await notify(tx, "work_waiting", "");
  });
}

/** Each attempt may send and upload anew: a runner that puts a run away again and again is not working. */
const MOST_PARKED = 100;

async function settle(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  lease: LeaseRow,
  finish: z.infer<typeof Finish>,
): Promise<void> {
  const { attempt } = lease;
  switch (finish.outcome) {
    case "patch": {
      const blob = await tx.db.blob.findFirst({
        where: {
          id: finish.bundleBlobId,
          runId: run.id,
          kind: "bundle",
          createdAt: { gte: lease.grantedAt },
        },
      });
      // One lease at a time uploads for a run: what came since it was granted is its own.
      if (!blob) throw refused("The patch names a bundle that this attempt did not upload.");
      const change = { bundleBlobId: blob.id, summary: await tied(tx, run.id, attempt, finish.summary) };
      const moved = await moveRun(tx, scope, run, "verifying", "", change);
      tx.record({
        kind: "run.agent_finished",
        about: [`run:${run.id}`],
        ...moved,
        detail: { attempt, outcome: "patch", bundle: blob.commitment },
      });
      await enqueue(tx, "import_patch", { runId: run.id, attempt }, run.id);
      return;
    }
    case "no_change": {
      const moved = await moveRun(tx, scope, run, "failed", finish.summary.text.slice(0, 2000), {
        summary: await tied(tx, run.id, attempt, finish.summary),
        noChange: true,
      });
      tx.record({
        kind: "run.agent_finished",
        about: [`run:${run.id}`],
        ...moved,
        detail: { attempt, outcome: "no_change" },
      });
      return;
    }
    case "parked":
      if ((await countParked(tx.db, run.id)) > MOST_PARKED)
        return fail(tx, scope, run, attempt, `The run was put away more than ${MOST_PARKED} times.`);
      return parkRun(tx, scope, run, lease, finish.why);
    case "failed":
      return fail(tx, scope, run, attempt, finish.reason);
    case "observed":
      return recordEvidence(tx, scope, run, lease, finish);
  }
}

/** A claim rests on commands that the timeline shows; numbers of others are left out, and it may end up unverified. */
async function tied(tx: Tx, runId: string, attempt: number, summary: Summary): Promise<Summary> {
  const seen = await commandsOf(tx, runId, attempt);
  const claims = summary.claims.map(({ text, commands }) => ({
    text,
    commands: commands.filter((command) => seen.has(command)),
  }));
  return { ...summary, claims };
}

async function fail(tx: Tx, scope: Scope, run: RunRow, attempt: number, reason: string): Promise<void> {
  const told = reason.slice(0, 2000);
  const moved = await moveRun(tx, scope, run, "failed", told);
  tx.record({
    kind: "run.failed",
    about: [`run:${run.id}`, `pilot:${run.pilotId}`],
    ...moved,
    detail: { attempt, ...reasonDetail(told) },
  });
  await afterEnd(tx, scope, run);
}
