import type { RunStatus } from "../runs/schema.ts";

/** What happened in one run, as far as a charter has a word in it. */
export interface ReplayedRun {
  readonly runId: string;
  readonly title: string;
  readonly status: RunStatus;
  /** How often its runner was lost in one phase, where that was most. */
  readonly lost: number;
  /** Of the longest attempt of its agent. */
  readonly minutes: number;
  readonly chargedMicros: number;
  /** Paths of its newest patch, with those that its renames left; null where there was none. */
  readonly paths: readonly string[] | null;
  /** How much that patch changes; 0 where there was none. */
  readonly files: number;
  readonly lines: number;
  /** What the newest evidence says of canaries; null where there is none. */
  readonly canary: { readonly isKnown: boolean; readonly hasFailed: boolean } | null;
  /** What its agent ran, as it was run; each once. */
  readonly commands: readonly (readonly string[])[];
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
}

export interface ReplayRow {
  readonly runId: string;
  readonly title: string;
  readonly status: RunStatus;
  readonly sentence: string;
}

/** What another charter would have made of what happened. */
export interface ReplayView {
  readonly runs: number;
  /** Runs there are beyond those that were looked at. */
  readonly older: number;
  readonly actions: number;
  /** Would have been stopped or asked about, and was not. The first ones. */
  readonly stopped: readonly ReplayRow[];
  readonly stoppedCount: number;
  /** How many of these are of runs that were merged. */
  readonly stoppedMerged: number;
  /** Was stopped or asked about by the charter in force, and would not have been. The first ones. */
  readonly freed: readonly ReplayRow[];
  readonly freedCount: number;
  /** Approvals that were given without a signature and would have needed one, of all that were given. */
  readonly unsigned: number;
  readonly approvals: number;
  /** Gates that were approved by people who would not have been enough, of all that were approved. */
  readonly shortGates: number;
  readonly approvedGates: number;
}

export interface GivenApproval {
  readonly gate: string;
  /** Of the gate. */
  readonly kind: string;
  readonly isApproved: boolean;
  readonly role: string;
  readonly isSigned: boolean;
}
