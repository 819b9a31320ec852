import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forecast, metricForecast, powerOf, weeksUntil } from "./power.ts";
import type { MetricKpi } from "./schema/kpi-id.ts";
import { seededRandom } from "./statistics.ts";

describe("the forecast of what numbers can tell", () => {
  test("six a week are ±28 points by week 4", () => {
    expect(powerOf(24)).toEqual({ rows: 24, points: 28, detectable: 40 });
    expect(forecast(6, 4, 5)).toBe(
      "6 a week → ±28 points by week 4; a difference of 40 points would be found four times of five.",
    );
  });

  test("says that there is no verdict where there are too few rows, or no week", () => {
    expect(powerOf(4, 5)).toBeNull();
    expect(powerOf(0, 0)).toBeNull();
    expect(forecast(1, 4, 5)).toContain("fewer than the minimum sample of 5");
    expect(forecast(6, 0, 5)).toContain("ends within a week");
  });

  test("gets better with every row, and four times as many rows halve it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 5000 }), (rows) => {
        const [few, many] = [powerOf(rows), powerOf(4 * rows)];
        expect(many?.points).toBeLessThanOrEqual(few?.points ?? 0);
        expect(Math.abs(2 * (many?.points ?? 0) - (few?.points ?? 0))).toBeLessThanOrEqual(2);
      }),
    );
  });

  test("holds against chance: of pairs of equal shares few differ by more, and of pairs so different most are told apart", () => {
    const random = seededRandom(7);
    const draw = (share: number) => Array.from({ length: 24 }, () => (random() < share ? 1 : 0) as number);
    const mean = (rows: readonly number[]) => rows.reduce((sum, row) => sum + row, 0) / rows.length;
    const TIMES = 2000;
    const beyond = (first: number, second: number) => {
      let count = 0;
      for (let nth = 0; nth < TIMES; nth++)
        if (Math.abs(mean(draw(first)) - mean(draw(second))) > 0.2829) count += 1;
      return count / TIMES;
    };
    expect(beyond(0.5, 0.5)).toBeLessThan(0.07);
    expect(beyond(0.3, 0.7)).toBeGreaterThan(0.75);
  });

  test("counts whole weeks", () => {
    const DAY = 24 * 60 * 60 * 1000;
    expect([weeksUntil(0, 28 * DAY), weeksUntil(0, 27 * DAY), weeksUntil(DAY, 0)]).toEqual([4, 3, 0]);
  });
});

describe("the forecast of one metric", () => {
  const expected = { perWeek: 6, weeks: 4, minimumSample: 5 };
  test.each<[MetricKpi, Partial<typeof expected>, string]>([
    [
      "failed_share",
      {},
      "6 a week → ±28 points by week 4; a difference of 40 points would be found four times of five.",
    ],
    ["throughput", {}, "6 a week → ±2.4 a week by week 4, if every run merges."],
    [
      "agent_lead_time",
      {},
      "6 a week → by week 4 the median is known to lie between percentiles 30 and 70, if every run merges.",
    ],
    ["throughput", { perWeek: 0 }, "Say how many runs a week are expected to read what it will tell."],
  ])("%s with %j", (kpi, change, sentence) => {
    expect(metricForecast(kpi, { ...expected, ...change })).toEqual({ sentence, isShort: false });
  });

  test.each([{ perWeek: 1, weeks: 4 }, { weeks: 0 }, { minimumSample: 25 }])(
    "warns where no verdict would be given: %j",
    (change) => {
      for (const kpi of ["throughput", "review_to_merge", "merged_share"] as const)
        expect(metricForecast(kpi, { ...expected, ...change }).isShort).toBe(true);
    },
  );
});
