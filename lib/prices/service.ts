// What models cost, as versions: one is never changed, and a call keeps the one it was opened under.
import { requirePermission } from "../authz/require.ts";
import { type Db, read, transaction } from "../db.ts";
import { conflict } from "../errors.ts";
import { newId } from "../ids.ts";
import { requireProvider } from "../providers/service.ts";
import { changeOf, made } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import type { PriceView, Rates, SetPrice } from "./schema.ts";
import { insertPrice, lockPrice, newestPrices } from "./store.ts";

const priceState = (
  providerId: string,
  model: string,
  { version, input, cached, cacheWrite, output, reasoning }: Rates & { readonly version: number },
) => ({
  ...{ provider: providerId, model, version, input, cached },
  ...{ cache_write: cacheWrite, output, reasoning },
});

/** Adds a version; calls opened from then on cost that. Refused where somebody set another one meanwhile. */
export async function setPrice(scope: Scope, input: SetPrice): Promise<{ priceId: string; version: number }> {
  requirePermission(scope, "price.set", null);
  const { providerId, model, replaces, rates } = input;
  return transaction(scope, async (tx) => {
    await requireProvider(tx, providerId);
    await lockPrice(tx.db, providerId, model);
    const [before] = await newestPrices(tx.db, providerId, model);
    if ((before?.version ?? 0) !== replaces)
      throw conflict("Somebody set the price of this model meanwhile. Look at it again.");
    const now = scope.clock.now();
    const id = newId("price", now);
    const price = { ...rates, version: replaces + 1 };
    const set = { setBy: actorId(scope.actor), setAt: new Date(now) };
    await insertPrice(tx.db, { id, providerId, model, ...price, ...set });
    const after = priceState(providerId, model, price);
    const { cacheWrite, ...same } = price;
    tx.record({
      kind: "price.set",
      about: [`price:${id}`, `provider:${providerId}`],
      ...(before ? changeOf(priceState(providerId, model, before), after) : made(after)),
      detail: { provider: providerId, model, ...same, cache_write: cacheWrite },
    });
    return { priceId: id, version: price.version };
  });
}

/** What every model costs now, by provider and name. */
export async function listPrices(scope: Scope, providerId: string | null = null): Promise<PriceView[]> {
  requirePermission(scope, "agent.view", null);
  return read(scope, (db) => newestPrices(db, providerId, null));
}

/** For other services: what a model costs now; null where nobody has said. */
export async function priceOf(db: Db, providerId: string, model: string): Promise<PriceView | null> {
  return (await newestPrices(db, providerId, model))[0] ?? null;
}
