// The point of no return, and the way back before it.
import { z } from "zod";
import type { Tx } from "../db.ts";
import { notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { enqueue } from "../jobs/queue.ts";
import { requireUndisputedLog } from "../log/notary-status.ts";
import type { PatchView } from "../patches/schema.ts";
import { findPatchToVerify } from "../patches/service.ts";
import { charterOf } from "../pilots/service.ts";
import { reasonDetail } from "../record/reason.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { moveRun } from "../runs/move-run.ts";
import { rebaseRun } from "../runs/rebase-runs.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { stopReason } from "../stops/service.ts";
import { bindsFindings, rebindMergeGate } from "./rebind-merge-gate.ts";
import { commitMessage } from "./rules.ts";

export interface ApprovedGate {
  readonly id: string;
  readonly runId: string | null;
  readonly digest: string;
  readonly document: string;
  readonly approvals: readonly {
    readonly personId: string;
    readonly role: string;
    readonly decision: string;
  }[];
}

const Bound = z.looseObject({
  patch: z.string(),
  tree: z.string(),
  baseCommit: z.string(),
  charter: z.string(),
  targetRef: z.string(),
});

export interface MergeReady {
  readonly run: RunRow;
  readonly patch: PatchView;
  readonly branch: string;
}

/**
 * Re-checks everything the approval was bound to, before the gate closes. A base that moved voids the gate and sends
 * the run back; findings that changed void it and open another one. Throws refused under a stop, while the log is disputed, and where the patch or the charter is another one.
 */
export async function recheckMerge(tx: Tx, scope: Scope, gate: ApprovedGate): Promise<MergeReady | "void"> {
  const run = await lockRun(tx, gate.runId ?? "");
  const bound = Bound.parse(JSON.parse(gate.document));
  const stopped = await stopReason(tx.db, run.pilotId);
  if (stopped !== null)
    throw refused(`An emergency stop is on (“${stopped}”). It has to be lifted before anything is merged.`);
  await requireUndisputedLog(tx);
  const charter = await charterOf(tx.db, run.charterId);
  const repository = await findRepositoryState(tx.db, run.repositoryId);
  if (!repository?.headCommit) throw notFound("repository");
  if (repository.headCommit !== bound.baseCommit || run.baseCommit !== bound.baseCommit) {
    await rebaseRun(tx, scope, run, repository.headCommit);
    return "void";
  }
  if (!(await bindsFindings(tx, run.id, gate.document))) {
    await rebindMergeGate(tx, scope, run);
    return "void";
  }
  const patch = await findPatchToVerify(tx.db, run.id, run.baseCommit);
  const asShown =
    patch.digest === bound.patch &&
    patch.tree === bound.tree &&
    run.charterDigest === bound.charter &&
    bound.targetRef === `refs/heads/${charter.scope.branch}`;
  if (!asShown)
    throw refused("The patch or the charter is no longer what was shown. Reload the page and read it again.");
  return { run, patch, branch: charter.scope.branch };
}

/** Writes the intent and hands it to the worker: from here on the merge cannot be cancelled. */
export async function intendMerge(
  tx: Tx,
  scope: Scope,
  gate: ApprovedGate,
  { run, patch, branch }: MergeReady,
): Promise<void> {
  const targetRef = `refs/heads/${branch}`;
  const approvers = gate.approvals.filter((approval) => approval.decision === "approve");
  const id = newId("merge", scope.clock.now());
  await tx.db.merge.create({
    data: {
      ...{
        id,
        runId: run.id,
        gateId: gate.id,
        patchId: patch.id,
        state: "intent",
        expectedOld: run.baseCommit,
      },
      targetRef,
      message: commitMessage({
        title: run.title,
        runId: run.id,
        patchDigest: patch.digest,
        gateId: gate.id,
        gateDigest: gate.digest,
        approvers,
      }),
      createdAt: new Date(scope.clock.now()),
    },
  });
  const moved = await moveRun(tx, scope, run, "merging", "");
  tx.record({
    kind: "run.merge_intended",
    about: [`run:${run.id}`, `gate:${gate.id}`],
    ...moved,
    detail: {
      merge: id,
      ref: targetRef,
      old: run.baseCommit,
      tree: patch.tree,
      patch: patch.digest,
      decision: gate.digest,
    },
  });
  await enqueue(tx, "publish_merge", { mergeId: id }, id);
}

/** A denied or expired merge gate ends the run. */
export async function rejectAtGate(tx: Tx, scope: Scope, runId: string, reason: string): Promise<void> {
  const run = await lockRun(tx, runId);
  const moved = await moveRun(tx, scope, run, "rejected", reason);
  tx.record({
    kind: "run.rejected",
    about: [`run:${run.id}`, `pilot:${run.pilotId}`],
    ...moved,
    detail: reasonDetail(reason),
  });
}
