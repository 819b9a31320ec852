import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict, forbidden, notFound, refused } from "../errors.ts";
import { barredFrom } from "../merges/open-merge-gate.ts";
import { findPatchToVerify } from "../patches/service.ts";
import { isForOneself } from "../people/service.ts";
import { reasonDetail } from "../record/reason.ts";
import { moveRun } from "../runs/move-run.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import type { RejectedAs } from "../runs/schema.ts";
import { actorId, type Scope } from "../scope.ts";
import type { JudgeAttempt, Verdict } from "./schema.ts";
import { lockedComparison } from "./start-comparison.ts";
import { isReviewer, latestVerdict, selectAttemptRows, updateAttempt } from "./store.ts";

/** What such a patch counts as among those that were rejected. One that is acceptable waits until one is chosen. */
const REJECTED_AS = { acceptable: null, wrong: "wrong", incomplete: "scope" } as const satisfies Record<
  Verdict,
  RejectedAs | null
>;

/** A blind reviewer's verdict about a green patch, given once. It merges nothing; a patch that is not acceptable ends its run. */
export async function judgeAttempt(scope: Scope, input: JudgeAttempt): Promise<void> {
  await transaction(scope, async (tx) => {
    const { comparisonId, label, verdict, reason } = input;
    const comparison = await lockedComparison(tx, scope, comparisonId);
    requirePermission(scope, "gate.decide", comparison.pilotId);
    const personId = actorId(scope.actor);
    if (!(await isReviewer(tx.db, comparisonId, personId)))
      throw forbidden(
        "Only the reviewers who were named when it was planned judge here: nobody else is blind.",
      );
    if (comparison.state !== "started") throw conflict(`This comparison is ${comparison.state}.`);
    const attempt = (await selectAttemptRows(tx.db, comparisonId)).find((each) => each.label === label);
    if (!attempt?.runId) throw notFound("attempt");
    const run = await lockRun(tx, attempt.runId);
    await refuseUnlessShown(tx, scope, run, input.patch);
    const judged = {
      verdict,
      verdictReason: reason,
      judgedBy: personId,
      judgedAt: new Date(scope.clock.now()),
    };
    if (!(await updateAttempt(tx.db, { id: attempt.id, verdict: null }, judged)))
      throw conflict("Somebody has judged this attempt already.");
    const about = [`comparison:${comparisonId}`, `pilot:${run.pilotId}`, `run:${run.id}`] as const;
    tx.record({
      kind: "comparison.judged",
      about,
      charter: comparison.charterDigest,
      detail: { attempt: attempt.id, run: run.id, verdict, ...reasonDetail(reason) },
    });
    const rejectedAs = REJECTED_AS[verdict];
    if (rejectedAs !== null) await letGo(tx, scope, run, reason, rejectedAs);
  });
}

/** It is in review with green evidence, the patch is the one that was looked at, and whoever judges had no hand in it. */
async function refuseUnlessShown(tx: Tx, scope: Scope, run: RunRow, digest: string): Promise<void> {
  if (run.status !== "in_review" || (await latestVerdict(tx.db, run.id)) !== "verified")
    throw conflict("Only a patch in review whose evidence is green is judged.");
  const patch = await findPatchToVerify(tx.db, run.id, run.baseCommit);
  if (patch.digest !== digest) throw conflict("The patch is another one by now; reload the page.");
  if (await isForOneself(tx, scope, await barredFrom(tx, run)))
    throw refused("You had a hand in this run or reported about it; somebody else has to judge it.");
}

/** Ends the review of a run of a comparison. */
export async function letGo(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  reason: string,
  rejectedAs: RejectedAs | null,
): Promise<void> {
  const moved = await moveRun(tx, scope, run, "rejected", reason, { rejectedAs });
  tx.record({
    kind: "run.rejected",
    about: [`run:${run.id}`, `pilot:${run.pilotId}`],
    ...moved,
    detail: { ...reasonDetail(reason), ...(rejectedAs === null ? {} : { rejected_as: rejectedAs }) },
  });
}
