// Reverts one culprit after the other on top of the base and keeps those that repair and break nothing. Judged by
// the base's own tests: a revert that takes tests back with it does not get to grade itself.
import type { NewEvent } from "#lib/protocol/events.ts";
import type { TestPlan } from "#lib/protocol/schema.ts";
import type { Commit } from "#runner/harness/git/history.ts";
import type { Revert, TreeSpec } from "#runner/harness/git/trees.ts";
import type { Harness, TestRun } from "#runner/harness/harness.ts";
import type { RevertRefusal } from "#runner/harness/test-outcome.ts";
import type { Step } from "../../steps.ts";
import { clusterGivenUp } from "../cluster-events.ts";
import type { Cluster } from "../failures/cluster.ts";
import type { Culprit, GivenUp } from "../findings.ts";
import { count, named, some } from "../words.ts";
import { judgeTrial } from "./trial.ts";

export interface RevertOptions {
  readonly base: string;
  readonly plan: TestPlan;
  readonly harness: Harness;
  /** As often as the base was run. */
  readonly runs: number;
  /** Tests that passed in every run of the base. */
  readonly passing: ReadonlySet<string>;
  readonly step: Step;
  emit(event: NewEvent): Promise<void>;
}

/** A culprit with the clusters its revert repairs. */
export interface Accepted {
  readonly culprit: Commit;
  readonly clusters: readonly Cluster[];
}

interface TrialEnd {
  readonly clusters: readonly Cluster[];
  readonly givenUp: readonly GivenUp[];
}

export async function tryReverts(
  culprits: readonly Culprit[],
  options: RevertOptions,
): Promise<{ accepted: Accepted[]; givenUp: GivenUp[] }> {
  const accepted: Accepted[] = [];
  const givenUp: GivenUp[] = [];
  for (const candidate of byCommit(culprits)) {
    const end = await options.step(
      `Try to revert ${named(candidate.culprit)}`,
      () => tryRevert(candidate, accepted, options),
      ({ clusters, givenUp }) => {
        const reasons = givenUp.map(({ reason }) => reason).join(" ");
        return clusters.length === 0
          ? { outcome: "failed", detail: reasons }
          : { detail: `It repairs ${testsOf(clusters)}. ${reasons}`.trim() };
      },
    );
    if (end.clusters.length > 0) accepted.push({ culprit: candidate.culprit, clusters: end.clusters });
    givenUp.push(...end.givenUp);
    for (const each of end.givenUp) await options.emit(clusterGivenUp(each));
  }
  return { accepted, givenUp };
}

/** One candidate per commit, the newest first: that order meets the fewest conflicts. */
function byCommit(culprits: readonly Culprit[]): Accepted[] {
  const groups = new Map<string, Accepted>();
  for (const { commit, cluster } of culprits.toSorted((a, b) => a.age - b.age)) {
    const clusters = groups.get(commit.id)?.clusters ?? [];
    groups.set(commit.id, { culprit: commit, clusters: [...clusters, cluster] });
  }
  return [...groups.values()];
}

async function tryRevert(
  candidate: Accepted,
  accepted: readonly Accepted[],
  options: RevertOptions,
): Promise<TrialEnd> {
  const { base, plan, harness, passing } = options;
  const { culprit, clusters } = candidate;
  const tree: TreeSpec = {
    commit: base,
    reverts: [...accepted, candidate].map((each) => revertOf(each.culprit)),
    overlay: { from: base, paths: plan.harnessPaths },
  };
  const test = () => harness.test(tree, `Test with ${named(culprit)} reverted`);
  const giveUp = (reason: string, runs: readonly TestRun[], which = clusters): GivenUp[] =>
    which.map((cluster) => ({ cluster, culprit, reason, commands: runs.map(({ command }) => command) }));

  const first = await test();
  if (first.problem !== null)
    return { clusters: [], givenUp: giveUp(whyUnusable(first, first.problem, culprit), [first]) };
  const runs = [first];
  while (isDoubtful(candidate, passing, runs) && runs.length < options.runs) {
    const again = await test();
    if (again.problem !== null) break;
    runs.push(again);
  }

  const { repaired, notRepaired, broken, gone } = judgeTrial(clusters, passing, runs);
  const harmed = [...broken, ...gone];
  if (harmed.length > 0) {
    return {
      clusters: [],
      givenUp: giveUp(
        `Reverting ${named(culprit)} breaks ${count(harmed.length, "other test")}: ${some(harmed)}.`,
        runs,
      ),
    };
  }
  const unrepaired = notRepaired.flatMap(({ cluster, tests }) =>
    giveUp(
      `Reverting ${named(culprit)} does not repair it: ${some(tests)} still ${tests.length === 1 ? "fails" : "fail"}.`,
      runs,
      [cluster],
    ),
  );
  return { clusters: repaired, givenUp: unrepaired };
}

/** Something broke at first sight: more runs tell a flaky test that hid on the base from a harmed one. */
function isDoubtful({ clusters }: Accepted, passing: ReadonlySet<string>, runs: readonly TestRun[]): boolean {
  const { broken, gone } = judgeTrial(clusters, passing, runs);
  return broken.length + gone.length > 0;
}

/** Merges go back to their first parent, which is the line the history was searched on. */
export function revertOf({ id, parents }: Commit): Revert {
  return { commit: id, mainline: parents.length > 1 ? 1 : null };
}

function whyUnusable({ refusal }: TestRun, problem: string, culprit: Commit): string {
  if (!refusal)
    return `With ${named(culprit)} reverted the tests cannot be run: ${problem}`
      .slice(0, 1000)
      .toWellFormed();
  return refusalText(refusal, culprit);
}

function refusalText({ kind, files, later }: RevertRefusal, culprit: Commit): string {
  if (kind === "empty") return `Reverting ${named(culprit)} changes nothing: what it did is undone already.`;
  const since = later === "" ? "" : `; later work changed the same lines, last ${quoted(later)}`;
  return `Reverting ${named(culprit)} conflicts in ${some(files)}${since}. A person has to decide how both fit together.`;
}

/** "abc1234 Subject" → abc1234 “Subject”. */
function quoted(commit: string): string {
  const [id = "", ...words] = commit.slice(0, 300).toWellFormed().split(" ");
  return `${id} “${words.join(" ")}”`;
}

export const testsOf = (clusters: readonly Cluster[]) =>
  count(clusters.flatMap(({ tests }) => tests).length, "test");
