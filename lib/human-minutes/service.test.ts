import fc from "fast-check";
import pg from "pg";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../clock.ts";
import type { Scope } from "../scope.ts";
import { member } from "../testing/arrange.ts";
import { asProcess } from "../testing/journey.ts";
import { type RunScene, runScene } from "../testing/run-scene.ts";
import { testScope } from "../testing/scopes.ts";
import { answerSample, beat, chooseMinutes, getOwnMinutes, listTeamWeeks, settleWeeks } from "./service.ts";

let scene: RunScene;
let runId: string;
let people: Scope[];

beforeAll(async () => {
  scene = await runScene();
  // A Monday at noon, so that what is counted in a test falls into one week.
  const weekday = (new Date(scene.clock.now()).getUTCDay() + 6) % 7;
  scene.clock.advance((7 - weekday) * DAY - (scene.clock.now() % DAY) + 12 * HOUR);
  runId = await scene.launched();
  people = [];
  for (const name of ["ada", "bo", "cy", "di"]) people.push(await member(scene.seed, name, "reviewer"));
});
afterEach(() => {
  delete process.env.PILOTHOUSE_HUMAN_MINUTES;
});

const who = (nth: number): Scope => {
  const scope = people[nth];
  if (!scope) throw new Error("nobody is there");
  return scope;
};
const at = (scope: Scope, activeMs = 20_000) => beat(scope, { runId, purpose: "review", activeMs });
const ownMs = async (scope: Scope) =>
  (await getOwnMinutes(scope)).rows.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
/** Five minutes, a minute at a time: below that somebody hides nobody. */
async function lookOn(scope: Scope, of = runId): Promise<void> {
  await beat(scope, { runId: of, purpose: "run", activeMs: 0 });
  for (let nth = 0; nth < 5; nth++) {
    scene.clock.advance(MINUTE);
    await beat(scope, { runId: of, purpose: "run", activeMs: 60_000 });
  }
}
const settle = () => asProcess(scene.database, "worker", () => settleWeeks(scene.seed));

