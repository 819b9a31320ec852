// What runs of a tree with reverts say, compared with the base. Pure.

import { type State, statesIn } from "#lib/test-reports/report.ts";
import type { TestRun } from "#runner/harness/harness.ts";
import type { Cluster } from "../failures/cluster.ts";

export interface Trial {
  /** Every test of the cluster passed in every run. */
  readonly repaired: readonly Cluster[];
  readonly notRepaired: readonly { readonly cluster: Cluster; readonly tests: readonly string[] }[];
  /** Passed in every run of the base, failed in every run here. */
  readonly broken: readonly string[];
  /** Passed in every run of the base, not there in any run here. */
  readonly gone: readonly string[];
}

/** `runs` have usable reports; `passing` are the tests that passed in every run of the base. */
export function judgeTrial(
  clusters: readonly Cluster[],
  passing: ReadonlySet<string>,
  runs: readonly TestRun[],
): Trial {
  const results = runs.map(({ report }) => statesIn(report ?? { cases: [] }));
  const passes = (test: string) => results.every((stateOf) => stateOf(test) === "passed");
  const judged = clusters.map((cluster) => ({
    cluster,
    tests: cluster.tests.filter((test) => !passes(test)),
  }));
  const always = (test: string, states: readonly State[]) =>
    results.every((stateOf) => states.includes(stateOf(test)));
  return {
    repaired: judged.filter(({ tests }) => tests.length === 0).map(({ cluster }) => cluster),
    notRepaired: judged.filter(({ tests }) => tests.length > 0),
    broken: [...passing].filter((test) => always(test, ["failed", "unloaded"])),
    gone: [...passing].filter((test) => always(test, ["absent", "skipped"])),
  };
}
