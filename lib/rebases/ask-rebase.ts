import type { Tx } from "../db.ts";
import { REVERT_KIND } from "../reverts/schema.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { insertRebase } from "./store.ts";

/**
 * Has the worker look whether a run's patch stands unchanged on its new base; no runner has the run before that is known.
 * The caller records an entry about the run. False where there is nothing to look at: a revert is made anew on any base.
 */
export async function askRebase(tx: Tx, scope: Scope, run: RunRow): Promise<boolean> {
  if (run.kind === REVERT_KIND) return false;
  return insertRebase(tx.db, run.id, new Date(scope.clock.now()));
}
