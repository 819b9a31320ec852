import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { duration, isProvisional, MATURING, outcomes, throughput } from "./rules.ts";
import type { FactRow, Outcome } from "./schema.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function fact(change: Partial<FactRow> = {}): FactRow {
  return {
    ...{ runId: "run_1", title: "Repair", agentId: "agt_1", agentName: "Recipe", outcome: null, attempts: 1 },
    ...{ launchedAt: new Date(NOW - 30 * DAY), reviewOpenedAt: null, mergedAt: null, endedAt: null },
    ...{ leadTime: null, reviewToMerge: null, provisional: false },
    ...change,
  };
}

const mergedAfter = (hours: number, daysAgo = 20): FactRow => {
  const mergedAt = new Date(NOW - daysAgo * DAY);
  return fact({
    outcome: "merged",
    mergedAt,
    endedAt: mergedAt,
    leadTime: hours * HOUR,
    reviewToMerge: (hours / 2) * HOUR,
  });
};
const many = (count: number, make: (index: number) => FactRow) =>
  Array.from({ length: count }, (_, index) => make(index));
const observed = (days: number) => ({ milliseconds: days * DAY, now: NOW });

describe("a merge", () => {
  test("is provisional for 14 days", () => {
    expect(isProvisional(new Date(NOW - MATURING + 1), NOW)).toBe(true);
    expect(isProvisional(new Date(NOW - MATURING), NOW)).toBe(false);
    expect(isProvisional(null, NOW)).toBe(false);
  });
});

describe("a duration", () => {
  test("shows nothing below the minimum sample, and says how many are missing", () => {
    expect(duration([mergedAfter(1), mergedAfter(2), fact()], "leadTime", 24 * HOUR, 5, NOW)).toEqual({
      ...{ sample: 2, minimumSample: 5, provisional: 0, target: 24 * HOUR },
      ...{ median: null, p90: null, interval: null, verdict: "cannot_tell", needed: 3 },
    });
  });

  test("is met or missed when the whole interval lies on one side of the target", () => {
    const facts = many(9, (index) => mergedAfter(2 + index / 10));
    expect(duration(facts, "leadTime", 24 * HOUR, 5, NOW)).toMatchObject({
      verdict: "met",
      needed: null,
      sample: 9,
    });
    expect(duration(facts, "leadTime", 1 * HOUR, 5, NOW)).toMatchObject({ verdict: "missed", needed: null });
    expect(duration(facts, "reviewToMerge", 1.1 * HOUR, 5, NOW).median).toBeCloseTo(1.2 * HOUR);
  });

  test("that straddles the target cannot tell and forecasts", () => {
    const facts = many(8, (index) => mergedAfter(index * 6));
    const kpi = duration(facts, "leadTime", 24 * HOUR, 5, NOW);
    expect(kpi.verdict).toBe("cannot_tell");
    expect(kpi.needed).toBeGreaterThan(0);
    const exactly = duration(
      many(8, (index) => mergedAfter(index < 4 ? 10 : 30)),
      "leadTime",
      20 * HOUR,
      5,
      NOW,
    );
    expect(exactly).toMatchObject({ verdict: "cannot_tell", needed: null });
  });

  test("says how much of it can still change", () => {
    const facts = [...many(4, () => mergedAfter(2, 3)), ...many(4, () => mergedAfter(2, 20))];
    expect(duration(facts, "leadTime", 24 * HOUR, 5, NOW)).toMatchObject({ sample: 8, provisional: 4 });
  });

  test("counts merged runs alone", () => {
    const facts = many(6, () => fact({ outcome: "rejected", endedAt: new Date(NOW), leadTime: null }));
    expect(duration(facts, "leadTime", 24 * HOUR, 5, NOW).sample).toBe(0);
  });
});

describe("throughput", () => {
  test("is not told before the first week is over", () => {
    expect(
      throughput(
        many(4, () => mergedAfter(1)),
        3,
        5,
        observed(6.9),
      ),
    ).toMatchObject({ perWeek: null, interval: null, verdict: "cannot_tell" });
  });

  test("counts merges by the weeks observed", () => {
    const kpi = throughput(
      many(40, () => mergedAfter(1)),
      3,
      5,
      observed(56),
    );
    expect(kpi).toMatchObject({ perWeek: 5, weeks: 8, verdict: "met", needed: null, sample: 40 });
    expect(kpi.interval?.low).toBeCloseTo(3.57, 1);
  });

  test("of nothing in a long time is missed, though the sample is small; of few it is never met", () => {
    expect(throughput([], 3, 5, observed(56))).toMatchObject({ perWeek: 0, verdict: "missed" });
    expect(
      throughput(
        many(3, () => mergedAfter(1)),
        0,
        5,
        observed(7),
      ),
    ).toMatchObject({ verdict: "cannot_tell", needed: 2 });
  });

  test("near its target cannot tell and says about how many merges would", () => {
    const kpi = throughput(
      many(8, () => mergedAfter(1)),
      3,
      5,
      observed(14),
    );
    expect(kpi.verdict).toBe("cannot_tell");
    expect(kpi.needed).toBeGreaterThan(10);
    expect(
      throughput(
        many(6, () => mergedAfter(1)),
        3,
        5,
        observed(14),
      ),
    ).toMatchObject({ verdict: "cannot_tell", needed: null });
  });

  test("never needs a number of rows that is not a positive whole one", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(20), fc.integer({ min: 1, max: 300 }), (count, target, days) => {
        const { needed, verdict, interval, perWeek } = throughput(
          many(count, () => mergedAfter(1)),
          target,
          5,
          observed(days),
        );
        if (needed !== null) expect(Number.isInteger(needed) && needed > 0).toBe(true);
        if (verdict !== "cannot_tell") expect(needed).toBeNull();
        if (interval && perWeek !== null)
          expect(interval.low <= perWeek && perWeek <= interval.high).toBe(true);
      }),
    );
  });
});

describe("outcomes", () => {
  const ended = (outcome: Outcome, attempts = 1) => fact({ outcome, attempts, endedAt: new Date(NOW) });

  test("show counts always and shares from the minimum sample on", () => {
    const few = outcomes([ended("merged"), ended("failed", 3), fact()], 5);
    expect(few).toMatchObject({ ended: 2, open: 1 });
    expect(few.shares.map((share) => [share.outcome, share.count, share.rate, share.attempts])).toEqual([
      ["merged", 1, null, 1],
      ["rejected", 0, null, 0],
      ["no_change", 0, null, 0],
      ["failed", 1, null, 3],
      ["cancelled", 0, null, 0],
    ]);
    const enough = outcomes([...many(4, () => ended("merged")), ended("no_change")], 5);
    expect(enough.shares[0]).toMatchObject({
      count: 4,
      rate: 0.8,
      interval: { low: expect.any(Number), high: expect.any(Number) },
    });
  });

  test("add up to what ended, and their shares to one", () => {
    const outcome = fc.constantFrom<Outcome | null>(
      "merged",
      "rejected",
      "no_change",
      "failed",
      "cancelled",
      null,
    );
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 40 }), (all) => {
        const kpi = outcomes(
          all.map((each) => fact({ outcome: each })),
          2,
        );
        expect(kpi.ended + kpi.open).toBe(all.length);
        expect(kpi.shares.reduce((sum, share) => sum + share.count, 0)).toBe(kpi.ended);
        if (kpi.ended >= 2)
          expect(kpi.shares.reduce((sum, share) => sum + (share.rate ?? 0), 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});
