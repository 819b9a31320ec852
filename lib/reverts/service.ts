// What the worker asks for and hands in, and what pages show of reverts.
import { registerBlob, type StoredBlob } from "../blobs/service.ts";
import { read, transaction } from "../db.ts";
import { notFound } from "../errors.ts";
import { openFindings } from "../findings/open-findings.ts";
import { REVERT_NOT_MADE } from "../findings/own-work.ts";
import { enqueue } from "../jobs/queue.ts";
import { reasonDetail } from "../record/reason.ts";
import { moveRun } from "../runs/move-run.ts";
import { findRunRow, lockRun } from "../runs/run-in-tx.ts";
import { getRun } from "../runs/service.ts";
import type { Scope } from "../scope.ts";
import { forgetTries } from "../tries/service.ts";
import { faultSentence, handOverTask, liveRevert, revertTitle } from "./rules.ts";
import type { HandOver, RevertFault, RevertLinks } from "./schema.ts";
import { findRevert, selectReverts, selectToBuild, setFault } from "./store.ts";

const AT_ONCE = 20;

/** Reverts that wait for the worker, the oldest first. */
export const listToBuild = (scope: Scope): Promise<string[]> =>
  read(scope, (db) => selectToBuild(db, new Date(scope.clock.now()), AT_ONCE));

export interface RevertOrder {
  readonly runId: string;
  readonly repositoryId: string;
  /** Where the branch stands, on which the revert is made. */
  readonly head: string;
  /** What is undone. */
  readonly commit: string;
  /** Trees on both sides of it, as they were approved. */
  readonly mergedTree: string;
  readonly beforeTree: string;
  readonly attempt: number;
  readonly launchedAt: Date;
}

/** Null where the run waits no more. */
export async function findRevertOrder(scope: Scope, runId: string): Promise<RevertOrder | null> {
  return read(scope, async (db) => {
    const run = await findRunRow(db, runId);
    const revert = await findRevert(db, runId);
    if (!run || !revert || run.status !== "queued") return null;
    const merge = await db.merge.findUnique({ where: { id: revert.mergeId } });
    const patch = merge && (await db.patch.findUnique({ where: { id: merge.patchId } }));
    if (!patch) throw notFound("merge");
    const { repositoryId, baseCommit: head, attempt, launchedAt } = run;
    const { commit } = revert;
    return {
      ...{ runId, repositoryId, head, commit, attempt: attempt + 1, launchedAt },
      mergedTree: patch.tree,
      beforeTree: patch.baseTree,
    };
  });
}

/** Hands in what the worker made. A run that moved on meanwhile, or whose base did, is left alone. */
export async function handInRevert(
  scope: Scope,
  { runId, head, attempt }: RevertOrder,
  made: { readonly tree: string; readonly bundle: StoredBlob },
): Promise<void> {
  const now = scope.clock.now();
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    if (run.status !== "queued" || run.baseCommit !== head || run.attempt + 1 !== attempt) return;
    await forgetTries(tx, runId);
    await registerBlob(tx, runId, "bundle", made.bundle, now);
    const moved = await moveRun(tx, scope, run, "verifying", "", {
      ...{ attempt, bundleBlobId: made.bundle.id, startedAt: run.startedAt ?? new Date(now) },
    });
    tx.record({
      kind: "run.revert_built",
      about: [`run:${runId}`],
      ...moved,
      detail: { attempt, head, tree: made.tree, bundle: made.bundle.commitment },
    });
    await enqueue(tx, "import_patch", { runId, attempt }, runId);
  });
}

/** It cannot be made from the trees, or was tried too often: the run ends and says why. */
export async function refuseRevert(
  scope: Scope,
  { runId, head, commit }: RevertOrder,
  fault: RevertFault,
  conflicts: readonly string[],
): Promise<void> {
  const reason = faultSentence(fault, commit, conflicts).slice(0, 2000);
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    if (run.status !== "queued" || run.baseCommit !== head) return;
    await forgetTries(tx, runId);
    await setFault(tx.db, runId, fault, conflicts);
    const moved = await moveRun(tx, scope, run, "failed", reason);
    tx.record({
      kind: "run.revert_refused",
      about: [`run:${runId}`, `pilot:${run.pilotId}`],
      ...moved,
      detail: { fault, files: conflicts.length, ...reasonDetail(reason) },
    });
    if (fault === "not_made")
      await openFindings(tx, scope, runId, [
        {
          ...{ rule: REVERT_NOT_MADE, subject: commit, at: scope.clock.now() },
          evidence: { text: reason.slice(0, 1000), path: null, line: null },
        },
      ]);
  });
}

/** What undoes what, from the side of one run. The caller has checked the run's visibility. */
export async function findRevertLinks(scope: Scope, runId: string): Promise<RevertLinks> {
  return read(scope, async (db) => {
    const own = await findRevert(db, runId);
    const of = own && (await findRunRow(db, own.ofRunId));
    const chain = await selectReverts(db, runId);
    return {
      reverts: own && of && { ...named(of), commit: own.commit },
      revertedBy: chain
        .filter(({ ofRunId }) => ofRunId === runId)
        .map(({ runId: id, title, status }) => ({ runId: id, title, status })),
      isUnderWay: liveRevert(runId, chain) !== null,
      mayHandOver: own?.fault === "conflict",
    };
  });
}

/** Where a merge could not be undone by itself: what an agent may be asked to do instead. Null where there is nothing of it. */
export async function findHandOver(scope: Scope, runId: string): Promise<HandOver | null> {
  const { id } = await getRun(scope, runId);
  return read(scope, async (db) => {
    const own = await findRevert(db, id);
    const of = own && (await findRunRow(db, own.ofRunId));
    return own?.fault === "conflict" && of
      ? { title: revertTitle(of.title), task: handOverTask(own.commit, of.title, own.conflicts) }
      : null;
  });
}

const named = ({ id, title, status }: NonNullable<Awaited<ReturnType<typeof findRunRow>>>) => ({
  ...{ runId: id, title, status },
});
