import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { notFound } from "../errors.ts";
import { newId } from "../ids.ts";
import { charterInForce, findPilotState } from "../pilots/service.ts";
import { changeOf, made } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { stopRuns } from "../runs/stop-runs.ts";
import { actorId, type Scope } from "../scope.ts";
import { stopState } from "./rules.ts";
import type { PullStop } from "./schema.ts";
import { findLiveStop, insertStop, lockStops } from "./store.ts";

export interface PulledStop {
  readonly stopId: string;
  /** Runs taken from their runners by this call. */
  readonly runsStopped: number;
}

/**
 * Stops a pilot or everything: nothing is dispatched and every run in scope loses its runner, in one transaction.
 * Pulling again while the stop is in force takes what may have slipped through and gives the same stop.
 */
export async function pullStop(scope: Scope, input: PullStop): Promise<PulledStop> {
  requirePermission(scope, "stop.pull", input.pilotId ?? null);
  return transaction(scope, (tx) => pullStopInTx(tx, scope, input));
}

/** For whoever asked already whether it may be pulled; the stops are locked before anything else but what the caller has. */
export async function pullStopInTx(tx: Tx, scope: Scope, input: PullStop): Promise<PulledStop> {
  const pilotId = input.pilotId ?? null;
  const pulledAt = new Date(scope.clock.now());
  await lockStops(tx.db);
  if (pilotId !== null && !(await findPilotState(tx.db, pilotId))) throw notFound("pilot");
  const live = await findLiveStop(tx.db, pilotId);
  const stopId = live?.id ?? newId("stop", pulledAt.getTime());
  if (!live) {
    await insertStop(tx.db, {
      id: stopId,
      scope: input.scope,
      pilotId,
      reason: input.reason,
      pulledBy: actorId(scope.actor),
      pulledAt,
    });
  }
  const reason = input.reason === "" ? "emergency stop" : input.reason;
  const runsStopped = await stopRuns(tx, scope, { cause: { stopId }, pilotId, reason, pulledAt });
  const pulled = stopState({ id: stopId, scope: input.scope }, false);
  tx.record({
    kind: "stop.pulled",
    about: pilotId === null ? [`stop:${stopId}`] : [`stop:${stopId}`, `pilot:${pilotId}`],
    charter: await charterInForce(tx.db, pilotId),
    ...(live ? changeOf(pulled, pulled) : made(pulled)),
    detail: {
      scope: input.scope,
      again: live !== null,
      runs: runsStopped,
      ...reasonDetail(input.reason),
    },
  });
  return { stopId, runsStopped };
}
