// Bundles in and out of a lease.
import { createReadStream, existsSync } from "node:fs";
import { Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import { requireAgent } from "../agents/service.ts";
import { baseBundlePath, blobStore, registerBlob, storeBytes } from "../blobs/service.ts";
import { read, transaction } from "../db.ts";
import { notFound, refused, unavailable } from "../errors.ts";
import { enqueue } from "../jobs/queue.ts";
import { patchBundle } from "../patches/service.ts";
import { MAX_SNAPSHOT } from "../protocol/steering.ts";
import { findBaseBundle } from "../repositories/service.ts";
import type { Scope } from "../scope.ts";
import { faultOfUpload, findResumable } from "../snapshots/service.ts";
import { holdLease, requireLease } from "./service.ts";
import type { LeaseRow } from "./store.ts";

/** The largest bundle an agent may hand in, bytes. */
export const MAX_UPLOAD = 256 * 1024 * 1024;
/** One is enough; an answer may be lost on the way, and the next try is another bundle. */
const MAX_UPLOADS = 10;

export interface OpenBundle {
  readonly stream: Readable;
  readonly size: number;
  readonly sha256: string;
}

/** What a lease works from: the base, or the patch it verifies. */
export async function openBundle(
  scope: Scope,
  leaseId: string,
  attempt: number,
  name: "base" | "patch" | "snapshot",
): Promise<OpenBundle> {
  const lease = await requireLease(scope, leaseId, attempt);
  const run = await read(scope, (db) => db.run.findUniqueOrThrow({ where: { id: lease.runId } }));
  if (name === "snapshot") {
    // What the agent was told and said is not shown to whoever judges its work.
    if (lease.phase !== "agent") throw refused(`A lease to ${lease.phase} takes up no snapshot.`);
    const found = await read(scope, async (db) => {
      const { driver } = await requireAgent(db, run.agentId);
      return findResumable(db, run, driver);
    });
    if (!found) throw notFound("snapshot");
    const { blobId, resume } = found;
    return { stream: await blobStore().open(blobId), size: resume.bytes, sha256: resume.sha256 };
  }
  if (name === "patch") {
    const { blobId, size, sha256 } = await read(scope, (db) => patchBundle(db, run.id, run.baseCommit));
    return { stream: await blobStore().open(blobId), size, sha256 };
  }
  const { repositoryId, baseCommit } = run;
  const base = await read(scope, (db) => findBaseBundle(db, repositoryId, baseCommit));
  const path = baseBundlePath(repositoryId, baseCommit);
  if (!base || !existsSync(path)) {
    await transaction(scope, (tx) => enqueue(tx, "mirror_repository", { repositoryId }, repositoryId));
    throw unavailable("The base bundle is being made again; ask once more.");
  }
  return { stream: createReadStream(path), size: base.size, sha256: base.sha256 };
}

/** Stores what the agent hands in, whole or not at all. Returns the blob's id. */
export async function takeBundle(
  scope: Scope,
  leaseId: string,
  attempt: number,
  source: ReadableStream<Uint8Array>,
): Promise<{ blobId: string }> {
  const lease = await requireLease(scope, leaseId, attempt);
  await refuseMore(scope, lease);
  const now = scope.clock.now();
  const blob = await storeBytes(Readable.fromWeb(source as WebStream), MAX_UPLOAD, now);
  await transaction(scope, async (tx) => {
    const { run } = await holdLease(tx, scope, leaseId, attempt); // a long upload may outlive its lease
    await registerBlob(tx, lease.runId, "bundle", blob, now);
    tx.record({
      kind: "run.bundle_uploaded",
      about: [`run:${run.id}`],
      charter: run.charterDigest,
      detail: { attempt, blob: blob.id, bytes: blob.size, commitment: blob.commitment },
    });
  });
  return { blobId: blob.id };
}

/** Stores where an agent at work can be taken up again. It counts once the event `snapshot_taken` names it. */
export async function takeSnapshot(
  scope: Scope,
  leaseId: string,
  attempt: number,
  source: ReadableStream<Uint8Array>,
): Promise<{ blobId: string }> {
  const { runId, phase } = await requireLease(scope, leaseId, attempt);
  if (phase !== "agent") throw refused(`A lease to ${phase} takes no snapshots.`);
  const fault = await read(scope, async (db) => {
    const { grantedAt } = await db.lease.findUniqueOrThrow({ where: { id: leaseId } });
    return faultOfUpload(db, runId, grantedAt);
  });
  if (fault === "too_many") throw refused("This lease handed in too many snapshots; it may hand in no more.");
  if (fault === "not_yet") throw unavailable("Older snapshots are being deleted; try again in a moment.");
  const now = scope.clock.now();
  const blob = await storeBytes(Readable.fromWeb(source as WebStream), MAX_SNAPSHOT, now);
  await transaction(scope, async (tx) => {
    const { run } = await holdLease(tx, scope, leaseId, attempt); // a long upload may outlive its lease
    await registerBlob(tx, runId, "snapshot", blob, now);
    tx.record({
      kind: "snapshot.uploaded",
      about: [`run:${run.id}`],
      charter: run.charterDigest,
      detail: { attempt, blob: blob.id, bytes: blob.size, commitment: blob.commitment },
    });
  });
  return { blobId: blob.id };
}

/** A lease is no way to fill the disk. */
async function refuseMore(scope: Scope, { id, runId }: LeaseRow): Promise<void> {
  const uploads = await read(scope, async (db) => {
    const { grantedAt } = await db.lease.findUniqueOrThrow({ where: { id } });
    return db.blob.count({ where: { runId, kind: "bundle", createdAt: { gte: grantedAt } } });
  });
  if (uploads >= MAX_UPLOADS)
    throw refused(`This lease handed in ${MAX_UPLOADS} bundles already; it may hand in no more.`);
}
