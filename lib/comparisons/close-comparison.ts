import { may, requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict, notFound, refused } from "../errors.ts";
import { openMergeGate } from "../merges/open-merge-gate.ts";
import { changeOf } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { rebaseRun } from "../runs/rebase-runs.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { letGo } from "./judge-attempt.ts";
import { comparisonState } from "./plan-comparison.ts";
import type { ChoosePatch, CloseComparison } from "./schema.ts";
import { lockedComparison } from "./start-comparison.ts";
import {
  type AttemptRow,
  isReviewer,
  moveComparison,
  noteChosen,
  selectAttemptRows,
  selectComparisons,
  updateAttempt,
} from "./store.ts";

/** Ends the judging: from here on nobody is blind, and nothing more is launched or judged. What was not judged says so. */
export async function closeComparison(
  scope: Scope,
  { comparisonId: id, reason }: CloseComparison,
): Promise<void> {
  await transaction(scope, async (tx) => {
    const comparison = await lockedComparison(tx, scope, id);
    const judges =
      (await isReviewer(tx.db, id, actorId(scope.actor))) && may(scope, "gate.decide", comparison.pilotId);
    if (!judges) requirePermission(scope, "run.launch", comparison.pilotId);
    if (comparison.state !== "started") throw conflict(`This comparison is ${comparison.state}.`);
    const [view] = await selectComparisons(tx.db, "all", [id]);
    if (!view) throw notFound("comparison");
    const { running, waiting, judged } = view.progress;
    if (running > 0)
      throw refused(`Of its attempts ${running} are under way. Wait for them, or cancel their runs.`);
    if (waiting > 0 && judges)
      throw refused(
        `Of its patches ${waiting} wait for a verdict: whoever judges closes it when all have one.`,
      );
    await moveComparison(tx.db, id, "started", {
      ...{ state: "closed", closedAt: new Date(scope.clock.now()), closeReason: reason },
      closedBy: actorId(scope.actor),
    });
    tx.record({
      kind: "comparison.closed",
      about: [`comparison:${id}`, `pilot:${comparison.pilotId}`],
      charter: comparison.charterDigest,
      ...changeOf(comparisonState(id, "started"), comparisonState(id, "closed")),
      detail: { judged, unjudged: waiting, ...reasonDetail(reason) },
    });
  });
}

/**
 * Decides, once, what becomes of the patches: one goes to the usual merge gate, on the branch's present head, or none does. All
 * others that are still in review end as duplicates.
 */
export async function choosePatch(
  scope: Scope,
  { comparisonId, attemptId, reason }: ChoosePatch,
): Promise<void> {
  await transaction(scope, async (tx) => {
    const comparison = await lockedComparison(tx, scope, comparisonId);
    requirePermission(scope, "run.launch", comparison.pilotId);
    if (comparison.state !== "closed") throw refused("A patch is chosen once the comparison is closed.");
    const attempts = await selectAttemptRows(tx.db, comparisonId);
    if (!(await noteChosen(tx.db, comparisonId, new Date(scope.clock.now()))))
      throw conflict("It was decided already what becomes of these patches.");
    const { chosen, others } = await reviewed(tx, attempts, attemptId);
    for (const run of others) await letGo(tx, scope, run, reason, "duplicate");
    tx.record({
      kind: "comparison.chosen",
      about: [`comparison:${comparisonId}`, `pilot:${comparison.pilotId}`],
      charter: comparison.charterDigest,
      detail: { ...(chosen ? { run: chosen.id } : {}), let_go: others.length, ...reasonDetail(reason) },
    });
    if (chosen) await toMergeGate(tx, scope, chosen, attemptId);
  });
}

/** Runs that are still in review, locked in the order of their ids. */
async function reviewed(tx: Tx, attempts: readonly AttemptRow[], attemptId: string) {
  const wanted = attempts.find(({ id }) => id === attemptId);
  if (attemptId !== "" && wanted?.verdict !== "acceptable")
    throw refused("Only a patch that its reviewer found acceptable goes to a merge gate.");
  const others: RunRow[] = [];
  let chosen: RunRow | null = null;
  for (const runId of attempts.flatMap((attempt) => attempt.runId ?? []).sort()) {
    const run = await lockRun(tx, runId);
    if (run.status !== "in_review") continue;
    if (runId === wanted?.runId) chosen = run;
    else others.push(run);
  }
  if (wanted && !chosen) throw conflict("The run of this patch is no longer in review.");
  return { chosen, others };
}

async function toMergeGate(tx: Tx, scope: Scope, run: RunRow, attemptId: string): Promise<void> {
  await updateAttempt(tx.db, { id: attemptId }, { chosen: true });
  const head = (await findRepositoryState(tx.db, run.repositoryId))?.headCommit ?? run.baseCommit;
  if (head === run.baseCommit) await openMergeGate(tx, scope, run);
  else await rebaseRun(tx, scope, run, head); // tested again there; the gate opens when that is green
}
