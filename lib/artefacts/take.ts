// A file out of the blob store, to one person. What nobody promoted goes to those alone who may see payloads unmasked, and only
// after they were told. The entry is durable before a byte leaves.
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { requirePermission } from "../authz/require.ts";
import { blobStore } from "../blobs/service.ts";
import { read, transaction } from "../db.ts";
import { forbidden, notFound, refused } from "../errors.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { downloadName } from "./rules.ts";
import { findArtefact } from "./store.ts";

export interface TakenArtefact {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly stream: Readable;
}

export async function openArtefact(
  scope: Scope,
  { runId, artefactId, isAcknowledged }: { runId: string; artefactId: string; isAcknowledged: boolean },
): Promise<TakenArtefact> {
  const run = await getRun(scope, runId);
  requirePermission(scope, "artefact.take", run.pilotId);
  if (scope.actor.kind !== "user") throw forbidden("Only a person who signed in takes an artefact.");
  const row = await read(scope, (db) => findArtefact(db, artefactId));
  if (row?.runId !== run.id || row.blobId === null) throw notFound("artefact");
  const { blobId, state, path, sha256, size } = row;
  if (state === "deleted") throw refused("The artefact was deleted; its digest is left.");
  if (state !== "promoted") {
    requirePermission(scope, "payload.unmask", run.pilotId);
    if (!isAcknowledged)
      throw refused(
        "The artefact is in quarantine: nobody promoted it. Take it from the run's page, where it says what that means.",
      );
  }
  await requireSame(blobId, sha256);
  await transaction(scope, async (tx) =>
    tx.record({
      kind: "artefact.taken",
      about: [`run:${run.id}`, `pilot:${run.pilotId}`],
      charter: run.charterDigest,
      detail: { artefact: row.id, blob: blobId, state },
    }),
  );
  const stream = await blobStore().open(blobId);
  return { name: downloadName(path, state === "promoted"), size: Number(size), sha256, stream };
}

/** What was looked into and decided on is a digest; bytes that are others by now leave to nobody. */
async function requireSame(blobId: string, sha256: string): Promise<void> {
  const hash = createHash("sha256");
  for await (const chunk of await blobStore().open(blobId)) hash.update(chunk as Buffer);
  if (hash.digest("hex") !== sha256) throw refused("The stored bytes are not those that were handed in.");
}
