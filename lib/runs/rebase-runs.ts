import { heldForJudging } from "../comparisons/held-runs.ts";
import { read, type Tx, transaction } from "../db.ts";
import { voidMergeGate } from "../gates/open-gate.ts";
import { enqueue } from "../jobs/queue.ts";
import { notify } from "../notify.ts";
import { askRebase } from "../rebases/ask-rebase.ts";
import { AGAIN_BY_AGENT, ASKED, voidedSentence } from "../rebases/rules.ts";
import { changeOf } from "../record/change.ts";
import type { Scope } from "../scope.ts";
import { moveRun } from "./move-run.ts";
import { HELD, runState } from "./rules.ts";
import { changeRun, lockRun, type RunRow } from "./run-in-tx.ts";

/**
 * The base of a reviewed run moved: what was approved is void. The worker looks whether the patch stands unchanged on the new one,
 * where it is only tested again; else the agent works again.
 */
export async function rebaseRun(tx: Tx, scope: Scope, run: RunRow, head: string): Promise<void> {
  const isAsked = await askRebase(tx, scope, run);
  const reason = `${voidedSentence(run.baseCommit, head)} ${isAsked ? ASKED : AGAIN_BY_AGENT}`;
  await voidMergeGate(tx, scope, run.id, reason);
  const moved = await moveRun(tx, scope, run, "queued", reason, { baseCommit: head });
  tx.record({
    kind: "run.base_moved",
    about: [`run:${run.id}`, `pilot:${run.pilotId}`],
    ...moved,
    detail: { from: run.baseCommit, to: head },
  });
  await enqueue(tx, "mirror_repository", { repositoryId: run.repositoryId }, run.repositoryId);
  await notify(tx, "work_waiting", "");
}

/** Commits that runs of the repository start from or are verified against. */
export async function basesInUse(scope: Scope, repositoryId: string): Promise<string[]> {
  const rows = await read(scope, (db) =>
    db.run.findMany({
      where: { repositoryId, status: { in: ["queued", ...HELD] } },
      distinct: ["baseCommit"],
      select: { baseCommit: true },
    }),
  );
  return rows.map((row) => row.baseCommit);
}

/**
 * A waiting run whose base can be had no more starts from the head instead. Nothing was shown of it yet, so nothing
 * is void.
 */
export async function rebaseWaiting(
  scope: Scope,
  repositoryId: string,
  gone: readonly string[],
  head: string,
): Promise<void> {
  await transaction(scope, async (tx) => {
    const waiting = await tx.db.run.findMany({
      where: { repositoryId, status: "queued", baseCommit: { in: [...gone] } },
      select: { id: true },
      orderBy: { id: "asc" },
    });
    for (const { id } of waiting) {
      const run = await lockRun(tx, id);
      if (run.status !== "queued" || !gone.includes(run.baseCommit)) continue;
      await changeRun(tx, id, { baseCommit: head });
      tx.record({
        kind: "run.base_moved",
        about: [`run:${id}`, `pilot:${run.pilotId}`],
        charter: run.charterDigest,
        ...changeOf(runState(run), runState({ ...run, baseCommit: head })),
        detail: { from: run.baseCommit, to: head },
      });
    }
    await notify(tx, "work_waiting", "");
  });
}

/** Sends back every run in review whose base is not the repository's head any more. Those of a comparison stay on the one they share. */
export async function rebaseStale(scope: Scope, repositoryId: string, head: string): Promise<void> {
  await transaction(scope, async (tx) => {
    const stale = await tx.db.run.findMany({
      where: { repositoryId, status: "in_review", baseCommit: { not: head } },
      select: { id: true },
      orderBy: { id: "asc" },
    });
    const held = await heldForJudging(
      tx.db,
      stale.map(({ id }) => id),
    );
    for (const { id } of stale) {
      if (held.includes(id)) continue;
      const run = await lockRun(tx, id);
      if (run.status === "in_review" && run.baseCommit !== head) await rebaseRun(tx, scope, run, head);
    }
  });
}
