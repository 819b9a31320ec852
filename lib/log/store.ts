import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { EntryKind, Subject } from "../record/schema.ts";

export interface EntryRow {
  readonly id: string;
  readonly kind: EntryKind;
  readonly at: Date;
  /** Null: not numbered yet. */
  readonly index: number | null;
  readonly about: readonly Subject[];
  readonly body: Uint8Array;
}

type RawRow = Omit<EntryRow, "index"> & { index: bigint | null };
const rowOf = (row: RawRow): EntryRow => ({ ...row, index: row.index === null ? null : Number(row.index) });

export interface Window {
  readonly from: Date | null;
  /** Not included. */
  readonly before: Date | null;
  /** What lies before the entry at this position, in the order of time and then position; null for the newest. */
  readonly after: number | null;
}

// Times have microseconds, which a Date has not: a place in the order is given by position, and its time looked up.
function within(alias: Prisma.Sql, { from, before, after }: Window): Prisma.Sql {
  const place = Prisma.sql`(${alias}.at, ${alias}.position)`;
  return Prisma.join(
    [
      Prisma.sql`true`,
      ...(from === null ? [] : [Prisma.sql`${alias}.at >= ${from}`]),
      ...(before === null ? [] : [Prisma.sql`${alias}.at < ${before}`]),
      ...(after === null
        ? []
        : [
            Prisma.sql`${place} < ((select at from log_leaf where position = ${after}::bigint), ${after}::bigint)`,
          ]),
    ],
    " and ",
  );
}

const LEAF = Prisma.sql`l`;
const TERM = Prisma.sql`x`;

/** Positions of the newest entries. */
export async function selectNewest(db: Db, window: Window, limit: number): Promise<number[]> {
  const rows = await db.$queryRaw<{ position: bigint }[]>`
    select l.position from log_leaf l where ${within(LEAF, window)}
    order by l.at desc, l.position desc limit ${limit}`;
  return rows.map(({ position }) => Number(position));
}

/** How many entries have one of the terms, counted up to `limit` for each, and the newest time at which one reached it. */
export async function probeTerms(
  db: Db,
  terms: readonly string[],
  window: Window,
  limit: number,
): Promise<{ found: number; reach: number | null }> {
  const [row] = await db.$queryRaw<{ found: bigint; reach: Date | null }[]>`
    select sum(each.found) as found, max(each.reach) as reach
    from unnest(${[...terms]}::text[]) as t (term) cross join lateral (
      select count(*) as found, case when count(*) = ${limit} then min(counted.at) end as reach from (
        select x.at from log_term x where x.term = t.term and ${within(TERM, window)}
        order by x.at desc, x.position desc limit ${limit}
      ) counted
    ) each`;
  return { found: Number(row?.found ?? 0), reach: row?.reach?.getTime() ?? null };
}

export interface Walked {
  readonly position: number;
  readonly at: Date;
  /** Whether it has a term of every other group. */
  readonly fits: boolean;
  /** How many entries were looked at up to this one. */
  readonly looked: number;
}

/** Of the next `limit` entries that have one of the terms those that have one of every other group, and the last. */
export async function walkTerms(
  db: Db,
  terms: readonly string[],
  others: readonly (readonly string[])[],
  window: Window,
  limit: number,
): Promise<Walked[]> {
  const fits = others.map(
    (group) => Prisma.sql`exists (select from log_term g
      where g.term = any(${[...group]}::text[]) and g.at = p.at and g.position = p.position)`,
  );
  const rows = await db.$queryRaw<(Omit<Walked, "looked"> & { looked: bigint })[]>`
    with piece as materialized (
      select distinct each.at, each.position from unnest(${[...terms]}::text[]) as t (term) cross join lateral (
        select x.at, x.position from log_term x where x.term = t.term and ${within(TERM, window)}
        order by x.at desc, x.position desc limit ${limit}
      ) each order by each.at desc, each.position desc limit ${limit}
    ),
    seen as materialized (
      select p.position, p.at, ${fits.length === 0 ? Prisma.sql`true` : Prisma.join(fits, " and ")} as fits,
        row_number() over (order by p.at desc, p.position desc) as looked
      from piece p
    )
    select * from seen where fits or looked = (select count(*) from piece) order by looked`;
  return rows.map((row) => ({ ...row, position: Number(row.position), looked: Number(row.looked) }));
}

const COLUMNS = Prisma.sql`e.id, e.kind, e.at, e.about, e.body`;

/**
 * The entries at these positions, in the same order. By two lists instead of a join: each index is then gone through
 * once, in its order, and pages that come from disk are asked for together (50 entries of 5,000, nothing in memory, two
 * busy cores: 23 ms, joined 55).
 */
