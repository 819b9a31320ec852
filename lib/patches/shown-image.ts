// One side of a picture that a patch changes, for the review page and nobody else.
import { createHash } from "node:crypto";
import { blobStore } from "../blobs/service.ts";
import { read } from "../db.ts";
import { AppError, notFound, unavailable } from "../errors.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { imageOf } from "./images.ts";
import type { ImageKind } from "./schema.ts";
import { findPatchOf } from "./service.ts";

export interface AskedImage {
  readonly runId: string;
  readonly patchId: string;
  /** Its number in git's order. */
  readonly file: number;
  readonly side: "before" | "after";
  readonly sha256: string;
}

export interface ShownImage {
  readonly kind: ImageKind;
  readonly bytes: Buffer;
}

/** The bytes that were taken in with the patch, and no others; still a picture of the kind that was said. */
export async function readShownImage(scope: Scope, asked: AskedImage): Promise<ShownImage> {
  const { id: runId } = await getRun(scope, asked.runId);
  const patch = await findPatchOf(scope, runId, asked.patchId);
  const side = patch?.files[asked.file]?.content?.[asked.side];
  const id = side?.image?.blob;
  if (!side?.image || !id || side.sha256 !== asked.sha256) throw notFound("picture");
  const blob = await read(scope, (db) => db.blob.findFirst({ where: { id, runId, kind: "image" } }));
  if (!blob) throw notFound("picture");
  if (blob.deletedAt) throw new AppError("expired", "The picture was taken away.");
  const bytes = await blobStore().read(id);
  const isSame = createHash("sha256").update(bytes).digest("hex") === side.sha256;
  if (!isSame || imageOf(bytes)?.kind !== side.image.kind)
    throw unavailable(
      "The stored picture is not the one that was taken in with the patch, so it is not shown.",
    );
  return { kind: side.image.kind, bytes };
}
