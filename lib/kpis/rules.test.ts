import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isProvisional, MATURING, type OutcomeCount, outcomes } from "./rules.ts";
import type { Outcome } from "./schema.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");

describe("a merge", () => {
  test("is provisional for 14 days", () => {
    expect(isProvisional(new Date(NOW - MATURING + 1), NOW)).toBe(true);
    expect(isProvisional(new Date(NOW - MATURING), NOW)).toBe(false);
    expect(isProvisional(null, NOW)).toBe(false);
  });
});

describe("outcomes", () => {
  const ended = (outcome: Outcome | null, count: number, attempts = count): OutcomeCount => ({
    outcome,
    count,
    attempts,
  });

  test("show counts always and shares from the minimum sample on", () => {
    const few = outcomes([ended("merged", 1), ended("failed", 1, 3), ended(null, 1)], 5);
    expect(few).toMatchObject({ ended: 2, open: 1 });
    expect(few.shares.map((share) => [share.outcome, share.count, share.rate, share.attempts])).toEqual([
      ["merged", 1, null, 1],
      ["rejected", 0, null, 0],
      ["no_change", 0, null, 0],
      ["failed", 1, null, 3],
      ["cancelled", 0, null, 0],
    ]);
    const enough = outcomes([ended("merged", 4), ended("no_change", 1)], 5);
    expect(enough.shares[0]).toMatchObject({
      count: 4,
      rate: 0.8,
      interval: { low: expect.any(Number), high: expect.any(Number) },
    });
  });

  test("add up to what ended, and their shares to one", () => {
    const kinds = ["merged", "rejected", "no_change", "failed", "cancelled", null] as const;
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 6, maxLength: 6 }), (counts) => {
        const kpi = outcomes(
          kinds.map((kind, at) => ended(kind, counts[at] ?? 0)),
          2,
        );
        expect(kpi.ended + kpi.open).toBe(counts.reduce((sum, count) => sum + count, 0));
        expect(kpi.shares.reduce((sum, share) => sum + share.count, 0)).toBe(kpi.ended);
        if (kpi.ended >= 2)
          expect(kpi.shares.reduce((sum, share) => sum + (share.rate ?? 0), 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});
