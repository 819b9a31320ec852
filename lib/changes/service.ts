import { blobStore } from "../blobs/service.ts";
import { type Db, read, type Tx } from "../db.ts";
import type { PatchView } from "../patches/schema.ts";
import { charterOf } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { maskValue } from "../secrets/mask-value.ts";
import { type ChangesView, changesView } from "./rules.ts";
import { ChangesDocument } from "./schema.ts";

/** What is bound by a decision: the commitment of the document, and the document itself. */
export interface BoundChanges {
  readonly commitment: string;
  readonly view: ChangesView;
}

async function readDocument(blobId: string): Promise<ChangesDocument> {
  return ChangesDocument.parse(JSON.parse((await blobStore().read(blobId)).toString("utf8")));
}

const findBlob = (db: Db, id: string) =>
  db.blob.findUnique({ where: { id }, select: { commitment: true, deletedAt: true } });

/** For a decision document; null for patches from before, and for what was taken away. */
export async function changesOf(
  tx: Tx,
  patch: PatchView,
  licences: readonly string[],
): Promise<BoundChanges | null> {
  const id = patch.analysisBlobId;
  const blob = id === null ? null : await findBlob(tx.db, id);
  if (id === null || !blob || blob.deletedAt) return null;
  return { commitment: blob.commitment, view: changesView(await readDocument(id), licences) };
}

/** For the review page: secrets masked. `taken_away` by an order or by the pilot's retention. */
export async function findChanges(
  scope: Scope,
  patch: PatchView,
): Promise<ChangesView | "not_read" | "taken_away"> {
  const id = patch.analysisBlobId;
  if (id === null) return "not_read";
  const { blob, licences } = await read(scope, async (db) => {
    const run = await db.run.findUnique({ where: { id: patch.runId }, select: { charterId: true } });
    const charter = run ? await charterOf(db, run.charterId) : null;
    return { blob: await findBlob(db, id), licences: charter?.scope.licences ?? [] };
  });
  if (!blob || blob.deletedAt) return "taken_away";
  return maskValue(changesView(await readDocument(id), licences));
}
