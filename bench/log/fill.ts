// Entries of years in a minute: written by the database itself, in the forms the product writes, with the indexes made
// afterwards. Numbered and found by terms as notary and worker would have left them.
import type pg from "pg";
import { newId } from "#lib/ids.ts";

export interface Filled {
  readonly size: number;
  readonly logId: string;
  readonly pilots: readonly string[];
}

/** Sizes are whole tiles, so that nothing unfinished has to be written besides. */
export const TILE = 256;
export const wholeTiles = (entries: number): number => Math.max(1, Math.round(entries / TILE)) * TILE;

const PILOTS = 20;
const ENTRIES_OF_RUN = 200;

interface IndexOf {
  readonly name: string;
  readonly drop: string;
  readonly make: string;
}

async function indexesOf(owner: pg.ClientBase, table: string): Promise<IndexOf[]> {
  const { rows } = await owner.query<IndexOf>(
    `select i.relname as name,
       case when c.conname is null then format('drop index %I', i.relname)
         else format('alter table %I drop constraint %I', $1::text, c.conname) end as drop,
       case when c.conname is null then pg_get_indexdef(i.oid)
         else format('alter table %I add constraint %I %s', $1::text, c.conname, pg_get_constraintdef(c.oid)) end as make
     from pg_index x join pg_class i on i.oid = x.indexrelid left join pg_constraint c on c.conindid = i.oid
     where x.indrelid = $1::regclass`,
    [table],
  );
  return rows;
}

/** In one transaction with an emptied table, so that rows go to disk once and not into the write-ahead log. */
async function refill(owner: pg.ClientBase, table: string, insert: string, values: unknown[]): Promise<void> {
  const indexes = await indexesOf(owner, table);
  await owner.query("begin");
  await owner.query(`alter table ${table} disable trigger user`);
  await owner.query(`truncate ${table}`);
  for (const { drop } of indexes) await owner.query(drop);
  await owner.query(insert, values);
  for (const { make } of indexes) await owner.query(make);
  await owner.query(`alter table ${table} enable trigger user`);
  await owner.query("commit");
  await owner.query(`vacuum (analyze) ${table}`);
}

const RUN = `'run_0bench' || lpad((n / ${ENTRIES_OF_RUN})::text, 16, '0')`;
const HEX = (of: string) => `encode(sha256((${of})::text::bytea), 'hex')`;

/** Of twenty entries seventeen bind a batch of events, two are searches of a person and one is a preparation. */
const ENTRIES = `
  insert into log_entry (id, xid, seq, at, kind, about, body)
  select id, '3', n, now() - ($1::bigint - n) * interval '1 second', kind, about, convert_to(format(
    '{"about":%s,"actor":%s,%s,"id":"%s","kind":"%s","request":"req_0bench%s","v":2}',
    to_json(about), actor, rest, id, kind, lpad(n::text, 16, '0')), 'UTF8')
  from (
    select n, 'ent_0bench' || lpad(n::text, 16, '0') as id,
      case n % 20 when 0 then 'run.prepared' when 1 then 'log.searched' when 2 then 'log.searched'
        else 'run.events_appended' end as kind,
      case when n % 20 in (1, 2) then array['log:all'] else array['run:' || ${RUN}] end as about,
      case when n % 20 in (1, 2)
        then format('{"kind":"user","personId":"per_0bench%s","roles":["auditor"],"sessionId":"ses_0bench%s"}',
          lpad((n % 50)::text, 16, '0'), lpad((n / 1000)::text, 16, '0'))
        else format('{"kind":"runner","runnerId":"rnr_0bench%s"}', lpad((n % 7)::text, 16, '0')) end as actor,
      case n % 20
        when 0 then format('"after":"%s","before":"%s","charter":"%s","detail":{"attempt":1}',
          ${HEX("n")}, ${HEX("-n")}, ${HEX(`n / ${ENTRIES_OF_RUN}`)})
        when 1 then format('"detail":{"filters_sha256":"%s","query_sha256":"%s","results":%s}',
          ${HEX("n % 100")}, ${HEX("n")}, n % 1000)
        when 2 then format('"detail":{"filters_sha256":"%s","query_sha256":"%s","results":%s}',
          ${HEX("n % 100")}, ${HEX("n")}, n % 1000)
        else format('"charter":"%s","detail":{"attempt":1,"from":%s,"root":"%s","to":%s}',
          ${HEX(`n / ${ENTRIES_OF_RUN}`)}, n % ${ENTRIES_OF_RUN} * 100 + 1, ${HEX("n")},
          n % ${ENTRIES_OF_RUN} * 100 + 100) end as rest
    from generate_series(1, $1::bigint) as n
  ) as drafts`;

const LEAVES = `
  insert into log_leaf (position, epoch, index, entry_id, at, hash)
  select seq - 1, 1, seq - 1, id, at, sha256('\\x00'::bytea || body) from log_entry`;

const TERMS = `
  insert into log_term (term, at, position)
  select term, at, seq - 1 from log_entry e cross join lateral (values
    ('kind:' || kind),
    (case when seq % 20 in (1, 2) then 'actor:per_0bench' || lpad((seq % 50)::text, 16, '0')
      else 'actor:rnr_0bench' || lpad((seq % 7)::text, 16, '0') end),
    (about[1]),
    (case when seq % 20 in (1, 2) then null
      else 'pilot:' || ($1::text[])[(seq / ${ENTRIES_OF_RUN}) % ${PILOTS} + 1] end)
  ) as t (term) where term is not null`;

/** Fills empty tables with `size` entries of one epoch. */
export async function fillLog(owner: pg.ClientBase, size: number): Promise<Filled> {
  const logId = "be0c4be0c4be0c40";
  const pilots = Array.from({ length: PILOTS }, () => newId("pilot"));
  await refill(owner, "log_entry", ENTRIES, [size]);
  await owner.query("select setval('log_entry_seq_seq', $1)", [size]);
  await refill(owner, "log_leaf", LEAVES, []);
  await refill(owner, "log_term", TERMS, [pilots]);
  await owner.query("insert into log_epoch (epoch, origin, started_at) values (1, $1, now())", [
    `pilothouse/${logId}/1`,
  ]);
  await owner.query(
    `insert into notary_state (id, epoch, size, position, floor, open, at) values (1, 1, $1, $1, $1, '{}', now())`,
    [size],
  );
  await owner.query("update log_index_cursor set position = $1", [size]);
  return { size, logId, pilots };
}

/** Hashes of the leaves of each full tile, in order. */
export async function* leafTiles(owner: pg.ClientBase, size: number): AsyncGenerator<Buffer> {
  const AT_ONCE = 200;
  for (let tile = 0; tile * TILE < size; tile += AT_ONCE) {
    const { rows } = await owner.query<{ hashes: Buffer }>(
      `select string_agg(hash, ''::bytea order by position) as hashes from log_leaf
       where position >= $1 and position < $2 group by position / ${TILE} order by position / ${TILE}`,
      [tile * TILE, Math.min(size, (tile + AT_ONCE) * TILE)],
    );
    for (const { hashes } of rows) yield hashes;
  }
}
