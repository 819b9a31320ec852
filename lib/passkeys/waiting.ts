// Passkeys that count once somebody else said whose they are.
import { may } from "../authz/require.ts";
import { type Db, read } from "../db.ts";
import { actorId, type Scope } from "../scope.ts";
import { countUnconfirmed, isUnconfirmed } from "./store.ts";

/** Whether somebody still has to confirm it. */
export const isWaiting = (db: Db, passkeyId: string): Promise<boolean> => isUnconfirmed(db, passkeyId);

/** How many wait for the person looking; none for whoever confirms none. */
export async function countWaiting(scope: Scope): Promise<number> {
  if (!may(scope, "passkey.confirm", null)) return 0;
  return read(scope, (db) => countUnconfirmed(db, actorId(scope.actor)));
}
