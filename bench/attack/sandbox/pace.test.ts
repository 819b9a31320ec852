import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quantile } from "../../stats.ts";
import { createRandom, type Random } from "../random.ts";
import { isIn, judgePace, type Round } from "./pace.ts";

const GOAL = 1.5;

/** Answers of about 5 ms; one in twenty waits, on a host where that much else goes on in this round. */
function answers(random: Random, count: number, load: number, slower = 1): number[] {
  return Array.from({ length: count }, () => {
    const wait = random.below(20) === 0 ? load * random.below(100) : 0;
    return (4 + random.below(200) / 100 + wait) * slower;
  });
}

function roundsOf(random: Random, slower: number, loadOf: (round: number) => number): Round[] {
  return Array.from({ length: 20 }, (_, round) => ({
    idle: answers(random, 150, loadOf(round)),
    busy: answers(random, 150, loadOf(round), slower),
  }));
}

const seeds = fc.integer({ min: 1, max: 1_000_000 });
const judged = (seed: number, slower: number, loadOf: (round: number) => number) =>
  judgePace(roundsOf(createRandom(seed), slower, loadOf), GOAL, createRandom(seed + 1));

describe("the pace of a plane", () => {
  test.each([
    ["quiet", () => 0.1],
    ["loaded", () => 3],
    ["loaded at times", (round: number) => (round % 5 === 0 ? 8 : 0.1)],
  ])("is not called missed on a %s host where the attack costs nothing", (_, loadOf) => {
    fc.assert(
      fc.property(seeds, (seed) => judged(seed, 1, loadOf).verdict !== "missed"),
      { numRuns: 6 },
    );
  });

  test.each([
    ["quiet", () => 0.1],
    ["loaded", () => 3],
  ])("is missed on a %s host where the attack makes answers four times as slow", (_, loadOf) => {
    fc.assert(
      fc.property(seeds, (seed) => judged(seed, 4, loadOf).verdict === "missed"),
      { numRuns: 6 },
    );
  });

  test("is met at the goal itself, and says how far it would move", () => {
    const rounds = Array.from({ length: 4 }, () => ({ idle: [10, 10], busy: [15, 15] }));
    expect(judgePace(rounds, GOAL, createRandom(1))).toEqual({
      ...{ ratio: 1.5, low: 1.5, high: 1.5, verdict: "met" },
    });
  });

  test("is the p99 of all answers, by nearest rank", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 4, maxLength: 300 }), (all) => {
        const half = Math.floor(all.length / 2);
        const rounds = [
          { idle: [1], busy: all.slice(0, half) },
          { idle: [1], busy: all.slice(half) },
        ];
        return judgePace(rounds, GOAL, createRandom(1)).ratio === quantile(all, 0.99);
      }),
    );
  });

  test("is undecided where one round alone makes it", () => {
    const calm = Array.from({ length: 9 }, () => ({ idle: [10, 10], busy: [10, 10] }));
    const pace = judgePace([...calm, { idle: [10, 10], busy: [10, 100] }], GOAL, createRandom(1));
    expect(pace).toMatchObject({ ratio: 10, low: 1, verdict: "undecided" });
  });
});

test("an answer that was under way when the attack began or ended counts as one under attack", () => {
  const during = ([end, milliseconds]: readonly [number, number]) => isIn([end, milliseconds], 100, 200);
  expect([
    during([90, 50]),
    during([110, 50]),
    during([150, 5]),
    during([230, 50]),
    during([260, 50]),
  ]).toEqual([false, true, true, true, false]);
});
