import { read, transaction } from "../db.ts";
import { AppError } from "../errors.ts";
import { insertOrder } from "../redactions/order-redaction.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { selectDue } from "./store.ts";

/** Orders of one turn; the next one goes on. */
const AT_ONCE = 200;

/**
 * By the clock: payloads of runs that ended longer ago than their pilot keeps them are ordered away. A run that may not
 * be touched yet keeps no other waiting; it is asked about again. Returns how many were ordered.
 */
export async function expirePayloads(scope: Scope): Promise<number> {
  const due = await read(scope, (db) => selectDue(db, new Date(scope.clock.now()), AT_ONCE));
  let ordered = 0;
  for (const { runId, days } of due) {
    const reason = `Kept for ${days} ${days === 1 ? "day" : "days"} after the run's end, as the pilot says.`;
    try {
      await transaction(scope, async (tx) => {
        const run = await lockRun(tx, runId);
        await insertOrder(tx, scope, run, { target: { kind: "all" }, reason, cause: "retention" });
      });
      ordered += 1;
    } catch (error) {
      if (!(error instanceof AppError && error.code === "refused")) throw error;
    }
  }
  return ordered;
}
