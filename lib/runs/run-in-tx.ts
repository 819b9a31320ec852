// What other nouns may do to a run inside their own transaction.
import type { Db, Tx } from "../db.ts";
import { notFound } from "../errors.ts";
import { mayBecome } from "./rules.ts";
import {
  countRuns,
  findRun,
  insertRun,
  isJudgedBlind,
  listOpenRuns,
  lockRun as lock,
  type NewRun,
  type RunChange,
  type RunRow,
  updateRun,
} from "./store.ts";

export type { RunRow } from "./store.ts";

/** The run, locked until the transaction ends. */
export async function lockRun(tx: Tx, runId: string): Promise<RunRow> {
  const run = await lock(tx.db, runId);
  if (!run) throw notFound("run");
  return run;
}

/** A run that nobody launches from the form. The caller records its entry. */
export const insertRunIn = (tx: Tx, run: NewRun): Promise<void> => insertRun(tx.db, run);

/** Runs of a pilot that may still be cancelled, locked in the order of their ids. */
export async function lockOpenRuns(tx: Tx, pilotId: string): Promise<RunRow[]> {
  const open: RunRow[] = [];
  for (const runId of await listOpenRuns(tx.db, pilotId)) {
    const run = await lock(tx.db, runId);
    if (run && mayBecome(run.status, "cancelled")) open.push(run);
  }
  return open;
}

/** How many of the runs that its charter allows a pilot has launched. */
export const countLaunched = (db: Db, pilotId: string): Promise<number> => countRuns(db, pilotId);

/** Whether this person judges the run in a comparison that is not closed. */
export const isBlindFor = (db: Db, runId: string, personId: string): Promise<boolean> =>
  isJudgedBlind(db, runId, personId);

/** The run as it stands, without a lock; null where there is none. */
export const findRunRow = (db: Db, runId: string): Promise<RunRow | null> => findRun(db, runId);

/** Digest of the charter the run was launched under. */
export async function charterDigestOf(db: Db, runId: string): Promise<string> {
  const run = await findRun(db, runId);
  if (!run) throw notFound("run");
  return run.charterDigest;
}

/** Sets fields that are no state. The caller records an entry about the run. */
export async function changeRun(tx: Tx, runId: string, change: RunChange): Promise<void> {
  await updateRun(tx.db, runId, change);
}
