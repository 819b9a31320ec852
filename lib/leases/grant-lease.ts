import type { z } from "zod";
import { apiOf } from "../agents/apis.ts";
import { historyLimit } from "../agents/rules.ts";
import { requireAgent } from "../agents/service.ts";
import { artefactPlanOf } from "../artefacts/rules.ts";
import { askPolicyOf } from "../asks/rules.ts";
import { decidedFor } from "../asks/service.ts";
import { type Tx, transaction } from "../db.ts";
import { gatewayUrl } from "../env.ts";
import { unavailable } from "../errors.ts";
import { appendOwnEvent } from "../events/service.ts";
import { newId } from "../ids.ts";
import type { Tier } from "../jail/schema.ts";
import { changedGoal, reviewToTell } from "../messages/service.ts";
import { tellAgain } from "../messages/settle-messages.ts";
import { giveToken } from "../model-calls/lease-tokens.ts";
import { findPatchToVerify } from "../patches/service.ts";
import { anchoringOf, limitsOf, phaseSeconds, setupPlanOf, testPlanOf } from "../pilots/rules.ts";
import type { Charter } from "../pilots/schema.ts";
import { charterOf, lockedPilot } from "../pilots/service.ts";
import type { Assignment, LeaseRequest, ModelGrant } from "../protocol/schema.ts";
import { changeOf } from "../record/change.ts";
import { CONTACT_WINDOW } from "../runners/rules.ts";
import { findRunner } from "../runners/service.ts";
import { moveRun } from "../runs/move-run.ts";
import { heldState } from "../runs/rules.ts";
import { changeRun, lockRun, type RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { networkDecision } from "../setup/network-gate.ts";
import { findResumable } from "../snapshots/service.ts";
import { holdStops } from "../stops/service.ts";
import { HEARTBEAT_SECONDS, mayTake, PAUSE_AFTER_SECONDS, secondsLeft } from "./rules.ts";
import {
  type Candidate,
  countHeld,
  hasOtherVerifier,
  insertLease,
  listWaiting,
  lockWaiting,
  parkedTime,
  taskOf,
} from "./store.ts";

/** How far back a culprit is looked for. */
const MAX_HISTORY = 500;
/** More runs than ever wait at once; those of full pilots are passed over. */
const CANDIDATES = 1000;

/** Gives the oldest waiting run that this runner may take, or null. One transaction, one lease. */
export async function grantLease(
  scope: Scope,
  runnerId: string,
  request: z.infer<typeof LeaseRequest>,
): Promise<Assignment | null> {
  return transaction(scope, async (tx) => {
    const runner = await findRunner(tx.db, runnerId);
    const phases = request.phases.filter((phase) => runner.phases.includes(phase));
    await holdStops(tx.db);
    for (const candidate of await listWaiting(tx.db, phases, CANDIDATES)) {
      // It waits for a control plane that has one.
      if (candidate.usesModel && candidate.phase === "agent" && gatewayUrl() === null) continue;
      if (await leavesToAnother(tx, scope, candidate, runnerId, request.tier)) continue;
      const charter = await charterOf(tx.db, candidate.charterId);
      if (!(await take(tx, candidate, request.tier, charter))) continue;
      const run = await lockRun(tx, candidate.id);
      return start(tx, scope, run, charter, { id: runner.id, name: runner.name, tier: request.tier });
    }
    return null;
  });
}

/** Nobody verifies its own work while another verifier is in contact; without one, evidence says `same host`. */
async function leavesToAnother(
  tx: Tx,
  scope: Scope,
  { phase, author }: Candidate,
  runnerId: string,
  tier: Tier,
): Promise<boolean> {
  if (phase !== "verify" || author !== runnerId) return false;
  const asStrong = tier === "strong" ? ["strong"] : ["strong", "weak"];
  return hasOtherVerifier(tx.db, runnerId, asStrong, new Date(scope.clock.now() - CONTACT_WINDOW));
}

/** Locks the run if it may be taken. The pilot's row comes first: its leases follow each other and are counted. */
async function take(
  tx: Tx,
  { id, pilotId, phase, held }: Candidate,
  tier: Tier,
  charter: Charter,
): Promise<boolean> {
  if (!mayTake({ phase, tier, charter, held })) return false;
  if (phase === "agent") {
    const pilot = await lockedPilot(tx, pilotId);
    const heldNow = await countHeld(tx.db, pilotId);
    if (pilot.status !== "active" || !mayTake({ phase, tier, charter, held: heldNow })) return false;
  }
  return lockWaiting(tx.db, id, phase);
}

interface Taker {
  readonly id: string;
  readonly name: string;
  readonly tier: Tier;
}

async function start(tx: Tx, scope: Scope, run: RunRow, charter: Charter, taker: Taker): Promise<Assignment> {
  const phase = run.status === "queued" ? "agent" : "verify";
  const attempt = run.attempt + 1;
  const leaseId = newId("lease", scope.clock.now());
  const grantedAt = new Date(scope.clock.now());
  await insertLease(tx.db, {
    id: leaseId,
    runId: run.id,
    attempt,
    phase,
    runnerId: taker.id,
    tier: taker.tier,
    grantedAt,
  });
  if (phase === "agent")
    await moveRun(tx, scope, run, "preparing", "", { attempt, startedAt: run.startedAt ?? grantedAt });
  else await changeRun(tx, run.id, { attempt });
  await appendOwnEvent(tx, scope, run.id, attempt, {
    kind: "attempt_started",
    body: { phase, runner: taker.name, tier: taker.tier },
  });
  const status = phase === "agent" ? "preparing" : run.status;
  tx.record({
    kind: "run.leased",
    about: [`run:${run.id}`, `runner:${taker.id}`],
    charter: run.charterDigest,
    ...changeOf(heldState(run, false), heldState({ ...run, status, attempt }, true)),
    detail: { attempt, phase, lease: leaseId, tier: taker.tier },
  });
  return assignmentOf(tx, scope, run, charter, { leaseId, attempt, phase });
}

async function assignmentOf(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  charter: Charter,
  lease: { leaseId: string; attempt: number; phase: "agent" | "verify" },
): Promise<Assignment> {
  const common = {
    ...lease,
    runId: run.id,
    title: run.title,
    baseCommit: run.baseCommit,
    test: testPlanOf(charter),
    limits: limitsOf(charter, lease.phase),
    maxSeconds: phaseSeconds(charter, lease.phase),
    pauseAfterSeconds: PAUSE_AFTER_SECONDS,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    setup: setupPlanOf(charter),
  };
  if (lease.phase === "agent") {
    const left = secondsLeft(charter, await parkedTime(tx.db, run.id));
    const agent = await requireAgent(tx.db, run.agentId);
    const resumable = await findResumable(tx.db, run, agent.driver);
    if (run.attempt > 0) await tellAgain(tx, scope, run.id, resumable?.at ?? null);
    return {
      ...common,
      maxSeconds: left,
      phase: "agent",
      driver: agent.driver,
      task: (await changedGoal(tx.db, run.id)) ?? (await taskOf(tx.db, run.id)),
      goal: charter.goal.statement,
      allowedPaths: charter.scope.allowedPaths,
      model:
        agent.model === null
          ? null
          : await grantModel(
              tx,
              {
                model: agent.model,
                api: apiOf(agent.driver),
                historyTokens: historyLimit(agent.settings),
              },
              { ...lease, runId: run.id },
            ),
      maxHistory: MAX_HISTORY,
      resume: resumable?.resume ?? null,
      review: await reviewToTell(tx.db, run.id),
      asks: askPolicyOf(charter),
      decided: await decidedFor(tx.db, run.id),
      anchor: anchoringOf(charter),
      artefacts: artefactPlanOf(charter),
    };
  }
  const patch = await findPatchToVerify(tx.db, run.id, run.baseCommit);
  const isAllowed = (await networkDecision(tx.db, run.id, patch.digest)) === "approved";
  return {
    ...common,
    phase: "verify",
    patchCommit: patch.commit,
    patchDigest: patch.digest,
    setupOf: isAllowed ? "patch" : "base",
  };
}

/** The token is made with the lease and sent once, in its assignment; a lost answer loses it, and the lease runs out. */
async function grantModel(
  tx: Tx,
  shown: Pick<ModelGrant, "model" | "api" | "historyTokens">,
  lease: { readonly leaseId: string; readonly runId: string },
): Promise<ModelGrant> {
  const url = gatewayUrl();
  if (url === null) throw unavailable("There is no gateway that could call the agent's model.");
  const { leaseId, runId } = lease;
  return { token: await giveToken(tx, { leaseId, runId }), gatewayUrl: url, ...shown };
}
