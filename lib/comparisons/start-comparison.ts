import { requirePermission } from "../authz/require.ts";
import { can } from "../authz/rules.ts";
import { read, type Tx, transaction } from "../db.ts";
import { AppError, conflict, notFound, refused } from "../errors.ts";
import { changeOf } from "../record/change.ts";
import { launchRun } from "../runs/launch-run.ts";
import { actorId, type Scope } from "../scope.ts";
import { comparisonState } from "./plan-comparison.ts";
import type { StartComparison } from "./schema.ts";
import {
  type AttemptRow,
  type ComparisonRow,
  findComparison,
  isReviewer,
  lockComparison,
  moveComparison,
  selectAttemptRows,
  updateAttempt,
} from "./store.ts";

export interface Started {
  readonly launched: number;
  /** Why the rest was not launched; null where all were. Asking again goes on with the first of them. */
  readonly refusal: string | null;
}

/** For other services, inside their transaction; to who may not see its pilot there is none. */
export async function lockedComparison(tx: Tx, scope: Scope, id: string): Promise<ComparisonRow> {
  const row = await lockComparison(tx.db, id);
  if (!row || !can(scope.grants, "run.view", row.pilotId)) throw notFound("comparison");
  return row;
}

/**
 * Launches the attempts one by one in the order that was drawn, each under the charter's own limits. From here on its reviewers
 * are blind. Where a rule refuses one, those before it stay, and asking again goes on there.
 */
export async function startComparison(scope: Scope, { comparisonId }: StartComparison): Promise<Started> {
  const comparison = await begin(scope, comparisonId);
  const attempts = await read(scope, (db) => selectAttemptRows(db, comparisonId));
  let launched = 0;
  for (const attempt of attempts) {
    if (attempt.runId !== null) continue;
    try {
      if (await launchAttempt(scope, comparison, attempt)) launched += 1;
    } catch (error) {
      if (error instanceof AppError && error.code === "refused") return { launched, refusal: error.message };
      throw error;
    }
  }
  return { launched, refusal: null };
}

async function begin(scope: Scope, id: string): Promise<ComparisonRow> {
  return transaction(scope, async (tx) => {
    const comparison = await lockedComparison(tx, scope, id);
    requirePermission(scope, "run.launch", comparison.pilotId);
    if (await isReviewer(tx.db, id, actorId(scope.actor)))
      throw refused("Whoever judges a comparison launches nothing of it: nobody judges what they launched.");
    if (comparison.state === "closed") throw conflict("This comparison is closed.");
    if (comparison.state === "started") return comparison;
    await moveComparison(tx.db, id, "planned", {
      state: "started",
      startedAt: new Date(scope.clock.now()),
    });
    tx.record({
      kind: "comparison.started",
      about: [`comparison:${id}`, `pilot:${comparison.pilotId}`],
      charter: comparison.charterDigest,
      ...changeOf(comparisonState(id, "planned"), comparisonState(id, "started")),
      detail: { attempts: (await selectAttemptRows(tx.db, id)).length, seed: comparison.seed },
    });
    const started = await findComparison(tx.db, id);
    if (!started) throw notFound("comparison");
    return started;
  });
}

/** False where somebody who asked at the same time had launched it. */
async function launchAttempt(scope: Scope, comparison: ComparisonRow, attempt: AttemptRow): Promise<boolean> {
  const task = comparison.tasks[attempt.task];
  if (!task) throw new Error(`The comparison ${comparison.id} has no task ${attempt.task}.`);
  const { pilotId, baseCommit, charterDigest, startedAt } = comparison;
  let isOurs = false;
  const { runId } = await launchRun(
    scope,
    {
      ...{ pilotId, agentId: attempt.agentId, kind: task.kind, task: task.task },
      // The title stands in lists that a blind reviewer may see.
      ...{ title: `${task.title} (${attempt.label})`, requestKey: attempt.id },
    },
    {
      ...{ baseCommit, charterDigest, notBefore: (startedAt?.getTime() ?? 0) + attempt.place },
      bind: async (tx, run) => {
        await bindAttempt(tx, comparison, attempt, run);
        isOurs = true;
      },
    },
  );
  const [bound] = (await read(scope, (db) => selectAttemptRows(db, comparison.id))).filter(
    ({ id }) => id === attempt.id,
  );
  if (bound?.runId !== runId)
    throw conflict(`The key of attempt ${attempt.label} was used for a run of something else.`);
  return isOurs;
}

async function bindAttempt(
  tx: Tx,
  { id: comparisonId, pilotId, charterDigest }: ComparisonRow,
  { id, label, place }: AttemptRow,
  runId: string,
): Promise<void> {
  // Locked before any attempt of it is bound, so that none is launched once it is closed.
  const comparison = await lockComparison(tx.db, comparisonId);
  const isBound =
    comparison?.state === "started" && (await updateAttempt(tx.db, { id, runId: null }, { runId }));
  if (!isBound) throw conflict(`Attempt ${label} was launched already, or the comparison was closed.`);
  tx.record({
    kind: "comparison.attempt_launched",
    about: [`comparison:${comparisonId}`, `pilot:${pilotId}`, `run:${runId}`],
    charter: charterDigest,
    detail: { attempt: id, run: runId, place },
  });
}
