// Numbers entries, so many in a transaction. What is numbered is said by a sequence number and a list: every entry up to
// `floor`, but for those of the transactions in `open`. What comes next is fixed at one instant in the same way, by the
// highest sequence number visible then and the transactions under way. It stays the same entries however many pieces
// they are numbered in, ordered by sequence number: cause before effect, nothing skipped or taken twice, and no long
// transaction is waited for.
import type pg from "pg";
import { refused } from "#lib/errors.ts";

/** Every entry up to `floor` but those of the transactions `open`. */
export interface Seen {
  readonly floor: string;
  readonly open: readonly string[];
}

export interface DatabaseHead {
  readonly epoch: number;
  readonly origin: string;
  readonly size: number;
  /** Hash of the leaf that was asked about; null where there is none. */
  readonly last: Buffer | null;
  readonly seen: Seen;
  /** Some of what comes next is numbered, and some is not. */
  readonly isTaking: boolean;
}

interface HeadRow extends Seen {
  epoch: number;
  origin: string;
  size: string;
  last: Buffer | null;
  isTaking: boolean;
}

export const HEAD = `select s.epoch, e.origin, s.size::text, s.floor::text, s.open::text[], s.taken is not null as "isTaking",
    (select hash from log_leaf l where l.epoch = s.epoch and l.index = $1) as last
  from notary_state s join log_epoch e on e.epoch = s.epoch where s.id = 1`;

/** What the database says about the log; null before the first epoch. */
export async function readHead(client: pg.ClientBase, lastIndex: number): Promise<DatabaseHead | null> {
  const { rows } = await client.query<HeadRow>(HEAD, [lastIndex]);
  const [row] = rows;
  if (!row) return null;
  const { epoch, origin, size, last, isTaking, ...seen } = row;
  return { epoch, origin, size: Number(size), last, seen, isTaking };
}

/**
 * "seq + 0" leaves the planner no index but the one on xid, and a subquery in brackets no join: whatever the statistics
 * say, what is new is found by two short walks through an index. So it is in PIECE.
 */
export const FRESH = `select (select seq from log_entry where seq > $1 order by seq limit 1) is not null
    or exists (select from log_entry e where e.xid = any ($2::xid8[]) and e.seq + 0 <= $1
      and (select l.entry_id from log_leaf l where l.entry_id = e.id) is null) as fresh`;

