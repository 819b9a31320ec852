import type { Tx } from "../db.ts";
import { lastOtherEnd, lastOutcomes } from "./store.ts";

/** Outcomes of the last `limit` ended runs of a pilot, newest first. */
export async function lastRunOutcomes(tx: Tx, pilotId: string, limit: number): Promise<string[]> {
  return lastOutcomes(tx.db, pilotId, limit);
}

/** Since when the newest ended runs of a pilot all failed; null where none ever ended otherwise. */
export const failingSince = ({ db }: Tx, pilotId: string): Promise<Date | null> => lastOtherEnd(db, pilotId);
