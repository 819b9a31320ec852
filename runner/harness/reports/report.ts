/** What a framework said about a failed test. Plain text, nothing invisible in it. */
export interface Failure {
  /** The `type` attribute: an error class in Vitest, a category in Node, nothing in pytest. */
  readonly type: string;
  readonly message: string;
  /** What the framework printed, usually with a stack; cut at 8,000 characters. */
  readonly detail: string;
}

export type Outcome = "passed" | "failed" | "skipped";

export interface TestCase {
  readonly id: string;
  readonly outcome: Outcome;
  readonly failure: Failure | null;
}

export interface Report {
  readonly cases: readonly TestCase[];
}

export function idsOf(report: Report, outcome: Outcome): string[] {
  return report.cases.filter((testCase) => testCase.outcome === outcome).map(({ id }) => id);
}
