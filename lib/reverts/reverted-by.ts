import type { Db } from "../db.ts";
import { findRevert, selectUndone } from "./store.ts";

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

/**
 * Runs whose change this one brings again: of a revert of a revert, what was reverted first. Whoever had a hand in them proposes
 * this one as well.
 */
export const broughtAgain = async (db: Db, runId: string): Promise<string[]> =>
  (await selectUndone(db, runId)).filter((_, depth) => depth % 2 === 1);
