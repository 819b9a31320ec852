import type { Tx } from "../db.ts";
import { charterInForce } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { insertClosing } from "./store.ts";

/** In the transaction that ends the pilot; the worker does the rest. */
export async function beginClosing(tx: Tx, scope: Scope, pilotId: string): Promise<void> {
  if (!(await insertClosing(tx.db, pilotId, new Date(scope.clock.now())))) return;
  tx.record({
    kind: "pilot.closing_begun",
    about: [`pilot:${pilotId}`],
    charter: await charterInForce(tx.db, pilotId),
    detail: {},
  });
}
