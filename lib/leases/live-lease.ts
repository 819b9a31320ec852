import type { Tx } from "../db.ts";
import { liveLeaseOf as find, type LeaseRow, selectHeldRuns } from "./store.ts";

/** The lease that a runner holds of the run now, or null. For other nouns, in their own transaction. */
export const liveLeaseOf = (tx: Tx, runId: string): Promise<LeaseRow | null> => find(tx.db, runId);

/** Runs that runners have now, of one pilot or of all. */
export const heldRuns = (tx: Tx, pilotId: string | null): Promise<string[]> => selectHeldRuns(tx.db, pilotId);
