import { requireAgent } from "../agents/service.ts";
import { expireAsks } from "../asks/expire-asks.ts";
import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict } from "../errors.ts";
import { say } from "../inboxes/service.ts";
import { endLeaseOf } from "../leases/end-lease.ts";
import { liveLeaseOf } from "../leases/live-lease.ts";
import { reasonDetail } from "../record/reason.ts";
import type { Scope } from "../scope.ts";
import { moveRun } from "./move-run.ts";
import { mayBecome } from "./rules.ts";
import { lockRun, type RunRow } from "./run-in-tx.ts";
import type { PauseRun } from "./schema.ts";

/**
 * Pauses a run: from the commit on its agent calls no model, and whoever has it is told to put it away with a snapshot.
 * Of a run that was put away for a decision the gate stays open; what an agent at work waits for it asks again.
 */
export async function pauseRun(scope: Scope, { runId, reason }: PauseRun): Promise<void> {
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    if (scope.actor.kind !== "system") requirePermission(scope, "run.pause", run.pilotId);
    await pauseInTx(tx, scope, run, reason);
  });
}

/** The same inside another transaction, which has locked the run and asked whether it may. */
export async function pauseInTx(tx: Tx, scope: Scope, run: RunRow, reason: string): Promise<void> {
  if (run.status === "paused") throw conflict("The run is paused already.");
  if (!mayBecome(run.status, "paused"))
    throw conflict(`A run that is ${run.status.replaceAll("_", " ")} cannot be paused.`);
  const lease = await liveLeaseOf(tx, run.id);
  const moved = await moveRun(tx, scope, run, "paused", reason);
  tx.record({
    kind: "run.paused",
    about: [`run:${run.id}`, `pilot:${run.pilotId}`],
    ...moved,
    detail: { attempt: run.attempt, ...reasonDetail(reason) },
  });
  if (lease === null) return;
  await expireAsks(tx, scope, { ...run, status: "paused" }, "The run was paused.");
  const { model } = await requireAgent(tx.db, run.agentId);
  // An agent without a model has no session to go on with: it begins again.
  if (model === null) await endLeaseOf(tx, scope, run.id, "paused");
  else await say(tx, scope, run.id, { kind: "pause", attempt: lease.attempt, why: "pause" });
}
