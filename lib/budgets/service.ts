// The caps of a charter and what is used of them. What calls hold back and give back is written where calls are.
import type { Db } from "../db.ts";
import { capsOf, keysOf, keyText } from "./rules.ts";
import type { BudgetState, Claim } from "./schema.ts";
import { selectUse } from "./store.ts";

/** The three caps and what is used of them. A run that is not there yet has used nothing. */
export async function budgetStates(db: Db, claim: Omit<Claim, "micros">): Promise<readonly BudgetState[]> {
  const use = await selectUse(db, keysOf([claim]));
  return capsOf(claim).map(([name, key, limitMicros]) => {
    const { reservedMicros = 0, spentMicros = 0 } = use.get(keyText(key)) ?? {};
    return { name, limitMicros, reservedMicros, spentMicros };
  });
}
