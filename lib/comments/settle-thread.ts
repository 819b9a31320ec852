import { requirePermission } from "../authz/require.ts";
import { transaction } from "../db.ts";
import { forbidden, notFound } from "../errors.ts";
import { changeOf } from "../record/change.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { threadState } from "./rules.ts";
import type { SettleThread } from "./schema.ts";
import { findThread, settle } from "./store.ts";

/** Whoever may comment may say that a thread is settled. Saying so twice changes nothing. */
export const resolveThread = (scope: Scope, input: SettleThread): Promise<void> => move(scope, input, true);

export const reopenThread = (scope: Scope, input: SettleThread): Promise<void> => move(scope, input, false);

async function move(scope: Scope, { runId, threadId }: SettleThread, isSettled: boolean): Promise<void> {
  if (scope.actor.kind !== "user") throw forbidden("Only a person can settle a thread.");
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    requirePermission(scope, "review.comment", run.pilotId);
    const thread = await findThread(tx.db, runId, threadId);
    if (!thread) throw notFound("thread");
    const by = { personId: actorId(scope.actor), at: new Date(scope.clock.now()) };
    if (!(await settle(tx.db, threadId, isSettled ? by : null))) return;
    tx.record({
      kind: isSettled ? "review.thread_resolved" : "review.thread_reopened",
      about: [`run:${run.id}`, `pilot:${run.pilotId}`],
      charter: run.charterDigest,
      ...changeOf(threadState(threadId, isSettled), threadState(threadId, !isSettled)),
      detail: { thread: threadId },
    });
    tx.ring({ channel: "run_changed", payload: run.id });
  });
}
