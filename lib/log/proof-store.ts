import type { Db } from "../db.ts";

export interface LeafRow {
  readonly epoch: number;
  readonly index: number;
  readonly hash: Buffer;
  readonly origin: string;
}

/** Where the notary put an entry; null while it is not numbered. */
export async function findLeaf(db: Db, entryId: string): Promise<LeafRow | null> {
  const [row] = await db.$queryRaw<{ epoch: number; index: bigint; hash: Uint8Array; origin: string }[]>`
    select l.epoch, l.index, l.hash, e.origin from log_leaf l join log_epoch e on e.epoch = l.epoch
    where l.entry_id = ${entryId}`;
  return row ? { ...row, index: Number(row.index), hash: Buffer.from(row.hash) } : null;
}

export interface CheckpointRow {
  readonly epoch: number;
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  readonly signedAt: Date;
}

/** The newest checkpoint of an epoch, or with null of the newest epoch. */
export async function findCheckpoint(db: Db, epoch: number | null): Promise<CheckpointRow | null> {
  const row = await db.logCheckpoint.findFirst({
    ...(epoch === null ? {} : { where: { epoch } }),
    orderBy: [{ epoch: "desc" }, { size: "desc" }],
  });
  const named = row ? await db.logEpoch.findUnique({ where: { epoch: row.epoch } }) : null;
  if (!row || !named) return null;
  const { note, signedAt } = row;
  return {
    epoch: row.epoch,
    origin: named.origin,
    size: Number(row.size),
    root: Buffer.from(row.root),
    note,
    signedAt,
  };
}

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
