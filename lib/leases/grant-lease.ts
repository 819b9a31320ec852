import type { z } from "zod";
import { findAgentDriver } from "../agents/service.ts";
import { type Tx, transaction } from "../db.ts";
import { appendOwnEvent } from "../events/service.ts";
import { newId } from "../ids.ts";
import { findPatchToVerify } from "../patches/service.ts";
import { limitsOf, testPlanOf } from "../pilots/rules.ts";
import type { Charter } from "../pilots/schema.ts";
import { charterOf } from "../pilots/service.ts";
import type { Assignment, LeaseRequest } from "../protocol/schema.ts";
import { findRunner } from "../runners/service.ts";
import { moveRun } from "../runs/move-run.ts";
import { changeRun, lockRun, type RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { HEARTBEAT_SECONDS, mayTake, PAUSE_AFTER_SECONDS } from "./rules.ts";
import { countHeld, insertLease, lockWaiting } from "./store.ts";

/** How far back a culprit is looked for. */
const MAX_HISTORY = 500;
const CANDIDATES = 20;

/** Gives the oldest waiting run that this runner may take, or null. One transaction, one lease. */
export async function grantLease(
  scope: Scope,
  runnerId: string,
  request: z.infer<typeof LeaseRequest>,
): Promise<Assignment | null> {
  return transaction(scope, async (tx) => {
    const runner = await findRunner(tx.db, runnerId);
    const phases = request.phases.filter((phase) => runner.phases.includes(phase));
    for (const candidate of await lockWaiting(tx.db, phases, CANDIDATES)) {
      const run = await lockRun(tx, candidate.id);
      const charter = await charterOf(tx.db, run.charterId);
      const phase = run.status === "queued" ? "agent" : "verify";
      const held = phase === "agent" ? await countHeld(tx.db, run.pilotId) : 0;
      if (!mayTake({ phase, tier: request.tier, charter, held })) continue;
      return start(tx, scope, run, charter, { id: runner.id, name: runner.name, tier: request.tier });
    }
    return null;
  });
}

interface Taker {
  readonly id: string;
  readonly name: string;
  readonly tier: "strong" | "weak";
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
  tx.record({
    kind: "run.leased",
    about: [`run:${run.id}`, `runner:${taker.id}`],
    detail: { attempt, phase, lease: leaseId, tier: taker.tier },
  });
  return assignmentOf(tx, run, charter, { leaseId, attempt, phase });
}

async function assignmentOf(
  tx: Tx,
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
    limits: limitsOf(charter),
    maxSeconds: charter.controls.maxRunMinutes * 60,
    pauseAfterSeconds: PAUSE_AFTER_SECONDS,
    heartbeatSeconds: HEARTBEAT_SECONDS,
  };
  if (lease.phase === "agent") {
    return {
      ...common,
      phase: "agent",
      driver: await findAgentDriver(tx.db, run.agentId),
      maxHistory: MAX_HISTORY,
    };
  }
  const patch = await findPatchToVerify(tx.db, run.id, run.baseCommit);
  return { ...common, phase: "verify", patchCommit: patch.commit, patchDigest: patch.digest };
}
