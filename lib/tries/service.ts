// One run that cannot be made now keeps no other waiting: it is counted, and its turn comes later each time.
import { type Tx, transaction } from "../db.ts";
import type { Scope } from "../scope.ts";
import { MOST_TRIES, waitAfter } from "./rules.ts";
import { addTry, deleteTries } from "./store.ts";

/** Counts a try in vain. True where it was the last one. */
export const noteFailedTry = (scope: Scope, runId: string): Promise<boolean> =>
  transaction(scope, async ({ db }) => (await addTry(db, runId, scope.clock.now(), waitAfter)) >= MOST_TRIES);

/** It was made, or is no longer wanted. */
export const forgetTries = ({ db }: Pick<Tx, "db">, runId: string): Promise<void> => deleteTries(db, runId);
