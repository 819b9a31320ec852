import { describe, expect, test } from "vitest";
import type { Metric } from "../pilots/schema/goal.ts";
import { metricText } from "./metric-rules.ts";
import { type RowSums, readingOf } from "./reading-rules.ts";
import type { MetricKpi } from "./schema/kpi-id.ts";
import { metricReports, paceOf } from "./success.ts";

const WEEK = 7 * 24 * 60 * 60 * 1000;

const metric = (change: Partial<Metric>): Metric => ({
  ...{ kpi: "failed_share", target: 10, baseline: null, source: "" },
  ...change,
});

const sums = (change: Partial<RowSums>): RowSums => ({
  ...{ rows: 0, hits: 0, maturing: 0, provisional: 0, censored: 0, total: null, mean: null, deviation: null },
  ...{ median: null, p90: null, values: [], lasting: [], low: null, high: null },
  ...change,
});
const reading = (kpi: MetricKpi, change: Partial<RowSums>, minimumSample = 5, weeks = 4) =>
  readingOf(kpi, sums(change), weeks * WEEK, minimumSample);

const of = (change: Partial<Metric>, now: Partial<RowSums>, before: Partial<RowSums> | null = null) => {
  const { kpi } = metric(change);
  const readings = {
    now: reading(kpi, now),
    before: before && reading(kpi, before, 1, 1),
    isWithoutAgents: true,
  };
  return metricReports([metric(change)], new Map([[kpi, readings]]))[0];
};

describe("a success metric", () => {
  test("says how far it is from its target, in its own unit", () => {
    expect(of({}, { rows: 16, hits: 8 })).toMatchObject({
      ...{ value: 50, distance: 40, verdict: "missed", sample: 16 },
    });
    expect(of({ kpi: "merged_share", target: 80 }, { rows: 16, hits: 8 })).toMatchObject({
      ...{ value: 50, distance: 30 },
    });
    const hours = { rows: 8, values: Array.from({ length: 8 }, () => 5), median: 5, p90: 5 };
    expect(of({ kpi: "agent_lead_time", target: 8 }, hours)).toMatchObject({
      ...{ value: 5, distance: -3, verdict: "met", interval: { low: 5, high: 5 } },
    });
    expect(of({ kpi: "throughput", target: 3 }, { rows: 8 })).toMatchObject({ value: 2, distance: 1 });
  });

  test("tells nothing below the minimum sample but what is missing", () => {
    expect(of({}, { rows: 3, hits: 3 })).toMatchObject({
      ...{ value: null, distance: null, interval: null, verdict: "cannot_tell", needed: 2 },
    });
  });

  test("is held against what was said of before, and where that comes from", () => {
    expect(of({ baseline: 35, source: "CI of February" }, {}, { rows: 3, hits: 1 })?.baseline).toEqual({
      ...{ value: 35, source: "CI of February", isMeasured: false, isWithoutAgents: false },
    });
  });

  test("without a baseline is held against what was measured before, once that is over", () => {
    expect(of({}, {})?.baseline).toEqual({
      ...{ value: null, source: "", isMeasured: true, isWithoutAgents: true },
    });
    expect(of({}, {}, { rows: 3, hits: 1 })?.baseline.value).toBeCloseTo(100 / 3);
    expect(of({ kpi: "throughput" }, {}, { rows: 2 })?.baseline.value).toBe(2);
  });
});

test("the pace is what came a week, beside what was expected", () => {
  expect(paceOf(2, 6, WEEK / 2)).toEqual({ expected: 6, launched: null });
  expect(paceOf(2, 6, 4 * WEEK)).toEqual({ expected: 6, launched: 0.5 });
});

test("a metric is read as a sentence", () => {
  expect(metricText(metric({}))).toBe("Runs that failed: at most 10 %, against the first week");
  expect(metricText(metric({ kpi: "throughput", target: 3, baseline: 1, source: "counted" }))).toBe(
    "Merged patches per week: at least 3 a week, against 1 a week (counted)",
  );
});
