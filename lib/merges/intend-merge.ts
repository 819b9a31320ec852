// The point of no return, and the way back before it.
import { z } from "zod";
import type { Tx } from "../db.ts";
import { notFound, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { enqueue } from "../jobs/queue.ts";
import { findPatchToVerify } from "../patches/service.ts";
import { charterOf } from "../pilots/service.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { moveRun } from "../runs/move-run.ts";
import { rebaseRun } from "../runs/rebase-runs.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { stopReason } from "../stops/service.ts";
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

/**
 * Re-checks everything the approval was bound to and writes the intent. A base that moved voids the approval and
 * sends the run back. Returns what became of the gate.
 */
export async function intendMerge(tx: Tx, scope: Scope, gate: ApprovedGate): Promise<"approved" | "void"> {
  const run = await lockRun(tx, gate.runId ?? "");
  const bound = Bound.parse(JSON.parse(gate.document));
  const stopped = await stopReason(tx.db, run.pilotId);
  if (stopped !== null)
    throw refused(`An emergency stop is on (“${stopped}”). It has to be lifted before anything is merged.`);
  const charter = await charterOf(tx.db, run.charterId);
  const repository = await findRepositoryState(tx.db, run.repositoryId);
  if (!repository?.headCommit) throw notFound("repository");
  if (repository.headCommit !== bound.baseCommit || run.baseCommit !== bound.baseCommit) {
    await rebaseRun(tx, scope, run, repository.headCommit);
    return "void";
  }
  const patch = await findPatchToVerify(tx.db, run.id, run.baseCommit);
  const asShown =
    patch.digest === bound.patch && patch.tree === bound.tree && run.charterDigest === bound.charter;
  if (!asShown)
    throw refused("The patch or the charter is no longer what was shown. Reload the page and read it again.");
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
        expectedOld: bound.baseCommit,
      },
      targetRef: `refs/heads/${charter.scope.branch}`,
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
  await moveRun(tx, scope, run, "merging", "");
  tx.record({
    kind: "run.merge_intended",
    about: [`run:${run.id}`, `gate:${gate.id}`],
    detail: {
      merge: id,
      ref: bound.targetRef,
      old: bound.baseCommit,
      tree: patch.tree,
      patch: patch.digest,
      decision: gate.digest,
    },
  });
  await enqueue(tx, "publish_merge", { mergeId: id }, id);
  return "approved";
}

/** A denied or expired merge gate ends the run. */
export async function rejectAtGate(tx: Tx, scope: Scope, runId: string, reason: string): Promise<void> {
  const run = await lockRun(tx, runId);
  await moveRun(tx, scope, run, "rejected", reason);
  tx.record({ kind: "run.rejected", about: [`run:${run.id}`, `pilot:${run.pilotId}`], detail: { reason } });
}
