import { SECOND } from "../clock.ts";
import type { ReachOutcome, StopMoments } from "./schema.ts";

/** A runner that did not ask for so long was not reached: it asks every two seconds, and a silent one is lost after ten. */
export const REACH_WITHIN = 15 * SECOND;
/** A runner that was told kills at once; so long after that, nothing more is expected to be said. */
export const CONFIRM_WITHIN = 60 * SECOND;

export interface ReachFacts {
  readonly pulledAt: Date;
  readonly toldAt: Date | null;
  readonly confirmedAt: Date | null;
  /** Last byte on a way out of the sandbox, as its runner said. */
  readonly networkAt: Date | null;
  /** Last byte of a model's answer that the gateway saw. */
  readonly modelAt: Date | null;
  /** The gateway has not written down yet how a call of this lease ended: bytes of it may still come. */
  readonly hasOpenCall: boolean;
}

export interface Settled {
  readonly outcome: Exclude<ReachOutcome, "waiting">;
  readonly moments: StopMoments;
  readonly stop: number | null;
}

/** A byte before the pull took no time after it. */
const since = (pulledAt: Date, at: Date | null): number | null =>
  at === null ? null : Math.max(0, at.getTime() - pulledAt.getTime());

/**
 * What a stop came to for one lease; null while it is too early to say. What a runner says reaches us later than it was so, so
 * that no time is shorter than it was.
 */
export function settle(facts: ReachFacts, now: number): Settled | null {
  const { pulledAt, toldAt, confirmedAt, networkAt, modelAt, hasOpenCall } = facts;
  const waited = now - pulledAt.getTime();
  const moments = {
    told: since(pulledAt, toldAt),
    ended: since(pulledAt, confirmedAt),
    network: since(pulledAt, networkAt),
    model: since(pulledAt, modelAt),
  };
  if (confirmedAt !== null && !hasOpenCall) {
    const { ended, network, model } = moments;
    return { outcome: "stopped", moments, stop: Math.max(ended ?? 0, network ?? 0, model ?? 0) };
  }
  if (confirmedAt === null && toldAt === null && waited > REACH_WITHIN)
    return { outcome: "not_reached", moments, stop: null };
  if ((confirmedAt !== null || toldAt !== null) && waited > CONFIRM_WITHIN)
    return { outcome: "unconfirmed", moments, stop: null };
  return null;
}
