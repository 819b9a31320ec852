import type { Charter, RunKind } from "../pilots/schema.ts";
import type { RunStatus } from "./schema.ts";

/**
 * What a run may become. The write repeats the expected state, so two writers cannot both win. An agent may hand in its
 * work while it is being paused, or resumed before its runner let go: that work counts.
 */
export const TRANSITIONS = {
  queued: ["preparing", "verifying", "failed", "cancelled"],
  preparing: ["working", "queued", "paused", "failed", "cancelled"],
  working: ["verifying", "awaiting_decision", "queued", "paused", "failed", "cancelled"],
  awaiting_decision: ["working", "verifying", "queued", "paused", "failed", "cancelled"],
  paused: ["awaiting_decision", "verifying", "queued", "failed", "cancelled"],
  verifying: ["in_review", "queued", "failed", "cancelled"],
  in_review: ["merging", "queued", "rejected", "cancelled"],
  merging: ["merged", "in_review"],
  merged: [],
  rejected: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<RunStatus, readonly RunStatus[]>;

export function mayBecome(from: RunStatus, to: RunStatus): boolean {
  const targets: readonly RunStatus[] = TRANSITIONS[from];
  return targets.includes(to);
}

export const isEnded = (status: RunStatus): boolean => TRANSITIONS[status].length === 0;

/** What decides what happens to a run next: entries commit to it before and after. */
export const runState = (run: {
  readonly id: string;
  readonly status: RunStatus;
  readonly attempt: number;
  readonly baseCommit: string;
}) => ({ run: run.id, status: run.status, attempt: run.attempt, base: run.baseCommit });

/** The same, where it matters whether a runner has it. */
export const heldState = (run: Parameters<typeof runState>[0], held: boolean) => ({ ...runState(run), held });

/** States in which a runner may hold the run. */
export const HELD: readonly RunStatus[] = ["preparing", "working", "awaiting_decision", "verifying"];

export interface LaunchFacts {
  readonly pilotStatus: string;
  readonly stopReason: string | null;
  readonly charter: Charter | null;
  /** Of runs that the agent does. */
  readonly kinds: readonly RunKind[];
  readonly runsSoFar: number;
  readonly repositoryState: string;
  readonly repositoryProblem: string | null;
  readonly headCommit: string | null;
  /** Branch the repository's head was read on. */
  readonly repositoryBranch: string | null;
  /** Today in the pilot's time zone, `YYYY-MM-DD`. */
  readonly today: string;
}

/** Null when the run may be launched, else the sentence that says why not. */
export function refusalToLaunch(facts: LaunchFacts): string | null {
  if (facts.stopReason !== null)
    return `An emergency stop is on (“${facts.stopReason}”). It has to be lifted first.`;
  if (facts.pilotStatus !== "active")
    return `The pilot is ${facts.pilotStatus}; runs are launched in an active pilot.`;
  if (!facts.charter) return "The pilot has no active charter.";
  if (!facts.kinds.includes(facts.charter.goal.kind)) {
    return `The charter is for runs of kind “${facts.charter.goal.kind}”, and this agent does “${facts.kinds.join(", ")}” only.`;
  }
  if (facts.runsSoFar >= facts.charter.rollback.maxRuns) {
    return `The charter ends after ${facts.charter.rollback.maxRuns} runs, and that many were launched.`;
  }
  if (facts.today > facts.charter.rollback.endsOn)
    return `The charter ended on ${facts.charter.rollback.endsOn}.`;
  if (facts.repositoryState !== "ready" || !facts.headCommit) {
    return facts.repositoryProblem ?? "The repository has not been read yet; wait until it is ready.";
  }
  if (facts.repositoryBranch !== facts.charter.scope.branch) {
    return `The charter is for branch “${facts.charter.scope.branch}”, but the repository is read on “${facts.repositoryBranch}”.`;
  }
  return null;
}
