import { createHash } from "node:crypto";
import { z } from "zod";
import { blobStore, registerBlob, type StoredBlob } from "../blobs/service.ts";
import { type Db, read, type Tx } from "../db.ts";
import { AppError, notFound, unavailable } from "../errors.ts";
import { appendOwnEvent } from "../events/service.ts";
import { newId } from "../ids.ts";
import { notify } from "../notify.ts";
import type { Charter } from "../pilots/schema.ts";
import { charterOf } from "../pilots/service.ts";
import { afterEnd } from "../pilots/tripwires.ts";
import { changeOf } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { moveRun } from "../runs/move-run.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { openNetworkGate } from "../setup/network-gate.ts";
import { decodeDiff } from "./decode.ts";
import { PatchFile, PatchFlag, type PatchView } from "./schema.ts";

type PatchRow = NonNullable<Awaited<ReturnType<Db["patch"]["findUnique"]>>>;

function viewOf(row: PatchRow): PatchView {
  const { id, runId, attempt, baseCommit, tree, commit, digest, diffBlobId, added, removed, createdAt } = row;
  const { analysisBlobId } = row;
  const files = z.array(PatchFile).parse(row.files);
  const flags = z.array(PatchFlag).parse(row.flags);
  return {
    id,
    runId,
    attempt,
    baseCommit,
    tree,
    commit,
    digest,
    diffBlobId,
    analysisBlobId,
    files,
    flags,
    added,
    removed,
    createdAt,
  };
}

export interface ImportedPatch {
  readonly attempt: number;
  readonly baseTree: string;
  readonly tree: string;
  /** The rebuilt commit that verification checks out; not the one that is merged. */
  readonly commit: string;
  readonly digest: string;
  readonly files: readonly PatchFile[];
  readonly flags: readonly PatchFlag[];
  readonly manifest: StoredBlob;
  readonly diff: StoredBlob;
  readonly bundle: StoredBlob;
  /** What was read in its files. */
  readonly analysis?: StoredBlob;
  /** Pictures that its files name. Their digests are in the manifest, whose commitment is recorded. */
  readonly images?: readonly StoredBlob[];
}

/**
 * Stores what the jailed import found; the run then waits for verification. Of one attempt there is one patch: null
 * where it was there already, else its id.
 */
export async function recordPatch(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  patch: ImportedPatch,
): Promise<string | null> {
  const now = scope.clock.now();
  if (await tx.db.patch.findFirst({ where: { runId: run.id, attempt: patch.attempt } })) return null;
  const added = patch.files.reduce((sum, file) => sum + (file.added ?? 0), 0);
  const removed = patch.files.reduce((sum, file) => sum + (file.removed ?? 0), 0);
  const id = newId("patch", now);
  await registerBlob(tx, run.id, "manifest", patch.manifest, now);
  await registerBlob(tx, run.id, "diff", patch.diff, now);
  await registerBlob(tx, run.id, "patch_bundle", patch.bundle, now);
  if (patch.analysis) await registerBlob(tx, run.id, "analysis", patch.analysis, now);
  for (const image of patch.images ?? []) await registerBlob(tx, run.id, "image", image, now);
  const { attempt, baseTree, tree, commit, digest } = patch;
  await tx.db.patch.create({
    data: {
      ...{
        id,
        runId: run.id,
        attempt,
        baseCommit: run.baseCommit,
        baseTree,
        tree,
        commit,
        digest,
        added,
        removed,
      },
      manifestBlobId: patch.manifest.id,
      diffBlobId: patch.diff.id,
      bundleBlobId: patch.bundle.id,
      analysisBlobId: patch.analysis?.id ?? null,
      files: [...patch.files],
      flags: [...patch.flags],
      createdAt: new Date(now),
    },
  });
  const flags = patch.flags.slice(0, 50).map((flag) => flag.rule);
  const imported = { digest, files: patch.files.length, added, removed, flags };
  await appendOwnEvent(tx, scope, run.id, run.attempt, { kind: "patch_imported", body: imported });
  tx.record({
    kind: "run.patch_imported",
    about: [`run:${run.id}`],
    charter: run.charterDigest,
    ...changeOf(
      { run: run.id, base: run.baseCommit, tree: baseTree, patch: null },
      { run: run.id, base: run.baseCommit, tree, patch: digest },
    ),
    detail: {
      patch: id,
      digest,
      tree,
      base: run.baseCommit,
      manifest: patch.manifest.commitment,
      diff: patch.diff.commitment,
      bundle: patch.bundle.commitment,
      ...(patch.analysis ? { analysis: patch.analysis.commitment } : {}),
    },
  });
  await openNetworkGate(tx, scope, run, patch);
  await notify(tx, "work_waiting", "");
  return id;
}

