import { ID_SEPARATOR } from "./test-ids.ts";

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

/** `unloaded`: not there, because its file could not be loaded. */
export type State = Outcome | "absent" | "unloaded";

/**
 * How a test did. A file that could not be loaded is reported as a failed test named after itself; once it loads,
 * that test is gone and the file's own tests are there: then it passed.
 */
export function statesIn({ cases }: Report): (test: string) => State {
  const outcomes = new Map(cases.map(({ id, outcome }) => [id, outcome]));
  const files = new Set(
    cases.map(({ id }) => id.split(ID_SEPARATOR, 1)[0]).filter((file) => file && !outcomes.has(file)),
  );
  return (test) => {
    const outcome = outcomes.get(test);
    if (outcome) return outcome;
    const file = test.split(ID_SEPARATOR, 1)[0] ?? "";
    if (file === test) return files.has(file) ? "passed" : "absent";
    return outcomes.get(file) === "failed" ? "unloaded" : "absent";
  };
}
