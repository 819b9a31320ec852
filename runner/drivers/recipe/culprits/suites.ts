// The suite's result per tree. Commits of one tree behave alike, so each tree is run once, whoever asks.

import { statesIn } from "#lib/test-reports/report.ts";
import type { Commit } from "#runner/harness/git/history.ts";
import type { Harness, TestRun } from "#runner/harness/harness.ts";
import type { Verdict } from "./bisect.ts";

export interface Suites {
  /** Runs the suite on a commit, or remembers. */
  at(commit: Commit): Promise<TestRun>;
  /** The remembered run of a commit's tree. */
  known(commit: Commit): TestRun | undefined;
}

export function createSuites(
  harness: Harness,
  base: { readonly tree: string; readonly run: TestRun },
): Suites {
  const runs = new Map<string, TestRun>([[base.tree, base.run]]);
  return {
    async at(commit) {
      const before = runs.get(commit.tree);
      if (before) return before;
      const run = await harness.test({ commit: commit.id }, `Look for a culprit: “${commit.subject}”`);
      runs.set(commit.tree, run);
      return run;
    },
    known: (commit) => runs.get(commit.tree),
  };
}

export type TestState = "passed" | "failed" | "absent" | "unknown";

/** How a test did in a run. A skipped test says as little as one that is not there. */
export function stateOf(test: string, { report, problem }: TestRun): TestState {
  const state = report && problem === null ? statesIn(report)(test) : "unloaded";
  if (state === "unloaded") return "unknown";
  return state === "skipped" ? "absent" : state;
}

/** A test that does not exist yet does not fail yet. */
export function verdictOf(state: TestState): Verdict {
  if (state === "unknown") return "unknown";
  return state === "failed" ? "bad" : "good";
}
