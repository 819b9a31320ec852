// What changed from one attempt's patch to a later one's. The worker makes it, between the two trees; it is never made again.
import { blobStore, registerBlob, type StoredBlob } from "../blobs/service.ts";
import { type Db, read, type Tx } from "../db.ts";
import { decodeDiff } from "../patches/decode.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { isEnded } from "../runs/rules.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { type EarlierPatch, type FoundInterdiff, type Interdiff, InterdiffHead } from "./schema.ts";

/** Earlier patches of a run that a new one is compared with. */
export const MOST_COMPARED = 5;

/** The patches of a run before its newest one, the newest of them first. The caller has checked the run's visibility. */
export async function listEarlier(scope: Scope, runId: string): Promise<EarlierPatch[]> {
  const rows = await read(scope, (db) => patchesOf(db, runId));
  return rows
    .slice(1)
    .map(({ id, attempt, baseCommit, createdAt }) => ({ id, attempt, baseCommit, createdAt }));
}

const patchesOf = (db: Db, runId: string) =>
  db.patch.findMany({
    where: { runId },
    orderBy: { createdAt: "desc" },
    take: MOST_COMPARED + 1,
    select: {
      ...{ id: true, attempt: true, baseCommit: true, createdAt: true },
      ...{ tree: true, commit: true, bundleBlobId: true },
    },
  });

export interface InterdiffOrder {
  readonly run: { readonly id: string; readonly repositoryId: string };
  readonly to: ComparedPatch;
  /** Those that it was not compared with yet. */
  readonly from: readonly ComparedPatch[];
}

export interface ComparedPatch {
  readonly id: string;
  readonly baseCommit: string;
  readonly tree: string;
  readonly bundleBlobId: string;
}

/** What the worker is to compare; null where nothing is left to do. */
export async function findInterdiffOrder(scope: Scope, runId: string): Promise<InterdiffOrder | null> {
  return read(scope, async (db) => {
    const run = await db.run.findUnique({ where: { id: runId }, select: { id: true, repositoryId: true } });
    const patches = await patchesOf(db, runId);
    const blobs = await db.blob.findMany({
      where: { id: { in: patches.map(({ bundleBlobId }) => bundleBlobId) }, deletedAt: null },
      select: { id: true },
    });
    const kept = patches.filter(({ bundleBlobId }) => blobs.some(({ id }) => id === bundleBlobId));
    const [to, ...earlier] = kept;
    if (!run || !to || to.id !== patches[0]?.id) return null;
    const done = await db.patchInterdiff.findMany({ where: { toPatch: to.id }, select: { fromPatch: true } });
    const from = earlier.filter(({ id }) => !done.some(({ fromPatch }) => fromPatch === id));
    return from.length === 0 ? null : { run, to, from };
  });
}

/** As the blob holds it. */
export const interdiffBytes = ({ files, diff }: { files: Interdiff["files"]; diff: Buffer }): Buffer =>
  Buffer.concat([Buffer.from(`${JSON.stringify({ files })}\n`, "utf8"), diff]);

export interface MadeInterdiff {
  readonly from: string;
  readonly to: string;
  /** A blob, or one sentence that says why there is none. */
  readonly result: StoredBlob | string;
}

const ENDED = "The run ended before the two attempts were compared.";

/**
 * The caller has locked the run. Saying it again changes nothing. Of a run that ended nothing is kept any more: an order to
 * take its payloads away may have listed them already. Whether the blob is kept.
 */
export async function recordInterdiff(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  { from, to, result: made }: MadeInterdiff,
): Promise<boolean> {
  const now = scope.clock.now();
  const pair = { fromPatch_toPatch: { fromPatch: from, toPatch: to } };
  if (await tx.db.patchInterdiff.findUnique({ where: pair })) return false;
  const result = isEnded(run.status) ? ENDED : made;
  const isMade = typeof result !== "string";
  if (isMade) await registerBlob(tx, run.id, "interdiff", result, now);
  await tx.db.patchInterdiff.create({
    data: {
      ...{ fromPatch: from, toPatch: to, runId: run.id, madeAt: new Date(now) },
      ...(isMade ? { blobId: result.id } : { problem: result }),
    },
  });
  tx.record({
    kind: "review.interdiff_made",
    about: [`run:${run.id}`],
    charter: run.charterDigest,
    detail: { from, to, ...(isMade ? { commitment: result.commitment } : {}) },
  });
  tx.ring({ channel: "run_changed", payload: run.id });
  return isMade;
}

/** One never changes, and a page that refreshes itself asks for it again and again. */
const kept = new Map<string, Promise<Interdiff | null>>();
const KEPT = 8;

/** The caller has checked the run's visibility. */
export async function findInterdiff(scope: Scope, from: string, to: string): Promise<FoundInterdiff> {
  const pair = { fromPatch_toPatch: { fromPatch: from, toPatch: to } };
  const row = await read(scope, (db) => db.patchInterdiff.findUnique({ where: pair }));
  if (!row) return { state: "waiting" };
  if (row.blobId === null) return { state: "problem", problem: row.problem ?? "It could not be made." };
  const { blobId } = row;
  const blob = await read(scope, (db) => db.blob.findUnique({ where: { id: blobId } }));
  if (!blob || blob.deletedAt) {
    kept.delete(blobId);
    return { state: "taken_away" };
  }
  const made = await readOnce(blobId, blob.sha256);
  return made === null ? { state: "problem", problem: OTHER } : { state: "made", ...made };
}

const OTHER = "The stored comparison is not the one that was recorded, so it is not shown.";

/** Null where the file is another one than was recorded. */
function readOnce(blobId: string, sha256: string): Promise<Interdiff | null> {
  const known = kept.get(blobId);
  if (known) return known;
  const mine = blobStore()
    .read(blobId)
    .then((bytes) => {
      if (sha256Hex(bytes) !== sha256) return null;
      const end = bytes.indexOf(10);
      const { files } = InterdiffHead.parse(JSON.parse(bytes.subarray(0, end).toString("utf8")));
      const raw = bytes.subarray(end + 1);
      return { files, raw, diff: decodeDiff(raw) };
    });
  kept.set(blobId, mine);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  mine.catch(() => kept.delete(blobId));
  return mine;
}
