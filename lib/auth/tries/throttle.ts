// Tries are counted before they are looked at, so that parallel guesses cannot outrun the count.
import { createHash } from "node:crypto";
import { type Tx, transaction } from "../../db.ts";
import { AppError } from "../../errors.ts";
import type { Scope } from "../../scope.ts";
import { blockedSentence, FORGET_AFTER, takeTry } from "../rules.ts";
import { deleteThrottles, lockThrottle, saveThrottle } from "../store.ts";

export const throttleKey = (...parts: readonly string[]): string =>
  createHash("sha256").update(parts.join("\n")).digest("hex");

/** How many tries failed in a row with this one. Throws too_many while the key waits, after `onBlocked`. */
export async function countTry(scope: Scope, key: string, onBlocked: () => Promise<void>): Promise<number> {
  const now = scope.clock.now();
  const outcome = await transaction(scope, async (tx) => {
    const before = await lockThrottle(tx.db, key);
    const after = takeTry(before, now);
    if (after) await saveThrottle(tx.db, key, after);
    return { before, after };
  });
  if (outcome.after) return outcome.after.failures;
  const wait = (outcome.before?.blockedUntil ?? now) - now;
  await onBlocked();
  throw new AppError("too_many", blockedSentence(wait), { retryAfter: Math.ceil(wait / 1000) });
}

export const forgetTries = (tx: Tx, scope: Scope, key: string): Promise<void> =>
  deleteThrottles(tx.db, key, new Date(scope.clock.now() - FORGET_AFTER));
