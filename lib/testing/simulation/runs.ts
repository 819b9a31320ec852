// Runs of agents from launch to their end, each in one of the ways a run can go.

import { MINUTE, SECOND } from "../../clock.ts";
import { transaction } from "../../db.ts";
import { openFindings } from "../../findings/open-findings.ts";
import type { Sighting } from "../../findings/schema.ts";
import { decideGate } from "../../gates/decide-gate.ts";
import { listGatesOf } from "../../gates/service.ts";
import { newId } from "../../ids.ts";
import { finishLease, markPrepared } from "../../leases/service.ts";
import { takeBundle } from "../../leases/transfers.ts";
import { getMerge, noteCommit, settleMerge } from "../../merges/service.ts";
import { admit } from "../../model-calls/admit.ts";
import { tokenSha256 } from "../../model-calls/lease-tokens.ts";
import { openCalls } from "../../model-calls/open-calls.ts";
import { settleCalls } from "../../model-calls/settle-calls.ts";
import type { Assignment } from "../../protocol/schema.ts";
import { cancelRun } from "../../runs/cancel-run.ts";
import { launchRun } from "../../runs/launch-run.ts";
import { rejectRun } from "../../runs/reject-run.ts";
import { actorId } from "../../scope.ts";
import { bytes, leaseOf, SUMMARY, seen, takeIn } from "../journey.ts";
import { finalOf, intentOf } from "../model-scene.ts";
import { appendCommit, type Stage } from "./stage.ts";

export type Ending =
  | "merged"
  | "denied_wrong"
  | "denied_style"
  | "caught"
  | "no_change"
  | "failed"
  | "cancelled"
  | "waits";

export interface PlannedRun {
  readonly ending: Ending;
  /** Which of the two agents. */
  readonly agent: 0 | 1;
  /** Output of each call of its model, in tokens of 10 micro-dollars. */
  readonly calls: readonly number[];
  readonly workMinutes: number;
  readonly reviewMinutes: number;
  /** Its decision falls on this moment, where it is still to come. */
  readonly decidedAt: number | null;
  /** Found while it is in review: its gate is asked anew. */
  readonly finding: Sighting | null;
}

export interface Leased {
  readonly runId: string;
  readonly assignment: Assignment;
}

/** Launched and leased; nothing else waits for a runner. */
export async function begin({ lead, clock, pilotId, agents, runner }: Stage, agent: 0 | 1): Promise<Leased> {
  const run = { pilotId, agentId: agents[agent], title: "Repair main", task: "Repair the failing test." };
  const { runId } = await launchRun(lead, { ...run, requestKey: newId("request") });
  clock.advance(MINUTE);
  const assignment = await leaseOf(runner, runId, "agent");
  await markPrepared(runner, assignment.leaseId, assignment.attempt);
  return { runId, assignment };
}

/** Calls of its model, each a moment after the other. */
export async function call(stage: Stage, { assignment }: Leased, outputs: readonly number[]): Promise<void> {
  const { clock, gateway, runner } = stage;
  const token = assignment.phase === "agent" ? assignment.model?.token : undefined;
  if (token === undefined) throw new Error("the lease came without a token");
  if (outputs.length === 0) return;
  await stage.as("gateway", async () => {
    for (const output of outputs) {
      clock.advance(MINUTE);
      const admission = await admit(gateway, tokenSha256(token).toString("hex"), actorId(runner.actor));
      const intent = intentOf(admission, clock, { reservedMicros: 2_000 + output * 10 });
      const [opening] = await openCalls(gateway, [intent]);
      if (opening !== "opened") throw new Error(`a call was refused: ${JSON.stringify(opening)}`);
      clock.advance(20 * SECOND);
      const usage = { input: 100, cached: 0, cacheWrite: 0, output, reasoning: 0 };
      await settleCalls(gateway, [finalOf(intent, clock, { usage })]);
    }
  });
}

/** The whole of a run, as it was planned. Gives its id. */
export async function play(stage: Stage, planned: PlannedRun): Promise<string> {
  const { clock, runner, lead, reviewer, database, worker } = stage;
  const leased = await begin(stage, planned.agent);
  const { runId, assignment } = leased;
  const { leaseId, attempt } = assignment;
  await call(stage, leased, planned.calls);
  clock.advance(planned.workMinutes * MINUTE);
  const { ending } = planned;
  if (ending === "cancelled") await cancelRun(lead, { runId, reason: "Not needed any more." });
  else if (ending === "failed")
    await finishLease(runner, leaseId, { outcome: "failed", attempt, reason: "Broke." });
  else if (ending === "no_change")
    await finishLease(runner, leaseId, { outcome: "no_change", attempt, summary: SUMMARY });
  else {
    const { blobId } = await takeBundle(runner, leaseId, attempt, bytes(`bundle of ${leaseId}`));
    await finishLease(runner, leaseId, { outcome: "patch", attempt, bundleBlobId: blobId, summary: SUMMARY });
    clock.advance(MINUTE);
    await takeIn(database, worker, runId);
    clock.advance(MINUTE);
    const verify = await leaseOf(runner, runId, "verify");
    clock.advance(5 * MINUTE);
    await finishLease(runner, verify.leaseId, seen(verify, ending !== "caught"));
    if (planned.finding) await find(stage, runId, planned.finding);
    if (ending !== "waits") {
      clock.advance(planned.reviewMinutes * MINUTE);
      stage.until(planned.decidedAt ?? 0);
      if (ending === "caught")
        await rejectRun(reviewer, { runId, reason: "It repairs nothing.", rejectedAs: "wrong" });
      else await decide(stage, runId, ending);
    }
  }
  return runId;
}

export async function find(
  { clock, worker, as }: Stage,
  runId: string | null,
  sighting: Sighting,
): Promise<void> {
  clock.advance(30 * SECOND);
  await as("worker", () => transaction(worker, (tx) => openFindings(tx, worker, runId, [sighting])));
}

export async function openGateOf(
  { worker }: Stage,
  runId: string,
): Promise<{ gateId: string; digest: string }> {
  const gate = (await listGatesOf(worker, runId)).find(({ status }) => status === "open");
  if (!gate) throw new Error(`no gate is open for ${runId}`);
  return { gateId: gate.id, digest: gate.digest };
}

async function decide(
  stage: Stage,
  runId: string,
  ending: "merged" | "denied_wrong" | "denied_style",
): Promise<void> {
  const gate = await openGateOf(stage, runId);
  if (ending === "merged") {
    await decideGate(stage.reviewer, { ...gate, decision: "approve", reason: "Read every line." });
    return publish(stage, gate.gateId);
  }
  const rejectedAs = ending === "denied_wrong" ? "wrong" : "style";
  await decideGate(stage.reviewer, { ...gate, decision: "deny", reason: "Not like this.", rejectedAs });
}

/** The worker's part of a merge, done in the moment of its approval. */
async function publish(stage: Stage, gateId: string): Promise<void> {
  const { database, worker } = stage;
  const { rows } = await database.owner.query<{ id: string }>("select id from merge where gate_id = $1", [
    gateId,
  ]);
  const mergeId = rows[0]?.id ?? "";
  const commit = await appendCommit(stage);
  await stage.as("worker", async () => {
    await noteCommit(worker, await getMerge(worker, mergeId), commit);
    await settleMerge(worker, mergeId, { outcome: "moved", commit });
    await stage.beat();
  });
}