/** Costs two looks into an index, and no transaction id. */
export async function hasFresh(client: pg.ClientBase, head: DatabaseHead): Promise<boolean> {
  if (head.isTaking) return true;
  const { rows } = await client.query<{ fresh: boolean }>(FRESH, [head.seen.floor, head.seen.open]);
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

/** What a transaction sees of others; its own id is drawn after that. */
interface Instant {
  readonly xmax: string;
  readonly xip: readonly string[];
  readonly own: string;
  /** Highest sequence number visible. */
  readonly newest: string;
}

export const INSTANT = `pg_snapshot_xmax(pg_current_snapshot())::text as xmax,
  array(select pg_snapshot_xip(pg_current_snapshot()))::text[] as xip, pg_current_xact_id()::text as own,
  coalesce((select max(seq) from log_entry), -1)::text as newest`;

/**
 * Everything visible at an instant. Whoever draws an id after `own` draws its sequence numbers later still, so they are
 * above `floor`; ids below it are over, or under way: those that the snapshot names, and those from its end to `own`.
 */
export function seenAt({ xmax, xip, own, newest }: Instant): Seen {
  const open = [...xip];
  for (let id = BigInt(xmax); id < BigInt(own); id++) open.push(String(id));
  return { floor: newest, open };
}

interface StateRow extends Instant, Seen {
  readonly size: string;
  readonly position: string;
  readonly taken: string | null;
  readonly nextFloor: string | null;
  readonly nextOpen: readonly string[] | null;
  readonly kept: string;
}

export const STATE = `select s.size::text, s.position::text, s.floor::text, s.open::text[], s.taken::text,
    s.next_floor::text as "nextFloor", s.next_open::text[] as "nextOpen", e.kept::text, ${INSTANT}
  from notary_state s join log_epoch e on e.epoch = s.epoch where s.id = 1 and s.epoch = $1 for update of s`;

/**
 * Late are entries of transactions that were under way the last time; they come before all others. An entry whose place
 * in an older epoch stands is passed over; one whose place does not stand moves to this epoch.
 */
export const PIECE = `with late as materialized (
    select id, seq, at, sha256('\\x00'::bytea || body) as hash from log_entry
    where xid = any ($1::xid8[]) and seq + 0 <= $2::bigint and seq + 0 > $3::bigint
    order by seq + 0 limit $4::bigint
  ), fresh as materialized (
    select * from late union all (
      select id, seq, at, sha256('\\x00'::bytea || body) from log_entry
      where seq > greatest($2::bigint, $3::bigint) and seq <= $5::bigint and xid <> all ($6::xid8[])
      order by seq limit $4::bigint - (select count(*) from late))
  ), placed as materialized (
    select f.*, l.position, row_number() over (order by f.seq) - 1 as nth,
      row_number() over (partition by l.position is null order by f.seq) - 1 as among_new
    from fresh f left join lateral (
      select position, epoch, index from log_leaf where entry_id = f.id offset 0
    ) l on true
    where l.position is null
      or l.epoch <> $7::int and l.index >= coalesce(($10::jsonb ->> l.epoch::text)::bigint, 0)
  ), moved as (
    update log_leaf l set epoch = $7::int, index = $8::bigint + p.nth, hash = p.hash
    from placed p where l.position = p.position returning 1
  ), added as (
    insert into log_leaf (position, epoch, index, entry_id, at, hash)
    select $9::bigint + among_new, $7::int, $8::bigint + nth, id, at, hash from placed where position is null
    returning 1
  )
  select (select count(*) from fresh)::int as looked, (select max(seq) from fresh)::text as reached,
    (select count(*) from added)::int as added, (select count(*) from moved)::int as moved`;

interface Taken {
  readonly looked: number;
  readonly reached: string | null;
  readonly added: number;
  readonly moved: number;
}

const STILL_TAKING = `update notary_state set size = size + $1, position = position + $2, at = clock_timestamp(),
    next_floor = $3, next_open = $4::xid8[], taken = $5 where id = 1`;
const ALL_TAKEN = `update notary_state set size = size + $1, position = position + $2, at = clock_timestamp(),
    floor = $3, open = $4::xid8[], next_floor = null, next_open = null, taken = null where id = 1`;

export interface Numbered {
  readonly count: number;
  /** The rest of what was fresh at the beginning waits for the next call. */
  readonly isMore: boolean;
}

/** Looks at up to `limit` entries, in one transaction. */
export function numberPiece(client: pg.ClientBase, epoch: number, limit: number): Promise<Numbered> {
  return inTransaction(client, async () => {
    const { rows } = await client.query<StateRow>(STATE, [epoch]);
    const [state] = rows;
    if (!state) throw refused("The database left the epoch while its entries were being numbered.");
    const { nextFloor, nextOpen } = state;
    const next = nextFloor !== null && nextOpen ? { floor: nextFloor, open: nextOpen } : seenAt(state);
    const ended = state.open.filter((id) => !next.open.includes(id));
    const piece = await client.query<Taken>(PIECE, [
      ...[ended, state.floor, state.taken ?? "-1", limit, next.floor, next.open],
      ...[epoch, state.size, state.position, state.kept],
    ]);
    const { looked = 0, reached = null, added = 0, moved = 0 } = piece.rows[0] ?? {};
    const isMore = looked === limit;
    const values = [added + moved, added, next.floor, next.open];
    await client.query(isMore ? STILL_TAKING : ALL_TAKEN, isMore ? [...values, reached] : values);
    return { count: added + moved, isMore };
  });
}

/** Of each older epoch how many of its first entries stand: they are signed, and the same in the database. */
export type Kept = Readonly<Record<string, number>>;

/** Whether the place of an entry stands: `$2` is Kept. */
export const AWAITS_NUMBER = `select from log_entry e where e.id = $1 and not exists (
  select from log_leaf l where l.entry_id = e.id and l.index < coalesce(($2::jsonb ->> l.epoch::text)::bigint, 0))`;

const FIRST = `with entry as (
    select e.id, e.at, sha256('\\x00'::bytea || e.body) as hash,
      (select l.position from log_leaf l where l.entry_id = e.id) as position
    from log_entry e where e.id = $2
  ), moved as (
    update log_leaf l set epoch = $1, index = 0, hash = n.hash from entry n where l.position = n.position
  )
  insert into log_leaf (position, epoch, index, entry_id, at, hash)
  select coalesce((select max(position) from log_leaf), -1) + 1, $1, 0, id, at, hash from entry where position is null`;

const BEGUN = `insert into notary_state (id, epoch, size, position, floor, open, next_floor, next_open, taken, at)
  select 1, $1, (select count(*) from log_leaf where epoch = $1),
    coalesce((select max(position) + 1 from log_leaf), 0), -1, '{}', $2, $3::xid8[], -1, clock_timestamp()
  on conflict (id) do update set epoch = excluded.epoch, size = excluded.size, position = excluded.position,
    floor = excluded.floor, open = excluded.open, next_floor = excluded.next_floor,
    next_open = excluded.next_open, taken = excluded.taken, at = excluded.at`;

/**
 * Begins an epoch with `first` as its only entry. Every other one whose place does not stand is what comes next: pieces
 * pass through the whole record, and an entry a restored dump brought along, with the transaction id of another server,
 * is one like others.
 */
export function beginEpoch(
  client: pg.ClientBase,
  epoch: number,
  origin: string,
  kept: Kept,
  first: string | null,
): Promise<void> {
  return inTransaction(client, async () => {
    await client.query(
      "insert into log_epoch (epoch, origin, started_at, kept) values ($1, $2, clock_timestamp(), $3)",
      [epoch, origin, JSON.stringify(kept)],
    );
    if (first !== null) await client.query(FIRST, [epoch, first]);
    const { rows } = await client.query<Instant>(`select ${INSTANT}`);
    for (const instant of rows) {
      const { floor, open } = seenAt(instant);
      await client.query(BEGUN, [epoch, floor, open]);
    }
  });
}