export async function selectAt(db: Db, positions: readonly number[]): Promise<EntryRow[]> {
  if (positions.length === 0) return [];
  const leaves = await db.$queryRaw<{ position: bigint; index: bigint; id: string }[]>`
    select position, index, entry_id as id from log_leaf where position = any(${[...positions]}::bigint[])`;
  const rows = await db.$queryRaw<Omit<RawRow, "index">[]>`
    select ${COLUMNS} from log_entry e where e.id = any(${leaves.map(({ id }) => id)}::text[])`;
  const entries = new Map(rows.map((row) => [row.id, row]));
  const placed = new Map(leaves.map((leaf) => [Number(leaf.position), leaf]));
  return positions.flatMap((position) => {
    const leaf = placed.get(position);
    const row = leaf && entries.get(leaf.id);
    return row ? [rowOf({ ...row, index: leaf.index })] : [];
  });
}

export async function findEntry(db: Db, entryId: string): Promise<EntryRow | null> {
  const [row] = await db.$queryRaw<RawRow[]>`
    select ${COLUMNS}, l.index from log_entry e left join log_leaf l on l.entry_id = e.id where e.id = ${entryId}`;
  return row ? rowOf(row) : null;
}

/** Of the `among` entries that were written last those the notary has not numbered, newest first. */
export async function selectWaiting(db: Db, among: number): Promise<EntryRow[]> {
  const rows = await db.$queryRaw<RawRow[]>`
    select ${COLUMNS}, null::bigint as index from (
      select * from log_entry order by seq desc limit ${among}
    ) e where not exists (select from log_leaf l where l.entry_id = e.id) order by e.seq desc`;
  return rows.map(rowOf);
}

/** Id → name, of people and runners. */
export async function selectActorNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.$queryRaw<{ id: string; name: string }[]>`
    select id, name from person where id = any(${[...ids]}) union all select id, name from runner where id = any(${[...ids]})`;
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Subject → what it is called now, of what has a name. */
export async function selectSubjectNames(
  db: Db,
  subjects: readonly string[],
): Promise<{ subject: string; name: string }[]> {
  const ids = subjects.map((subject) => subject.slice(subject.indexOf(":") + 1));
  return db.$queryRaw<{ subject: string; name: string }[]>`
    select * from (
      select 'person:' || id as subject, name from person where id = any(${ids})
      union all select 'runner:' || id, name from runner where id = any(${ids})
      union all select 'pilot:' || id, name from pilot where id = any(${ids})
      union all select 'repository:' || id, name from repository where id = any(${ids})
      union all select 'agent:' || id, name from agent where id = any(${ids})
      union all select 'run:' || id, title from run where id = any(${ids})
    ) named where subject = any(${[...subjects]})`;
}

/** Subject → the pilot it belongs to, of those that belong to one. */
export async function selectPilotsOf(db: Db, subjects: readonly string[]): Promise<Map<string, string>> {
  const ids = [...new Set(subjects)].map((subject) => subject.slice(subject.indexOf(":") + 1));
  const rows = await db.$queryRaw<{ subject: string; pilot: string }[]>`
    select 'pilot:' || id as subject, id as pilot from pilot where id = any(${ids})
    union all select 'run:' || id, pilot_id from run where id = any(${ids})
    union all select 'gate:' || id, pilot_id from gate where id = any(${ids}) and pilot_id is not null
    union all select 'stop:' || id, pilot_id from stop where id = any(${ids}) and pilot_id is not null
    union all select 'access:' || id, pilot_id from log_access where id = any(${ids}) and pilot_id is not null
    union all select 'export:' || x.id, a.pilot_id from log_export x join log_access a on a.id = x.access_id
      where x.id = any(${ids}) and a.pilot_id is not null
    union all select 'redaction:' || d.id, r.pilot_id from redaction d join run r on r.id = d.run_id
      where d.id = any(${ids})`;
  return new Map(rows.map(({ subject, pilot }) => [subject, pilot]));
}

/** Numbered entries through all epochs: positions have no gaps. */
export async function countNumbered(db: Db): Promise<number> {
  const [row] = await db.$queryRaw<{ position: bigint }[]>`
    select position from log_leaf order by position desc limit 1`;
  return row ? Number(row.position) + 1 : 0;
}

/** Entries with a term since an instant, counted up to `limit`. */
export async function countTerm(db: Db, term: string, since: Date | null, limit: number): Promise<number> {
  const [row] = await db.$queryRaw<{ count: bigint }[]>`
    select count(*) from (
      select from log_term x where x.term = ${term} and ${within(TERM, { from: since, before: null, after: null })}
      limit ${limit}
    ) counted`;
  return Number(row?.count ?? 0);
}

/** The same of several kinds at once; a kind without an entry is absent. */
export async function countKinds(
  db: Db,
  kinds: readonly string[],
  since: Date,
  limit: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.$queryRaw<{ kind: string; count: number }[]>`
    select t.kind, each.count from unnest(${[...kinds]}::text[]) as t (kind) cross join lateral (
      select count(*)::int as count from (
        select from log_term x where x.term = 'kind:' || t.kind
          and ${within(TERM, { from: since, before: null, after: null })} limit ${limit}
      ) counted
    ) each where each.count > 0 order by t.kind`;
  return new Map(rows.map(({ kind, count }) => [kind, count]));
}
