import type { Db } from "../db.ts";
import { findRevert } from "./store.ts";

export interface Reverted {
  readonly run: string;
  readonly merge: string;
  readonly commit: string;
}

/** The run whose merge this one undoes, and what the branch got of it; null for a run that undoes none. */
export async function revertedBy(db: Db, runId: string): Promise<Reverted | null> {
  const own = await findRevert(db, runId);
  return own && { run: own.ofRunId, merge: own.mergeId, commit: own.commit };
}
