import type { Tx } from "../db.ts";
import { conflict } from "../errors.ts";
import { appendOwnEvent } from "../events/service.ts";
import { changeOf } from "../record/change.ts";
import type { Scope } from "../scope.ts";
import { endTalk } from "./end-talk.ts";
import { isEnded, mayBecome, opensReview, runState } from "./rules.ts";
import type { RunStatus } from "./schema.ts";
import { type RunChange, type RunRow, updateStatus } from "./store.ts";

/** What the entry about a run's move carries. */
export interface RunMoved {
  readonly charter: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Moves a run and its timeline together; its facts follow. The caller records the entry that says why, with what this gives.
 * Throws conflict when the run is no longer in `run.status`.
 */
export async function moveRun(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  to: RunStatus,
  reason: string,
  change: RunChange = {},
): Promise<RunMoved> {
  if (!mayBecome(run.status, to)) throw conflict(`A run that is ${run.status} cannot become ${to}.`);
  const at = new Date(scope.clock.now());
  const attempt = typeof change.attempt === "number" ? change.attempt : run.attempt;
  const moved = await updateStatus(tx.db, run.id, run.status, to, {
    reason: reason === "" ? null : reason,
    ...(opensReview(run.status, to) ? { reviewOpenedAt: at } : {}),
    ...(isEnded(to) ? { endedAt: at } : {}),
    ...change,
  });
  if (!moved) throw conflict(`The run is no longer ${run.status}.`);
  await endTalk(tx, scope, run, to);
  await appendOwnEvent(tx, scope, run.id, attempt, {
    kind: "status_changed",
    body: { from: run.status, to, reason },
  });
  const baseCommit = typeof change.baseCommit === "string" ? change.baseCommit : run.baseCommit;
  const now = { id: run.id, status: to, attempt, baseCommit };
  return { charter: run.charterDigest, ...changeOf(runState(run), runState(now)) };
}
