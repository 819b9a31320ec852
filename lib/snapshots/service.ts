import { type Db, read } from "../db.ts";
import type { Resume } from "../protocol/steering.ts";
import type { Scope } from "../scope.ts";
import type { SnapshotView } from "./schema.ts";
import { clearNatives, countKept, countUploads, findNewest, selectViews } from "./store.ts";

/** Where a run could be taken up again, the newest first. The caller has checked the run's visibility. */
export async function listSnapshots(scope: Scope, runId: string): Promise<SnapshotView[]> {
  return read(scope, (db) => selectViews(db, runId));
}

export interface Resumable {
  readonly blobId: string;
  /** What the agent was told by then is in it. */
  readonly at: Date;
  readonly resume: Resume;
}

/** Where the next attempt begins; null: anew. */
export async function findResumable(
  db: Db,
  run: { readonly id: string; readonly baseCommit: string },
  driver: string,
): Promise<Resumable | null> {
  const row = await findNewest(db, run.id, driver, run.baseCommit);
  if (!row) return null;
  const { blobId, at, native, turn, tree, sha256, size } = row;
  return { blobId, at, resume: { native, driver, turn, tree, sha256, bytes: Number(size) } };
}

/** More than the two that are kept: the worker deletes the others within seconds. */
const MOST_KEPT = 8;
/** One a minute for a day, and one a turn. */
const MOST_UPLOADS = 5000;

export type UploadFault = "too_many" | "not_yet";

/** Null when one more may be uploaded by a lease that was granted then. */
export async function faultOfUpload(db: Db, runId: string, granted: Date): Promise<UploadFault | null> {
  if ((await countUploads(db, runId, granted)) >= MOST_UPLOADS) return "too_many";
  return (await countKept(db, runId)) >= MOST_KEPT ? "not_yet" : null;
}

/** For a redaction: names that an agent's program gave its sessions. */
export const takeNatives = (db: Db, runId: string, text: string): Promise<void> =>
  clearNatives(db, runId, text);
