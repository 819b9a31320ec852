import type { Db } from "../db.ts";
import type { PriceView, Rates } from "./schema.ts";

interface Row extends Omit<PriceView, keyof Rates> {
  readonly input: bigint;
  readonly cached: bigint;
  readonly cacheWrite: bigint;
  readonly output: bigint;
  readonly reasoning: bigint;
}

const typed = ({ input, cached, cacheWrite, output, reasoning, ...row }: Row): PriceView => ({
  ...row,
  ...{ input: Number(input), cached: Number(cached), cacheWrite: Number(cacheWrite) },
  ...{ output: Number(output), reasoning: Number(reasoning) },
});

/** The newest version of each model of a provider, or of all. */
export async function newestPrices(
  db: Db,
  providerId: string | null,
  model: string | null,
): Promise<PriceView[]> {
  const rows = await db.$queryRaw<Row[]>`
    select distinct on (m.provider_id, m.model) m.id, m.provider_id as "providerId", m.model, m.version, m.input,
      m.cached, m.cache_write as "cacheWrite", m.output, m.reasoning, m.set_by as "setBy",
      coalesce(p.name, m.set_by) as "setByName", m.set_at as "setAt"
    from model_price m left join person p on p.id = m.set_by
    where (${providerId}::text is null or m.provider_id = ${providerId})
      and (${model}::text is null or m.model = ${model})
    order by m.provider_id, m.model, m.version desc`;
  return rows.map(typed);
}

export interface NewPrice extends Rates {
  readonly id: string;
  readonly providerId: string;
  readonly model: string;
  readonly version: number;
  readonly setBy: string;
  readonly setAt: Date;
}

export async function insertPrice(db: Db, price: NewPrice): Promise<void> {
  await db.modelPrice.create({ data: price });
}

/** Serialises those who set the price of one model. */
export async function lockPrice(db: Db, providerId: string, model: string): Promise<void> {
  await db.$executeRaw`select pg_advisory_xact_lock(hashtext(${`price ${providerId} ${model}`}))`;
}
