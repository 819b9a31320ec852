// Rows of calls. What is intended is inserted once; only how it ended is added.

import type { Ring } from "../bell.ts";
import type { Hold, Release } from "../budgets/rules.ts";
import { type Db, statement } from "../db.ts";
import type { PreparedTimeline } from "../events/prepared.ts";
import type { Price } from "../prices/schema.ts";
import type { PreparedEntry } from "../record/prepared.ts";
import type { Scope } from "../scope.ts";
import type { PreparedPiece } from "./items.ts";

/** Everything that one commit writes, as its SQL function reads it. */
interface Prepared {
  readonly calls: readonly Readonly<Record<string, unknown>>[];
  readonly entries: readonly PreparedEntry[];
  readonly timelines: readonly PreparedTimeline[];
}

export interface PreparedOpening extends Prepared {
  readonly leases: readonly string[];
  /** Statuses in which a run may call. */
  readonly calling: readonly string[];
  readonly budgets: readonly Hold[];
  readonly pieces: readonly PreparedPiece[];
}

export type Verdict =
  | { readonly verdict: "opened"; readonly items: readonly number[] | null }
  | { readonly verdict: "not_live"; readonly live: readonly string[] }
  | { readonly verdict: "short"; readonly uses: readonly Use[] };

interface Use {
  readonly kind: "run" | "day" | "pilot";
  readonly subject: string;
  readonly day: string;
  readonly reserved: number;
  readonly spent: number;
}

/** A piece of it is stored already, by somebody else. */
export const STORED_ALREADY = "PH010";

/** All of the calls or none. Fails with STORED_ALREADY. */
export async function openTogether(
  scope: Scope,
  batch: PreparedOpening,
  bytes: Buffer,
  rings: readonly Ring[],
): Promise<Verdict> {
  const text = "select open_held_calls($1, $2) as verdict";
  const values = [JSON.stringify(batch), bytes];
  const [row] = await statement<{ verdict: Verdict }>(scope, { name: "open_calls", text, values }, rings);
  if (!row) throw new Error("a function of the database gave no answer");
  return row.verdict;
}

export interface PreparedSettling extends Prepared {
  readonly budgets: readonly Release[];
  readonly outputs: readonly Readonly<Record<string, unknown>>[];
}

/** All of the calls, or none and false: then one is not open, or not the one that is meant. */
export async function settleTogether(
  scope: Scope,
  batch: PreparedSettling,
  bytes: Buffer,
  rings: readonly Ring[],
): Promise<boolean> {
  const text = "select settle_model_calls($1, $2) as settled";
  const values = [JSON.stringify(batch), bytes];
  const [row] = await statement<{ settled: boolean }>(scope, { name: "settle_calls", text, values }, rings);
  return row?.settled === true;
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

/** The calls with these ids, by id. */
export async function selectCalls(db: Db, ids: readonly string[]): Promise<Map<string, OpenCall>> {
  const rows = await db.$queryRaw<OpenRow[]>`
    select c.id, c.run_id as "runId", c.pilot_id as "pilotId", c.attempt, c.state, c.day, c.opened_at as "openedAt",
      c.reserved_micros as "reservedMicros", c.context_tokens as "contextTokens", r.charter_digest as charter,
      m.id as price_id, m.input, m.cached, m.cache_write, m.output, m.reasoning
    from model_call c join run r on r.id = c.run_id join model_price m on m.id = c.price_id
    where c.id = any(${[...ids]})`;
  return new Map(rows.map((row) => [row.id, withPrice(row)]));
}

/** Seconds without a beat, of several it should have made. */
const GONE_AFTER = 60;

/**
 * Open calls of one gateway, of gateways that fell silent, and of any that were open so long that nobody has them any
 * more. A gateway that never said it was there is not known to be gone.
 */
export async function selectAbandoned(
  db: Db,
  gateway: string,
  before: Date,
  limit: number,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select id from model_call c
    where state = 'open' and (gateway = ${gateway} or opened_at < ${before} or exists (
      select from process_beacon b where b.process = 'gateway ' || c.gateway
        and b.at < now() - make_interval(secs => ${GONE_AFTER})))
    order by id limit ${limit}`;
  return rows.map(({ id }) => id);
}
