import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { burnDays, projectionOf } from "./rules.ts";

const MARCH = { first: "2030-03-29", last: "2030-04-02", budgetMicros: 100 };

describe("a budget", () => {
  test("has a day for each that passed, those on which nothing was spent too, over a change of the clock", () => {
    const days = burnDays(
      new Map([
        ["2030-03-30", 10],
        ["2030-04-02", 5],
      ]),
      MARCH,
    );
    expect(days).toEqual([
      { day: "2030-03-29", micros: 0, leftMicros: 100 },
      { day: "2030-03-30", micros: 10, leftMicros: 90 },
      { day: "2030-03-31", micros: 0, leftMicros: 90 },
      { day: "2030-04-01", micros: 0, leftMicros: 90 },
      { day: "2030-04-02", micros: 5, leftMicros: 85 },
    ]);
  });

  test("loses no charge, whatever days there are", () => {
    const day = fc.integer({ min: 1, max: 28 }).map((nth) => `2030-02-${String(nth).padStart(2, "0")}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(day, fc.nat(1000))), (charges) => {
        const spent = new Map<string, number>();
        for (const [on, micros] of charges) spent.set(on, (spent.get(on) ?? 0) + micros);
        const days = burnDays(spent, { first: "2030-02-10", last: "2030-02-28", budgetMicros: 5000 });
        const all = charges.reduce((sum, [, micros]) => sum + micros, 0);
        expect(days.at(-1)?.leftMicros).toBe(5000 - all);
        expect(new Set(days.map((one) => one.day)).size).toBe(days.length);
      }),
    );
  });
});

describe("where it goes on like this", () => {
  const spentEvenly = burnDays(
    new Map(["2030-03-29", "2030-03-30", "2030-03-31", "2030-04-01", "2030-04-02"].map((day) => [day, 10])),
    MARCH,
  );

  test("it is the mean of the days that are over, today left out, with an interval around it", () => {
    const projection = projectionOf(spentEvenly, "2030-04-02", "2030-04-05");
    expect(projection).toEqual({
      ...{ perDayMicros: 10, days: 4, usedUpOn: null },
      left: { micros: 20, interval: { low: 20, high: 20 } },
    });
    const uneven = projectionOf(burnDays(new Map([["2030-03-30", 40]]), MARCH), "2030-04-02", "2030-04-05");
    expect(uneven?.left.micros).toBe(30);
    expect(uneven?.left.interval.low).toBeLessThan(30);
    expect(uneven?.left.interval.high).toBeGreaterThan(30);
  });

  test("it says the day on which nothing is left", () => {
    expect(projectionOf(spentEvenly, "2030-04-02", "2030-04-12")?.usedUpOn).toBe("2030-04-07");
  });

  test("it says nothing before two days are over, and nothing after the end", () => {
    expect(projectionOf(spentEvenly.slice(0, 2), "2030-03-30", "2030-04-05")).toBeNull();
    expect(projectionOf(spentEvenly, "2030-04-02", "2030-04-02")).toBeNull();
  });
});
