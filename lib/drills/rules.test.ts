import { describe, expect, test } from "vitest";
import { type DrillFacts, GATHER_WITHIN, nextStep, SETTLE_WITHIN, tallyOf } from "./rules.ts";

const NOW = Date.UTC(2026, 10, 29, 12);
const gathering = (changed: Partial<DrillFacts> = {}): DrillFacts => ({
  ...{ state: "gathering", askedAt: new Date(NOW), pulledAt: null, open: 3, working: 0, outcomes: [] },
  ...changed,
});

describe("a drill", () => {
  test("stops its runs when all of them work", () => {
    expect(nextStep(gathering({ working: 2 }), NOW)).toBe("wait");
    expect(nextStep(gathering({ working: 3 }), NOW)).toBe("pull");
  });

  test("stops those that work when the time is up, and is called off where none does", () => {
    const late = NOW + GATHER_WITHIN + 1;
    expect(nextStep(gathering({ working: 1 }), late)).toBe("pull");
    expect(nextStep(gathering(), late)).toBe("no_runner");
    expect(nextStep(gathering({ open: 0 }), NOW)).toBe("no_runner");
  });

  test("is done when every lease is settled, be it that a runner was not reached", () => {
    const pulled = gathering({ state: "pulled", pulledAt: new Date(NOW), open: 0 });
    expect(nextStep({ ...pulled, outcomes: ["stopped", "waiting"] }, NOW)).toBe("wait");
    expect(nextStep({ ...pulled, outcomes: ["stopped", "not_reached"] }, NOW)).toBe("done");
    expect(nextStep(pulled, NOW + SETTLE_WITHIN + 1)).toBe("nothing_settled");
  });

  test("counts who was not reached as missed, and no time for them", () => {
    const reached = [
      { outcome: "stopped", stop: 40 },
      { outcome: "stopped", stop: 900 },
      { outcome: "not_reached", stop: null },
      { outcome: "unconfirmed", stop: null },
    ] as const;
    expect(tallyOf(reached)).toEqual({ stopped: 2, missed: 2, slowest: 900 });
    expect(tallyOf([])).toEqual({ stopped: 0, missed: 0, slowest: null });
  });
});
