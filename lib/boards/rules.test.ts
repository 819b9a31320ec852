import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY } from "../clock.ts";
import { KPIS } from "../kpis/definitions/registry.ts";
import { nothingOf } from "../kpis/reading-rules.ts";
import type { KpiId } from "../kpis/schema/kpi-id.ts";
import { ALL_KPIS, beforeOf, changeBetween, SPLIT_KPIS, spanOf } from "./rules.ts";
import { Compare, Range } from "./schema.ts";

const BEGUN = Date.parse("2030-03-01T00:00:00Z");
const lived = (days: number, ended: number | null = null) => ({
  ...{ activatedAt: new Date(BEGUN), now: BEGUN + days * DAY },
  endedAt: ended === null ? null : new Date(BEGUN + ended * DAY),
});
const days = (from: number, to: number) => ({
  from: new Date(BEGUN + from * DAY),
  to: new Date(BEGUN + to * DAY),
});

describe("which time a board is about", () => {
  test.each([
    ["all", lived(40), days(0, 40)],
    ["all", lived(40, 30), days(0, 30)],
    ["7d", lived(40), days(33, 40)],
    ["7d", lived(3), days(0, 3)],
    ["28d", lived(40, 30), days(2, 30)],
  ] as const)("%s of %j", (range, life, span) => {
    expect(spanOf(range, null, life)).toEqual(span);
  });

  test("days that were asked for, as far as the pilot lived", () => {
    expect(spanOf("days", days(-5, 10), lived(40))).toEqual(days(0, 10));
    expect(spanOf("days", days(30, 90), lived(40))).toEqual(days(30, 40));
    expect(spanOf("days", null, lived(40))).toEqual(days(0, 40));
  });

  test("and what it stands beside: the time before, where there was such a time, or the baseline", () => {
    expect(beforeOf("previous", days(33, 40), lived(40), days(0, 7))).toEqual(days(26, 33));
    expect(beforeOf("previous", days(2, 30), lived(40), days(0, 7))).toBeNull();
    expect(beforeOf("baseline", days(33, 40), lived(40), days(0, 14))).toEqual(days(0, 14));
    expect(beforeOf("baseline", days(0, 6), lived(6), days(0, 7))).toBeNull();
    expect(beforeOf("none", days(33, 40), lived(40), days(0, 7))).toBeNull();
  });

  test("never before the pilot began, never backwards", () => {
    const span = fc.tuple(fc.integer({ min: -100, max: 200 }), fc.integer({ min: 0, max: 100 }));
    fc.assert(
      fc.property(
        fc.constantFrom(...Range.options),
        fc.constantFrom(...Compare.options),
        fc.option(span),
        fc.integer({ min: 0, max: 200 }),
        (range, compare, asked, now) => {
          const life = lived(now);
          const found = spanOf(range, asked && days(asked[0], asked[0] + asked[1]), life);
          const before = beforeOf(compare, found, life, days(0, 7));
          for (const { from, to } of [found, ...(before ? [before] : [])]) {
            expect(from.getTime()).toBeGreaterThanOrEqual(BEGUN);
            expect(to.getTime()).toBeGreaterThanOrEqual(from.getTime());
            expect(to.getTime()).toBeLessThanOrEqual(Math.max(life.now, BEGUN));
          }
        },
      ),
    );
  });
});

describe("what changed", () => {
  const reading = (kpi: KpiId, value: number | null) => ({ ...nothingOf(kpi, 5), value });
  test.each([
    ["throughput", 6, 4, { by: 50, unit: "%", isBetter: true }],
    ["agent_lead_time", 6, 4, { by: 50, unit: "%", isBetter: false }],
    ["revert_rate", 12, 20, { by: -8, unit: "points", isBetter: true }],
    ["throughput", 4, 4, { by: 0, unit: "%", isBetter: null }],
    ["throughput", 4, 0, null],
    ["throughput", null, 4, null],
    ["throughput", 4, null, null],
  ] as const)("%s from %j, which was %j", (kpi, now, before, change) => {
    expect(changeBetween(reading(kpi, now), reading(kpi, before))).toEqual(change);
  });
});

test("every number there is stands on the board, once", () => {
  expect([...ALL_KPIS].sort()).toEqual(Object.keys(KPIS).sort());
  expect(SPLIT_KPIS.every((kpi) => KPIS[kpi].splits.includes("agentId"))).toBe(true);
});
