import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { TextField } from "../log/schema.ts";
import type { SearchPlace } from "./rules.ts";

export interface TextConditions {
  /** Text of a tsquery. */
  readonly query: string;
  readonly field: TextField | null;
  readonly runId: string | null;
  /** Texts of other pilots are not there. */
  readonly pilots: "all" | readonly string[];
  readonly after: SearchPlace | null;
}

export interface TextRow {
  readonly runId: string;
  readonly runTitle: string;
  readonly pilotName: string;
  readonly seq: number;
  readonly field: TextField;
  readonly at: Date;
  readonly entryId: string | null;
  readonly text: string;
}

/** Milliseconds after which a search gives up: a word that is in every text has to be narrowed. */
const PATIENCE = 5000;

/** Characters of the same output on either side of a chunk: longer than any secret that is looked for. */
const AROUND = 16_384;
/** Events on either side among which they are looked for. */
const REACH = 64;

export interface EventPlace {
  readonly runId: string;
  readonly seq: number;
}

export interface AroundRow extends EventPlace {
  /** -1 what comes before the event, 0 the event itself, 1 what comes after it. */
  readonly side: number;
  readonly kind: string;
  readonly body: unknown;
}

/** The events, and with pieces of a longer text (of one stream of a command, one item, one prompt) what stands around them. */
export async function selectAround(db: Db, places: readonly EventPlace[]): Promise<AroundRow[]> {
  return db.$queryRaw<AroundRow[]>`
    select h.run_id as "runId", h.seq, n.side, n.kind, n.body
    from unnest(${places.map(({ runId }) => runId)}::text[], ${places.map(({ seq }) => seq)}::int[]) as h (run_id, seq)
      join run_event e on e.run_id = h.run_id and e.seq = h.seq
      cross join lateral (
        select o.seq, sign(o.seq - e.seq)::int as side, o.kind, o.body,
          sum(length(o.body ->> 'text')) over nearest - length(o.body ->> 'text') as nearer
        from run_event o
        where o.run_id = h.run_id and o.seq between h.seq - ${REACH}::int and h.seq + ${REACH}::int
          and (o.seq = e.seq or (o.kind = e.kind and o.attempt = e.attempt and case e.kind
            when 'command_output'
              then o.body -> 'command' = e.body -> 'command' and o.body -> 'stream' = e.body -> 'stream'
            when 'item_delta' then o.body -> 'item' = e.body -> 'item'
            when 'prompt_sent' then o.body -> 'turn' = e.body -> 'turn' and o.body -> 'origin' = e.body -> 'origin'
            else false end))
        window nearest as (partition by sign(o.seq - e.seq) order by abs(o.seq - e.seq))
      ) n
    where n.side = 0 or n.nearer < ${AROUND}::int
    order by h.run_id, h.seq, n.seq`;
}

/** Newest run first, in a run the latest event first. */
export async function selectTexts(
  db: Db,
  { query, field, runId, pilots, after }: TextConditions,
  limit: number,
): Promise<TextRow[]> {
  const conditions = [
    Prisma.sql`t.words @@ ${query}::tsquery`,
    ...(field === null ? [] : [Prisma.sql`t.field = ${field}`]),
    ...(runId === null ? [] : [Prisma.sql`t.run_id = ${runId}`]),
    ...(pilots === "all" ? [] : [Prisma.sql`t.pilot_id = any(${[...pilots]}::text[])`]),
    ...(after === null
      ? []
      : [Prisma.sql`(t.run_id, t.seq, t.field) < (${after.runId}, ${after.seq}::int, ${after.field})`]),
  ];
  await db.$queryRaw`select set_config('statement_timeout', ${String(PATIENCE)}, true)`;
  return db.$queryRaw<TextRow[]>`
    with found as materialized (
      select t.run_id, t.seq, t.field, t.at, t.position, t.text from event_text t
      where ${Prisma.join(conditions, " and ")}
      order by t.run_id desc, t.seq desc, t.field desc limit ${limit}
    )
    select f.run_id as "runId", r.title as "runTitle", p.name as "pilotName", f.seq, f.field, f.at,
      l.entry_id as "entryId", f.text
    from found f join run r on r.id = f.run_id join pilot p on p.id = r.pilot_id
      left join log_leaf l on l.position = f.position
    order by f.run_id desc, f.seq desc, f.field desc`;
}
