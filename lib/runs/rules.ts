import { anyOfRoles } from "../authz/rules.ts";
import { daysInWords, momentIn, opensAt } from "../hours/rules.ts";
import { isModelAllowed } from "../model-calls/rules.ts";
import { dayIn, workingHoursOf } from "../pilots/rules.ts";
import type { RunKind } from "../pilots/schema/goal.ts";
import type { Charter } from "../pilots/schema.ts";
import { refusalOfLabels } from "../repositories/label-rules.ts";
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

/** A new verdict opens a review. A refused merge goes on with the one that led to it. */
export const opensReview = (from: RunStatus, to: RunStatus): boolean =>
  to === "in_review" && from !== "merging";

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
  /** What this one is to be; null: as the charter's goal says. */
  readonly kind: RunKind | null;
  readonly agent: { readonly id: string; readonly name: string; readonly model: string | null };
  /** Roles of who launches, here or on the organisation; null: the installation itself. */
  readonly roles: readonly string[] | null;
  readonly runsSoFar: number;
  readonly repositoryState: string;
  readonly repositoryProblem: string | null;
  /** Of the repository. */
  readonly labels: readonly string[];
  readonly headCommit: string | null;
  /** Branch the repository's head was read on. */
  readonly repositoryBranch: string | null;
  readonly now: number;
  /** Of the pilot: nothing is launched before. */
  readonly baselineUntil: Date | null;
  /** Of the pilot. */
  readonly timeZone: string;
}

/** Null when the run may be launched, else the sentence that says why not. */
export function refusalToLaunch(facts: LaunchFacts): string | null {
  if (facts.stopReason !== null)
    return `An emergency stop is on (“${facts.stopReason}”). It has to be lifted first.`;
  if (facts.pilotStatus !== "active")
    return `The pilot is ${facts.pilotStatus}; runs are launched in an active pilot.`;
  if (!facts.charter) return "The pilot has no active charter.";
  if (facts.baselineUntil && facts.now < facts.baselineUntil.getTime())
    return `Until ${momentIn(facts.timeZone, facts.baselineUntil.getTime())} the pilot measures how things are without agents. Nothing is launched before.`;
  const refusal = refusalOfLauncher(facts, facts.charter) ?? refusalOfAgent(facts, facts.charter);
  if (refusal !== null) return refusal;
  const zone = refusalOfLabels(facts.charter, facts.labels);
  if (zone !== null) return zone;
  if (facts.runsSoFar >= facts.charter.rollback.maxRuns) {
    return `The charter ends after ${facts.charter.rollback.maxRuns} runs, and that many were launched.`;
  }
  if (dayIn(facts.timeZone, facts.now) > facts.charter.rollback.endsOn)
    return `The charter ended on ${facts.charter.rollback.endsOn}.`;
  if (facts.repositoryState !== "ready" || !facts.headCommit) {
    return facts.repositoryProblem ?? "The repository has not been read yet; wait until it is ready.";
  }
  if (facts.repositoryBranch !== facts.charter.scope.branch) {
    return `The charter is for branch “${facts.charter.scope.branch}”, but the repository is read on “${facts.repositoryBranch}”.`;
  }
  return null;
}

/** Who may launch, and when. */
function refusalOfLauncher({ roles, now, timeZone }: LaunchFacts, charter: Charter): string | null {
  const { launchers } = charter.controls;
  if (roles !== null && launchers.length > 0 && !launchers.some((role) => roles.includes(role)))
    return `The charter lets only ${anyOfRoles(launchers)} launch runs.`;
  const hours = workingHoursOf(charter, timeZone);
  const opens = opensAt(hours, now);
  if (opens === now) return null;
  const when = `${daysInWords(hours.days)}, ${hours.from} to ${hours.to} (${timeZone})`;
  return `The charter has runs launched ${when}. It opens ${momentIn(timeZone, opens)}.`;
}

/** With which agent, and for what. */
function refusalOfAgent(
  { kind, kinds, agent }: LaunchFacts,
  { goal, scope, controls }: Charter,
): string | null {
  const { agents, models } = controls;
  if (agents.length > 0 && !agents.includes(agent.id))
    return `The charter does not name the agent “${agent.name}”; it may not be launched here.`;
  if (agent.model !== null && !isModelAllowed(models, agent.model))
    return `The charter does not name the model “${agent.model}” of this agent; it names ${models.join(", ")}.`;
  const wanted = kind ?? goal.kind;
  const allowed = scope.kinds.length > 0 ? scope.kinds : [goal.kind];
  if (!allowed.includes(wanted))
    return `The charter is for runs of kind “${allowed.join(", ")}”, not of “${wanted}”.`;
  if (!kinds.includes(wanted))
    return `The charter is for runs of kind “${wanted}”, and this agent does “${kinds.join(", ")}” only.`;
  return null;
}
