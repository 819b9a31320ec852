// The three things that go wrong within the six weeks, each of which one wire of the charter is there for, and how people let
// the pilot go on after it.
import { HOUR, MINUTE, SECOND } from "../../clock.ts";
import { decideGate } from "../../gates/decide-gate.ts";
import { appendRunnerEvents } from "../../leases/service.ts";
import { askResume } from "../../pilots/ask-activation.ts";
import { getPilot } from "../../pilots/service.ts";
import { cancelRun } from "../../runs/cancel-run.ts";
import { noteStopped, settleStops } from "../../stop-times/service.ts";
import { askToLift } from "../../stops/ask-to-lift.ts";
import { liveStops } from "../../stops/service.ts";
import { type Fate, lookAtMerges, watching } from "./outside.ts";
import { begin, call, openGateOf, type PlannedRun, play } from "./runs.ts";
import type { Stage } from "./stage.ts";

async function digestOf({ database }: Stage, gateId: string): Promise<string> {
  const { rows } = await database.owner.query<{ digest: string }>("select digest from gate where id = $1", [
    gateId,
  ]);
  return rows[0]?.digest ?? "";
}

async function approve(stage: Stage, gateId: string): Promise<void> {
  const digest = await digestOf(stage, gateId);
  await decideGate(stage.security, { gateId, digest, decision: "approve", reason: "It was looked into." });
}

/** Two people, at the gate of it. */
async function resume(stage: Stage): Promise<void> {
  stage.clock.advance(3 * HOUR);
  const { gateId } = await askResume(stage.lead, { pilotId: stage.pilotId, reason: "It was looked into." });
  stage.clock.advance(10 * MINUTE);
  await approve(stage, gateId);
  await stage.beat();
}

export type Told = (sentence: string) => void;

/** What has to be so; whoever plays tells it. */
async function expectPaused(stage: Stage, told: Told): Promise<void> {
  const { status, statusReason } = await getPilot(stage.lead, stage.pilotId);
  if (status !== "paused" || !statusReason?.startsWith("A tripwire of the charter"))
    told(`the pilot is ${status} (${statusReason}) after its wire was crossed`);
}

/** A run that calls its model for 21 dollars within minutes. */
export async function spendBurst(stage: Stage, told: Told): Promise<void> {
  const leased = await begin(stage, 0);
  for (const output of [700_000, 700_000, 700_000]) {
    await call(stage, leased, [output]);
    await stage.beat();
  }
  await expectPaused(stage, told);
  const { rows } = await stage.database.owner.query<{ status: string }>(
    "select status from run where id = $1",
    [leased.runId],
  );
  if (rows[0]?.status !== "cancelled") told(`the run that spent it is ${rows[0]?.status}`);
  await resume(stage);
}

/** Three merges taken back on one day, while one more waits to be approved. */
export async function wave(stage: Stage, waits: PlannedRun, told: Told): Promise<string[]> {
  const runId = await play(stage, { ...waits, ending: "waits" });
  const before = await watching(stage);
  const young = before.slice(-4, -1);
  const fates = new Map<string, Fate>(
    young.map((watch) => [watch.runId, { seen: "reverted_by_hand", afterDays: 0 }]),
  );
  for (const each of young) {
    stage.clock.advance(2 * MINUTE);
    await lookAtMerges(
      stage,
      new Map([[each.runId, fates.get(each.runId) ?? { seen: "rewritten", afterDays: 99 }]]),
    );
    await stage.beat();
  }
  await expectPaused(stage, told);
  const gate = await openGateOf(stage, runId);
  await decideGate(stage.reviewer, { ...gate, decision: "approve", reason: "Read." }).then(
    () => told("a merge was approved while merges were frozen"),
    (error: unknown) => {
      if (!String(error).includes("froze")) told(`a merge was refused for another reason: ${String(error)}`);
    },
  );
  await resume(stage);
  stage.clock.advance(MINUTE);
  await decideGate(stage.reviewer, {
    ...(await openGateOf(stage, runId)),
    ...{ decision: "deny", reason: "The base is another one now.", rejectedAs: "scope" },
  });
  return young.map((watch) => watch.runId);
}

/** A run that knocks at hosts nobody allowed, while another works elsewhere: one runner says that it ended, one says nothing. */
export async function deniedBurst(stage: Stage, told: Told): Promise<void> {
  const { clock, runner, as, worker } = stage;
  const [knocking, silent] = [await begin(stage, 0), await begin(stage, 1)];
  for (const [index, times] of [30, 15, 10].entries()) {
    clock.advance(MINUTE);
    const body = {
      host: "exfil.example.net",
      port: 443,
      verdict: "denied",
      rule: "not allowed",
      up: 0,
      down: 0,
      times,
    } as const;
    await appendRunnerEvents(runner, knocking.assignment.leaseId, {
      ...{ attempt: knocking.assignment.attempt, first: index + 1 },
      events: [{ at: new Date(clock.now()).toISOString(), event: { kind: "egress", body } }],
    });
    await stage.beat();
  }
  await expectPaused(stage, told);
  clock.advance(400);
  const { leaseId, attempt } = knocking.assignment;
  await noteStopped(runner, leaseId, { attempt, silentMs: 150 });
  clock.advance(90 * SECOND);
  await as("worker", () => settleStops(worker));
  const stops = (await liveStops(stage.lead)).filter(({ pilotId }) => pilotId === stage.pilotId);
  if (stops.length !== 1) told(`${stops.length} emergency stops were pulled for it`);
  for (const { id: stopId } of stops) {
    const { gateId } = await askToLift(stage.lead, { stopId, reason: "It was looked into." });
    await approve(stage, gateId);
  }
  await resume(stage);
  for (const { runId } of [knocking, silent]) await endStopped(stage, runId);
}

async function endStopped(stage: Stage, runId: string): Promise<void> {
  const { rows } = await stage.database.owner.query<{ status: string }>(
    "select status from run where id = $1",
    [runId],
  );
  if (rows[0]?.status === "queued") await cancelRun(stage.lead, { runId, reason: "It was stopped." });
}
