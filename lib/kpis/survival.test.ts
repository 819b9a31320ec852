import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quantile } from "./statistics.ts";
import { durationsOf, survivalInterval, survivalQuantile } from "./survival.ts";

const durations = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 });

describe("a quantile of durations of which some are not over", () => {
  test("is the median where all are over", () => {
    fc.assert(
      fc.property(durations, (values) => {
        const sorted = [...values].sort((one, other) => one - other);
        expect(survivalQuantile(durationsOf(values, []), 0.5)).toBeCloseTo(quantile(sorted, 0.5), 9);
      }),
    );
  });

  test("is Kaplan and Meier's: remission of leukaemia by 6-mercaptopurine, Freireich 1963", () => {
    const over = [6, 6, 6, 7, 10, 13, 16, 22, 23];
    const open = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
    expect(survivalQuantile(durationsOf(over, open), 0.5)).toBe(23);
  });

  test("is not told where too much is open", () => {
    expect(survivalQuantile(durationsOf([1, 2], [3, 4, 5]), 0.5)).toBeNull();
    expect(survivalQuantile(durationsOf([], [3, 4, 5]), 0.5)).toBeNull();
    expect(survivalInterval(durationsOf([1, 2], [3, 4, 5]), 0.5)).toBeNull();
  });

  test("never grows shorter because something lasts longer than all others", () => {
    fc.assert(
      fc.property(durations, (values) => {
        const without = survivalQuantile(durationsOf(values, []), 0.5) ?? 0;
        expect(survivalQuantile(durationsOf(values, [99]), 0.5) ?? 99).toBeGreaterThanOrEqual(without - 1e-9);
      }),
    );
  });

  test("lies in its interval", () => {
    const all = durationsOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [4, 6]);
    const interval = survivalInterval(all, 0.5);
    const value = survivalQuantile(all, 0.5) ?? 0;
    expect(interval && interval.low <= value && value <= interval.high).toBe(true);
  });
});
