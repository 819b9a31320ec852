// What a charter does when too many runs in a row failed: once, with an entry that names the tripwire.
import { beforeAll, describe, expect, test } from "vitest";
import { MINUTE } from "../../clock.ts";
import { transaction } from "../../db.ts";
import { launchRun } from "../../runs/launch-run.ts";
import { moveRun } from "../../runs/move-run.ts";
import { lockRun } from "../../runs/run-in-tx.ts";
import { getRun } from "../../runs/service.ts";
import { liveStops } from "../../stops/service.ts";
import { activePilot, arrangeWork, charterFor } from "../../testing/arrange.ts";
import { testDatabase } from "../../testing/database.ts";
import { asProcess } from "../../testing/journey.ts";
import { systemActor, testClock, testScope } from "../../testing/scopes.ts";
import { amendPilot } from "../amend-pilot.ts";
import type { TripAction } from "../schema/rollback.ts";
import { findActiveCharter, getPilot, lockedPilot, pauseByTripwire, resumePilot } from "../service.ts";
import { afterEnd } from "../tripwires.ts";
import { writeCharter } from "../write-charter.ts";
import { carryOutTrips } from "./carry-out-trips.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const worker = testScope({ actor: systemActor("worker"), clock });
let work: Awaited<ReturnType<typeof arrangeWork>>;

beforeAll(async () => {
  work = await arrangeWork(seed);
});

function pilotThat(onFailedRuns: TripAction): Promise<string> {
  const charter = charterFor(seed, work.repositoryId);
  return activePilot(seed, {
    ...charter,
    rollback: { ...charter.rollback, pauseAfterFailedRuns: 2, onFailedRuns },
  });
}

let requests = 0;
async function launch(pilotId: string): Promise<string> {
  requests += 1;
  clock.advance(MINUTE);
  const { runId } = await launchRun(seed, {
    ...{ pilotId, agentId: work.agentId, title: "Repair", requestKey: `request-${requests}` },
  });
  return runId;
}

async function fail(pilotId: string, launched?: string, outcome?: "no_change"): Promise<void> {
  const runId = launched ?? (await launch(pilotId));
  clock.advance(MINUTE);
  await transaction(seed, async (tx) => {
    const moved = await moveRun(tx, seed, await lockRun(tx, runId), "failed", "It went wrong.", {
      noChange: outcome === "no_change",
    });
    tx.record({
      ...{ kind: "run.failed", about: [`run:${runId}`], ...moved },
      detail: { attempt: 1, reason_sha256: "0".repeat(64) },
    });
    await afterEnd(tx, seed, { pilotId, kind: "repair" });
  });
}

const carryOut = () => asProcess(database, "worker", () => carryOutTrips(worker));

async function tripsOf(pilotId: string): Promise<[string, unknown][]> {
  const { rows } = await database.owner.query<{ kind: string; detail: Record<string, unknown> }>(
    `select kind, convert_from(body, 'UTF8')::jsonb -> 'detail' as detail from log_entry
     where kind like 'pilot.trip%' and convert_from(body, 'UTF8')::jsonb -> 'about' ? $1 order by seq`,
    [`pilot:${pilotId}`],
  );
  return rows.map(({ kind, detail: { trip: _trip, tripwire, ...rest } }) => {
    expect(tripwire).toBe("failed_runs");
    return [kind, rest];
  });
}

