// What the monitor reads of the log, and how far it has come.
import type { Db } from "../db.ts";

/** The position that is looked at next. */
export async function findCursor(db: Db): Promise<number> {
  const [row] = await db.$queryRaw<{ position: bigint }[]>`select position from finding_cursor where id = 1`;
  return Number(row?.position ?? 0);
}

/** False where another worker has come further meanwhile, or is about to. */
export async function moveCursor(db: Db, from: number, to: number): Promise<boolean> {
  const [held] = await db.$queryRaw<{ id: number }[]>`
    select id from finding_cursor where id = 1 and position = ${from} for update skip locked`;
  if (!held) return false;
  await db.$executeRaw`update finding_cursor set position = ${to} where id = 1`;
  return true;
}

export interface WatchedLeaf {
  readonly position: number;
  readonly at: Date;
  readonly body: Uint8Array;
}

/** Numbered entries of the kinds that are looked at, from a position on; and the last position that was numbered. */
export async function selectWatched(
  db: Db,
  from: number,
  kinds: readonly string[],
  limit: number,
): Promise<{ readonly leaves: WatchedLeaf[]; readonly next: number }> {
  const rows = await db.$queryRaw<
    { position: bigint; at: Date; kind: string | null; body: Uint8Array | null }[]
  >`
    select l.position, l.at, e.kind, case when e.kind = any(${[...kinds]}) then e.body end as body
    from log_leaf l left join log_entry e on e.id = l.entry_id
    where l.position >= ${from} order by l.position limit ${limit}`;
  const leaves = rows.flatMap(({ position, at, body }) =>
    body === null ? [] : [{ position: Number(position), at, body }],
  );
  const last = rows.at(-1);
  return { leaves, next: last ? Number(last.position) + 1 : from };
}

export interface WatchedRange {
  readonly runId: string;
  readonly from: number;
  readonly to: number;
}

export interface WatchedRow {
  readonly runId: string;
  readonly seq: number;
  readonly attempt: number;
  readonly at: Date;
  readonly kind: string;
  readonly body: unknown;
}

/** Events of ranges and those just before them, each once, in order. */
export async function selectEvents(
  db: Db,
  ranges: readonly WatchedRange[],
  before: number,
): Promise<WatchedRow[]> {
  return db.$queryRaw<WatchedRow[]>`
    select distinct e.run_id as "runId", e.seq, e.attempt, e.at, e.kind, e.body
    from unnest(${ranges.map(({ runId }) => runId)}::text[], ${ranges.map(({ from }) => from)}::int[],
      ${ranges.map(({ to }) => to)}::int[]) as b (run_id, first, last)
    cross join lateral (
      select run_id, seq, attempt, at, kind, body from run_event v
      where v.run_id = b.run_id and v.seq between b.first - ${before}::int and b.last
    ) e
    order by 1, 2`;
}
