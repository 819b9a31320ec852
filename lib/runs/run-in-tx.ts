// What other nouns may do to a run inside their own transaction.
import type { Tx } from "../db.ts";
import { notFound } from "../errors.ts";
import { lockRun as lock, type RunChange, type RunRow, updateRun } from "./store.ts";

export type { RunRow } from "./store.ts";

/** The run, locked until the transaction ends. */
export async function lockRun(tx: Tx, runId: string): Promise<RunRow> {
  const run = await lock(tx.db, runId);
  if (!run) throw notFound("run");
  return run;
}

/** Sets fields that are no state. The caller records an entry about the run. */
export async function changeRun(tx: Tx, runId: string, change: RunChange): Promise<void> {
  await updateRun(tx.db, runId, change);
}