/** The tree policy or git itself refused what the agent handed in: the run ends with the reason. */
export async function refusePatch(tx: Tx, scope: Scope, run: RunRow, reason: string): Promise<void> {
  const told = reason.slice(0, 2000);
  const moved = await moveRun(tx, scope, run, "failed", told);
  tx.record({
    kind: "run.patch_refused",
    about: [`run:${run.id}`, `pilot:${run.pilotId}`],
    ...moved,
    detail: reasonDetail(told),
  });
  await afterEnd(tx, scope, run);
}

/** The newest patch of a run on its present base. */
export async function findPatchToVerify(db: Db, runId: string, baseCommit: string): Promise<PatchView> {
  const row = await db.patch.findFirst({ where: { runId, baseCommit }, orderBy: { createdAt: "desc" } });
  if (!row) throw notFound("patch");
  return viewOf(row);
}

/** The newest patch of a run, or null while there is none. The caller has checked the run's visibility. */
export async function findPatch(scope: Scope, runId: string): Promise<PatchView | null> {
  const row = await read(scope, (db) =>
    db.patch.findFirst({ where: { runId }, orderBy: { createdAt: "desc" } }),
  );
  return row ? viewOf(row) : null;
}

/** One patch of a run, also an earlier one; null where the run has no such patch. The caller has checked visibility. */
export async function findPatchOf(scope: Scope, runId: string, id: string): Promise<PatchView | null> {
  const row = await read(scope, (db) => db.patch.findFirst({ where: { id, runId } }));
  return row ? viewOf(row) : null;
}

/** The bytes of a diff, if they are those whose digest was recorded with the patch. */
export async function recordedDiff(id: string, sha256: string): Promise<Buffer> {
  const bytes = await blobStore().read(id);
  if (createHash("sha256").update(bytes).digest("hex") !== sha256)
    throw unavailable("The stored diff is not the one that was recorded with the patch, so it is not shown.");
  return bytes;
}

/** The unified diff as the jailed git wrote it, unmasked. The caller has checked the run's visibility. */
export async function readDiff(scope: Scope, patch: PatchView): Promise<string> {
  const id = patch.diffBlobId;
  const blob = await read(scope, (db) => db.blob.findUnique({ where: { id } }));
  if (!blob || blob.deletedAt) throw new AppError("expired", "The diff was taken away.");
  return decodeDiff(await recordedDiff(id, blob.sha256));
}

/** Blob of the bundle that verification fetches. */
export async function patchBundle(
  db: Db,
  runId: string,
  baseCommit: string,
): Promise<{ blobId: string; size: number; sha256: string }> {
  const row = await db.patch.findFirst({ where: { runId, baseCommit }, orderBy: { createdAt: "desc" } });
  const blob = row ? await db.blob.findUnique({ where: { id: row.bundleBlobId } }) : null;
  if (!blob) throw notFound("patch bundle");
  return { blobId: blob.id, size: Number(blob.size), sha256: blob.sha256 };
}

export interface ImportOrder {
  readonly runId: string;
  readonly attempt: number;
  readonly repositoryId: string;
  readonly baseCommit: string;
  readonly bundleBlobId: string;
  readonly launchedAt: Date;
  readonly charter: Charter;
}

/** What the worker is to take in, or null when the run no longer waits for it. */
export async function findImportOrder(
  scope: Scope,
  runId: string,
  attempt: number,
): Promise<ImportOrder | null> {
  return read(scope, async (db) => {
    const run = await db.run.findUnique({ where: { id: runId } });
    const waits = run?.status === "verifying" && run.attempt === attempt;
    const done = await db.patch.findFirst({ where: { runId, attempt } });
    if (!run?.bundleBlobId || !waits || done) return null;
    const { repositoryId, baseCommit, bundleBlobId, launchedAt } = run;
    return {
      runId,
      attempt,
      repositoryId,
      baseCommit,
      bundleBlobId,
      launchedAt,
      charter: await charterOf(db, run.charterId),
    };
  });
}
