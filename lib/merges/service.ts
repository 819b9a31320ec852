// What the worker does with an intent: name the commit, publish it, write down what was seen.
import { type Db, read, transaction } from "../db.ts";
import { notFound } from "../errors.ts";
import { enqueue } from "../jobs/queue.ts";
import { startWatch } from "../merge-watches/start-watch.ts";
import { changeOf } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { findRepositoryState, moveHead } from "../repositories/service.ts";
import { moveRun } from "../runs/move-run.ts";
import { rebaseRun } from "../runs/rebase-runs.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { openMergeGate } from "./open-merge-gate.ts";
import { lockMerge } from "./store.ts";
import { type Tested, testedBy } from "./tested.ts";

export { firstEntryId, lockMerge } from "./store.ts";

export interface MergeIntent {
  readonly id: string;
  readonly runId: string;
  /** Where it was decided. */
  readonly gateId: string;
  readonly repositoryId: string;
  /** Digest of the charter the run was launched under. */
  readonly charterDigest: string;
  readonly state: "intent" | "moved" | "refused";
  readonly targetRef: string;
  readonly expectedOld: string;
  readonly newCommit: string | null;
  readonly message: string;
  readonly tree: string;
  /** What the newest evidence that was approved is about; null where it was merged past the gate. */
  readonly tested: Tested | null;
  /** Blob of the bundle that holds the approved tree. */
  readonly patchBundleId: string;
  /** Deterministic date of the commit: when the intent was written. */
  readonly createdAt: Date;
}

async function intentOf(db: Db, mergeId: string): Promise<MergeIntent> {
  const merge = await db.merge.findUnique({ where: { id: mergeId } });
  const run = merge ? await db.run.findUnique({ where: { id: merge.runId } }) : null;
  const patch = merge ? await db.patch.findUnique({ where: { id: merge.patchId } }) : null;
  if (!merge || !run || !patch) throw notFound("merge");
  const { id, runId, gateId, targetRef, expectedOld, newCommit, message, createdAt } = merge;
  const state = merge.state as MergeIntent["state"];
  return {
    id,
    runId,
    gateId,
    repositoryId: run.repositoryId,
    charterDigest: run.charterDigest,
    state,
    targetRef,
    expectedOld,
    newCommit,
    message,
    tree: patch.tree,
    tested: await testedBy(db, gateId),
    patchBundleId: patch.bundleBlobId,
    createdAt,
  };
}

export async function getMerge(scope: Scope, mergeId: string): Promise<MergeIntent> {
  return read(scope, (db) => intentOf(db, mergeId));
}

/** Intents older than `olderThan` milliseconds that nobody has settled, the oldest first; the reconciler's list. */
export async function listUnsettled(scope: Scope, olderThan: number): Promise<string[]> {
  const before = new Date(scope.clock.now() - olderThan);
  const rows = await read(scope, (db) =>
    db.merge.findMany({
      where: { state: "intent", createdAt: { lt: before } },
      orderBy: { createdAt: "asc" },
      select: { id: true },
    }),
  );
  return rows.map((row) => row.id);
}

/** Written before the ref is touched, so that a crash leaves the reconciler a commit to look for. */
export async function noteCommit(scope: Scope, merge: MergeIntent, newCommit: string): Promise<void> {
  await transaction(scope, async (tx) => {
    await lockMerge(tx.db, merge.id);
    const before = await intentOf(tx.db, merge.id);
    if (before.newCommit === newCommit) return;
    await tx.db.merge.update({ where: { id: merge.id }, data: { newCommit } });
    tx.record({
      kind: "run.merge_commit_built",
      about: [`run:${merge.runId}`],
      charter: before.charterDigest,
      ...changeOf({ merge: merge.id, commit: before.newCommit }, { merge: merge.id, commit: newCommit }),
      detail: { merge: merge.id, commit: newCommit },
    });
  });
}

/** Red evidence opens no ordinary gate, also where somebody had merged past it. */
async function isVerified(db: Db, runId: string): Promise<boolean> {
  const newest = await db.evidence.findFirst({
    where: { runId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { verdict: true },
  });
  return newest?.verdict === "verified";
}

export type SeenRef =
  | { readonly outcome: "moved"; readonly commit: string; readonly otherTree?: string | null }
  | { readonly outcome: "base_moved"; readonly actual: string }
  | { readonly outcome: "refused"; readonly reason: string };

/** Writes down what the authority shows. Settling twice is harmless. */
export async function settleMerge(scope: Scope, mergeId: string, seen: SeenRef): Promise<void> {
  await transaction(scope, async (tx) => {
    await lockMerge(tx.db, mergeId);
    const merge = await intentOf(tx.db, mergeId);
    if (merge.state !== "intent") return;
    const run = await lockRun(tx, merge.runId);
    const settledAt = new Date(scope.clock.now());
    const about = [`run:${run.id}`, `pilot:${run.pilotId}`] as const;
    if (seen.outcome === "moved") {
      await tx.db.merge.update({ where: { id: mergeId }, data: { state: "moved", settledAt } });
      const moved = await moveRun(tx, scope, run, "merged", "");
      tx.record({
        kind: "run.merged",
        about,
        ...moved,
        detail: {
          ...{ merge: mergeId, ref: merge.targetRef, old: merge.expectedOld, commit: seen.commit },
          ...(merge.newCommit !== null && merge.newCommit !== seen.commit ? { built: merge.newCommit } : {}),
          ...(seen.otherTree ? { other_tree: seen.otherTree } : {}),
        },
      });
      const { runId, repositoryId, targetRef } = merge;
      const { commit } = seen;
      await startWatch(tx, { mergeId, runId, repositoryId, targetRef, commit }, settledAt.getTime());
      const repository = await findRepositoryState(tx.db, merge.repositoryId);
      const known = repository?.headCommit === merge.expectedOld; // else the mirror has seen the move already
      if (known) await moveHead(tx, merge.repositoryId, merge.expectedOld, seen.commit);
      await enqueue(tx, "mirror_repository", { repositoryId: merge.repositoryId }, merge.repositoryId);
      return;
    }
    const reason =
      seen.outcome === "refused" ? seen.reason : "The base moved before the merge; the approval is void.";
    await tx.db.merge.update({
      where: { id: mergeId },
      data: { state: "refused", settledAt, detail: reason },
    });
    const moved = await moveRun(tx, scope, run, "in_review", reason);
    tx.record({
      kind: "run.merge_refused",
      about,
      ...moved,
      detail: { merge: mergeId, ref: merge.targetRef, outcome: seen.outcome, ...reasonDetail(reason) },
    });
    if (seen.outcome === "base_moved")
      await rebaseRun(tx, scope, { ...run, status: "in_review" }, seen.actual);
    else if (await isVerified(tx.db, run.id)) await openMergeGate(tx, scope, run);
  });
}
