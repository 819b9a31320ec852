import type { Db } from "../db.ts";
import { findRetention, keepHolds } from "./store.ts";

/** Why a pilot's payloads must be kept, or null when no legal hold is on it. No hold begins until the transaction ends. */
export async function holdOf(db: Db, pilotId: string): Promise<string | null> {
  await keepHolds(db);
  const row = await findRetention(db, pilotId);
  return row?.isHeld ? (row.holdReason ?? "no reason given") : null;
}
