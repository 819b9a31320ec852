import { MINUTE } from "../clock.ts";
import type { ReachOutcome } from "../stop-times/schema.ts";
import type { DrillState } from "./schema.ts";

/** Runners that are free take a run within moments; what nobody took by then is called off. */
export const GATHER_WITHIN = MINUTE;
/** A settled row takes a minute at most. */
export const SETTLE_WITHIN = 3 * MINUTE;

export interface DrillFacts {
  readonly state: DrillState;
  readonly askedAt: Date;
  readonly pulledAt: Date | null;
  /** Of its runs: not ended yet, and at work in a sandbox. */
  readonly open: number;
  readonly working: number;
  readonly outcomes: readonly ReachOutcome[];
}

export type DrillStep = "wait" | "pull" | "no_runner" | "done" | "nothing_settled";

/** It stops all of its runs at once when all work, or those that do when the time is up. */
export function nextStep(facts: DrillFacts, now: number): DrillStep {
  const { state, askedAt, pulledAt, open, working, outcomes } = facts;
  if (state === "gathering") {
    const isLate = now - askedAt.getTime() > GATHER_WITHIN;
    if (working > 0 && (working === open || isLate)) return "pull";
    return isLate || open === 0 ? "no_runner" : "wait";
  }
  if (state !== "pulled" || pulledAt === null) return "wait";
  if (outcomes.length > 0 && outcomes.every((outcome) => outcome !== "waiting")) return "done";
  return now - pulledAt.getTime() > SETTLE_WITHIN ? "nothing_settled" : "wait";
}

export interface Tally {
  readonly stopped: number;
  /** Not reached, or never confirmed. */
  readonly missed: number;
  /** Milliseconds of the slowest that was stopped; null where none was. */
  readonly slowest: number | null;
}

export function tallyOf(
  reached: readonly { readonly outcome: ReachOutcome; readonly stop: number | null }[],
): Tally {
  const times = reached.flatMap(({ stop }) => stop ?? []);
  return {
    stopped: reached.filter(({ outcome }) => outcome === "stopped").length,
    missed: reached.filter(({ outcome }) => outcome === "not_reached" || outcome === "unconfirmed").length,
    slowest: times.length === 0 ? null : Math.max(...times),
  };
}
