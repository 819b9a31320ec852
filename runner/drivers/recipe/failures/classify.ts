// Tells flaky from steady by what several runs of one tree said.
import type { Report, TestCase } from "#lib/test-reports/report.ts";

export interface Classified {
  /** Failed in every run; the case is from the first one. */
  readonly steady: readonly TestCase[];
  /** Failed in some runs, did not in others; the case is from the first run it failed in. */
  readonly flaky: readonly TestCase[];
  /** Passed in every run. */
  readonly passing: ReadonlySet<string>;
}

export function classify(reports: readonly Report[]): Classified {
  const failures = new Map<string, TestCase[]>();
  const passes = new Map<string, number>();
  for (const { cases } of reports) {
    for (const testCase of cases) {
      if (testCase.outcome === "failed")
        failures.set(testCase.id, [...(failures.get(testCase.id) ?? []), testCase]);
      if (testCase.outcome === "passed") passes.set(testCase.id, (passes.get(testCase.id) ?? 0) + 1);
    }
  }
  const steady: TestCase[] = [];
  const flaky: TestCase[] = [];
  for (const seen of failures.values()) {
    const first = seen[0];
    if (first) (seen.length === reports.length ? steady : flaky).push(first);
  }
  const passing = new Set([...passes].filter(([, count]) => count === reports.length).map(([id]) => id));
  return { steady, flaky, passing };
}
