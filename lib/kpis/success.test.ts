import { describe, expect, test } from "vitest";
import { DAY, HOUR } from "../clock.ts";
import type { Metric } from "../pilots/schema/goal.ts";
import { metricText } from "./metric-rules.ts";
import type { FactRow, Outcome } from "./schema.ts";
import { metricReports, paceOf } from "./success.ts";

const START = Date.parse("2026-03-02T09:00:00Z");
const WEEK = 7 * DAY;

/** Ended so many days after the start; a merge took `hours`. */
function fact(outcome: Outcome, days: number, hours = 5): FactRow {
  const endedAt = new Date(START + days * DAY);
  const isMerged = outcome === "merged";
  return {
    ...{ runId: "run_1", title: "Repair", agentId: "agt_1", agentName: "Recipe", outcome, attempts: 1 },
    ...{ launchedAt: endedAt, reviewOpenedAt: null, mergedAt: isMerged ? endedAt : null, endedAt },
    ...{ leadTime: isMerged ? hours * HOUR : null, reviewToMerge: null, provisional: false },
  };
}

const span = (weeks: number) => ({
  milliseconds: weeks * WEEK,
  now: START + weeks * WEEK,
  activatedAt: START,
});
const metric = (change: Partial<Metric>): Metric => ({
  ...{ kpi: "failed_share", target: 10, baseline: null, source: "" },
  ...change,
});
const of = (facts: readonly FactRow[], change: Partial<Metric>, weeks = 4) =>
  metricReports(facts, [metric(change)], 5, span(weeks))[0];

describe("a success metric", () => {
  const failed = Array.from({ length: 8 }, (_, at) => fact("failed", 9 + at));
  const merged = Array.from({ length: 8 }, (_, at) => fact("merged", 9 + at));

  test("says how far it is from its target, in its own unit", () => {
    const half = [...failed, ...merged];
    expect(of(half, {})).toMatchObject({ value: 50, distance: 40, verdict: "missed", sample: 16 });
    expect(of(half, { kpi: "merged_share", target: 80 })).toMatchObject({ value: 50, distance: 30 });
    expect(of(merged, { kpi: "agent_lead_time", target: 8 })).toMatchObject({
      ...{ value: 5, distance: -3, verdict: "met", interval: { low: 5, high: 5 } },
    });
    expect(of(merged, { kpi: "throughput", target: 3 })).toMatchObject({ value: 2, distance: 1 });
  });

  test("tells nothing below the minimum sample but what is missing", () => {
    expect(of(failed.slice(0, 3), {})).toMatchObject({
      ...{ value: null, distance: null, interval: null, verdict: "cannot_tell", needed: 2 },
    });
  });

  test("is held against what was said of before, and where that comes from", () => {
    expect(of([], { baseline: 35, source: "CI of February" })?.baseline).toEqual({
      ...{ value: 35, source: "CI of February", isMeasured: false },
    });
  });

  test("without a baseline is held against the first week, once that is over", () => {
    const early = [fact("failed", 1), fact("merged", 2), fact("merged", 3, 9), fact("merged", 7)];
    expect(of(early, {}, 0.9)?.baseline).toEqual({ value: null, source: "", isMeasured: true });
    expect(of([...early, ...failed], {}, 3)?.baseline.value).toBeCloseTo(100 / 3);
    expect(of(early, { kpi: "agent_lead_time" }, 3)?.baseline.value).toBe(7);
    expect(of(early, { kpi: "throughput" }, 3)?.baseline.value).toBe(2);
    expect(of([], {}, 3)?.baseline.value).toBeNull();
  });
});

test("the pace is what came a week, beside what was expected", () => {
  const facts = [fact("merged", 1), fact("failed", 2)];
  expect(paceOf(facts, 6, span(0.5))).toEqual({ expected: 6, launched: null });
  expect(paceOf(facts, 6, span(4))).toEqual({ expected: 6, launched: 0.5 });
});

test("a metric is read as a sentence", () => {
  expect(metricText(metric({}))).toBe("Runs that failed: at most 10 %, against the first week");
  expect(metricText(metric({ kpi: "throughput", target: 3, baseline: 1, source: "counted" }))).toBe(
    "Merged patches per week: at least 3 a week, against 1 a week (counted)",
  );
});
