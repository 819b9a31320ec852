import { describe, expect, test } from "vitest";
import { addUp, playwrightOutcome, single, vitestOutcome } from "./outcome.ts";

const vitest = (passed: number, failed: number, pending = 0, todo = 0) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: todo,
});

const playwright = (expected: number, unexpected: number, flaky = 0, skipped = 0) => ({
  stats: { expected, unexpected, flaky, skipped },
});

describe("what a test run counts as", () => {
  test("its own numbers, where it has any", () => {
    expect(vitestOutcome(vitest(12, 2), 1)).toEqual({ passed: 12, failed: 2 });
    expect(playwrightOutcome(playwright(5, 1), 1)).toEqual({ passed: 5, failed: 1 });
  });

  test("a failure where it ended badly without a failed test", () => {
    expect(vitestOutcome(vitest(12, 0), 1)).toEqual({ passed: 12, failed: 1 });
    expect(playwrightOutcome(playwright(0, 0), 1)).toEqual({ passed: 0, failed: 1 });
  });

  test("probe: tests left out are failures, so none disappears by being skipped", () => {
    expect(vitestOutcome(vitest(10, 0, 2, 1), 0)).toEqual({ passed: 10, failed: 3 });
    expect(playwrightOutcome(playwright(10, 0, 0, 2), 0)).toEqual({ passed: 10, failed: 2 });
  });

  test("a test that passed only when repeated is a failure", () => {
    expect(playwrightOutcome(playwright(10, 0, 1), 0)).toEqual({ passed: 10, failed: 1 });
  });

  test("one, for a stage that only passes or fails; the sum is over all", () => {
    expect(addUp([single(0), single(2), vitestOutcome(vitest(3, 1), 1)])).toEqual({ passed: 4, failed: 2 });
  });

  test("an error, for a report that is none", () => {
    expect(() => vitestOutcome({}, 0)).toThrow();
    expect(() => playwrightOutcome(null, 0)).toThrow();
  });
});
