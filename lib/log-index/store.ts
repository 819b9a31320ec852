// Tables of the index: rebuilt at any time, written by the worker alone.
import type { Db } from "../db.ts";
import type { FieldText } from "./rules.ts";

/** The position that is indexed next, locked until the transaction ends; null while another worker has it. */
export async function lockCursor(db: Db): Promise<number | null> {
  // Lost with the power, it is written again: the index is derived.
  await db.$executeRaw`set local synchronous_commit = off`;
  const [row] = await db.$queryRaw<{ position: bigint }[]>`
    select position from log_index_cursor where id = 1 for update skip locked`;
  return row ? Number(row.position) : null;
}

export async function moveCursor(db: Db, position: number): Promise<void> {
  await db.$executeRaw`update log_index_cursor set position = ${position} where id = 1`;
}

export interface IndexLeaf {
  readonly position: number;
  readonly kind: string;
  readonly about: readonly string[];
  readonly body: Uint8Array;
}

/** Numbered entries from a position on. */
export async function selectLeavesFrom(db: Db, from: number, limit: number): Promise<IndexLeaf[]> {
  const rows = await db.$queryRaw<(Omit<IndexLeaf, "position"> & { position: bigint })[]>`
    select l.position, coalesce(e.kind, '') as kind, coalesce(e.about, '{}') as about,
      coalesce(e.body, ''::bytea) as body
    from log_leaf l left join log_entry e on e.id = l.entry_id
    where l.position >= ${from} order by l.position limit ${limit}`;
  return rows.map((row) => ({ ...row, position: Number(row.position) }));
}

export interface IndexTerm {
  readonly term: string;
  readonly position: number;
}

export async function insertTerms(db: Db, terms: readonly IndexTerm[]): Promise<void> {
  await db.$executeRaw`
    insert into log_term (term, at, position)
    select t.term, l.at, l.position
    from unnest(${terms.map(({ term }) => term)}::text[], ${terms.map(({ position }) => position)}::bigint[])
      as t (term, position) join log_leaf l on l.position = t.position
    on conflict do nothing`;
}

export interface IndexBatch {
  readonly position: number;
  readonly runId: string;
  readonly from: number;
  readonly to: number;
}

export interface IndexEvent {
  readonly position: number;
  readonly runId: string;
  readonly pilotId: string;
  readonly seq: number;
  readonly at: Date;
  readonly kind: string;
  readonly body: unknown;
}

/** The events that batches bind. A redaction waits for the texts made of them, or they are read after it. */
export async function selectBatchEvents(db: Db, batches: readonly IndexBatch[]): Promise<IndexEvent[]> {
  await db.$executeRaw`lock table event_text in row exclusive mode`;
  const rows = await db.$queryRaw<(Omit<IndexEvent, "position"> & { position: bigint })[]>`
    select b.position, e.run_id as "runId", r.pilot_id as "pilotId", e.seq, e.at, e.kind, e.body
    from unnest(${batches.map(({ position }) => position)}::bigint[], ${batches.map(({ runId }) => runId)}::text[],
      ${batches.map(({ from }) => from)}::int[], ${batches.map(({ to }) => to)}::int[])
      as b (position, run_id, first, last)
    join run r on r.id = b.run_id
    cross join lateral (
      select run_id, seq, at, kind, body from run_event v
      where v.run_id = b.run_id and v.seq between b.first and b.last
    ) e`;
  return rows.map((row) => ({ ...row, position: Number(row.position) }));
}

export interface IndexText
  extends FieldText,
    Pick<IndexEvent, "position" | "runId" | "pilotId" | "seq" | "at"> {
  /** Text of a tsvector. */
  readonly words: string;
}

export async function insertTexts(db: Db, texts: readonly IndexText[]): Promise<void> {
  await db.$executeRaw`
    insert into event_text (run_id, seq, field, pilot_id, position, at, text, words)
    select t.run_id, t.seq, t.field, t.pilot_id, t.position, t.at, t.text, t.words::tsvector from unnest(
      ${texts.map(({ runId }) => runId)}::text[],
      ${texts.map(({ seq }) => seq)}::int[],
      ${texts.map(({ field }) => field)}::text[],
      ${texts.map(({ pilotId }) => pilotId)}::text[],
      ${texts.map(({ position }) => position)}::bigint[],
      ${texts.map(({ at }) => at)}::timestamptz[],
      ${texts.map(({ text }) => text)}::text[],
      ${texts.map(({ words }) => words)}::text[]
    ) as t (run_id, seq, field, pilot_id, position, at, text, words)
    on conflict do nothing`;
}

/** Takes out some rows of the index; 0 once it is empty. */
export async function deleteSome(db: Db, limit: number): Promise<number> {
  const terms = await db.$executeRaw`
    delete from log_term where ctid = any(array(select ctid from log_term limit ${limit}))`;
  const texts = await db.$executeRaw`
    delete from event_text where ctid = any(array(select ctid from event_text limit ${limit}))`;
  return terms + texts;
}
