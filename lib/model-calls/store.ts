// Rows of calls. What is intended is inserted once; only how it ended is added.
import type { Db } from "../db.ts";
import type { Charge } from "../prices/rules.ts";
import type { Price } from "../prices/schema.ts";
import type { Final, Intent } from "./schema.ts";

export interface NewCall {
  readonly intent: Intent;
  readonly day: string;
  readonly head: bigint;
  readonly items: readonly bigint[];
  readonly commitment: Uint8Array;
}

/** An array of arrays is no parameter of Postgres', so the items travel as JSON. Their ids are far below 2^53. */
export async function insertCalls(db: Db, calls: readonly NewCall[]): Promise<void> {
  if (calls.length === 0) return;
  const of = <T>(pick: (intent: Intent) => T): T[] => calls.map(({ intent }) => pick(intent));
  await db.$executeRaw`
    insert into model_call (id, run_id, pilot_id, agent_id, lease_id, attempt, provider_id, key_id, price_id, gateway,
      api, state, requested_model, day, opened_at, reserved_micros, context_tokens, head_item, items, request_commitment)
    select id, run_id, pilot_id, agent_id, lease_id, attempt, provider_id, key_id, price_id, gateway, api, 'open', model,
      day, to_timestamp(opened_at / 1000.0), reserved, context, head,
      array(select jsonb_array_elements_text(items)::bigint), commitment
    from unnest(
      ${of(({ callId }) => callId)}::text[],
      ${of(({ admission }) => admission.runId)}::text[],
      ${of(({ admission }) => admission.pilotId)}::text[],
      ${of(({ admission }) => admission.agentId)}::text[],
      ${of(({ admission }) => admission.leaseId)}::text[],
      ${of(({ admission }) => admission.attempt)}::int[],
      ${of(({ admission }) => admission.provider.id)}::text[],
      ${of(({ admission }) => admission.provider.key.id)}::text[],
      ${of(({ admission }) => admission.price.id)}::text[],
      ${of(({ gateway }) => gateway)}::text[],
      ${of(({ api }) => api)}::text[],
      ${of(({ requestedModel }) => requestedModel)}::text[],
      ${calls.map(({ day }) => day)}::text[],
      ${of(({ at }) => at)}::bigint[],
      ${of(({ reservedMicros }) => reservedMicros)}::bigint[],
      ${of(({ contextTokens }) => contextTokens)}::int[],
      ${calls.map(({ head }) => Number(head))}::bigint[],
      ${calls.map(({ items }) => JSON.stringify(items.map(Number)))}::jsonb[],
      ${calls.map(({ commitment }) => new Uint8Array(commitment))}::bytea[])
      as call (id, run_id, pilot_id, agent_id, lease_id, attempt, provider_id, key_id, price_id, gateway, api, model,
        day, opened_at, reserved, context, head, items, commitment)`;
}

export interface OpenCall {
  readonly id: string;
  readonly runId: string;
  readonly pilotId: string;
  readonly attempt: number;
  readonly state: string;
  readonly day: string;
  readonly openedAt: Date;
  readonly reservedMicros: bigint;
  readonly contextTokens: number;
  readonly charter: string;
  readonly price: Price;
}

interface OpenRow extends Omit<OpenCall, "price"> {
  readonly price_id: string;
  readonly input: bigint;
  readonly cached: bigint;
  readonly cache_write: bigint;
  readonly output: bigint;
  readonly reasoning: bigint;
}

function withPrice(row: OpenRow): OpenCall {
  const { price_id: id, input, cached, cache_write, output, reasoning, ...call } = row;
  const rates = { input: Number(input), cached: Number(cached), cacheWrite: Number(cache_write) };
  return { ...call, price: { id, ...rates, output: Number(output), reasoning: Number(reasoning) } };
}

