// The culprit of each cluster of steady failures, by bisection of first-parent history.
import type { NewEvent } from "#lib/protocol/events.ts";
import type { Commit } from "#runner/harness/git/history.ts";
import { shortId } from "#runner/harness/git/trees.ts";
import type { Step } from "../../steps.ts";
import { clusterFound } from "../cluster-events.ts";
import type { Cluster } from "../failures/cluster.ts";
import type { Culprit, GivenUp } from "../findings.ts";
import { count, named } from "../words.ts";
import { bisect, type SearchResult } from "./bisect.ts";
import { type Suites, stateOf, verdictOf } from "./suites.ts";

/** Searching costs a run per step; a base with more causes than this is better repaired in several runs. */
const MOST_CLUSTERS = 30;

export interface CulpritSearch {
  readonly clusters: readonly Cluster[];
  /** First-parent history, newest first; the base is at 0. */
  readonly history: readonly Commit[];
  /** True when the history goes back to the first commit. */
  readonly isWhole: boolean;
  readonly suites: Suites;
  readonly nextNumber: number;
  readonly step: Step;
  emit(event: NewEvent): Promise<void>;
}

export interface CulpritsFound {
  readonly culprits: readonly Culprit[];
  readonly givenUp: readonly GivenUp[];
}

export async function findCulprits(search: CulpritSearch): Promise<CulpritsFound> {
  const culprits: Culprit[] = [];
  const givenUp: GivenUp[] = [];
  const queue = [...search.clusters];
  let number = search.nextNumber;
  for (let cluster = queue.shift(); cluster; cluster = queue.shift()) {
    if (culprits.length + givenUp.length >= MOST_CLUSTERS) {
      givenUp.push({
        ...untouched(cluster),
        reason: `Only ${MOST_CLUSTERS} causes are looked for in one run.`,
      });
      continue;
    }
    const { finding, rest } = await search.step(
      `Find the culprit of cluster ${cluster.number}: ${cluster.signature}`,
      () => findOne(cluster, search),
      ({ finding }) =>
        "reason" in finding ? { outcome: "failed", detail: finding.reason } : { detail: foundText(finding) },
    );
    if ("reason" in finding) {
      givenUp.push(finding);
      continue;
    }
    culprits.push(finding);
    await search.emit(culpritEvent(finding));
    if (rest.length > 0) {
      const split = { number: number++, signature: cluster.signature, tests: rest };
      await search.emit(clusterFound(split, "steady"));
      queue.push(split);
    }
  }
  return { culprits, givenUp };
}

interface Found {
  readonly finding: Culprit | GivenUp;
  /** Tests of the cluster that another commit broke. */
  readonly rest: readonly string[];
}

async function findOne(cluster: Cluster, { history, isWhole, suites }: CulpritSearch): Promise<Found> {
  const [lead = ""] = cluster.tests;
  const result = await bisect({
    length: history.length,
    probe: async (index) => verdictOf(stateOf(lead, await suites.at(at(history, index)))),
    known(index) {
      const run = suites.known(at(history, index));
      return run && verdictOf(stateOf(lead, run));
    },
  });
  const giveUp = (reason: string, culprit: Commit | null, commands: readonly number[]): Found => ({
    finding: { cluster, culprit, reason, commands },
    rest: [],
  });
  if (result.kind !== "found") {
    const commands = limitsOf(result, history.length).flatMap(
      (index) => suites.known(at(history, index))?.command ?? [],
    );
    return giveUp(whyNotFound(result, history, isWhole), null, commands);
  }

  const culprit = at(history, result.index);
  const bad = await suites.at(culprit);
  const good = await suites.at(at(history, result.index + 1));
  const pair = [good.command, bad.command];
  if (stateOf(lead, good) === "absent") {
    return giveUp(
      `It fails since it was added by ${named(culprit)}; reverting that would only take the test away.`,
      culprit,
      pair,
    );
  }
  const isBrokenHere = (test: string) => stateOf(test, bad) === "failed" && stateOf(test, good) === "passed";
  const tests = cluster.tests.filter(isBrokenHere);
  const rest = cluster.tests.filter((test) => !isBrokenHere(test));
  return {
    finding: {
      cluster: { ...cluster, tests },
      commit: culprit,
      age: result.index,
      steps: result.steps,
      commands: pair,
    },
    rest,
  };
}

function whyNotFound(
  result: Exclude<SearchResult, { kind: "found" }>,
  history: readonly Commit[],
  isWhole: boolean,
): string {
  switch (result.kind) {
    case "always_bad":
      return isWhole
        ? "It fails in every commit back to the first one: no commit broke it."
        : `It fails in every one of the last ${count(history.length, "commit")}, which is as far back as this run may look.`;
    case "untestable": {
      const newest = at(history, result.newest);
      if (result.oldest === null) return `It fails back to ${named(newest)}; no older commit can be tested.`;
      const many = count(result.oldest - result.newest + 1, "commit");
      return `The culprit is one of ${many} from ${shortId(at(history, result.oldest).id)} to ${shortId(newest.id)}, which cannot be tested apart.`;
    }
    case "back_and_forth":
      return `It passes at ${named(at(history, result.good))} and fails at the older ${named(at(history, result.bad))}: no single commit broke it, or it is flaky.`;
  }
}

/** The commits whose runs show why no culprit was found. */
function limitsOf(result: Exclude<SearchResult, { kind: "found" }>, length: number): number[] {
  if (result.kind === "always_bad") return [0, length - 1];
  if (result.kind === "back_and_forth") return [result.good, result.bad];
  return [result.newest, (result.oldest ?? result.newest) + 1];
}

function at(history: readonly Commit[], index: number): Commit {
  const commit = history[index];
  if (!commit) throw new RangeError(`no commit ${index} in a history of ${history.length}`);
  return commit;
}

const untouched = (cluster: Cluster) => ({ cluster, culprit: null, commands: [] });

const foundText = ({ commit, age }: Culprit) =>
  `${named(commit)} by ${commit.author}, ${count(age, "commit")} before the base`;

function culpritEvent({ cluster, commit, steps }: Culprit): NewEvent {
  const { id, subject, author } = commit;
  return { kind: "culprit_found", body: { cluster: cluster.number, commit: id, subject, author, steps } };
}
