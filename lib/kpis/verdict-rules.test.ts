import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type RowSums, readingOf } from "./reading-rules.ts";
import type { MetricKpi } from "./schema/kpi-id.ts";
import { quantile } from "./statistics.ts";
import { judgementOf } from "./verdict-rules.ts";

const DAY = 24 * 60 * 60 * 1000;

const sumsOf = (values: readonly number[], change: Partial<RowSums> = {}): RowSums => {
  const sorted = [...values].sort((one, other) => one - other);
  const total = sorted.reduce((sum, value) => sum + value, 0);
  return {
    ...{ rows: sorted.length, hits: 0, maturing: 0, provisional: 0, censored: 0, lasting: [], deviation: 1 },
    ...{
      total,
      mean: sorted.length > 0 ? total / sorted.length : null,
      values: sorted,
      low: null,
      high: null,
    },
    median: sorted.length > 0 ? quantile(sorted, 0.5) : null,
    p90: sorted.length > 0 ? quantile(sorted, 0.9) : null,
    ...change,
  };
};
const many = (count: number, make: (index: number) => number = () => 1) =>
  Array.from({ length: count }, (_, index) => make(index));
const judged = (kpi: MetricKpi, sums: RowSums, target: number | null, days = 56) => {
  const reading = readingOf(kpi, sums, days * DAY, 5);
  return { ...reading, ...judgementOf(reading, target) };
};

describe("a duration", () => {
  test("shows nothing below the minimum sample, and says how many are missing", () => {
    expect(judged("agent_lead_time", sumsOf([1, 2]), 24)).toMatchObject({
      ...{ sample: 2, minimumSample: 5, state: "too_few", value: null, p90: null, interval: null },
      ...{ verdict: "cannot_tell", needed: 3 },
    });
  });

  test("is met or missed when the whole interval lies on one side of the target", () => {
    const values = many(9, (index) => 2 + index / 10);
    expect(judged("agent_lead_time", sumsOf(values), 24)).toMatchObject({ verdict: "met", needed: null });
    expect(judged("agent_lead_time", sumsOf(values), 1)).toMatchObject({ verdict: "missed", needed: null });
  });

  test("that straddles the target cannot tell and forecasts", () => {
    const wide = judged("agent_lead_time", sumsOf(many(8, (index) => index * 6)), 24);
    expect(wide.verdict).toBe("cannot_tell");
    expect(wide.needed).toBeGreaterThan(0);
    const exactly = sumsOf(many(8, (index) => (index < 4 ? 10 : 30)));
    expect(judged("agent_lead_time", exactly, 20)).toMatchObject({ verdict: "cannot_tell", needed: null });
  });

  test("without a target is told and not judged", () => {
    expect(judged("agent_lead_time", sumsOf(many(8)), null)).toMatchObject({ value: 1, verdict: null });
  });
});

describe("a pace", () => {
  test("is not told before the first week is over", () => {
    expect(judged("throughput", sumsOf(many(4)), 3, 6.9)).toMatchObject({
      ...{ state: "too_few", value: null, interval: null, verdict: "cannot_tell" },
    });
  });

  test("counts rows by weeks", () => {
    const pace = judged("throughput", sumsOf(many(40)), 3);
    expect(pace).toMatchObject({ value: 5, denominator: 8, verdict: "met", needed: null, sample: 40 });
    expect(pace.interval?.low).toBeCloseTo(3.57, 1);
  });

  test("of nothing in a long time is missed, though the sample is small; of few it is never met", () => {
    expect(judged("throughput", sumsOf([]), 3)).toMatchObject({ value: 0, verdict: "missed" });
    expect(judged("throughput", sumsOf(many(3)), 0, 7)).toMatchObject({ verdict: "cannot_tell", needed: 2 });
  });

  test("of what there should be little of is met by nothing in a long time, and never missed by few", () => {
    expect(judged("wakeups", sumsOf([]), 1)).toMatchObject({ value: 0, verdict: "met" });
    expect(judged("wakeups", sumsOf(many(4)), 0, 7)).toMatchObject({ verdict: "cannot_tell", needed: 1 });
  });

  test("near its target cannot tell and says about how many rows would", () => {
    const near = judged("throughput", sumsOf(many(8)), 3, 14);
    expect(near.verdict).toBe("cannot_tell");
    expect(near.needed).toBeGreaterThan(10);
    expect(judged("throughput", sumsOf(many(6)), 3, 14)).toMatchObject({ needed: null });
  });

  test("never needs a number of rows that is not a positive whole one", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(20), fc.integer({ min: 1, max: 300 }), (count, target, days) => {
        const { needed, verdict, interval, value } = judged("throughput", sumsOf(many(count)), target, days);
        if (needed !== null) expect(Number.isInteger(needed) && needed > 0).toBe(true);
        if (verdict !== "cannot_tell") expect(needed).toBeNull();
        if (interval && value !== null) expect(interval.low <= value && value <= interval.high).toBe(true);
      }),
    );
  });
});