/** The calls with these ids, locked in the order of their ids until the transaction ends. */
export async function lockCalls(db: Db, ids: readonly string[]): Promise<Map<string, OpenCall>> {
  const rows = await db.$queryRaw<OpenRow[]>`
    select c.id, c.run_id as "runId", c.pilot_id as "pilotId", c.attempt, c.state, c.day, c.opened_at as "openedAt",
      c.reserved_micros as "reservedMicros", c.context_tokens as "contextTokens", r.charter_digest as charter,
      m.id as price_id, m.input, m.cached, m.cache_write, m.output, m.reasoning
    from model_call c join run r on r.id = c.run_id join model_price m on m.id = c.price_id
    where c.id = any(${[...ids]}) order by c.id for update of c`;
  return new Map(rows.map((row) => [row.id, withPrice(row)]));
}

/** Open calls of a gateway that is starting, and of any that were open so long that nobody has them any more. */
export async function selectAbandoned(
  db: Db,
  gateway: string,
  before: Date,
  limit: number,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select id from model_call
    where state = 'open' and (gateway = ${gateway} or opened_at < ${before})
    order by id limit ${limit}`;
  return rows.map(({ id }) => id);
}

export interface EndedCall {
  readonly final: Final;
  readonly charge: Charge;
  readonly returnedModel: string | null;
  readonly flags: readonly string[];
}

export async function endCalls(db: Db, ended: readonly EndedCall[]): Promise<void> {
  const of = <T>(pick: (call: EndedCall) => T): T[] => ended.map(pick);
  await db.$executeRaw`
    update model_call c set state = e.state, settled_at = to_timestamp(e.at / 1000.0),
      first_byte_at = to_timestamp(e.first_byte / 1000.0), http_status = e.status, returned_model = e.returned,
      charged_micros = e.micros, input_tokens = e.input, cached_tokens = e.cached, cache_write_tokens = e.cache_write,
      output_tokens = e.output, reasoning_tokens = e.reasoning, retries = e.retries,
      flags = array(select jsonb_array_elements_text(e.flags))
    from unnest(
      ${of(({ final }) => final.callId)}::text[],
      ${of(({ final }) => final.outcome)}::text[],
      ${of(({ final }) => final.at)}::bigint[],
      ${of(({ final }) => final.firstByteAt)}::bigint[],
      ${of(({ final }) => final.status)}::int[],
      ${of(({ returnedModel }) => returnedModel)}::text[],
      ${of(({ charge }) => charge.micros)}::bigint[],
      ${of(({ charge }) => charge.usage?.input ?? null)}::bigint[],
      ${of(({ charge }) => charge.usage?.cached ?? null)}::bigint[],
      ${of(({ charge }) => charge.usage?.cacheWrite ?? null)}::bigint[],
      ${of(({ charge }) => charge.usage?.output ?? null)}::bigint[],
      ${of(({ charge }) => charge.usage?.reasoning ?? null)}::bigint[],
      ${of(({ final }) => final.retries)}::int[],
      ${of(({ flags }) => JSON.stringify(flags))}::jsonb[])
      as e (id, state, at, first_byte, status, returned, micros, input, cached, cache_write, output, reasoning, retries,
        flags)
    where c.id = e.id`;
}

export interface NewOutput {
  readonly final: Final;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly commitment: Uint8Array;
}

export async function insertOutputs(db: Db, outputs: readonly NewOutput[]): Promise<void> {
  if (outputs.length === 0) return;
  const of = <T>(pick: (output: NewOutput) => T): T[] => outputs.map(pick);
  await db.$executeRaw`
    insert into model_output (call_id, run_id, size, salt, bytes, commitment, chunk_offsets, chunk_ms)
    select id, run_id, length(bytes), salt, bytes, commitment,
      array(select (piece ->> 0)::int from jsonb_array_elements(chunks) with ordinality as p (piece, place) order by place),
      array(select (piece ->> 1)::int from jsonb_array_elements(chunks) with ordinality as p (piece, place) order by place)
    from unnest(
      ${of(({ final }) => final.callId)}::text[],
      ${of(({ final }) => final.runId)}::text[],
      ${of(({ salt }) => salt)}::bytea[],
      ${of(({ final }) => new Uint8Array(final.response))}::bytea[],
      ${of(({ commitment }) => new Uint8Array(commitment))}::bytea[],
      ${of(({ final }) => JSON.stringify(final.chunks.map(({ offset, ms }) => [offset, Math.round(ms)])))}::jsonb[])
      as o (id, run_id, salt, bytes, commitment, chunks)`;
}
