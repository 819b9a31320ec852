// What a trip does to merges, reverts and the gates at which people decide; by the worker's own role, and through the gates.
import { beforeAll, describe, expect, test } from "vitest";
import { breakGlass } from "../break-glass/service.ts";
import { DAY, HOUR, MINUTE } from "../clock.ts";
import { decideGate } from "../gates/decide-gate.ts";
import { findShownPatch } from "../patches/shown-patch.ts";
import { askResume } from "../pilots/ask-activation.ts";
import { getPilot, pausePilot } from "../pilots/service.ts";
import type { Scope } from "../scope.ts";
import { liveStops } from "../stops/service.ts";
import { member } from "../testing/arrange.ts";
import { failRun } from "../testing/failed-run.ts";
import { asProcess, openBase } from "../testing/journey.ts";
import { published } from "../testing/merged-run.ts";
import { type Reviewed, type RunScene, runScene } from "../testing/run-scene.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { carryOutSteps } from "./carry-out-steps.ts";
import { rehearse } from "./rehearse.ts";
import { Tripwire } from "./schema.ts";
import { getWires } from "./view-wires.ts";
import { watchWires } from "./watch-wires.ts";
import { readWire } from "./wire-line.ts";

let scene: RunScene;
let [lead, other, reviewer, worker]: Scope[] = [];

beforeAll(async () => {
  scene = await runScene({ roles: ["engineering_lead", "security_lead"] });
  lead = await member(scene.seed, "lead", "engineering_lead");
  other = await member(scene.seed, "other", "security_lead");
  reviewer = await member(scene.seed, "reviewer", "reviewer");
  worker = testScope({ actor: systemActor("worker"), clock: scene.clock });
});

const known = (scope: Scope | undefined): Scope => {
  if (!scope) throw new Error("nobody was made");
  return scope;
};

function wireOf(line: string): Tripwire {
  const read = readWire(line);
  if (!read.ok) throw new Error(read.sentence);
  return Tripwire.parse(read.wire);
}

const pilotWith = (...lines: readonly string[]) =>
  scene.pilotWith((charter) => ({
    rollback: { ...charter.rollback, pauseAfterFailedRuns: 50, tripwires: lines.map(wireOf) },
  }));

const watch = () => asProcess(scene.database, "worker", () => watchWires(known(worker)));
const carryOut = () => asProcess(scene.database, "worker", () => carryOutSteps(known(worker)));

async function fail(pilotId: string): Promise<void> {
  await failRun(scene.seed, await scene.launched(pilotId));
  scene.clock.advance(MINUTE);
}

const approve = ({ gateId, digest }: Reviewed) =>
  decideGate(known(reviewer), { gateId, digest, decision: "approve", reason: "Read." });

async function merged(pilotId: string): Promise<string> {
  const review = await scene.reviewed(pilotId);
  await approve(review);
  await published(scene, review.gateId);
  scene.clock.advance(MINUTE);
  return review.runId;
}

async function digestOf(gateId: string): Promise<string> {
  const { rows } = await scene.database.owner.query<{ digest: string }>(
    "select digest from gate where id = $1",
    [gateId],
  );
  return rows[0]?.digest ?? "";
}

async function resumed(pilotId: string): Promise<void> {
  const { gateId } = await askResume(known(lead), { pilotId, reason: "Looked into it." });
  const decision = { gateId, digest: await digestOf(gateId), decision: "approve", reason: "Go on." } as const;
  await decideGate(known(other), decision);
}

