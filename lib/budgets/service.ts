// The caps of a charter, held to: what a call may cost is held back before it is made, and given back when it is over.
import type { Db, Tx } from "../db.ts";
import { capsOf, decideClaims, keysOf, keyText } from "./rules.ts";
import type { BudgetKey, BudgetState, Claim } from "./schema.ts";
import { addUse, lockUse, selectUse } from "./store.ts";

/** By call, in order: null when it holds back what it may cost, else the cap that is in its way. */
export async function reserve(tx: Tx, claims: readonly Claim[]): Promise<readonly (BudgetState | null)[]> {
  const keys = keysOf(claims);
  const { refusals, added } = decideClaims(claims, await lockUse(tx.db, keys));
  await addUse(
    tx.db,
    keys.flatMap((key) => {
      const reserved = added.get(keyText(key));
      return reserved === undefined ? [] : [{ key, reserved, spent: 0 }];
    }),
  );
  return refusals;
}

/** A call that is over. */
export interface Settled {
  readonly runId: string;
  readonly pilotId: string;
  readonly day: string;
  readonly reservedMicros: number;
  readonly chargedMicros: number;
}

const NO_BUDGETS = { runMicros: 0, dayMicros: 0, pilotMicros: 0 };

/** Gives back what calls held and counts what they cost. */
export async function settle(tx: Tx, calls: readonly Settled[]): Promise<void> {
  const capped = calls.map((call) => ({ ...call, budgets: NO_BUDGETS }));
  const keys = keysOf(capped);
  const changes = new Map<string, { key: BudgetKey; reserved: number; spent: number }>();
  for (const key of keys) changes.set(keyText(key), { key, reserved: 0, spent: 0 });
  for (const call of capped) {
    for (const [, key] of capsOf(call)) {
      const change = changes.get(keyText(key));
      if (!change) continue;
      change.reserved -= call.reservedMicros;
      change.spent += call.chargedMicros;
    }
  }
  await addUse(tx.db, [...changes.values()]);
}

/** The three caps and what is used of them. A run that is not there yet has used nothing. */
export async function budgetStates(db: Db, claim: Omit<Claim, "micros">): Promise<readonly BudgetState[]> {
  const use = await selectUse(db, keysOf([claim]));
  return capsOf(claim).map(([name, key, limitMicros]) => {
    const { reservedMicros = 0, spentMicros = 0 } = use.get(keyText(key)) ?? {};
    return { name, limitMicros, reservedMicros, spentMicros };
  });
}
