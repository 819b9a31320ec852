import { z } from "zod";

/** What a patch may do to the tests that judge it, worst first: the order in which it is shown. */
export const TestRule = z.enum([
  "test_deleted",
  "test_file_deleted",
  "test_skipped",
  "test_focused",
  "assertions_none",
  "assertions_removed",
  "assertion_weakened",
  "assertion_swallowed",
  "assertion_conditional",
  "assertion_unreachable",
  "library_overwritten",
  "exit_swallowed",
  "threshold_lowered",
  "retries_added",
  "expected_changed",
  "snapshot_edited",
  "unreadable",
  "runner_config",
  "test_moved",
  "assertion_replaced",
  "skipped_when_new",
  "not_analysed",
]);
export type TestRule = z.infer<typeof TestRule>;

/** `high` and `medium` ask for another pair of eyes, `low` is only shown. */
export const FindingSeverity = z.enum(["high", "medium", "low"]);
export type FindingSeverity = z.infer<typeof FindingSeverity>;

const Lines = z.strictObject({ from: z.int().min(1), to: z.int().min(1) });
export type Lines = z.infer<typeof Lines>;

/** Lengths of what is quoted from a stranger's files. */
const EXCERPT = 300;
const NAME = 200;

/** As the analysis in the sandbox reports it: closed words, lines and excerpts, no sentence. */
export const TestSighting = z.strictObject({
  rule: TestRule,
  /** Of the patch's tree; of the base's where it is gone. */
  path: z.string().min(1).max(4096),
  /** Lines in the base's and in the patch's file; null where there are none. */
  base: Lines.nullable(),
  patch: Lines.nullable(),
  /** The test's own name with those of its suites; null where it is about no single test. */
  test: z.string().max(NAME).nullable(),
  /** How many, where it is about more than one. */
  count: z.int().min(1).max(1_000_000),
  before: z.string().max(EXCERPT).nullable(),
  after: z.string().max(EXCERPT).nullable(),
});
export type TestSighting = z.infer<typeof TestSighting>;

export interface TestFinding extends TestSighting {
  readonly severity: FindingSeverity;
  readonly sentence: string;
}
