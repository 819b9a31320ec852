// Rollback criteria of the charter, judged when a run ends.
import type { Tx } from "../db.ts";
import { DRILL_KIND } from "../drills/schema.ts";
import { newId } from "../ids.ts";
import { REVERT_KIND } from "../reverts/schema.ts";
import { failingSince, lastRunOutcomes } from "../runs/outcomes.ts";
import type { Scope } from "../scope.ts";
import type { TripAction } from "./schema/rollback.ts";
import type { StoredCharter } from "./schema.ts";
import { findActiveCharter, lockedPilot, pauseByTripwire } from "./service.ts";
import { hasWaitingTrip, hasWarnedSince, insertTrip } from "./trips/trip-store.ts";

/** True when the newest `limit` ended runs all failed. */
export function isTripped(outcomes: readonly string[], limit: number): boolean {
  return outcomes.length >= limit && outcomes.slice(0, limit).every((outcome) => outcome === "failed");
}

const WORDS: Readonly<Record<Exclude<TripAction, "warn">, string>> = {
  pause: "pauses the pilot",
  stop: "stops the pilot",
  cancel: "cancels all of its runs",
};

/**
 * Does what the charter says once as many runs in a row failed as it tolerates: the one in force, also where the run was
 * launched under another. A revert is no agent's work: that it failed says nothing of the row. Here it is told and the pilot paused; the rest is carried out by the worker (trips/).
 */
export async function afterEnd(
  tx: Tx,
  scope: Scope,
  { pilotId, kind }: { readonly pilotId: string; readonly kind: string },
): Promise<void> {
  if (kind === REVERT_KIND || kind === DRILL_KIND) return;
  const pilot = await lockedPilot(tx, pilotId); // runs that end at once are counted one after the other
  const inForce = await findActiveCharter(tx.db, pilotId);
  if (!inForce) throw new Error(`a run ended in the pilot ${pilotId}, which was never activated`);
  const { pauseAfterFailedRuns: limit, onFailedRuns: action } = inForce.charter.rollback;
  const outcomes = await lastRunOutcomes(tx, pilotId, limit);
  if (!isTripped(outcomes, limit)) return;
  if (action === "warn") {
    // Once in a row, however long it gets and whatever limit there was before, and also while people had paused it: nobody
    // else would tell it afterwards.
    const isTold = await hasWarnedSince(tx.db, pilotId, await failingSince(tx, pilotId));
    if (!isTold) await trip(tx, scope, pilotId, inForce);
    return;
  }
  const reason = `${limit} ${limit === 1 ? "run" : "runs in a row"} failed; the charter ${WORDS[action]} then.`;
  const isPaused = await pauseByTripwire(tx, scope, pilotId, reason);
  // A pause by people does less than these, and keeps none of them from being done; what waits already is done once.
  const isMore = pilot.status === "paused" && action !== "pause" && !(await hasWaitingTrip(tx.db, pilotId));
  if (isPaused || isMore) await trip(tx, scope, pilotId, inForce);
}

async function trip(tx: Tx, scope: Scope, pilotId: string, inForce: StoredCharter): Promise<void> {
  const { onFailedRuns: action } = inForce.charter.rollback;
  const now = scope.clock.now();
  const [id, trippedAt] = [newId("trip", now), new Date(now)];
  const isDone = action === "warn" || action === "pause";
  const tripwire = "failed_runs";
  await insertTrip(tx.db, { id, pilotId, tripwire, action, trippedAt, doneAt: isDone ? trippedAt : null });
  tx.record({
    kind: "pilot.tripped",
    about: [`pilot:${pilotId}`],
    charter: inForce.digest,
    detail: { trip: id, tripwire, action },
  });
}
