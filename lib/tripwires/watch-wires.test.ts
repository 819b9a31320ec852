// A bound of the charter on a number: what happens beyond it, once, by which rows, and until when.
import { beforeAll, describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../clock.ts";
import { transaction } from "../db.ts";
import { getPilot, resumePilot } from "../pilots/service.ts";
import { getRun } from "../runs/service.ts";
import { liveStops } from "../stops/service.ts";
import { failRun } from "../testing/failed-run.ts";
import { asProcess } from "../testing/journey.ts";
import { type RunScene, runScene } from "../testing/run-scene.ts";
import { systemActor, testScope } from "../testing/scopes.ts";
import { carryOutSteps } from "./carry-out-steps.ts";
import { armAgain, whyFrozen } from "./let-go-on.ts";
import { rehearse } from "./rehearse.ts";
import { Tripwire } from "./schema.ts";
import { getWires } from "./view-wires.ts";
import { watchWires } from "./watch-wires.ts";
import { readWire } from "./wire-line.ts";

let scene: RunScene;
let worker: ReturnType<typeof testScope>;

beforeAll(async () => {
  scene = await runScene({ roles: ["engineering_lead"] });
  worker = testScope({ actor: systemActor("worker"), clock: scene.clock });
});

function wireOf(line: string): Tripwire {
  const read = readWire(line);
  if (!read.ok) throw new Error(read.sentence);
  return Tripwire.parse(read.wire);
}

const pilotWith = (...lines: readonly string[]) =>
  scene.pilotWith((charter) => ({
    rollback: { ...charter.rollback, pauseAfterFailedRuns: 50, tripwires: lines.map(wireOf) },
  }));

async function fail(pilotId: string, launched?: string): Promise<string> {
  const runId = launched ?? (await scene.launched(pilotId));
  scene.clock.advance(MINUTE);
  await failRun(scene.seed, runId);
  scene.clock.advance(1);
  return runId;
}

const watch = () => asProcess(scene.database, "worker", () => watchWires(worker));
const carryOut = () => asProcess(scene.database, "worker", () => carryOutSteps(worker));

async function entriesOf(pilotId: string): Promise<[string, Record<string, unknown>][]> {
  const { rows } = await scene.database.owner.query<{ kind: string; detail: Record<string, unknown> }>(
    `select kind, convert_from(body, 'UTF8')::jsonb -> 'detail' as detail from log_entry
     where kind like 'pilot.wire%' and convert_from(body, 'UTF8')::jsonb -> 'about' ? $1 order by seq`,
    [`pilot:${pilotId}`],
  );
  return rows.map(({ kind, detail }) => [kind, detail]);
}

async function letGoOn(pilotId: string): Promise<void> {
  await transaction(scene.seed, async (tx) => {
    await resumePilot(tx, scene.seed, pilotId);
    await armAgain(tx, scene.seed, pilotId);
  });
}

describe("a number beyond its bound", () => {
  test("pauses the pilot once, with the rows that caused it in the record, and does the rest once", async () => {
    const pilotId = await pilotWith(
      "failed_runs >= 2 over 24 hours; pause, freeze_merges, cancel_runs, escalate",
    );
    const waiting = await scene.launched(pilotId);
    const first = await fail(pilotId);
    expect(await watch()).toBe(0);
    const second = await fail(pilotId);
    expect(await watch()).toBe(1);
    expect(await watch()).toBe(0);
    expect(await getPilot(scene.seed, pilotId)).toMatchObject({
      status: "paused",
      statusReason: expect.stringContaining("Runs that failed over the last 24 hours at or above 2"),
    });
    expect(await transaction(scene.seed, ({ db }) => whyFrozen(db, { pilotId, kind: "repair" }))).toContain(
      "froze",
    );
    expect(await transaction(scene.seed, ({ db }) => whyFrozen(db, { pilotId, kind: "revert" }))).toBeNull();
    expect(await carryOut()).toBe(3);
    expect(await carryOut()).toBe(0);
    expect((await getRun(scene.seed, waiting)).status).toBe("cancelled");
    const entries = await entriesOf(pilotId);
    expect(entries.map(([kind, { step }]) => [kind, step])).toEqual([
      ["pilot.wire_tripped", undefined],
      ["pilot.wire_step_done", "freeze_merges"],
      ["pilot.wire_step_done", "cancel_runs"],
      ["pilot.wire_step_done", "escalate"],
    ]);
    expect(entries[0]?.[1]).toMatchObject({
      ...{ measure: "failed_runs", value_milli: 2000, sample: 2, rows: [second, first] },
    });
    expect(entries[2]?.[1]).toMatchObject({ reached: 1 });
  });

  test("is acted on once by two workers that see it at the same time", async () => {
    const pilotId = await pilotWith("failed_runs >= 1 over 24 hours; pause, revoke_tokens");
    await fail(pilotId);
    const tripped = await asProcess(scene.database, "worker", () =>
      Promise.all([watchWires(worker), watchWires(worker)]),
    );
    expect(tripped.toSorted()).toEqual([0, 1]);
    const done = await asProcess(scene.database, "worker", () =>
      Promise.all([carryOutSteps(worker), carryOutSteps(worker)]),
    );
    expect(done.toSorted()).toEqual([0, 1]);
    expect((await liveStops(scene.seed)).filter((stop) => stop.pilotId === pilotId)).toHaveLength(1);
    expect(await entriesOf(pilotId)).toHaveLength(2);
  });

  test("counts only what comes after people let the pilot go on, and then trips anew", async () => {
    const pilotId = await pilotWith(
      "failed_runs >= 2 over 24 hours; pause, freeze_merges",
      "failed_runs >= 3 over 24 hours; warn",
    );
    await fail(pilotId);
    await fail(pilotId);
    expect(await watch()).toBe(1);
    scene.clock.advance(MINUTE);
    await letGoOn(pilotId);
    expect(await transaction(scene.seed, ({ db }) => whyFrozen(db, { pilotId, kind: "repair" }))).toBeNull();
    expect(await watch()).toBe(0);
    await fail(pilotId);
    expect(await watch()).toBe(0);
    await fail(pilotId);
    expect(await watch()).toBe(1);
    expect((await getPilot(scene.seed, pilotId)).status).toBe("paused");
  });

  test("only warns where the charter says so, again when the number had come back", async () => {
    const pilotId = await pilotWith("failed_runs >= 1 over 24 hours; warn");
    await fail(pilotId);
    expect(await watch()).toBe(1);
    await fail(pilotId);
    expect(await watch()).toBe(0);
    expect((await getPilot(scene.seed, pilotId)).status).toBe("active");
    scene.clock.advance(25 * HOUR);
    expect(await watch()).toBe(0);
    await fail(pilotId);
    expect(await watch()).toBe(1);
    const kinds = (await entriesOf(pilotId)).map(([kind]) => kind);
    expect(kinds).toEqual(["pilot.wire_tripped", "pilot.wire_armed", "pilot.wire_tripped"]);
  });

  test("says nothing below its rows, and nothing of another pilot's", async () => {
    const pilotId = await pilotWith("failed_runs >= 1 over 24 hours; at least 2; pause");
    const other = await pilotWith("failed_runs >= 1 over 24 hours; at least 2; pause");
    await fail(pilotId);
    await fail(other);
    expect(await watch()).toBe(0);
    const { wires } = await getWires(scene.seed, pilotId);
    expect(wires).toMatchObject([{ state: "armed", distance: "1 of at least 2 runs in its window." }]);
  });
});

describe("a rehearsal", () => {
  test("says when it would have tripped, and changes nothing", async () => {
    const pilotId = await pilotWith();
    await fail(pilotId);
    await fail(pilotId);
    scene.clock.advance(60 * HOUR);
    await fail(pilotId);
    await fail(pilotId);
    const result = await rehearse(scene.seed, pilotId, "failed_runs >= 2 over 24 hours; pause");
    if (!result.ok) throw new Error(result.sentence);
    expect(result.rehearsal.trips.map(({ value }) => value)).toEqual([2, 2]);
    expect(await rehearse(scene.seed, pilotId, "failed_runs >= 3 over 24 hours; pause")).toMatchObject({
      rehearsal: { trips: [], isWhole: true },
    });
    expect(await rehearse(scene.seed, pilotId, "failed_runs >= many")).toMatchObject({ ok: false });
    expect(await entriesOf(pilotId)).toEqual([]);
  });
});
