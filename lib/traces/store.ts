import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { CallView, Spend, SpendBy } from "./schema.ts";

type Counts = "input" | "cached" | "cacheWrite" | "output" | "reasoning" | "reservedMicros" | "chargedMicros";
type Row = Omit<CallView, Counts> & { readonly [K in Counts]: bigint | null } & { readonly pilotId: string };

const number = (value: bigint | null): number | null => (value === null ? null : Number(value));

const typed = ({
  input,
  cached,
  cacheWrite,
  output,
  reasoning,
  ...row
}: Row): CallView & { pilotId: string } => ({
  ...row,
  ...{ input: number(input), cached: number(cached), cacheWrite: number(cacheWrite) },
  ...{ output: number(output), reasoning: number(reasoning) },
  ...{ reservedMicros: Number(row.reservedMicros), chargedMicros: number(row.chargedMicros) },
});

const CALLS = Prisma.sql`
  select c.id, c.run_id as "runId", c.pilot_id as "pilotId", c.attempt, c.agent_id as "agentId", v.name as "providerName",
    c.api, c.requested_model as "requestedModel", c.returned_model as "returnedModel", c.state,
    c.opened_at as "openedAt", c.first_byte_at as "firstByteAt", c.first_token_at as "firstTokenAt",
    c.settled_at as "settledAt", c.http_status as status,
    c.reserved_micros as "reservedMicros", c.charged_micros as "chargedMicros", c.input_tokens as input,
    c.cached_tokens as cached, c.cache_write_tokens as "cacheWrite", c.output_tokens as output,
    c.reasoning_tokens as reasoning, c.flags, c.retries
  from model_call c join provider v on v.id = c.provider_id`;

/** In the order they were opened; after a call, where one is named. */
export async function selectCalls(db: Db, runId: string, after: string, limit: number): Promise<CallView[]> {
  const rows = await db.$queryRaw<Row[]>`
    ${CALLS} where c.run_id = ${runId} and c.id collate "C" > ${after} order by c.id collate "C" limit ${limit}`;
  return rows.map(typed);
}

export async function findCall(db: Db, callId: string): Promise<(CallView & { pilotId: string }) | null> {
  const [row] = await db.$queryRaw<Row[]>`${CALLS} where c.id = ${callId}`;
  return row ? typed(row) : null;
}

export interface PieceRow {
  readonly role: string;
  readonly size: number;
  readonly bytes: Uint8Array | null;
}

/** The head first, then the items in order. */
export async function selectRequest(db: Db, callId: string): Promise<PieceRow[]> {
  return db.$queryRaw<PieceRow[]>`
    select i.role, i.size, i.bytes from model_call c
      cross join unnest(array_prepend(c.head_item, c.items)) with ordinality as p (item, place)
      join model_item i on i.id = p.item
    where c.id = ${callId} order by p.place`;
}

export interface OutputRow {
  readonly size: number;
  readonly bytes: Uint8Array | null;
  readonly offsets: number[];
  readonly ms: number[];
}

export async function findOutput(db: Db, callId: string): Promise<OutputRow | null> {
  const [row] = await db.$queryRaw<OutputRow[]>`
    select size, bytes, chunk_offsets as offsets, chunk_ms as ms from model_output where call_id = ${callId}`;
  return row ?? null;
}

const KEYS = {
  run: Prisma.sql`c.run_id`,
  agent: Prisma.sql`c.agent_id`,
  model: Prisma.sql`c.requested_model`,
  day: Prisma.sql`c.day`,
} as const satisfies Record<SpendBy, Prisma.Sql>;

type SpendRow = { readonly [K in keyof Spend]: Spend[K] extends number ? bigint | number : Spend[K] };

/** Dearest first; of days the newest. */
export async function selectSpend(
  db: Db,
  by: SpendBy,
  of: { readonly pilotIds: "all" | readonly string[]; readonly runId: string | null },
  limit: number,
): Promise<Spend[]> {
  const key = KEYS[by];
  const seen = of.pilotIds === "all" ? Prisma.sql`true` : Prisma.sql`c.pilot_id = any(${[...of.pilotIds]})`;
  const order = by === "day" ? Prisma.sql`1 desc` : Prisma.sql`"chargedMicros" desc, 1`;
  const rows = await db.$queryRaw<SpendRow[]>`
    select ${key} as key,
      coalesce(min(${by === "run" ? Prisma.sql`r.title` : by === "agent" ? Prisma.sql`a.name` : key}), '') as label,
      count(*) as calls, count(*) filter (where c.state = 'open') as "openCalls",
      count(*) filter (where c.state in ('failed', 'aborted', 'unknown')) as "failedCalls",
      coalesce(sum(c.charged_micros), 0)::bigint as "chargedMicros",
      coalesce(sum(c.reserved_micros) filter (where c.state = 'open'), 0)::bigint as "reservedMicros",
      coalesce(sum(c.input_tokens), 0)::bigint as input, coalesce(sum(c.cached_tokens), 0)::bigint as cached,
      coalesce(sum(c.output_tokens), 0)::bigint as output,
      count(*) filter (where 'estimated' = any(c.flags)) as "estimatedCalls"
    from model_call c join run r on r.id = c.run_id join agent a on a.id = c.agent_id
    where ${seen} and (${of.runId}::text is null or c.run_id = ${of.runId})
    group by 1 order by ${order} limit ${limit}`;
  return rows.map(({ key: of_key, label, ...counts }) => ({
    ...{ key: of_key, label },
    ...(Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, Number(value)])) as Omit<
      Spend,
      "key" | "label"
    >),
  }));
}
