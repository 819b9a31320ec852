// What a run that stands still waits for, in words. Pure.
import type { StatusOf } from "../../status.ts";

export interface HoldFacts {
  readonly status: StatusOf<"run">;
  /** A runner has the run. */
  readonly held: boolean;
  /** Where it goes on, "after turn 3"; null where there is no snapshot. */
  readonly goesOn: string | null;
  /** Runners had it before. */
  readonly attempt: number;
}

const STANDS: readonly StatusOf<"run">[] = ["paused", "awaiting_decision"];

/** Beside the status: whether a runner holds the run that stands still. Null where nothing is to be said. */
export function holdWords({ status, held }: Pick<HoldFacts, "status" | "held">): string | null {
  if (!STANDS.includes(status)) return null;
  if (!held) return "parked, no runner holds it";
  return status === "paused" ? "its runner is letting go" : "its runner waits";
}

/** One sentence at the end of the timeline: what it waits for and where it goes on. Null where it does not stand still. */
export function holdSentence(facts: HoldFacts): string | null {
  const { status, held, goesOn, attempt } = facts;
  const on = goesOn === null ? "from its base" : `from the snapshot ${goesOn}`;
  switch (status) {
    case "paused":
      return held
        ? "Its model is cut off already. The runner takes a snapshot and lets go of it."
        : `Parked, no runner holds it, and its clock stands still. Resumed, it goes on ${on}.`;
    case "awaiting_decision":
      return held
        ? "Its runner waits for the decision, and its clock runs."
        : `Parked, no runner holds it, and its clock stands still. Decided, it goes on ${on}.`;
    case "queued":
      return attempt > 0 && goesOn !== null ? `Waits for a runner, and goes on ${on}.` : null;
    default:
      return null;
  }
}

const PAUSABLE: readonly StatusOf<"run">[] = ["preparing", "working", "awaiting_decision"];

export const isPausable = (status: StatusOf<"run">): boolean => PAUSABLE.includes(status);
