// One run of the tests as the control plane hears of it.
import type { NewTests, Observation } from "#lib/protocol/schema.ts";
import { idsOf } from "#lib/test-reports/report.ts";
import type { TestRun } from "./harness.ts";

/** What a run did, whichever tree it was on. `argv`: the charter's command. */
export function seenIn(run: TestRun, commit: string, argv: readonly string[]): NewTests {
  const { exit, ended, milliseconds, reportSha256, problem } = run;
  // A report that is not believed names nothing.
  const report = problem === null && run.report ? run.report : { cases: [] };
  return {
    ...{ commit, argv: [...argv], exit, ended, milliseconds, reportSha256 },
    passed: idsOf(report, "passed"),
    failed: idsOf(report, "failed"),
    skipped: idsOf(report, "skipped"),
    problem,
  };
}

export function observationOf(
  run: TestRun,
  of: { readonly tree: Observation["tree"]; readonly repeat: number; readonly commit: string },
  argv: readonly string[],
): Observation {
  const { commit, ...which } = of;
  const seen = seenIn(run, commit, argv);
  return {
    ...which,
    ...seen,
    ...(run.planted && run.problem === null ? { canary: run.planted.canary } : {}),
  };
}

export function countsOf(seen: readonly Pick<Observation, "failed">[]): string {
  const failed = seen.map((observation) => observation.failed.length);
  const runs = seen.length === 1 ? "1 run" : `${seen.length} runs`;
  return `${runs}, failed tests: ${failed.join(", ")}`;
}
