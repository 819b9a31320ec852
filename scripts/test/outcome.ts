// Counts from the reports of the test runners. A run that went wrong without a failed test, or left tests
// out, is a failure all the same. ADR 0055: what passed only when it was repeated.
import { z } from "zod";

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Tests that failed and passed when they were repeated, by name and with what they said; among the passed. */
  readonly repeated: readonly string[];
}

/** More than so many of a whole run are no accident of the host. */
export const MOST_REPEATED = 3;

/** Of all stages. Beyond what a run may repeat, each is a failure. */
export function addUp(outcomes: readonly Outcome[]): Outcome {
  const repeated = outcomes.flatMap((outcome) => outcome.repeated);
  const tooMany = repeated.length > MOST_REPEATED ? repeated.length : 0;
  return {
    passed: outcomes.reduce((sum, outcome) => sum + outcome.passed, 0) - tooMany,
    failed: outcomes.reduce((sum, outcome) => sum + outcome.failed, 0) + tooMany,
    repeated,
  };
}

/** A stage that only passes or fails. */
export const single = (code: number): Outcome =>
  code === 0 ? { passed: 1, failed: 0, repeated: [] } : { passed: 0, failed: 1, repeated: [] };

const atLeastOne = (failed: number, code: number) => (code !== 0 && failed === 0 ? 1 : failed);

/** Its first words; the seed of a property stands on the second line. */
const wordsOf = (text = "it said nothing"): string => text.split("\n", 2).join(" ").slice(0, 300);

const VitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

export function vitestOutcome(report: unknown, code: number): Outcome {
  const counts = VitestReport.parse(report);
  const failed = counts.numFailedTests + counts.numPendingTests + counts.numTodoTests;
  const repeated = counts.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status, failureMessages }) => status === "passed" && (failureMessages ?? []).length > 0)
    .map(({ fullName, failureMessages }) => `${fullName}: ${wordsOf(failureMessages?.[0])}`);
  return { passed: counts.numPassedTests, failed: atLeastOne(failed, code), repeated };
}

const PlaywrightTest = z.object({
  status: z.string(),
  results: z.array(z.object({ error: z.object({ message: z.string().optional() }).optional() })),
});
const PlaywrightSuite = z.object({
  specs: z.array(z.object({ title: z.string(), tests: z.array(PlaywrightTest) })).default([]),
  get suites() {
    return z.array(PlaywrightSuite).default([]);
  },
});
type PlaywrightSuite = z.infer<typeof PlaywrightSuite>;

const PlaywrightReport = z.object({
  suites: z.array(PlaywrightSuite),
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
});

const specsOf = ({ specs, suites }: PlaywrightSuite): PlaywrightSuite["specs"] => [
  ...specs,
  ...suites.flatMap(specsOf),
];

export function playwrightOutcome(report: unknown, code: number): Outcome {
  const { stats, suites } = PlaywrightReport.parse(report);
  const { expected, unexpected, flaky, skipped } = stats;
  const repeated = suites
    .flatMap(specsOf)
    .flatMap(({ title, tests }) =>
      tests
        .filter(({ status }) => status === "flaky")
        .map(({ results }) => `${title}: ${wordsOf(results.find(({ error }) => error)?.error?.message)}`),
    );
  return { passed: expected + flaky, failed: atLeastOne(unexpected + skipped, code), repeated };
}
