// Every way a lease ends without its runner saying so.
import type { Tx } from "../db.ts";
import { appendOwnEvent } from "../events/service.ts";
import { withdrawAsked } from "../messages/settle-messages.ts";
import { notify } from "../notify.ts";
import { charterOf } from "../pilots/service.ts";
import { afterEnd } from "../pilots/tripwires.ts";
import { changeOf } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { moveRun } from "../runs/move-run.ts";
import { HELD, heldState } from "../runs/rules.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import type { RunStatus } from "../runs/schema.ts";
import type { Scope } from "../scope.ts";
import { LOST, mayRetry } from "./rules.ts";
import { closeLease, countLost, findLease, type LeaseRow, liveLeaseOf, lockLease } from "./store.ts";

/** Closes a lease and says so in the timeline. False when it was over already. */
export async function endLease(tx: Tx, scope: Scope, lease: LeaseRow, reason: string): Promise<boolean> {
  if (!(await closeLease(tx.db, lease.id, new Date(scope.clock.now()), reason))) return false;
  // A person's words may be longer than a line of the timeline.
  await appendOwnEvent(tx, scope, lease.runId, lease.attempt, {
    kind: "attempt_ended",
    body: { phase: lease.phase, reason: reason.slice(0, 500) },
  });
  await withdrawAsked(tx, scope, lease.runId);
  return true;
}

/**
 * Ends whatever lease a run has; its runner's heartbeat, which is held open, is answered after the commit, and its writes are
 * fenced at once. False when no runner had it.
 */
export async function endLeaseOf(tx: Tx, scope: Scope, runId: string, reason: string): Promise<boolean> {
  const lease = await liveLeaseOf(tx.db, runId);
  if (lease === null || !(await endLease(tx, scope, lease, reason))) return false;
  tx.ring({ channel: "lease_ended", payload: lease.id });
  return true;
}

/** A runner fell silent: the run goes on as a new attempt, or fails when the charter allows no more. */
export async function loseLease(tx: Tx, scope: Scope, leaseId: string): Promise<void> {
  const found = await findLease(tx.db, leaseId);
  if (!found) return;
  const run = await lockRun(tx, found.runId);
  const lease = await lockLease(tx.db, leaseId);
  if (!lease || !(await endLease(tx, scope, lease, LOST))) return;
  if (!HELD.includes(run.status)) return recordLoss(tx, run, lease, run.status);
  const charter = await charterOf(tx.db, run.charterId);
  const lost = await countLost(tx.db, run.id, lease.phase);
  if (!mayRetry(charter, lost)) {
    const reason = `The runner was lost in ${lost} ${lost === 1 ? "attempt" : "attempts"}, and the charter allows no more.`;
    recordLoss(tx, run, lease, run.status);
    const moved = await moveRun(tx, scope, run, "failed", reason);
    tx.record({
      kind: "run.failed",
      about: [`run:${run.id}`, `pilot:${run.pilotId}`],
      ...moved,
      detail: { attempt: lease.attempt, ...reasonDetail(reason) },
    });
    await afterEnd(tx, scope, run);
    return;
  }
  const next: RunStatus = lease.phase === "verify" ? "verifying" : "queued";
  recordLoss(tx, run, lease, next);
  if (next === "queued")
    await moveRun(tx, scope, run, next, "The runner was lost; the run waits for another.");
  await notify(tx, "work_waiting", "");
}

/** A runner did not put its run away when it was told to: it has it no more. The run stays what it is, or waits. */
export async function takeBack(tx: Tx, scope: Scope, leaseId: string): Promise<boolean> {
  const found = await findLease(tx.db, leaseId);
  if (!found) return false;
  const run = await lockRun(tx, found.runId);
  const lease = await lockLease(tx.db, leaseId);
  const isWorking = run.status === "working" || run.status === "preparing";
  // Whoever was told meanwhile that it may go on works again.
  if (!lease || isWorking || !(await endLease(tx, scope, lease, "was not put away in time"))) return false;
  recordLoss(tx, run, lease, run.status);
  await notify(tx, "work_waiting", "");
  return true;
}

function recordLoss(tx: Tx, run: RunRow, { attempt, phase, runnerId }: LeaseRow, status: RunStatus): void {
  tx.record({
    kind: "run.lease_lost",
    about: [`run:${run.id}`, `runner:${runnerId}`],
    charter: run.charterDigest,
    ...changeOf(heldState(run, true), heldState({ ...run, status }, false)),
    detail: { attempt, phase },
  });
}
