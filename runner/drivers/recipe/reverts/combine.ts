// The accepted reverts together, tested as often as the base was. What does not hold is taken out again.
import type { NewEvent } from "#lib/protocol/events.ts";
import type { TreeSpec } from "#runner/harness/git/trees.ts";
import type { Harness, TestRun } from "#runner/harness/harness.ts";
import type { Step } from "../../steps.ts";
import { clusterGivenUp } from "../cluster-events.ts";
import type { GivenUp } from "../findings.ts";
import { count, named, some } from "../words.ts";
import { judgeTrial } from "./trial.ts";
import { type Accepted, revertOf } from "./try-reverts.ts";

export interface CombinedOptions {
  readonly base: string;
  readonly runs: number;
  readonly harness: Harness;
  readonly passing: ReadonlySet<string>;
  readonly step: Step;
  emit(event: NewEvent): Promise<void>;
}

export interface Combined {
  readonly accepted: readonly Accepted[];
  readonly givenUp: readonly GivenUp[];
  readonly tree: TreeSpec;
  /** Runs of the whole suite on `tree`; empty when nothing is left to propose. */
  readonly runs: readonly TestRun[];
  /** Tests of the base that the reverts take away. */
  readonly gone: readonly string[];
}

export async function combine(candidates: readonly Accepted[], options: CombinedOptions): Promise<Combined> {
  const givenUp: GivenUp[] = [];
  let accepted = candidates;
  while (accepted.length > 0) {
    const tree = treeOf(accepted, options.base);
    const title = `Test ${count(accepted.length, "revert")} together`;
    const runs = await options.step(
      title,
      () => repeat(tree, title, options),
      (seen) => ({ detail: detailOf(seen) }),
    );
    const { kept, dropped, gone } = sift(accepted, runs, options.passing);
    for (const each of dropped) await options.emit(clusterGivenUp(each));
    givenUp.push(...dropped);
    if (kept.length === accepted.length) return { accepted: kept, givenUp, tree, runs, gone };
    accepted = kept;
  }
  return { accepted: [], givenUp, tree: { commit: options.base }, runs: [], gone: [] };
}

const treeOf = (accepted: readonly Accepted[], base: string): TreeSpec => ({
  commit: base,
  reverts: accepted.map(({ culprit }) => revertOf(culprit)),
});

async function repeat(
  tree: TreeSpec,
  purpose: string,
  { harness, runs }: CombinedOptions,
): Promise<TestRun[]> {
  const seen: TestRun[] = [];
  for (let number = 1; number <= runs; number++) {
    const run = await harness.test(tree, `${purpose}, ${number} of ${runs}`);
    seen.push(run);
    if (run.problem !== null) break;
  }
  return seen;
}

interface Sifted {
  readonly kept: readonly Accepted[];
  readonly dropped: readonly GivenUp[];
  readonly gone: readonly string[];
}

/** Takes out what the runs do not bear out; a fault nobody can be blamed for costs the revert added last. */
export function sift(
  accepted: readonly Accepted[],
  runs: readonly TestRun[],
  passing: ReadonlySet<string>,
): Sifted {
  const commands = runs.map(({ command }) => command);
  const drop = ({ culprit, clusters }: Accepted, reason: string): GivenUp[] =>
    clusters.map((cluster) => ({ cluster, culprit, reason, commands }));
  const dropLast = (why: string): Sifted => {
    const last = accepted.at(-1);
    return {
      kept: accepted.slice(0, -1),
      dropped: last ? drop(last, `Reverting ${named(last.culprit)} together with the others ${why}`) : [],
      gone: [],
    };
  };

  const problem = runs.find((run) => run.problem !== null)?.problem;
  if (problem) return dropLast(`does not work: ${problem}`);
  const { notRepaired, broken, gone } = judgeTrial(
    accepted.flatMap(({ clusters }) => clusters),
    passing,
    runs,
  );
  if (broken.length > 0) return dropLast(`breaks ${count(broken.length, "other test")}: ${some(broken)}.`);

  const unsteady = new Map(notRepaired.map(({ cluster, tests }) => [cluster.number, tests]));
  const dropped = accepted.flatMap(({ culprit, clusters }) => {
    const lost = clusters.filter(({ number }) => unsteady.has(number));
    const reason = `With ${named(culprit)} reverted ${some(lost.flatMap(({ number }) => unsteady.get(number) ?? []))} did not pass in every run.`;
    return drop({ culprit, clusters: lost }, reason);
  });
  const kept = accepted
    .map(({ culprit, clusters }) => ({
      culprit,
      clusters: clusters.filter(({ number }) => !unsteady.has(number)),
    }))
    .filter(({ clusters }) => clusters.length > 0);
  return { kept, dropped, gone };
}

function detailOf(runs: readonly TestRun[]): string {
  const problem = runs.find((run) => run.problem !== null)?.problem;
  if (problem) return problem;
  const failed = runs.map(
    ({ report }) => report?.cases.filter(({ outcome }) => outcome === "failed").length ?? 0,
  );
  return `Failed tests in ${count(runs.length, "run")}: ${failed.join(", ")}`;
}
