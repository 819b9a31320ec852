// One click on a merged run: a run that undoes it. No agent has a hand in it; whoever asked is its launcher and decides
// nothing at its gate.
import { ensureAgentOf } from "../agents/own-agents.ts";
import { REVERT_DRIVER } from "../agents/schema.ts";
import { requirePermission } from "../authz/require.ts";
import { DAY } from "../clock.ts";
import { type Tx, transaction } from "../db.ts";
import { forbidden, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { made } from "../record/change.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { runState } from "../runs/rules.ts";
import { insertRunIn, lockRun, type RunRow } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { holdStops, stopReason } from "../stops/service.ts";
import { liveRevert, refusalToRevert, revertTitle } from "./rules.ts";
import { REVERT_KIND, type RequestRevert } from "./schema.ts";
import { countAsked, insertRevert, selectReverts } from "./store.ts";

/**
 * Makes the run that undoes a merge, on the branch as it stands, or gives the one that does so already. It runs under the
 * charter that was merged under, so that what was allowed to come may go; what the charter in force asks for on top is
 * asked at its gate. Charter's end, its number of runs and its hours bind agents, and hold back nobody who takes back.
 */
export async function requestRevert(
  scope: Scope,
  { runId }: RequestRevert,
): Promise<{ runId: string; isNew: boolean }> {
  if (scope.actor.kind !== "user") throw forbidden("Only a person can ask for a merge to be reverted.");
  return transaction(scope, async (tx) => {
    await holdStops(tx.db);
    const run = await lockRun(tx, runId);
    requirePermission(scope, "run.revert", run.pilotId);
    return openRevert(tx, scope, run);
  });
}

/** For a tripwire of the charter, which asks for it instead of a person: false where it cannot be, or is under way. */
export async function prepareRevert(tx: Tx, scope: Scope, runId: string): Promise<boolean> {
  await holdStops(tx.db);
  const run = await lockRun(tx, runId);
  if ("refusal" in (await whatToRevert(tx, scope, run))) return false;
  return (await openRevert(tx, scope, run)).isNew;
}

async function openRevert(tx: Tx, scope: Scope, run: RunRow): Promise<{ runId: string; isNew: boolean }> {
  const open = liveRevert(run.id, await selectReverts(tx.db, run.id));
  if (open) return { runId: open.runId, isNew: false };
  const found = await whatToRevert(tx, scope, run);
  if ("refusal" in found) throw refused(found.refusal);
  const { mergeId, commit, headCommit } = found;
  const id = await insertRevertingRun(tx, scope, run, headCommit);
  await insertRevert(tx.db, { runId: id, ofRunId: run.id, mergeId, commit });
  tx.record({
    kind: "run.revert_requested",
    about: [`run:${id}`, `run:${run.id}`, `pilot:${run.pilotId}`],
    charter: run.charterDigest,
    detail: { reverts: run.id, merge: mergeId, commit },
  });
  return { runId: id, isNew: true };
}

type ToRevert =
  | { readonly mergeId: string; readonly commit: string; readonly headCommit: string }
  | { readonly refusal: string };

async function whatToRevert(tx: Tx, scope: Scope, run: RunRow): Promise<ToRevert> {
  const merge = await tx.db.merge.findFirst({
    where: { runId: run.id, state: "moved" },
    orderBy: { createdAt: "desc" },
    select: { id: true, targetRef: true, newCommit: true },
  });
  const repository = await findRepositoryState(tx.db, run.repositoryId);
  const refusal = refusalToRevert({
    status: run.status,
    stopReason: await stopReason(tx.db, run.pilotId),
    repositoryState: repository?.state ?? "missing",
    repositoryProblem: repository?.problemDetail ?? null,
    headCommit: repository?.headCommit ?? null,
    repositoryBranch: repository?.branch ?? null,
    targetRef: merge?.targetRef ?? null,
    askedToday: await askedToday(tx, scope, run.pilotId),
  });
  // A forge may have made another commit of it than ours.
  const watch = merge && (await tx.db.mergeWatch.findUnique({ where: { mergeId: merge.id } }));
  const commit = watch?.commit ?? merge?.newCommit;
  if (refusal !== null || !merge || !commit || !repository?.headCommit)
    return { refusal: refusal ?? "It is not known what was merged." };
  return { mergeId: merge.id, commit, headCommit: repository.headCommit };
}

/** Only people can ask without end. */
async function askedToday(tx: Tx, { actor, clock }: Scope, pilotId: string): Promise<number> {
  const by = { pilotId, launchedBy: actorId(actor) };
  return actor.kind === "user" ? countAsked(tx.db, by, new Date(clock.now() - DAY)) : 0;
}

/** Waits for the worker. Figures count what agents did, and this is none of it. */
async function insertRevertingRun(tx: Tx, scope: Scope, of: RunRow, baseCommit: string): Promise<string> {
  const agentId = await ensureAgentOf(tx, scope, REVERT_DRIVER, "Revert");
  const now = scope.clock.now();
  const id = newId("run", now);
  const { pilotId, repositoryId, charterId, charterDigest } = of;
  await insertRunIn(tx, {
    ...{ id, pilotId, repositoryId, agentId, charterId, charterDigest, baseCommit },
    ...{ kind: REVERT_KIND, title: revertTitle(of.title), status: "queued", requestKey: id },
    launchedBy: actorId(scope.actor),
    launchedAt: new Date(now),
  });
  tx.record({
    kind: "run.launched",
    about: [`run:${id}`, `pilot:${pilotId}`],
    charter: charterDigest,
    ...made(runState({ id, status: "queued", attempt: 0, baseCommit })),
    detail: {
      ...{ agent: agentId, repository: repositoryId, base: baseCommit, charter: charterDigest },
      kind: REVERT_KIND,
    },
  });
  return id;
}
