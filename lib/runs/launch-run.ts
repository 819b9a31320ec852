import { randomBytes } from "node:crypto";
import { requireAgent } from "../agents/service.ts";
import { requirePermission } from "../authz/require.ts";
import { type Tx, transaction } from "../db.ts";
import { refused } from "../errors.ts";
import { startFact } from "../facts/service.ts";
import { newId } from "../ids.ts";
import { payloadCommitment } from "../model-calls/rules.ts";
import { notify } from "../notify.ts";
import { dayIn } from "../pilots/rules.ts";
import { RunKind } from "../pilots/schema.ts";
import { findActiveCharter, lockedPilot, type PilotState } from "../pilots/service.ts";
import { made } from "../record/change.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { stopReason } from "../stops/service.ts";
import { refusalToLaunch, runState } from "./rules.ts";
import type { LaunchRun } from "./schema.ts";
import { countRuns, findByRequestKey, insertRun } from "./store.ts";

/**
 * Launches a run on the repository's present head under the active charter. The same request key gives the
 * same run. Throws refused with the reason the charter, a stop or the repository gives.
 */
export async function launchRun(scope: Scope, input: LaunchRun): Promise<{ runId: string }> {
  requirePermission(scope, "run.launch", input.pilotId);
  return transaction(scope, async (tx) => {
    // One launch of a pilot after the other: a double submit finds the first, and nobody slips past maxRuns.
    const pilot = await lockedPilot(tx, input.pilotId);
    const earlier = await findByRequestKey(tx.db, input.pilotId, input.requestKey);
    if (earlier) return { runId: earlier.id };
    const { charterId, digest, kind, repositoryId, baseCommit, task } = await mayLaunch(
      tx,
      scope,
      pilot,
      input,
    );
    const launchedAt = new Date(scope.clock.now());
    const id = newId("run", scope.clock.now());
    const { pilotId, agentId, title, requestKey } = input;
    const told = committedTask(task);
    await insertRun(tx.db, {
      id,
      pilotId,
      repositoryId,
      agentId,
      charterId,
      charterDigest: digest,
      kind,
      title,
      status: "queued",
      baseCommit,
      launchedBy: actorId(scope.actor),
      requestKey,
      launchedAt,
      ...(told ? { task, taskSalt: told.salt } : {}),
    });
    await startFact(tx, { id, pilotId, agentId, launchedAt });
    tx.record({
      kind: "run.launched",
      about: [`run:${id}`, `pilot:${pilotId}`],
      charter: digest,
      ...made(runState({ id, status: "queued", attempt: 0, baseCommit })),
      detail: {
        ...{ agent: agentId, repository: repositoryId, base: baseCommit, charter: digest, kind },
        ...(told ? { task: told.commitment } : {}),
      },
    });
    await notify(tx, "work_waiting", "");
    return { runId: id };
  });
}

/** A recipe reads no task: it repairs. */
const WITHOUT_MODEL: readonly RunKind[] = ["repair"];

async function mayLaunch(tx: Tx, scope: Scope, pilot: PilotState, input: LaunchRun) {
  const agent = await requireAgent(tx.db, input.agentId);
  const active = await findActiveCharter(tx.db, input.pilotId);
  const repository = active ? await findRepositoryState(tx.db, active.charter.scope.repositoryId) : null;
  const refusal = refusalToLaunch({
    pilotStatus: pilot.status,
    stopReason: await stopReason(tx.db, input.pilotId),
    charter: active?.charter ?? null,
    kinds: agent.model === null ? WITHOUT_MODEL : RunKind.options,
    runsSoFar: await countRuns(tx.db, input.pilotId),
    repositoryState: repository?.state ?? "missing",
    repositoryProblem: repository?.problemDetail ?? null,
    headCommit: repository?.headCommit ?? null,
    repositoryBranch: repository?.branch ?? null,
    today: dayIn(pilot.timeZone, scope.clock.now()),
  });
  if (refusal !== null || !active || !repository?.headCommit)
    throw refused(refusal ?? "The pilot is not ready.");
  return {
    charterId: active.id,
    digest: active.digest,
    kind: active.charter.goal.kind,
    repositoryId: repository.id,
    baseCommit: repository.headCommit,
    task: taskOf(agent.model !== null, input.task ?? ""),
  };
}

/** An agent with a model is told what to do; one without has nothing to read it with. */
function taskOf(hasModel: boolean, task: string): string | null {
  if (!hasModel) return null;
  const missing = "Say what the agent is to do.";
  if (task === "") throw refused(missing, { task: [missing] });
  return task;
}

const SALT_BYTES = 32;

/** The words stay in the row and can be taken away; the entry commits to them. */
function committedTask(task: string | null) {
  if (task === null) return null;
  const salt = new Uint8Array(randomBytes(SALT_BYTES));
  const commitment = payloadCommitment(salt, Buffer.from(task, "utf8")).toString("hex");
  return { salt, commitment };
}