describe("what a page tells", () => {
  test("is believed up to the time that passed since it last told something", async () => {
    expect(await at(who(0), 60_000)).toMatchObject({ creditedMs: 0, asks: true });
    scene.clock.advance(20 * SECOND);
    expect((await at(who(0))).creditedMs).toBe(20_000);
    scene.clock.advance(10 * SECOND);
    expect((await at(who(0), 60_000)).creditedMs).toBe(10_000);
    expect(await ownMs(who(0))).toBe(30_000);
  });

  test("probe: of two tabs at once counts once, and a claim of a long absence is a minute at most", async () => {
    const before = await ownMs(who(0));
    for (let nth = 0; nth < 6; nth++) {
      scene.clock.advance(10 * SECOND);
      await Promise.all([at(who(0)), beat(who(0), { runId, purpose: "run", activeMs: 20_000 })]);
    }
    expect((await ownMs(who(0))) - before).toBe(60_000);
    scene.clock.advance(5 * HOUR);
    expect((await at(who(0), 60_000)).creditedMs).toBe(60_000);
  });

  test("probe: that the clock went back counts nothing, and nothing twice", async () => {
    scene.clock.advance(20 * SECOND);
    await at(who(0));
    const before = await ownMs(who(0));
    scene.clock.advance(-10 * MINUTE);
    expect((await at(who(0))).creditedMs).toBe(0);
    scene.clock.advance(10 * MINUTE);
    expect((await at(who(0))).creditedMs).toBe(0);
    expect(await ownMs(who(0))).toBe(before);
  });

  test("probe: about a run nobody knows, by a stranger or by a program is refused", async () => {
    const unknown = { runId: "run_none", purpose: "run", activeMs: 1 } as const;
    await expect(beat(who(0), unknown)).rejects.toMatchObject({ code: "not_found" });
    const stranger = testScope({ roles: [], actor: who(0).actor, clock: scene.clock });
    await expect(at(stranger)).rejects.toMatchObject({ code: "not_found" });
    await expect(at(scene.seed)).rejects.toMatchObject({ code: "forbidden" });
    await expect(getOwnMinutes(scene.seed)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("never comes to more than the time that passed, whatever is told and when", async () => {
    const told = fc.record({
      wait: fc.integer({ min: 0, max: 90_000 }),
      activeMs: fc.nat(60_000),
      tab: fc.nat(2),
    });
    const scope = who(3);
    await fc.assert(
      fc.asyncProperty(fc.array(told, { minLength: 1, maxLength: 12 }), async (beats) => {
        await at(scope, 0);
        const [from, before] = [scene.clock.now(), await ownMs(scope)];
        for (const { wait, activeMs, tab } of beats) {
          scene.clock.advance(wait);
          await beat(scope, {
            runId,
            purpose: (["review", "run", "finding"] as const)[tab] ?? "run",
            activeMs,
          });
        }
        expect((await ownMs(scope)) - before).toBeLessThanOrEqual(scene.clock.now() - from);
      }),
      { numRuns: 15 },
    );
  });
});

describe("switched off", () => {
  test("by the installation nothing is counted of anybody, by a person nothing of them", async () => {
    process.env.PILOTHOUSE_HUMAN_MINUTES = "off";
    expect((await at(who(1))).isOff).toBe(true);
    process.env.PILOTHOUSE_HUMAN_MINUTES = "on";
    await chooseMinutes(who(1), true);
    await at(who(1));
    scene.clock.advance(20 * SECOND);
    expect(await at(who(1))).toEqual({ creditedMs: 0, asks: false, isOff: true });
    expect(await getOwnMinutes(who(1))).toMatchObject({ rows: [], isOff: true });
    await chooseMinutes(who(1), false);
    await at(who(1));
    scene.clock.advance(20 * SECOND);
    expect((await at(who(1))).creditedMs).toBe(20_000);
  });
});

describe("what others see", () => {
  test("probe: is no row of anybody: no process may read them, and each gets its own by a function", async () => {
    for (const name of ["web", "worker"] as const) {
      const pool = new pg.Pool({ connectionString: scene.database.urls[name] });
      for (const table of ["human_minute", "human_beat", "human_sample"])
        await expect(pool.query(`select * from ${table}`)).rejects.toThrow(/permission denied/);
      await pool.end();
    }
    expect((await getOwnMinutes(who(2))).rows).toEqual([]);
  });

  test("is a week that is over, and nothing of one with fewer than three people", async () => {
    const other = await scene.pilotWith();
    const theirs = await scene.launched(other);
    for (const scope of [who(0), who(1)]) await lookOn(scope, theirs);
    await beat(who(2), { runId: theirs, purpose: "run", activeMs: 0 });
    scene.clock.advance(20 * SECOND);
    await beat(who(2), { runId: theirs, purpose: "run", activeMs: 20_000 });
    for (const nth of [0, 1, 2]) await lookOn(who(nth));
    for (const nth of [0, 1, 2]) await answerSample(who(nth), { runId, minutes: 10 });
    await answerSample(who(0), { runId, minutes: 900 });
    expect((await at(who(0))).asks).toBe(false);
    expect(await settle()).toBe(0);
    expect(await listTeamWeeks(scene.seed, scene.work.pilotId)).toEqual([]);
    scene.clock.advance(8 * DAY);
    const { rows } = await scene.database.owner.query<{ ms: string }>(
      "select sum(milliseconds) as ms from human_minute where pilot_id = $1",
      [scene.work.pilotId],
    );
    expect(await settle()).toBe(2);
    expect(await settle()).toBe(0);
    const [week, ...others] = await listTeamWeeks(scene.seed, scene.work.pilotId);
    expect(others).toEqual([]);
    expect(week).toMatchObject({ afterMergeMinutes: 0, offToolMinutes: 30 });
    expect((week?.minutes ?? 0) * MINUTE).toBeCloseTo(Number(rows[0]?.ms), 3);
    expect(await listTeamWeeks(scene.seed, other)).toMatchObject([
      { minutes: null, afterMergeMinutes: null, offToolMinutes: null },
    ]);
    expect(JSON.stringify(await listTeamWeeks(scene.seed, scene.work.pilotId))).not.toContain("per_");
  });

  test("stays when the rows go", async () => {
    scene.clock.advance(91 * DAY);
    await settle();
    const { rows } = await scene.database.owner.query("select 1 from human_minute");
    expect(rows).toEqual([]);
    expect((await listTeamWeeks(scene.seed, scene.work.pilotId))[0]?.minutes).toBeGreaterThan(0);
  });
});
