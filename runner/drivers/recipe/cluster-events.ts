import type { NewEvent } from "#lib/protocol/events.ts";
import type { Cluster } from "./failures/cluster.ts";
import type { GivenUp, Repaired } from "./findings.ts";

const MOST_TESTS = 200;

export function clusterFound(
  { number, signature, tests }: Cluster,
  steadiness: "steady" | "flaky",
): NewEvent {
  return {
    kind: "cluster_found",
    body: { cluster: number, signature, tests: tests.slice(0, MOST_TESTS), steadiness },
  };
}

export function clusterGivenUp({ cluster, reason }: GivenUp): NewEvent {
  return {
    kind: "cluster_given_up",
    body: { cluster: cluster.number, reason: reason.slice(0, 1000).toWellFormed() },
  };
}

export function clusterRepaired({ cluster, culprit }: Repaired): NewEvent {
  return { kind: "cluster_repaired", body: { cluster: cluster.number, commit: culprit.id, by: "revert" } };
}