describe("a trip", () => {
  test("keeps what is approved from merging until people resume the pilot at their gate", async () => {
    const pilotId = await pilotWith("failed_runs >= 1 over 24 hours; pause, freeze_merges");
    const review = await scene.reviewed(pilotId);
    await fail(pilotId);
    expect(await watch()).toBe(1);
    await expect(approve(review)).rejects.toMatchObject({ message: expect.stringContaining("froze") });
    await resumed(pilotId);
    expect((await getPilot(scene.seed, pilotId)).status).toBe("active");
    expect((await getWires(scene.seed, pilotId)).wires[0]?.state).toBe("armed");
    await expect(approve(review)).resolves.toMatchObject({ status: "approved" });
  });

  test("probe: keeps what somebody breaks the glass for from merging too", async () => {
    const pilotId = await scene.pilotWith((charter) => ({
      controls: { ...charter.controls, breakGlass: ["security_lead"] },
      rollback: {
        ...charter.rollback,
        pauseAfterFailedRuns: 50,
        tripwires: [wireOf("failed_runs >= 1 over 24 hours; pause, freeze_merges")],
      },
    }));
    const { runId } = await scene.reviewed(pilotId);
    await fail(pilotId);
    expect(await watch()).toBe(1);
    const patch = (await findShownPatch(scene.seed, runId))?.digest ?? "";
    const glass = { runId, patch, reason: "The shop is down, and this is the fix." };
    await expect(breakGlass(known(other), glass)).rejects.toThrow("froze");
    await resumed(pilotId);
    await expect(breakGlass(known(other), glass)).resolves.toMatchObject({ gateId: expect.any(String) });
  });

  test("stands in what people decide on when they let the pilot go on", async () => {
    const wire = "failed_runs >= 1 over 1 day; at least 1; clears at 1; pause";
    const pilotId = await pilotWith(wire);
    await fail(pilotId);
    expect(await watch()).toBe(1);
    const { gateId } = await askResume(known(lead), { pilotId, reason: "Looked into it." });
    const { rows } = await scene.database.owner.query<{ document: string }>(
      "select document from gate where id = $1",
      [gateId],
    );
    const { trips } = await getWires(scene.seed, pilotId);
    expect(JSON.parse(rows[0]?.document ?? "{}")).toMatchObject({
      pausedBecause: expect.stringContaining("tripwire"),
      resumeBecause: "Looked into it.",
      tripCount: 1,
      trips: [{ id: trips[0]?.id, wire, value: 1, sample: 1 }],
    });
  });

  test("probe: takes back what people were asked before it: they did not know of it", async () => {
    const pilotId = await pilotWith("failed_runs >= 1 over 24 hours; pause, freeze_merges");
    const waiting = await scene.launched(pilotId);
    await pausePilot(known(lead), { pilotId, reason: "Lunch." });
    const { gateId } = await askResume(known(lead), { pilotId, reason: "Back from lunch." });
    await failRun(scene.seed, waiting);
    scene.clock.advance(MINUTE);
    expect(await watch()).toBe(1);
    const decision = {
      gateId,
      digest: await digestOf(gateId),
      decision: "approve",
      reason: "Go on.",
    } as const;
    await expect(decideGate(known(other), decision)).rejects.toThrow("void");
    expect((await getWires(scene.seed, pilotId)).wires[0]?.state).toBe("tripped");
  });

  test("probe: does nothing more once people have let the pilot go on", async () => {
    const pilotId = await pilotWith("failed_runs >= 1 over 24 hours; pause, revoke_tokens");
    await fail(pilotId);
    expect(await watch()).toBe(1);
    await resumed(pilotId);
    await carryOut();
    const { trips } = await getWires(scene.seed, pilotId);
    expect(trips[0]?.done).toMatchObject([{ step: "revoke_tokens", doneAt: null }]);
    expect((await liveStops(scene.seed)).filter((stop) => stop.pilotId === pilotId)).toEqual([]);
  });
});

describe("a number", () => {
  test("of reverts counts them as they are seen, long before a merge has matured", async () => {
    const pilotId = await pilotWith("revert_rate > 20 % over 14 days; at least 1; pause");
    const runId = await merged(pilotId);
    expect(await watch()).toBe(0);
    const { rows } = await scene.database.owner.query<{ id: string }>(
      "select id from merge where run_id = $1",
      [runId],
    );
    await scene.database.owner.query("alter table merge_sighting disable trigger governed");
    await scene.database.owner.query(
      `insert into merge_sighting (id, merge_id, run_id, kind, commit, source, at)
       values ($1, $2, $3, 'reverted_by_hand', $4, 'trees', $5)`,
      ["sgt_1", rows[0]?.id, runId, "e".repeat(40), new Date(scene.clock.now())],
    );
    await scene.database.owner.query("alter table merge_sighting enable trigger governed");
    scene.clock.advance(MINUTE);
    expect(await watch()).toBe(1);
    expect((await getWires(scene.seed, pilotId)).trips[0]).toMatchObject({ value: 100, rows: [runId] });
  });

  test("with a lower bound says nothing before its window is whole, and trips while nothing happens", async () => {
    const pilotId = await pilotWith("launched_runs < 1 over 24 hours; warn");
    scene.clock.advance(23 * HOUR);
    expect(await watch()).toBe(0);
    scene.clock.advance(2 * HOUR);
    expect(await watch()).toBe(1);
    expect((await getWires(scene.seed, pilotId)).wires[0]?.state).toBe("tripped");
  });

  test("probe: that cannot be read keeps no other wire from tripping", async () => {
    const pilotId = await pilotWith(
      "denied_hosts >= 1 over 24 hours; warn",
      "failed_runs >= 1 over 24 hours; pause",
    );
    await fail(pilotId);
    await scene.database.owner.query("alter table run_event rename to run_event_away");
    await expect(watch()).rejects.toThrow("Some tripwires could not be read");
    await scene.database.owner.query("alter table run_event_away rename to run_event");
    expect((await getPilot(scene.seed, pilotId)).status).toBe("paused");
  });
});

test("a rehearsal sees what people reported too", async () => {
  const pilotId = await pilotWith();
  scene.clock.advance(DAY);
  await fail(pilotId);
  scene.clock.advance(3 * DAY);
  const result = await rehearse(scene.seed, pilotId, "launched_runs < 1 over 24 hours; warn");
  if (!result.ok) throw new Error(result.sentence);
  expect(result.rehearsal).toMatchObject({ isWhole: true });
  expect(result.rehearsal.trips.length).toBeGreaterThan(0);
});

test("a trip has the worker ask for a revert of each merge within its window", async () => {
  await openBase(scene.database, scene.work.repositoryId, "d");
  const pilotId = await pilotWith("merges >= 1 over 24 hours; pause, prepare_reverts");
  const runId = await merged(pilotId);
  expect(await watch()).toBe(1);
  await carryOut();
  const { rows } = await scene.database.owner.query("select of_run_id from revert where of_run_id = $1", [
    runId,
  ]);
  expect(rows).toEqual([{ of_run_id: runId }]);
  const { trips } = await getWires(scene.seed, pilotId);
  expect(trips[0]?.done).toMatchObject([{ step: "prepare_reverts", reached: 1 }]);
});
