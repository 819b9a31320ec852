// How runs ended, and how long a merge can still be taken back.
import type { Outcome, OutcomesKpi } from "./schema.ts";
import { wilson } from "./statistics.ts";

/** How long a merge can still be reverted before it counts as confirmed, milliseconds. */
export const MATURING = 14 * 24 * 60 * 60 * 1000;

export const isProvisional = (mergedAt: Date | null, now: number): boolean =>
  mergedAt !== null && now - mergedAt.getTime() < MATURING;

const OUTCOMES: readonly Outcome[] = ["merged", "rejected", "no_change", "failed", "cancelled"];

/** Runs of one outcome; null: they have not ended. */
export interface OutcomeCount {
  readonly outcome: Outcome | null;
  readonly count: number;
  /** Leases they took together. */
  readonly attempts: number;
}

/** How runs ended, and how many leases that took. */
export function outcomes(counts: readonly OutcomeCount[], minimumSample: number): OutcomesKpi {
  const of = (outcome: Outcome | null) => counts.find((each) => each.outcome === outcome);
  const ended = OUTCOMES.reduce((sum, outcome) => sum + (of(outcome)?.count ?? 0), 0);
  const isEnough = ended > 0 && ended >= minimumSample;
  return {
    ...{ ended, minimumSample, open: of(null)?.count ?? 0 },
    shares: OUTCOMES.map((outcome) => {
      const { count = 0, attempts = 0 } = of(outcome) ?? {};
      return {
        ...{ outcome, count, attempts },
        rate: isEnough ? count / ended : null,
        interval: isEnough ? wilson(count, ended) : null,
      };
    }),
  };
}
