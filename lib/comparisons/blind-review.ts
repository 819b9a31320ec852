// What a reviewer of a comparison is sent before it is closed. It is made from an allow-list: no row of a run, an agent or a
// call leaves this module, so that nothing a page forgets to hide is there to be seen.
import { requirePermission } from "../authz/require.ts";
import { read } from "../db.ts";
import { conflict, forbidden, notFound } from "../errors.ts";
import { findPatch } from "../patches/service.ts";
import { readShownDiff } from "../patches/shown-patch.ts";
import { actorId, type Scope } from "../scope.ts";
import { maskNames } from "./rules.ts";
import type { AttemptView, BlindAttempt, BlindPatch, ComparisonView } from "./schema.ts";
import { findComparison, isReviewer, selectAttempts, selectComparisons, selectNames } from "./store.ts";

/** Characters of a diff that one page shows. */
const MOST_SHOWN = 600_000;

export interface BlindReview {
  readonly comparison: Pick<
    ComparisonView,
    "id" | "title" | "pilotId" | "pilotName" | "baseCommit" | "progress"
  >;
  /** Green patches in the order of their labels, which follows from chance. */
  readonly attempts: readonly BlindAttempt[];
  readonly shown: BlindPatch | null;
}

const isGreen = ({ runId, status, evidence, verdict }: AttemptView): boolean =>
  runId !== null && (verdict !== null || (status === "in_review" && evidence === "verified"));

/** The patches to judge, and the one with this label, or the first that waits. */
export async function getBlindReview(
  scope: Scope,
  comparisonId: string,
  label: string | null,
): Promise<BlindReview> {
  const row = await read(scope, (db) => findComparison(db, comparisonId));
  if (!row) throw notFound("comparison");
  requirePermission(scope, "gate.decide", row.pilotId);
  const { view, attempts, judges, names } = await read(scope, async (db) => ({
    view: (await selectComparisons(db, "all", [comparisonId]))[0],
    attempts: await selectAttempts(db, comparisonId),
    judges: await isReviewer(db, comparisonId, actorId(scope.actor)),
    names: await selectNames(db, row.agents),
  }));
  if (!view) throw notFound("comparison");
  if (!judges) throw forbidden("You are no reviewer of this comparison.");
  if (row.state !== "started") throw conflict(`This comparison is ${row.state}; nothing is judged now.`);
  const green = attempts.filter(isGreen).sort((one, other) => (one.label < other.label ? -1 : 1));
  const told = (attempt: AttemptView): BlindAttempt => {
    const { title = "", task = "", kind = "" } = row.tasks[attempt.task] ?? {};
    return { label: attempt.label, title, task, kind, verdict: attempt.verdict };
  };
  const shown = label === null ? green.find(({ verdict }) => verdict === null) : byLabel(green, label);
  const { id, title, pilotId, pilotName, baseCommit, progress } = view;
  return {
    comparison: { id, title, pilotId, pilotName, baseCommit, progress },
    attempts: green.map(told),
    shown: shown?.runId ? await patchOf(scope, shown.runId, told(shown), names) : null,
  };
}

function byLabel(green: readonly AttemptView[], label: string): AttemptView {
  const attempt = green.find((each) => each.label === label);
  if (!attempt) throw notFound("attempt");
  return attempt;
}

async function patchOf(
  scope: Scope,
  runId: string,
  attempt: BlindAttempt,
  names: readonly string[],
): Promise<BlindPatch | null> {
  const patch = await findPatch(scope, runId);
  if (!patch) return null;
  const { text } = await readShownDiff(scope, patch);
  const { text: whole, masked } = maskNames(text, names);
  const diff = whole.slice(0, MOST_SHOWN);
  return { ...attempt, digest: patch.digest, diff, leftOut: whole.length - diff.length, masked };
}
