import type { Tx } from "../db.ts";
import { countHeld, liveLeaseOf as find, type LeaseRow, selectHeldRuns } from "./store.ts";

/** The lease that a runner holds of the run now, or null. For other nouns, in their own transaction. */
export const liveLeaseOf = (tx: Tx, runId: string): Promise<LeaseRow | null> => find(tx.db, runId);

/** Runs that runners have now, of one pilot or of all. */
export const heldRuns = (tx: Tx, pilotId: string | null): Promise<string[]> => selectHeldRuns(tx.db, pilotId);

/** Runs of a pilot whose agents a runner has now. */
export const countHeldOf = (tx: Tx, pilotId: string): Promise<number> => countHeld(tx.db, pilotId);
