import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict } from "../errors.ts";
import { voidMergeGate, voidNetworkGate } from "../gates/open-gate.ts";
import { endLeaseOf } from "../leases/end-lease.ts";
import { reasonDetail } from "../record/reason.ts";
import type { Scope } from "../scope.ts";
import { moveRun } from "./move-run.ts";
import { isEnded } from "./rules.ts";
import { lockRun, type RunRow } from "./run-in-tx.ts";
import type { CancelRun } from "./schema.ts";

/** Ends a run for good. Its sandbox is killed at the next heartbeat; a merge under way cannot be cancelled. */
export async function cancelRun(scope: Scope, { runId, reason }: CancelRun): Promise<void> {
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    requirePermission(scope, "run.cancel", run.pilotId);
    if (run.status === "merging") throw conflict("The merge is under way and past the point of no return.");
    if (isEnded(run.status)) throw conflict(`The run has ended already: it is ${run.status}.`);
    await cancelLocked(tx, scope, run, reason);
  });
}

/** In a transaction that holds the run, which has not ended and is not merging. */
export async function cancelLocked(tx: Tx, scope: Scope, run: RunRow, reason: string): Promise<void> {
  const { id, pilotId, status } = run;
  await endLeaseOf(tx, scope, id, `cancelled: ${reason}`);
  await voidMergeGate(tx, scope, id, "The run was cancelled.");
  await voidNetworkGate(tx, scope, id, "The run was cancelled.");
  const moved = await moveRun(tx, scope, run, "cancelled", reason);
  tx.record({
    kind: "run.cancelled",
    about: [`run:${id}`, `pilot:${pilotId}`],
    ...moved,
    detail: { was: status, ...reasonDetail(reason) },
  });
}
