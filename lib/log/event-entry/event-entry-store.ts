import type { Db } from "../../db.ts";

export interface BatchEntry {
  readonly id: string;
  readonly body: Uint8Array;
}

/**
 * Where in the log the entry of an event lies at most: batches of a run follow on each other, so between those of the
 * nearest events that can be searched. Nulls where there is none.
 */
export async function findSpan(
  db: Db,
  runId: string,
  seq: number,
): Promise<{ readonly from: bigint | null; readonly to: bigint | null }> {
  const [row] = await db.$queryRaw<{ from: bigint | null; to: bigint | null }[]>`
    select
      (select position from event_text where run_id = ${runId} and seq <= ${seq}::int order by seq desc limit 1) as from,
      (select position from event_text where run_id = ${runId} and seq >= ${seq}::int order by seq limit 1) as to`;
  return row ?? { from: null, to: null };
}

/** Entries that bind events of the run, indexed, in their order. */
export async function selectBatches(
  db: Db,
  runId: string,
  { from, to }: { readonly from: bigint | null; readonly to: bigint | null },
): Promise<BatchEntry[]> {
  return db.$queryRaw<BatchEntry[]>`
    select e.id, e.body from log_term t join log_leaf l on l.position = t.position
      join log_entry e on e.id = l.entry_id
    where t.term = ${`run:${runId}`} and e.kind = 'run.events_appended'
      and (${from}::bigint is null or t.position >= ${from}::bigint)
      and (${to}::bigint is null or t.position <= ${to}::bigint)
    order by t.at, t.position`;
}

/** The newest entries that bind events of the run, looked for without the index: it is a second behind at most. */
export async function selectNewestBatches(db: Db, runId: string, among: number): Promise<BatchEntry[]> {
  return db.$queryRaw<BatchEntry[]>`
    select e.id, e.body from (select * from log_entry order by seq desc limit ${among}) e
    where e.kind = 'run.events_appended' and e.about @> array[${`run:${runId}`}] order by e.seq desc`;
}
