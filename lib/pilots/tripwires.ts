// Rollback criteria of the charter, judged when a run ends.
import type { Tx } from "../db.ts";
import { lastRunOutcomes } from "../runs/outcomes.ts";
import type { Scope } from "../scope.ts";
import { findActiveCharter, lockedPilot, pauseByTripwire } from "./service.ts";

/** True when the newest `limit` ended runs all failed. */
export function isTripped(outcomes: readonly string[], limit: number): boolean {
  return outcomes.length >= limit && outcomes.slice(0, limit).every((outcome) => outcome === "failed");
}

/**
 * Pauses the pilot when as many runs in a row failed as its charter tolerates: the one in force, also where the run was
 * launched under another.
 */
export async function afterEnd(tx: Tx, scope: Scope, pilotId: string): Promise<void> {
  await lockedPilot(tx, pilotId); // runs that end at once are counted one after the other
  const inForce = await findActiveCharter(tx.db, pilotId);
  if (!inForce) throw new Error(`a run ended in the pilot ${pilotId}, which was never activated`);
  const limit = inForce.charter.rollback.pauseAfterFailedRuns;
  const outcomes = await lastRunOutcomes(tx, pilotId, limit);
  if (isTripped(outcomes, limit)) {
    await pauseByTripwire(
      tx,
      scope,
      pilotId,
      `${limit} ${limit === 1 ? "run" : "runs in a row"} failed; the charter pauses the pilot then.`,
    );
  }
}
