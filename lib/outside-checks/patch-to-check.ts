// What a check from outside is made on: the very commit that the harness tested, as a git bundle on the run's base.
import type { Readable } from "node:stream";
import { requirePermission } from "../authz/require.ts";
import { blobStore } from "../blobs/service.ts";
import { read, transaction } from "../db.ts";
import { forbidden, notFound, refused } from "../errors.ts";
import { findPatchToVerify } from "../patches/service.ts";
import { reasonDetail } from "../record/reason.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";

export interface PatchToCheck {
  readonly commit: string;
  readonly tree: string;
  readonly size: number;
  readonly stream: Readable;
}

/** Unmasked, as it would be merged; that it was given out is durable before a byte of it leaves. */
export async function openPatchToCheck(scope: Scope, runId: string): Promise<PatchToCheck> {
  if (scope.actor.kind !== "token")
    throw forbidden("Only a program with a token of its own takes a patch to check.");
  const run = await getRun(scope, runId);
  requirePermission(scope, "evidence.report", run.pilotId);
  const { commit, tree, blob } = await read(scope, async (db) => {
    const { id, ...patch } = await findPatchToVerify(db, run.id, run.baseCommit);
    const row = await db.patch.findUniqueOrThrow({ where: { id }, select: { bundleBlobId: true } });
    return { ...patch, blob: await db.blob.findUnique({ where: { id: row.bundleBlobId } }) };
  });
  if (!blob) throw notFound("patch bundle");
  if (blob.deletedAt) throw refused("What this patch was made of has been taken away.");
  await transaction(scope, async (tx) =>
    tx.record({
      kind: "payload.shown",
      about: [`run:${run.id}`, `pilot:${run.pilotId}`],
      charter: run.charterDigest,
      detail: { what: "patch_bundle", seq: null, blob: blob.id, ...reasonDetail(REASON) },
    }),
  );
  return { commit, tree, size: Number(blob.size), stream: await blobStore().open(blob.id) };
}

const REASON = "Taken by a program to be checked.";
