import { randomBytes } from "node:crypto";
import { kindsOf } from "../agents/rules.ts";
import { requireAgent } from "../agents/service.ts";
import { requirePermission } from "../authz/require.ts";
import { can } from "../authz/rules.ts";
import { type Tx, transaction } from "../db.ts";
import { AppError, refused } from "../errors.ts";
import { newId } from "../ids.ts";
import { payloadCommitment } from "../model-calls/rules.ts";
import { notify } from "../notify.ts";
import { findActiveCharter, lockedPilot, type PilotState } from "../pilots/service.ts";
import { made } from "../record/change.ts";
import { findRepositoryState } from "../repositories/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { stopReason } from "../stops/service.ts";
import { keepRefusal } from "./launch-refusals.ts";
import { refusalToLaunch, runState } from "./rules.ts";
import type { LaunchRun } from "./schema.ts";
import { countRuns, findByRequestKey, insertRun } from "./store.ts";

/** What is the same for all attempts of a comparison. */
export interface Pinned {
  readonly baseCommit: string;
  /** Of the charter; under another one it is refused. */
  readonly charterDigest: string;
  /** In the queue it stands behind what was launched before this instant. */
  readonly notBefore: number;
  /** In the same transaction, before anybody can take the run up. */
  bind(tx: Tx, runId: string): Promise<void>;
}

/**
 * Launches a run on the repository's present head, or on what is pinned, under the active charter. The same request key gives the
 * same run. Throws refused with the reason the charter, a stop or the repository gives.
 */
export async function launchRun(scope: Scope, input: LaunchRun, pinned?: Pinned): Promise<{ runId: string }> {
  requirePermission(scope, "run.launch", input.pilotId);
  try {
    return await launch(scope, input, pinned);
  } catch (error) {
    if (error instanceof LaunchRefused) await keepRefusal(scope, input, error.message);
    throw error;
  }
}

/** By the charter, a stop, the repository or the pilot itself: what a rule of the pilot did, which others are to find. */
class LaunchRefused extends AppError {
  constructor(message: string) {
    super("refused", message);
  }
}

async function launch(
  scope: Scope,
  input: LaunchRun,
  pinned: Pinned | undefined,
): Promise<{ runId: string }> {
  return transaction(scope, async (tx) => {
    // One launch of a pilot after the other: a double submit finds the first, and nobody slips past maxRuns.
    const pilot = await lockedPilot(tx, input.pilotId);
    const earlier = await findByRequestKey(tx.db, input.pilotId, input.requestKey);
    if (earlier) return { runId: earlier.id };
    const { charterId, digest, kind, repositoryId, headCommit, task } = await mayLaunch(
      tx,
      scope,
      pilot,
      input,
    );
    if (pinned && pinned.charterDigest !== digest) throw new LaunchRefused(AMENDED);
    const baseCommit = pinned?.baseCommit ?? headCommit;
    const launchedAt = new Date(Math.max(scope.clock.now(), pinned?.notBefore ?? 0));
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
    await pinned?.bind(tx, id);
    await notify(tx, "work_waiting", "");
    return { runId: id };
  });
}

const AMENDED =
  "The charter was amended since the comparison was planned. Plan it anew, so that every attempt is under the same one.";

async function mayLaunch(tx: Tx, scope: Scope, pilot: PilotState, input: LaunchRun) {
  const agent = await requireAgent(tx.db, input.agentId);
  const active = await findActiveCharter(tx.db, input.pilotId);
  const repository = active ? await findRepositoryState(tx.db, active.charter.scope.repositoryId) : null;
  const refusal = refusalToLaunch({
    pilotStatus: pilot.status,
    stopReason: await stopReason(tx.db, input.pilotId),
    charter: active?.charter ?? null,
    kinds: kindsOf(agent),
    kind: input.kind ?? null,
    agent: { id: input.agentId, name: agent.name, model: agent.model },
    roles: scope.actor.kind === "system" ? null : rolesIn(scope, input.pilotId),
    runsSoFar: await countRuns(tx.db, input.pilotId),
    repositoryState: repository?.state ?? "missing",
    repositoryProblem: repository?.problemDetail ?? null,
    labels: repository?.labels ?? [],
    headCommit: repository?.headCommit ?? null,
    repositoryBranch: repository?.branch ?? null,
    now: scope.clock.now(),
    baselineUntil: pilot.baselineUntil,
    timeZone: pilot.timeZone,
  });
  if (refusal !== null || !active || !repository?.headCommit)
    throw new LaunchRefused(refusal ?? "The pilot is not ready.");
  return {
    charterId: active.id,
    digest: active.digest,
    kind: input.kind ?? active.charter.goal.kind,
    repositoryId: repository.id,
    headCommit: repository.headCommit,
    task: taskOf(agent.model !== null, input.task ?? ""),
  };
}

/** Roles that launch here: none that a deputy borrows, for these decide and launch nothing. */
const rolesIn = ({ grants }: Scope, pilotId: string): string[] =>
  grants.filter((grant) => can([grant], "run.launch", pilotId)).map(({ role }) => role);

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
