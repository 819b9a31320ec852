import { describe, expect, test } from "vitest";
import { addUp, MOST_REPEATED, playwrightOutcome, single, vitestOutcome } from "./outcome.ts";

const vitest = (passed: number, failed: number, pending = 0, todo = 0) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: todo,
  testResults: [
    {
      assertionResults: [
        {
          fullName: "a host in time",
          status: "passed",
          failureMessages: ["Error: late\n{ seed: 7 }\n    at a.ts:1"],
        },
        { fullName: "at once", status: "passed", failureMessages: [] },
        { fullName: "never", status: "failed", failureMessages: ["Error: no"] },
      ].slice(0, failed > 0 ? 3 : 0),
    },
  ],
});

const spec = (title: string, status: string, message?: string) => ({
  title,
  tests: [{ status, results: [{ error: message === undefined ? undefined : { message } }, {}] }],
});

const playwright = (expected: number, unexpected: number, flaky = 0, skipped = 0) => ({
  suites: [
    {
      specs: [spec("A page", "expected")],
      suites: [
        {
          specs: Array.from({ length: flaky }, () => spec("A story", "flaky", "Timeout\nof 5 s")),
          suites: [],
        },
      ],
    },
  ],
  stats: { expected, unexpected, flaky, skipped },
});

describe("what a test run counts as", () => {
  test("its own numbers, where it has any", () => {
    expect(vitestOutcome(vitest(12, 2), 1)).toMatchObject({ passed: 12, failed: 2 });
    expect(playwrightOutcome(playwright(5, 1), 1)).toEqual({ passed: 5, failed: 1, repeated: [] });
  });

  test("a failure where it ended badly without a failed test", () => {
    expect(vitestOutcome(vitest(12, 0), 1)).toEqual({ passed: 12, failed: 1, repeated: [] });
    expect(playwrightOutcome(playwright(0, 0), 1)).toEqual({ passed: 0, failed: 1, repeated: [] });
  });

  test("probe: tests left out are failures, so none disappears by being skipped", () => {
    expect(vitestOutcome(vitest(10, 0, 2, 1), 0)).toMatchObject({ passed: 10, failed: 3 });
    expect(playwrightOutcome(playwright(10, 0, 0, 2), 0)).toMatchObject({ passed: 10, failed: 2 });
  });

  test("what passed only when it was repeated, by name and with what it had said", () => {
    expect(vitestOutcome(vitest(10, 1), 1).repeated).toEqual(["a host in time: Error: late { seed: 7 }"]);
    expect(playwrightOutcome(playwright(10, 0, 1), 0)).toEqual({
      ...{ passed: 11, failed: 0, repeated: ["A story: Timeout of 5 s"] },
    });
  });

  test("probe: failures all of them, once a run repeats more tests than a busy host explains", () => {
    const few = playwrightOutcome(playwright(10, 0, MOST_REPEATED), 0);
    expect(addUp([few])).toMatchObject({ passed: 13, failed: 0 });
    const one = playwrightOutcome(playwright(2, 0, 1), 0);
    expect(addUp([few, one])).toMatchObject({ passed: 12, failed: 4 });
  });

  test("one, for a stage that only passes or fails; the sum is over all", () => {
    expect(addUp([single(0), single(2), playwrightOutcome(playwright(3, 1), 1)])).toEqual({
      ...{ passed: 4, failed: 2, repeated: [] },
    });
  });

  test("an error, for a report that is none", () => {
    expect(() => vitestOutcome({}, 0)).toThrow();
    expect(() => playwrightOutcome(null, 0)).toThrow();
  });
});
