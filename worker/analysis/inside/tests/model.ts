// What is known of a test file, whatever its language.

export interface Assertion {
  /** All of it on one line. */
  readonly text: string;
  /** What is looked at, how, and against what; empty where there is none. */
  readonly subject: string;
  readonly matcher: string;
  readonly expected: string;
  readonly isNegated: boolean;
  readonly line: number;
  /** Its failure is caught and forgotten. */
  readonly isSwallowed: boolean;
  /** It stands behind a condition of the test's own. */
  readonly isConditional: boolean;
  /** It stands behind a return or a condition that is never met. */
  readonly isUnreachable: boolean;
}

export interface TestCase {
  /** With the names of its suites. */
  readonly name: string;
  readonly kind: "test" | "suite";
  readonly line: number;
  readonly endLine: number;
  /** The words by which it does not run or may fail; null where it runs. */
  readonly skipped: string | null;
  /** The word by which others do not run. */
  readonly focused: string | null;
  readonly assertions: readonly Assertion[];
  /** Body on one line: what a renamed test is known by. */
  readonly body: string;
}

/** Something in a file that is not one test's: a retry, a process that ends well, an overwritten library. */
export interface Remark {
  readonly rule: "retries_added" | "exit_swallowed" | "library_overwritten";
  readonly text: string;
  readonly line: number;
}

export interface TestFile {
  readonly cases: readonly TestCase[];
  readonly remarks: readonly Remark[];
  readonly hasErrors: boolean;
}

export const NO_TESTS: TestFile = { cases: [], remarks: [], hasErrors: false };
/** A mark that stands for all tests of its file. */
export const WHOLE_FILE = "the whole file";
export const SEPARATOR = " › ";
