// An incident at PagerDuty ends when all it was about is over: gates decided, stops lifted, findings dealt with, pilots and
// channels going on, budgets of what has ended. It is told by a delivery of its own, which waits and is tried again as others
// are. What is no state, such as a run that failed, ends where somebody ends it.
import { read, transaction } from "../../db.ts";
import { newId } from "../../ids.ts";
import type { Scope } from "../../scope.ts";
import { insertResolving } from "../delivery-store.ts";
import { selectOver } from "../follow-store.ts";

const AT_ONCE = 200;

/** How many incidents are over. */
export async function resolveOver(scope: Scope): Promise<number> {
  const now = scope.clock.now();
  const over = await read(scope, (db) => selectOver(db, new Date(now), AT_ONCE));
  if (over.length === 0) return 0;
  await transaction(scope, async (tx) => {
    for (const { id: resolves, channelId } of over)
      await insertResolving(tx.db, { id: newId("delivery", now), channelId, resolves, at: new Date(now) });
  });
  return over.length;
}
