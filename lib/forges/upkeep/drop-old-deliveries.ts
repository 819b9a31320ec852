// Calls of a forge are remembered so that each is taken once; GitHub sends one again for three days at most.
import { DAY } from "../../clock.ts";
import { transaction } from "../../db.ts";
import type { Scope } from "../../scope.ts";
import { deleteDeliveries } from "./store.ts";

export const DELIVERIES_KEPT = 14 * DAY;
const AT_ONCE = 5000;
/** Of one turn; the rest goes at the next. */
const MOST_TIMES = 20;

/** How many were forgotten. One that comes again after that has the repository looked at once more, and nothing else. */
export async function dropOldDeliveries(scope: Scope, atOnce = AT_ONCE): Promise<number> {
  const before = new Date(scope.clock.now() - DELIVERIES_KEPT);
  let dropped = 0;
  for (let time = 0; time < MOST_TIMES; time++) {
    const more = await transaction(scope, (tx) => deleteDeliveries(tx.db, before, atOnce));
    dropped += more;
    if (more < atOnce) break;
  }
  return dropped;
}
