import type { Db } from "../db.ts";
import type { RunEvent } from "../protocol/events.ts";
import { DEED_KINDS } from "./deeds.ts";

/** The last attempt in which an agent worked; null for none. */
export async function findAgentAttempt(db: Db, runId: string): Promise<number | null> {
  const [row] = await db.$queryRaw<{ attempt: number | null }[]>`
    select max(attempt) as attempt from run_event
    where run_id = ${runId} and kind = 'attempt_started' and body ->> 'phase' = 'agent'`;
  return row?.attempt ?? null;
}

/** What an agent did in an attempt, in order. */
export async function selectDeeds(db: Db, runId: string, attempt: number): Promise<RunEvent[]> {
  const rows = await db.$queryRaw<(Omit<RunEvent, "at"> & { at: Date })[]>`
    select seq, attempt, at, observed_by as "observedBy", kind, body from run_event
    where run_id = ${runId} and attempt = ${attempt} and kind = any(${[...DEED_KINDS]}) order by seq`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }) as RunEvent);
}

export async function findBaseTree(db: Db, runId: string, attempt: number): Promise<string | null> {
  const patch = await db.patch.findFirst({ where: { runId, attempt }, select: { baseTree: true } });
  return patch?.baseTree ?? null;
}
