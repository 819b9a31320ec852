// Notices and deliveries hold who was told of what: they go with time, and the log keeps what happened.
import { DAY } from "../../clock.ts";
import { transaction } from "../../db.ts";
import type { Scope } from "../../scope.ts";
import { deleteOld } from "../delivery-store.ts";

export const KEPT_FOR = 90 * DAY;
const AT_ONCE = 500;

/** How many deliveries went, with their notices. */
export async function dropOldNotices(scope: Scope): Promise<number> {
  const before = new Date(scope.clock.now() - KEPT_FOR);
  for (let all = 0; ; ) {
    const dropped = await transaction(scope, (tx) => deleteOld(tx.db, before, AT_ONCE));
    all += dropped;
    if (dropped < AT_ONCE) return all;
  }
}
