// Findings of one run, for what others decide about it in their own transaction.
import type { Db } from "../db.ts";
import type { BoundFinding } from "./schema.ts";
import { selectBound } from "./store.ts";

/** Every finding of the run and what has become of it, in the order they were opened in. */
export async function findingsOf(db: Db, runId: string): Promise<BoundFinding[]> {
  return selectBound(db, runId);
}
