// Numbers entries. One REPEATABLE READ transaction takes what became visible since the snapshot of the last tick
// (rows of transactions that began after it, or that were open in it), orders it by sequence number and moves the
// snapshot with the leaves: cause before effect, nothing skipped or taken twice, and no long transaction is waited for.
// An entry's hash is computed where its bytes are; whoever reads it back computes it again.
import type pg from "pg";
import { refused } from "#lib/errors.ts";
import { leafHash } from "#lib/tlog/hashing.ts";
import { Halt } from "./halt.ts";

export interface DatabaseHead {
  readonly epoch: number;
  readonly origin: string;
  readonly size: number;
  /** Hash of the leaf that was asked about; null where there is none. */
  readonly last: Buffer | null;
  readonly seen: Seen;
}

/** What was numbered: everything visible in the snapshot, and everything up to `floor` when the epoch began. */
export interface Seen {
  readonly xmax: string;
  readonly xip: readonly string[];
  readonly floor: string;
}

interface HeadRow extends Seen {
  epoch: number;
  origin: string;
  size: string;
  last: Buffer | null;
}

/** What the database says about the log; null before the first epoch. */
export async function readHead(client: pg.ClientBase, lastIndex: number): Promise<DatabaseHead | null> {
  const { rows } = await client.query<HeadRow>(
    `select s.epoch, e.origin, s.size::text, s.floor::text, pg_snapshot_xmax(s.seen)::text as xmax,
       array(select pg_snapshot_xip(s.seen))::text[] as xip,
       (select hash from log_leaf l where l.epoch = s.epoch and l.index = $1) as last
     from notary_state s join log_epoch e on e.epoch = s.epoch where s.id = 1`,
    [lastIndex],
  );
  const [row] = rows;
  if (!row) return null;
  const { epoch, origin, size, last, ...seen } = row;
  return { epoch, origin, size: Number(size), last, seen };
}

/**
 * Rows that became visible since. "seq + 0" keeps the planner from walking the whole table in the order of seq: only the
 * index on xid knows what is new.
 */
const FRESH = `select id, seq, at, body from log_entry where xid >= $1::xid8 and seq + 0 > $2
  union all
  select id, seq, at, body from log_entry e where xid = any ($3::xid8[])
    and not exists (select from log_leaf l where l.entry_id = e.id)`;

/** Costs two looks into an index, and no transaction id. */
export async function hasFresh(client: pg.ClientBase, { xmax, floor, xip }: Seen): Promise<boolean> {
  const { rows } = await client.query<{ fresh: boolean }>(`select exists (${FRESH}) as fresh`, [
    xmax,
    floor,
    xip,
  ]);
  return rows[0]?.fresh ?? false;
}

async function inTransaction<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query("begin isolation level repeatable read");
  try {
    const value = await work();
    await client.query("commit");
    return value;
  } catch (error) {
    await client.query("rollback").catch(() => undefined); // the first error says what is wrong
    throw error;
  }
}

interface Window extends Seen {
  readonly size: string;
  readonly position: string;
  readonly now: string;
}

/** Numbers everything fresh; returns how many that were. */
export function numberFresh(client: pg.ClientBase, epoch: number): Promise<number> {
  return inTransaction(client, async () => {
    const { rows } = await client.query<Window>(
      `select size::text, position::text, floor::text, pg_snapshot_xmax(seen)::text as xmax,
         array(select pg_snapshot_xip(seen))::text[] as xip, pg_current_snapshot()::text as now
       from notary_state where id = 1 and epoch = $1 for update`,
      [epoch],
    );
    const [from] = rows;
    if (!from) throw refused("The database left the epoch while its entries were being numbered.");
    const { rowCount } = await client.query(
      `with fresh as materialized (${FRESH})
       insert into log_leaf (position, epoch, index, entry_id, at, hash)
       select $4::bigint - 1 + row_number() over w, $5, $6::bigint - 1 + row_number() over w, id, at,
         sha256('\\x00'::bytea || body)
       from fresh window w as (order by seq)`,
      [from.xmax, from.floor, from.xip, from.position, epoch, from.size],
    );
    const count = rowCount ?? 0;
    await client.query(
      `update notary_state set size = size + $1, position = position + $1, seen = $2, at = clock_timestamp()
       where id = 1`,
      [count, from.now],
    );
    return count;
  });
}

/**
 * Begins an epoch: every entry without a number gets one by one anti-join, `first` before all others. From here on the
 * snapshot finds what is new.
 */
export function beginEpoch(
  client: pg.ClientBase,
  epoch: number,
  origin: string,
  first: string | null,
): Promise<number> {
  return inTransaction(client, async () => {
    await client.query(
      "insert into log_epoch (epoch, origin, started_at) values ($1, $2, clock_timestamp())",
      [epoch, origin],
    );
    const { rowCount } = await client.query(
      `with fresh as materialized (
         select id, seq, at, body from log_entry e
         where not exists (select from log_leaf l where l.entry_id = e.id)
       )
       insert into log_leaf (position, epoch, index, entry_id, at, hash)
       select coalesce((select max(position) from log_leaf), -1) + row_number() over w, $1,
         row_number() over w - 1, id, at, sha256('\\x00'::bytea || body)
       from fresh window w as (order by id is distinct from $2, seq)`,
      [epoch, first],
    );
    await client.query(
      `insert into notary_state (id, epoch, size, position, seen, floor, at)
       select 1, $1, $2, coalesce((select max(position) + 1 from log_leaf), 0), pg_current_snapshot(),
         coalesce((select max(seq) from log_entry), 0), clock_timestamp()
       on conflict (id) do update set epoch = excluded.epoch, size = excluded.size,
         position = excluded.position, seen = excluded.seen, floor = excluded.floor, at = excluded.at`,
      [epoch, rowCount ?? 0],
    );
    return rowCount ?? 0;
  });
}

export interface Leaf {
  readonly hash: Buffer;
  readonly body: Buffer;
}

interface LeafRow {
  readonly index: string;
  readonly hash: Buffer;
  /** Null where the entry is gone. */
  readonly body: Buffer | null;
}

const PIECE = 2048;

/** The numbered entries from `from` up to but not including `to`, in pieces. Throws Halt where one is not what was numbered. */
export async function* leavesOf(
  client: pg.ClientBase,
  epoch: number,
  from: number,
  to: number,
): AsyncGenerator<Leaf[]> {
  for (let next = from; next < to; ) {
    const { rows } = await client.query<LeafRow>(
      `select l.index::text, l.hash, e.body from log_leaf l left join log_entry e on e.id = l.entry_id
       where l.epoch = $1 and l.index >= $2 and l.index < $3 order by l.index`,
      [epoch, next, Math.min(to, next + PIECE)],
    );
    const wrong = () =>
      new Halt("database_disagrees", `Entry ${next} is not what was numbered: the database was edited.`);
    if (rows.length === 0) throw wrong();
    const leaves: Leaf[] = [];
    for (const { index, hash, body } of rows) {
      if (Number(index) !== next || !body || !leafHash(body).equals(hash)) throw wrong();
      leaves.push({ hash, body });
      next += 1;
    }
    yield leaves;
  }
}
