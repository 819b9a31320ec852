import { kindsOf } from "../agents/rules.ts";
import { requireAgent } from "../agents/service.ts";
import { requirePermission } from "../authz/require.ts";
import { leftForRun } from "../budgets/left-for-run.ts";
import { refuseWordsTo } from "../comparisons/held-runs.ts";
import { type Tx, transaction } from "../db.ts";
import { forbidden, refused } from "../errors.ts";
import { voidMergeGate } from "../gates/open-gate.ts";
import { enqueue } from "../jobs/queue.ts";
import { leaveMessage } from "../messages/send-message.ts";
import { notify } from "../notify.ts";
import type { RunKind } from "../pilots/schema/goal.ts";
import { findActiveCharter, lockedPilot } from "../pilots/service.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { moveRun } from "../runs/move-run.ts";
import { refusalToLaunch } from "../runs/rules.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { holdStops, stopReason } from "../stops/service.ts";
import { refusalOfLength, refusalToSend, type ThreadForAgent, textForAgent } from "./rules.ts";
import type { SendToAgent } from "./schema.ts";
import { insertSendings, listComments, listThreads } from "./store.ts";

/**
 * Sends open threads of a review back to the agent that made the patch: its run begins another attempt, and the gate that was
 * open is void. Stop, charter in force and budget are asked again, as for a run that is launched. Words of a review bar
 * nobody from approving what comes of them; code that was suggested barred its author when it was written.
 */
export async function sendToAgent(scope: Scope, input: SendToAgent): Promise<{ messageId: string }> {
  if (scope.actor.kind !== "user") throw forbidden("Only a person can send a review to an agent.");
  const microsLeft = await leftForRun(scope, input.runId);
  return transaction(scope, async (tx) => {
    await holdStops(tx.db);
    const run = await lockRun(tx, input.runId);
    requirePermission(scope, "run.steer", run.pilotId);
    await refuseWordsTo(tx.db, run.id);
    const earlier = await tx.db.runMessage.findUnique({
      where: { runId_requestKey: { runId: run.id, requestKey: input.requestKey } },
    });
    if (earlier) return { messageId: earlier.id };
    const patch = await newestPatch(tx, run.id);
    const { model } = await requireAgent(tx.db, run.agentId);
    const refusal = refusalToSend({
      status: run.status,
      hasModel: model !== null,
      isNewest: patch?.id === input.patchId,
      microsLeft,
      launchRefusal: await whyNoRun(tx, scope, run),
    });
    if (refusal !== null || !patch) throw refused(refusal ?? "The run has no patch.");
    const threads = await openThreads(tx, run.id, input.threadIds);
    const text = textForAgent(threads);
    const tooLong = refusalOfLength(text);
    if (tooLong !== null) throw refused(tooLong);
    return { messageId: await send(tx, scope, run, patch, { threads, text, requestKey: input.requestKey }) };
  });
}

const newestPatch = (tx: Tx, runId: string) =>
  tx.db.patch.findFirst({
    where: { runId },
    orderBy: { createdAt: "desc" },
    select: { id: true, attempt: true },
  });

/** As for a launch, but that nobody launches: whoever did was asked then, and the run counts already. */
async function whyNoRun(tx: Tx, scope: Scope, run: RunRow): Promise<string | null> {
  const pilot = await lockedPilot(tx, run.pilotId);
  const agent = await requireAgent(tx.db, run.agentId);
  const active = await findActiveCharter(tx.db, run.pilotId);
  const repository = await findRepositoryState(tx.db, run.repositoryId);
  return refusalToLaunch({
    pilotStatus: pilot.status,
    stopReason: await stopReason(tx.db, run.pilotId),
    charter: active?.charter ?? null,
    kinds: kindsOf(agent),
    kind: run.kind as RunKind,
    agent: { id: run.agentId, name: agent.name, model: agent.model },
    roles: null,
    runsSoFar: 0,
    repositoryState: repository?.state ?? "missing",
    repositoryProblem: repository?.problemDetail ?? null,
    labels: repository?.labels ?? [],
    headCommit: repository?.headCommit ?? null,
    repositoryBranch: repository?.branch ?? null,
    now: scope.clock.now(),
    baselineUntil: pilot.baselineUntil,
    timeZone: pilot.timeZone,
  });
}

type Chosen = ThreadForAgent & { readonly id: string };

async function openThreads(tx: Tx, runId: string, ids: readonly string[]): Promise<Chosen[]> {
  const comments = await listComments(tx.db, runId);
  const chosen = (await listThreads(tx.db, runId)).filter(({ id }) => ids.includes(id));
  if (chosen.length !== new Set(ids).size) throw refused("One of these threads is no thread of this run.");
  if (chosen.some(({ resolvedAt }) => resolvedAt !== null))
    throw refused("One of these threads is settled. Open it again, or leave it out.");
  return chosen.map(({ id, path, side, fromLine: from, toLine: to, quote }) => ({
    ...{ id, path, side, from, to, quote },
    comments: comments.filter(({ threadId }) => threadId === id),
  }));
}

interface Sending {
  readonly threads: readonly Chosen[];
  readonly text: string;
  readonly requestKey: string;
}

async function send(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  patch: { readonly id: string; readonly attempt: number },
  { threads, text, requestKey }: Sending,
): Promise<string> {
  const count = threads.length === 1 ? "one comment" : `${threads.length} comments`;
  const reason = `Changes were asked for with ${count} of the review.`;
  await voidMergeGate(tx, scope, run.id, `${reason} Another attempt deals with them.`);
  const moved = await moveRun(tx, scope, run, "queued", reason);
  const { id: messageId } = await leaveMessage(tx, scope, run, {
    ...{ mode: "queue", origin: "review", text, requestKey },
  });
  await insertSendings(
    tx.db,
    threads.map(({ id: threadId }) => ({ messageId, threadId, runId: run.id })),
  );
  tx.record({
    kind: "review.sent",
    about: [`run:${run.id}`, `pilot:${run.pilotId}`],
    ...moved,
    detail: {
      ...{ message: messageId, attempt: patch.attempt, patch: patch.id },
      threads: threads.map(({ id }) => id),
    },
  });
  // Its base is handed out again.
  await enqueue(tx, "mirror_repository", { repositoryId: run.repositoryId }, run.repositoryId);
  await notify(tx, "work_waiting", "");
  return messageId;
}