describe("a rate", () => {
  test("shows what it was told from always, and itself from the minimum sample on", () => {
    expect(judged("revert_rate", sumsOf([], { rows: 4, hits: 1, maturing: 3 }), 10)).toMatchObject({
      ...{ state: "too_few", value: null, numerator: 1, denominator: 4, maturing: 3, needed: 1 },
    });
    expect(judged("revert_rate", sumsOf([], { rows: 16, hits: 8 }), 10)).toMatchObject({
      ...{ state: "value", value: 50, numerator: 8, denominator: 16, verdict: "missed" },
    });
  });
});

describe("costs and fixes", () => {
  test("without a fix there is no quotient, and the spend is shown", () => {
    expect(judged("cost_per_fix", sumsOf([2, 3], { hits: 0 }), 4)).toMatchObject({
      ...{ state: "too_few", value: null, numerator: 5, denominator: 0, sample: 0 },
    });
    expect(
      judged(
        "cost_per_fix",
        sumsOf(
          many(10, () => 4),
          { hits: 5 },
        ),
        4,
      ),
    ).toMatchObject({
      ...{ value: 8, numerator: 40, denominator: 5, sample: 5 },
    });
  });

  test("fixes are met once there are so many, and missed by none while more may come", () => {
    expect(judged("validated_fixes", sumsOf([], { rows: 6, hits: 6 }), 5)).toMatchObject({ verdict: "met" });
    expect(judged("validated_fixes", sumsOf([], { rows: 2, hits: 2 }), 5)).toMatchObject({
      ...{ value: 2, verdict: "cannot_tell", needed: 3 },
    });
  });

  test("a mean lies in its interval, whether it is resampled or there are too many", () => {
    const values = many(30, (index) => (index % 7) * 1.5);
    for (const sums of [sumsOf(values), sumsOf(values, { values: null, deviation: 3 })]) {
      const { value, interval } = judged("cost_per_run", sums, null);
      expect(value).toBeCloseTo(sums.mean ?? 0);
      expect(interval && value && interval.low < value && value < interval.high).toBe(true);
    }
  });
});

describe("what is not over", () => {
  test("counts as lasting at least so long", () => {
    const sums = sumsOf([1, 2, 3], { censored: 4, lasting: [5, 6, 7, 8] });
    const { value, state, censored } = judged("recovery_time", sums, 4);
    expect([value, state, censored]).toEqual([null, "too_few", 4]);
    const most = judged("recovery_time", sumsOf([1, 2, 3, 4, 9, 9, 9], { censored: 1, lasting: [2.5] }), 4);
    expect(most.value).toBe(4);
  });

  test("is no hit and no miss of a rate", () => {
    expect(judged("finding_precision", sumsOf([], { rows: 6, hits: 3, censored: 9 }), 80)).toMatchObject({
      ...{ value: 50, denominator: 6, censored: 9 },
    });
  });
});
