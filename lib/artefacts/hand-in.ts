// What a runner brings out of the sandbox goes into quarantine, whole or not at all.
import { Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import { blobStore, registerBlob, type StoredBlob, storeBytes } from "../blobs/service.ts";
import { read, transaction } from "../db.ts";
import { refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { holdLease, requireLease } from "../leases/service.ts";
import { charterOf } from "../pilots/service.ts";
import { type ArtefactPlan, isPlanned } from "../protocol/artefacts.ts";
import type { Scope } from "../scope.ts";
import { artefactPlanOf, nameCommitment } from "./rules.ts";
import { countOf, findSame, insertArtefact, nextNumber } from "./store.ts";

/** Stores one file whole or not at all, in quarantine. The same file of the same attempt again is the same artefact. */
export async function takeArtefact(
  scope: Scope,
  { leaseId, attempt, path }: Handed,
  source: ReadableStream<Uint8Array>,
): Promise<{ artefactId: string }> {
  const { runId, phase } = await requireLease(scope, leaseId, attempt);
  if (phase !== "agent") throw refused(`A lease to ${phase} hands in no artefacts.`);
  const { plan, counted, isThere } = await read(scope, async (db) => {
    const run = await db.run.findUniqueOrThrow({ where: { id: runId }, select: { charterId: true } });
    const plan = artefactPlanOf(await charterOf(db, run.charterId));
    const isThere = (await findSame(db, { runId, attempt, path })) !== null;
    return { plan, isThere, counted: await countOf(db, runId, attempt) };
  });
  if (plan === null) throw refused("The charter of this run lets it hand in no artefacts.");
  if (!isPlanned(plan, path)) throw refused("The charter of this run names no such path for artefacts.");
  // The last one again, after a lost answer, is no further one; whether it is the same is known when its bytes are here.
  const room = isThere ? plan.bytes : plan.bytes - counted.bytes;
  if (!isThere && (counted.taken >= plan.count || room <= 0)) throw refused(ENOUGH);
  const now = scope.clock.now();
  const blob = await storeBytes(Readable.fromWeb(source as WebStream), room, now);
  const artefactId = await keep(scope, { leaseId, attempt, path }, plan, blob).catch(
    async (error: unknown) => {
      await blobStore().remove(blob.id);
      throw error;
    },
  );
  return { artefactId };
}

interface Handed {
  readonly leaseId: string;
  readonly attempt: number;
  readonly path: string;
}

async function keep(
  scope: Scope,
  { leaseId, attempt, path }: Handed,
  plan: ArtefactPlan,
  blob: StoredBlob,
): Promise<string> {
  const now = scope.clock.now();
  const { id, isNew } = await transaction(scope, async (tx) => {
    const { run } = await holdLease(tx, scope, leaseId, attempt); // a long upload may outlive its lease
    const same = await findSame(tx.db, { runId: run.id, attempt, path, sha256: blob.sha256 });
    if (same !== null) return { id: same.id, isNew: false };
    const counted = await countOf(tx.db, run.id, attempt);
    if (counted.taken >= plan.count || counted.bytes + blob.size > plan.bytes) throw refused(ENOUGH);
    const id = newId("artefact", now);
    await registerBlob(tx, run.id, "artefact", blob, now);
    await insertArtefact(tx.db, {
      ...{ id, runId: run.id, attempt, number: await nextNumber(tx.db, run.id), blobId: blob.id, path },
      ...{ size: blob.size, sha256: blob.sha256, state: "quarantined", createdAt: new Date(now) },
    });
    tx.record({
      kind: "artefact.handed_in",
      about: [`run:${run.id}`],
      charter: run.charterDigest,
      detail: {
        ...{ artefact: id, attempt, blob: blob.id, bytes: blob.size, commitment: blob.commitment },
        name: nameCommitment(blob.salt, path),
      },
    });
    return { id, isNew: true };
  });
  if (!isNew) await blobStore().remove(blob.id);
  return id;
}

const ENOUGH = "This attempt handed in as many artefacts as the charter lets it.";
