import { DAY } from "../clock.ts";
import type { ControlState, ProofResult } from "./schema.ts";

/** A proof is believed for so long. */
export const PROVED_FOR = 2 * DAY;
/** A round a day, whoever else asks for one. */
export const ROUND_EVERY = DAY;

export interface ProofFacts {
  readonly last: { readonly result: ProofResult; readonly at: Date } | null;
  /** What it showed last; null where it could never be tried. */
  readonly shown: Exclude<ProofResult, "not_run"> | null;
  readonly heldAt: Date | null;
}

/**
 * What a control is at a moment. One that failed stays so until it holds, and one that held and could not be tried since is red
 * when that proof is too old: what keeps a test from running is no way out of either.
 */
export function stateOf({ last, shown, heldAt }: ProofFacts, now: number): ControlState {
  if (last === null) return "never";
  if (shown === "failed") return "failed";
  if (heldAt === null) return "not_run";
  if (now - heldAt.getTime() > PROVED_FOR) return "old";
  return last.result === "holds" ? "holds" : "not_run";
}

export const isRed = (state: ControlState): boolean => state === "failed" || state === "old";

export const isRoundDue = (lastAsked: Date | null, now: number): boolean =>
  lastAsked === null || now - lastAsked.getTime() >= ROUND_EVERY;
