// Budgets under many hands, on a real Postgres.
import { beforeAll, describe, expect, test } from "vitest";
import { testDatabase } from "../testing/database.ts";
import { asProcess, entriesAbout, testBlobs } from "../testing/journey.ts";
import { budgetRows } from "../testing/model-rows.ts";
import { admitted, finalOf, intentOf, type ModelScene, openModelScene } from "../testing/model-scene.ts";
import { testClock } from "../testing/scopes.ts";
import { openCalls } from "./open-calls.ts";
import type { Opening } from "./schema.ts";
import { settleCalls } from "./settle-calls.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
beforeAll(async () => {
  scene = await openModelScene(database, clock, { controls: { budgetRunCents: 1 } });
});

const asGateway = <T>(work: () => Promise<T>) => asProcess(database, "gateway", work);
const use = (kind: string, subject: string) => budgetRows(database, kind, subject);
const refusedWith = (opening: Opening | undefined) =>
  opening === "opened" ? null : (opening?.budget ?? "none");
/** 600 input, 200 cached, 50 output. */
const CHARGED = 600 + 20 + 500;

describe("budgets under many hands", () => {
  test("probe: 200 calls at once on a nearly spent budget never hold back or spend more than there is", async () => {
    const working = await scene.start();
    const openings = await asGateway(async () => {
      const admission = await admitted(scene, working);
      const intents = Array.from({ length: 200 }, () => intentOf(admission, clock));
      return Promise.all(
        intents.map(async (intent) => ({ intent, opening: (await openCalls(scene.gateway, [intent]))[0] })),
      );
    });
    const opened = openings.filter(({ opening }) => opening === "opened");
    expect(opened).toHaveLength(5); // 10,000 of 2,000 each
    expect(openings.map(({ opening }) => refusedWith(opening)).filter((name) => name === "run")).toHaveLength(
      195,
    );
    expect(await use("run", working.runId)).toEqual([{ reserved: 10_000, spent: 0 }]);
    await asGateway(() =>
      Promise.all(opened.map(({ intent }) => settleCalls(scene.gateway, [finalOf(intent, clock)]))),
    );
    expect(await use("run", working.runId)).toEqual([{ reserved: 0, spent: 5 * CHARGED }]);
    const refusals = (await entriesAbout(database, `run:${working.runId}`)).filter(
      ({ kind }) => kind === "model.refused",
    );
    expect(refusals.length).toBeLessThanOrEqual(3);
    expect(refusals[0]?.detail).toMatchObject({ reason: "budget_run" });
  });

  test.each([
    ["day", { budgetDayCents: 1 }],
    ["pilot", { budgetPilotCents: 1 }],
  ] as const)("probe: nor do 100 calls of four runs on what the %s has left", async (kind, controls) => {
    const other = await openModelScene(database, clock, { controls });
    const workings = [await other.start(), await other.start(), await other.start(), await other.start()];
    const openings = await asGateway(async () => {
      const admissions = await Promise.all(workings.map((working) => admitted(other, working)));
      const intents = Array.from({ length: 25 }, () => admissions.map((one) => intentOf(one, clock))).flat();
      return Promise.all(
        intents.map(async (intent) => ({ intent, opening: (await openCalls(other.gateway, [intent]))[0] })),
      );
    });
    const opened = openings.filter(({ opening }) => opening === "opened");
    expect(opened).toHaveLength(5); // 10,000 of 2,000 each
    expect(openings.filter(({ opening }) => refusedWith(opening) === kind)).toHaveLength(95);
    expect(await use(kind, other.pilotId)).toEqual([{ reserved: 10_000, spent: 0 }]);
    const held = await Promise.all(workings.map(({ runId }) => use("run", runId)));
    expect(held.flat().reduce((sum, { reserved }) => sum + reserved, 0)).toBe(10_000);
    await asGateway(() =>
      Promise.all(opened.map(({ intent }) => settleCalls(other.gateway, [finalOf(intent, clock)]))),
    );
    expect(await use(kind, other.pilotId)).toEqual([{ reserved: 0, spent: 5 * CHARGED }]);
  });

  test("in one transaction, each is weighed against what those before it hold back", async () => {
    const working = await scene.start();
    await asGateway(async () => {
      const admission = await admitted(scene, working);
      const intents = Array.from({ length: 7 }, () => intentOf(admission, clock));
      const openings = await openCalls(scene.gateway, intents);
      expect(openings.map(refusedWith)).toEqual([null, null, null, null, null, "run", "run"]);
      const [, , , , , refusal] = openings;
      expect(refusal).toMatchObject({
        refused: "refused",
        sentence: expect.stringContaining("budget of this run"),
      });
      await settleCalls(
        scene.gateway,
        intents.slice(0, 5).map((intent) => finalOf(intent, clock)),
      );
    });
  });

  test("probe: calls of many runs in transactions of mixed order end without a deadlock", async () => {
    const other = await openModelScene(database, clock); // with enough to spend
    const workings = [await other.start(), await other.start(), await other.start()];
    await asGateway(async () => {
      const admissions = await Promise.all(workings.map((working) => admitted(other, working)));
      const rounds = Array.from({ length: 12 }, (_, round) =>
        (round % 2 === 0 ? admissions : [...admissions].reverse()).map((admission) =>
          intentOf(admission, clock, { reservedMicros: 10 }),
        ),
      );
      await Promise.all(
        rounds.map(async (intents) => {
          expect(await openCalls(other.gateway, intents)).toEqual(intents.map(() => "opened"));
          await settleCalls(
            other.gateway,
            [...intents].reverse().map((intent) => finalOf(intent, clock)),
          );
        }),
      );
    });
    for (const { runId } of workings)
      expect(await use("run", runId)).toEqual([{ reserved: 0, spent: 12 * CHARGED }]);
  });
});

describe("the day of a budget", () => {
  test("is the pilot's own, and a call is charged to the day it was opened on", async () => {
    const other = await openModelScene(database, clock, { timeZone: "Asia/Tokyo" });
    const working = await other.start();
    const today = new Date(clock.now()).toISOString().slice(0, 10);
    const late = testClock(Date.parse(`${today}T14:59:59Z`));
    await asGateway(async () => {
      const intent = intentOf(await admitted(other, working), late);
      await openCalls(other.gateway, [intent]);
      late.advance(10_000); // past midnight in Tokyo
      await settleCalls(other.gateway, [finalOf(intent, late)]);
    });
    const { rows } = await database.owner.query(
      "select day, spent_micros::int as spent from budget_use where kind = 'day' and subject = $1",
      [other.pilotId],
    );
    expect(rows).toEqual([{ day: today, spent: CHARGED }]);
  });
});
