// What the worker asks for and hands in of patches whose base moved.
import { registerBlob, type StoredBlob } from "../blobs/service.ts";
import { read, transaction } from "../db.ts";
import { enqueue } from "../jobs/queue.ts";
import { notify } from "../notify.ts";
import { moveRun } from "../runs/move-run.ts";
import { changeRun, findRunRow, lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { forgetTries } from "../tries/service.ts";
import { faultSentence, rebasedSentence } from "./rules.ts";
import type { RebaseFault } from "./schema.ts";
import { deleteRebase, isAsked, selectToRebase } from "./store.ts";

const AT_ONCE = 20;

export const listToRebase = (scope: Scope): Promise<string[]> =>
  read(scope, (db) => selectToRebase(db, new Date(scope.clock.now()), AT_ONCE));

export interface RebaseOrder {
  readonly runId: string;
  readonly repositoryId: string;
  /** Bases: the patch's own, and where the branch stands. */
  readonly from: string;
  readonly to: string;
  /** Trees on both sides of the patch. */
  readonly baseTree: string;
  readonly tree: string;
  readonly digest: string;
  /** Holds the patch on its own base; null where it was taken away. */
  readonly bundleBlobId: string | null;
  readonly attempt: number;
  readonly launchedAt: Date;
}

/** Null where it is waited for no more. */
export async function findRebaseOrder(scope: Scope, runId: string): Promise<RebaseOrder | null> {
  return read(scope, async (db) => {
    const run = await findRunRow(db, runId);
    const patch = await db.patch.findFirst({
      where: { runId },
      orderBy: [{ createdAt: "desc" }, { attempt: "desc" }],
    });
    if (!run || !patch || run.status !== "queued" || !(await isAsked(db, runId))) return null;
    const blob = await db.blob.findUnique({ where: { id: patch.bundleBlobId }, select: { deletedAt: true } });
    const { repositoryId, baseCommit: to, attempt, launchedAt } = run;
    const { baseCommit: from, baseTree, tree, digest, bundleBlobId } = patch;
    return {
      ...{ runId, repositoryId, from, to, baseTree, tree, digest, attempt: attempt + 1, launchedAt },
      bundleBlobId: blob && blob.deletedAt === null ? bundleBlobId : null,
    };
  });
}

/** Hands in the patch on its new base: from here it goes the way of every patch. A run that moved on meanwhile is left alone. */
export async function handInRebased(
  scope: Scope,
  order: RebaseOrder,
  made: { readonly tree: string; readonly bundle: StoredBlob },
): Promise<void> {
  const { runId, from, to, attempt, digest } = order;
  const now = scope.clock.now();
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    if (run.status !== "queued" || run.baseCommit !== to || run.attempt + 1 !== attempt) return;
    if (!(await deleteRebase(tx.db, runId))) return;
    await forgetTries(tx, runId);
    await registerBlob(tx, runId, "bundle", made.bundle, now);
    const moved = await moveRun(tx, scope, run, "verifying", rebasedSentence(to), {
      ...{ attempt, bundleBlobId: made.bundle.id },
    });
    tx.record({
      kind: "run.patch_rebased",
      about: [`run:${runId}`, `pilot:${run.pilotId}`],
      ...moved,
      detail: { attempt, patch: digest, from, to, tree: made.tree, bundle: made.bundle.commitment },
    });
    await enqueue(tx, "import_patch", { runId, attempt }, runId);
  });
}

/** It is not the same patch there: the agent has the run next. */
export async function refuseRebase(
  scope: Scope,
  { runId, to }: Pick<RebaseOrder, "runId" | "to">,
  fault: RebaseFault,
): Promise<void> {
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    if (run.status !== "queued" || run.baseCommit !== to) return;
    if (!(await deleteRebase(tx.db, runId))) return;
    await forgetTries(tx, runId);
    await changeRun(tx, runId, { reason: faultSentence(fault, to) });
    tx.record({
      kind: "run.patch_not_rebased",
      about: [`run:${runId}`, `pilot:${run.pilotId}`],
      charter: run.charterDigest,
      detail: { to, fault },
    });
    await notify(tx, "work_waiting", "");
  });
}
