// A key that its provider does not take: every further call would be refused too, so the pilot whose call it was pauses.
// Only that one: an agent that talks its provider into a 403 stops no other pilot.
import { MINUTE } from "../clock.ts";
import { read, transaction } from "../db.ts";
import { pauseByTripwire } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { type RefusedKey, selectRefusedKeys } from "./refused-keys-store.ts";

/** How far back is looked: a worker that was away for longer finds the next refused call. */
const LOOK_BACK = 2 * MINUTE;
const AT_ONCE = 200;

export const refusedKeySentence = ({ providerName, status }: RefusedKey): string =>
  `“${providerName}” refuses our key (HTTP ${status}). An administrator sets a new one; then the pilot can be resumed.`;

/** Each call counts once, so that a pilot that was resumed is not paused again by what was before. */
export function createKeyWatch(): (scope: Scope) => Promise<number> {
  const seen = new Map<string, number>();
  return async (scope) => {
    const now = scope.clock.now();
    const since = now - LOOK_BACK;
    for (const [callId, at] of seen) if (at < since) seen.delete(callId);
    const refused = await read(scope, (db) => selectRefusedKeys(db, new Date(since), AT_ONCE));
    const fresh = refused.filter(({ callId }) => !seen.has(callId));
    let paused = 0;
    for (const one of fresh) {
      const wasActive = await transaction(scope, (tx) =>
        pauseByTripwire(tx, scope, one.pilotId, refusedKeySentence(one)),
      );
      if (wasActive) paused++;
    }
    // Those of other pilots paused meanwhile, too: what was refused before they are resumed is over then.
    for (const { callId } of fresh) seen.set(callId, now);
    return paused;
  };
}