describe("a tripwire that trips", () => {
  test("cancels every run of an agent there is, once, no revert, and none that is launched after the pilot went on", async () => {
    const pilotId = await pilotThat("cancel");
    const waiting = [await launch(pilotId), await launch(pilotId)];
    const revert = await launch(pilotId);
    await database.owner.query("alter table run disable trigger governed");
    await database.owner.query("update run set kind = 'revert' where id = $1", [revert]);
    await database.owner.query("alter table run enable trigger governed");
    await fail(pilotId);
    await fail(pilotId);
    const reason = "2 runs in a row failed; the charter cancels all of its runs then.";
    expect(await getPilot(seed, pilotId)).toMatchObject({ status: "paused", statusReason: reason });
    await transaction(seed, (tx) => resumePilot(tx, seed, pilotId));
    const later = await launch(pilotId);
    expect(await carryOut()).toBe(1);
    for (const runId of waiting) expect((await getRun(seed, runId)).status).toBe("cancelled");
    for (const runId of [later, revert]) expect((await getRun(seed, runId)).status).toBe("queued");
    expect(await carryOut()).toBe(0);
    expect(await tripsOf(pilotId)).toEqual([
      ["pilot.tripped", { action: "cancel" }],
      ["pilot.trip_carried_out", { action: "cancel", runs: 2 }],
    ]);
  });

  test("is carried out once by two workers at the same time", async () => {
    const pilotId = await pilotThat("cancel");
    const waiting = await launch(pilotId);
    await fail(pilotId);
    await fail(pilotId);
    const done = await asProcess(database, "worker", () =>
      Promise.all([carryOutTrips(worker), carryOutTrips(worker)]),
    );
    expect(done.toSorted()).toEqual([0, 1]);
    expect((await getRun(seed, waiting)).status).toBe("cancelled");
    expect((await tripsOf(pilotId)).filter(([kind]) => kind === "pilot.trip_carried_out")).toHaveLength(1);
  });

  test("pulls the pilot's emergency stop where the charter says so, and of no other pilot", async () => {
    const pilotId = await pilotThat("stop");
    await fail(pilotId);
    await fail(pilotId);
    expect(await carryOut()).toBe(1);
    const stops = await liveStops(seed);
    expect(stops.map((stop) => [stop.pilotId, stop.scope])).toEqual([[pilotId, "pilot"]]);
    expect(stops[0]?.reason).toContain("the charter stops the pilot");
    await expect(launch(pilotId)).rejects.toMatchObject({
      message: expect.stringContaining("emergency stop"),
    });
    expect((await tripsOf(pilotId)).map(([kind]) => kind)).toEqual([
      "pilot.tripped",
      "pilot.trip_carried_out",
    ]);
  });

  test.each(["stop", "warn"] as const)("probe: does %s also where people paused it first", async (action) => {
    const pilotId = await pilotThat(action);
    const last = await launch(pilotId);
    await fail(pilotId);
    await transaction(seed, (tx) => pauseByTripwire(tx, seed, pilotId, "Somebody paused it."));
    await fail(pilotId, last);
    expect((await tripsOf(pilotId))[0]).toEqual(["pilot.tripped", { action }]);
    expect(await carryOut()).toBe(action === "stop" ? 1 : 0);
    const isStopped = (await liveStops(seed)).some((stop) => stop.pilotId === pilotId);
    expect(isStopped).toBe(action === "stop");
  });

  test("that only warns says so once a row of failures, and the pilot goes on", async () => {
    const pilotId = await pilotThat("warn");
    for (let nth = 0; nth < 4; nth++) await fail(pilotId);
    expect((await getPilot(seed, pilotId)).status).toBe("active");
    expect(await tripsOf(pilotId)).toEqual([["pilot.tripped", { action: "warn" }]]);
    expect(await carryOut()).toBe(0);
  });

  test("probe: warns also where its limit was lowered below what had failed by then, and again in another row", async () => {
    const charter = charterFor(seed, work.repositoryId);
    const warning = (pauseAfterFailedRuns: number) => ({
      ...charter,
      rollback: { ...charter.rollback, pauseAfterFailedRuns, onFailedRuns: "warn" as const },
    });
    const pilotId = await activePilot(seed, warning(5));
    for (let nth = 0; nth < 3; nth++) await fail(pilotId);
    expect(await tripsOf(pilotId)).toEqual([]);
    const { charterId } = await writeCharter(seed, { pilotId, charter: warning(2) });
    await transaction(seed, async (tx) => {
      const before = await findActiveCharter(tx.db, pilotId);
      if (before) await amendPilot(tx, await lockedPilot(tx, pilotId), before, charterId);
    });
    await fail(pilotId);
    await fail(pilotId);
    expect(await tripsOf(pilotId)).toEqual([["pilot.tripped", { action: "warn" }]]);
    await fail(pilotId, undefined, "no_change");
    await fail(pilotId);
    expect(await tripsOf(pilotId)).toHaveLength(1);
    await fail(pilotId);
    expect(await tripsOf(pilotId)).toHaveLength(2);
  });

  test("and only pauses leaves nothing to be carried out", async () => {
    const pilotId = await pilotThat("pause");
    await fail(pilotId);
    await fail(pilotId);
    expect((await getPilot(seed, pilotId)).status).toBe("paused");
    expect(await carryOut()).toBe(0);
    expect(await tripsOf(pilotId)).toEqual([["pilot.tripped", { action: "pause" }]]);
  });
});
