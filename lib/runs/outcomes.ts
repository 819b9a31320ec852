import type { Tx } from "../db.ts";
import { lastOutcomes } from "./store.ts";

/** Outcomes of the last `limit` ended runs of a pilot, newest first. */
export async function lastRunOutcomes(tx: Tx, pilotId: string, limit: number): Promise<string[]> {
  return lastOutcomes(tx.db, pilotId, limit);
}
