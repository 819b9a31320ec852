import { expect, test } from "vitest";
import type { Clock } from "#lib/clock.ts";
import { offerLoad } from "./open-loop.ts";

/** Time that passes only by sleeping. */
function scriptedClock(): Clock & { pass(milliseconds: number): void } {
  let time = 1000;
  return {
    now: () => time,
    sleep: async (milliseconds) => {
      await new Promise(setImmediate); // answers that are there arrive before time passes
      time += milliseconds;
    },
    pass: (milliseconds) => {
      time += milliseconds;
    },
  };
}

test("calls are made when they are due, and answers at once count nothing", async () => {
  const clock = scriptedClock();
  const made: [number, number][] = [];
  const { samples, failures } = await offerLoad(
    async (index) => void made.push([index, clock.now() - 1000]),
    { rate: 100, seconds: 0.05, warmUp: 0 },
    clock,
  );
  expect(made).toEqual([
    [0, 0],
    [1, 10],
    [2, 20],
    [3, 30],
    [4, 40],
  ]);
  expect(samples).toEqual([0, 0, 0, 0, 0]);
  expect(failures).toEqual([]);
});

test("a stall counts for every call that was due during it", async () => {
  const clock = scriptedClock();
  const { samples } = await offerLoad(
    async (index) => {
      if (index === 0) clock.pass(35);
    },
    { rate: 100, seconds: 0.05, warmUp: 0 },
    clock,
  );
  expect(samples.map(Math.round)).toEqual([35, 25, 15, 5, 0]);
});

test("calls of the warm-up are made and not counted, and a refusal is a failure and no sample", async () => {
  const clock = scriptedClock();
  let calls = 0;
  const { samples, failures } = await offerLoad(
    async (index) => {
      calls += 1;
      if (index === 3) throw new Error("no");
    },
    { rate: 100, seconds: 0.03, warmUp: 0.02 },
    clock,
  );
  expect(calls).toBe(5);
  expect(samples).toHaveLength(2);
  expect(failures).toHaveLength(1);
});
