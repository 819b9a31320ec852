// Counts from the reports of the test runners. A run that went wrong without a failed test, or left tests
// out, is a failure all the same.
import { z } from "zod";

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

export const addUp = (outcomes: readonly Outcome[]): Outcome => ({
  passed: outcomes.reduce((sum, outcome) => sum + outcome.passed, 0),
  failed: outcomes.reduce((sum, outcome) => sum + outcome.failed, 0),
});

/** A stage that only passes or fails. */
export const single = (code: number): Outcome =>
  code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };

const atLeastOne = (failed: number, code: number) => (code !== 0 && failed === 0 ? 1 : failed);

const VitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
});

export function vitestOutcome(report: unknown, code: number): Outcome {
  const counts = VitestReport.parse(report);
  const failed = counts.numFailedTests + counts.numPendingTests + counts.numTodoTests;
  return { passed: counts.numPassedTests, failed: atLeastOne(failed, code) };
}

const PlaywrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
});

/** A test that passed only when repeated is no pass. */
export function playwrightOutcome(report: unknown, code: number): Outcome {
  const { expected, unexpected, flaky, skipped } = PlaywrightReport.parse(report).stats;
  return { passed: expected, failed: atLeastOne(unexpected + flaky + skipped, code) };
}
