// What a sighting in a test means: how grave it is, and the sentence that says it. Texts from a stranger's files are made
// visible where they are shown.
import { type FindingSeverity, type TestFinding, TestRule, type TestSighting } from "./schema.ts";

const SEVERITIES: Readonly<Record<TestRule, FindingSeverity>> = {
  test_deleted: "high",
  test_file_deleted: "high",
  test_skipped: "high",
  test_focused: "high",
  assertions_none: "high",
  assertions_removed: "medium",
  assertion_weakened: "medium",
  assertion_swallowed: "high",
  assertion_conditional: "medium",
  assertion_unreachable: "high",
  library_overwritten: "high",
  exit_swallowed: "high",
  threshold_lowered: "medium",
  retries_added: "medium",
  expected_changed: "medium",
  snapshot_edited: "medium",
  unreadable: "high",
  runner_config: "low",
  test_moved: "low",
  assertion_replaced: "low",
  skipped_when_new: "low",
  not_analysed: "low",
};

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

function wordsOf({ rule, test, count, before, after }: TestSighting): string {
  const named = test === null ? "A test" : `“${test}”`;
  switch (rule) {
    case "test_deleted":
      return `${named} was deleted.`;
    case "test_file_deleted":
      return `The file was deleted, and ${plural(count, "test")} with it.`;
    case "test_skipped":
      return `${named} is now skipped (${after ?? "skipped"}).`;
    case "test_focused":
      return `${named} is focused (${after ?? "only"}): others of its file no longer run.`;
    case "assertions_none":
      return `${named} asserts nothing any more; ${plural(count, "assertion")} went.`;
    case "assertions_removed":
      return `${named} lost ${plural(count, "assertion")}.`;
    case "assertion_weakened":
      return `${named} asks for less than before.`;
    case "assertion_swallowed":
      return `${named} catches what its assertion throws and forgets it.`;
    case "assertion_conditional":
      return `${named} asserts only under a condition.`;
    case "assertion_unreachable":
      return `${named} has an assertion that is never reached.`;
    case "library_overwritten":
      return "The assertion library itself is overwritten.";
    case "exit_swallowed":
      return "A failure is turned into success.";
    case "threshold_lowered":
      return after === null ? "A threshold was removed." : "A threshold was lowered.";
    case "retries_added":
      return "Failing tests are tried again.";
    case "expected_changed":
      return `${named} expects something else.`;
    case "snapshot_edited":
      return test === null
        ? `A snapshot was ${after === "deleted" ? "deleted" : "edited"}: what it expects is what was recorded.`
        : `${named} expects another snapshot.`;
    case "unreadable":
      return `Could not be read: ${after ?? "nobody knows why"}. Nothing is known of what it does to tests.`;
    case "runner_config":
      return "Changes how tests are run.";
    case "test_moved":
      return `${named} was moved here${before === null ? "" : ` from ${before}`}.`;
    case "assertion_replaced":
      return `${named} looks at something else.`;
    case "skipped_when_new":
      return `${named} is new, and skipped (${after ?? "skipped"}).`;
    case "not_analysed":
      return "A test file in a language that is not read: its changes have to be compared by eye.";
  }
}

export const testFinding = (sighting: TestSighting): TestFinding => ({
  ...sighting,
  severity: SEVERITIES[sighting.rule],
  sentence: wordsOf(sighting),
});

const ORDER: readonly FindingSeverity[] = ["high", "medium", "low"];
const RULES = TestRule.options;

/** Worst first, then by rule, file and line. */
export const arrangedFindings = (findings: readonly TestFinding[]): TestFinding[] =>
  findings.toSorted(
    (a, b) =>
      ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) ||
      RULES.indexOf(a.rule) - RULES.indexOf(b.rule) ||
      (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) ||
      (a.patch?.from ?? a.base?.from ?? 0) - (b.patch?.from ?? b.base?.from ?? 0),
  );

/** Files of which nothing could be found out. */
export const unreadablePatch = (files: readonly { readonly path: string }[], why: string): TestSighting[] =>
  files.map(({ path }) => ({
    ...{ rule: "unreadable", path, base: null, patch: null, test: null, count: 1, before: null, after: why },
  }));

const COUNTED: Readonly<Partial<Record<TestRule, string>>> = {
  test_deleted: "deleted test",
  test_file_deleted: "deleted file",
  test_skipped: "skipped test",
  test_focused: "focused test",
  assertions_none: "test without assertions",
  unreadable: "part that could not be read",
};

export interface FileSummary {
  readonly path: string;
  readonly isUnreadable: boolean;
  readonly words: string;
}

/** What asks for another pair of eyes, file by file, in a few words: "2 deleted tests, 1 other". */
export function weakenedFiles(sightings: readonly TestSighting[]): FileSummary[] {
  const files = new Map<string, TestSighting[]>();
  for (const one of sightings.filter(({ rule }) => SEVERITIES[rule] !== "low"))
    files.set(one.path, [...(files.get(one.path) ?? []), one]);
  return [...files].map(([path, found]) => {
    const counts = new Map<string, number>();
    for (const { rule, count } of found) {
      const word = COUNTED[rule] ?? "loosened check";
      // The tests that went with a file are counted where it stands.
      counts.set(word, (counts.get(word) ?? 0) + (rule === "test_file_deleted" ? 1 : count));
    }
    const words = [...counts].map(([word, count]) => `${count} ${count === 1 ? word : inPlural(word)}`);
    return { path, isUnreadable: found.every(({ rule }) => rule === "unreadable"), words: words.join(", ") };
  });
}

const inPlural = (word: string): string => word.replace(/^(test|part)\b|(test|file|check)$/, "$&s");
