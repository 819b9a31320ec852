// What the driver came to know, from which the summary is written. `commands` are the numbers of the commands
// a statement rests on.
import type { Commit } from "#runner/harness/git/history.ts";
import type { Cluster } from "./failures/cluster.ts";

export interface Culprit {
  readonly cluster: Cluster;
  readonly commit: Commit;
  /** How many commits before the base it lies. */
  readonly age: number;
  /** Suite runs the search needed beyond what was known. */
  readonly steps: number;
  readonly commands: readonly number[];
}

export interface GivenUp {
  readonly cluster: Cluster;
  readonly culprit: Commit | null;
  readonly reason: string;
  readonly commands: readonly number[];
}

export interface Repaired {
  readonly cluster: Cluster;
  readonly culprit: Commit;
}
