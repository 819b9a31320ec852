// The point of no return, and the way back before it.
import type { Tx } from "../db.ts";
import { notFound, refused } from "../errors.ts";
import { voidMergeGate } from "../gates/open-gate.ts";
import { newId } from "../ids.ts";
import { enqueue } from "../jobs/queue.ts";
import { requireUndisputedLog } from "../log/notary-status.ts";
import { whyUncheckedIn } from "../outside-checks/rules.ts";
import type { PatchView } from "../patches/schema.ts";
import { findPatchToVerify } from "../patches/service.ts";
import { charterOf, findActiveCharter } from "../pilots/service.ts";
import { reasonDetail } from "../record/reason.ts";
import { refusalOfLabels } from "../repositories/label-rules.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { revertedBy } from "../reverts/reverted-by.ts";
import { moveRun } from "../runs/move-run.ts";
import { rebaseRun } from "../runs/rebase-runs.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import type { RejectedAs } from "../runs/schema.ts";
import type { Scope } from "../scope.ts";
import { stopReason } from "../stops/service.ts";
import { whyFrozen } from "../tripwires/let-go-on.ts";
import { whyNotUnder } from "./held-to.ts";
import { rebindMergeGate } from "./rebind-merge-gate.ts";
import { commitMessage } from "./rules.ts";
import { BoundMerge, whyAltered } from "./still-bound.ts";
import { whyUntested } from "./tested.ts";

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
  /** Who merges it past the gate. */
  readonly glass?: { readonly personId: string; readonly role: string };
}

export interface MergeReady {
  readonly run: RunRow;
  readonly patch: PatchView;
  readonly branch: string;
}

/**
 * Re-checks everything the approval was bound to, before the gate closes. A base that moved voids the gate and sends
 * the run back; findings that changed, or another charter in force, void it and open another one; what was altered voids it.
 * Throws refused under a stop, while the log is disputed, and where the charter in force would refuse the patch.
 */
export async function recheckMerge(tx: Tx, scope: Scope, gate: ApprovedGate): Promise<MergeReady | "void"> {
  const run = await lockRun(tx, gate.runId ?? "");
  const { baseCommit } = BoundMerge.parse(JSON.parse(gate.document));
  const stopped = await stopReason(tx.db, run.pilotId);
  if (stopped !== null)
    throw refused(`An emergency stop is on (“${stopped}”). It has to be lifted before anything is merged.`);
  const frozen = await whyFrozen(tx.db, run);
  if (frozen !== null) throw refused(frozen);
  await requireUndisputedLog(tx);
  const charter = await charterOf(tx.db, run.charterId);
  const repository = await findRepositoryState(tx.db, run.repositoryId);
  if (!repository?.headCommit) throw notFound("repository");
  if (repository.headCommit !== baseCommit || run.baseCommit !== baseCommit) {
    await rebaseRun(tx, scope, run, repository.headCommit);
    return "void";
  }
  const altered = await whyAltered(tx, run, gate.document);
  if (altered !== null) {
    await voidMergeGate(tx, scope, run.id, altered);
    return "void";
  }
  if (await rebindMergeGate(tx, scope, run)) return "void";
  requireChecks(gate.document);
  const untested = await whyUntested(tx.db, gate.document);
  if (untested !== null) throw refused(untested);
  const patch = await findPatchToVerify(tx.db, run.id, run.baseCommit);
  const inForce = (await findActiveCharter(tx.db, run.pilotId))?.charter ?? null;
  const forbidden =
    whyNotUnder(inForce, charter, patch) ?? refusalOfLabels(inForce ?? charter, repository.labels);
  if (forbidden !== null) throw refused(forbidden);
  return { run, patch, branch: charter.scope.branch };
}

/** Throws where a check that the charter requires has not passed. Past the gate nothing is waited for: its document says what. */
export function requireChecks(document: string): void {
  const why = whyUncheckedIn(document);
  if (why !== null) throw refused(why);
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
        charterDigest: run.charterDigest,
        gateId: gate.id,
        gateDigest: gate.digest,
        approvers,
        glass: gate.glass,
        reverts: await revertedBy(tx.db, run.id),
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
export async function rejectAtGate(
  tx: Tx,
  scope: Scope,
  runId: string,
  { reason, rejectedAs }: { readonly reason: string; readonly rejectedAs?: RejectedAs | undefined },
): Promise<void> {
  const run = await lockRun(tx, runId);
  const moved = await moveRun(tx, scope, run, "rejected", reason, { rejectedAs: rejectedAs ?? null });
  tx.record({
    kind: "run.rejected",
    about: [`run:${run.id}`, `pilot:${run.pilotId}`],
    ...moved,
    detail: { ...reasonDetail(reason), ...(rejectedAs === undefined ? {} : { rejected_as: rejectedAs }) },
  });
}
