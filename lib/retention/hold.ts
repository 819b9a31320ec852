import type { Db } from "../db.ts";

/** Why a pilot's payloads must be kept, or null when no legal hold is on it. No hold begins until the transaction ends. */
export async function holdOf(db: Db, pilotId: string): Promise<string | null> {
  const [row] = await db.$queryRaw<{ is_held: boolean; hold_reason: string | null }[]>`
    select is_held, hold_reason from retention where pilot_id = ${pilotId}`;
  return row?.is_held ? (row.hold_reason ?? "no reason given") : null;
}
