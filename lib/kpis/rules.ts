// What the numbers are and what they say about their targets.
import type {
  DurationKpi,
  FactRow,
  Interval,
  Judgement,
  Outcome,
  OutcomesKpi,
  ThroughputKpi,
} from "./schema.ts";
import { bootstrap, poisson, quantile, wilson, Z } from "./statistics.ts";

const DAY = 24 * 60 * 60 * 1000;
const WEEK = 7 * DAY;

/** How long a merge can still be reverted before it counts as confirmed, milliseconds. */
export const MATURING = 14 * DAY;

/** Beyond this many rows a forecast says nothing anybody can plan with. */
const FORESEEABLE = 1000;

export const isProvisional = (mergedAt: Date | null, now: number): boolean =>
  mergedAt !== null && now - mergedAt.getTime() < MATURING;

/** `atLeast`: more is better. The whole interval has to lie on one side of the target. */
function judge(interval: Interval, target: number | null, atLeast: boolean): Judgement["verdict"] {
  if (target === null) return null;
  if (atLeast ? interval.low >= target : interval.high <= target) return "met";
  if (atLeast ? interval.high < target : interval.low > target) return "missed";
  return "cannot_tell";
}

/** Rows until an interval that shrinks with the root of the sample leaves the target outside; null when too many. */
function rowsNeeded(sample: number, interval: Interval, value: number, target: number | null): number | null {
  if (target === null) return null;
  const distance = Math.abs(value - target);
  const half = (interval.high - interval.low) / 2;
  const more = distance === 0 ? Number.POSITIVE_INFINITY : Math.ceil(sample * ((half / distance) ** 2 - 1));
  return more > FORESEEABLE ? null : Math.max(1, more);
}

const cannotTell = (target: number | null, needed: number | null): Judgement => ({
  verdict: target === null ? null : "cannot_tell",
  needed,
});

export interface Observed {
  /** Milliseconds the pilot has been active, pauses included. */
  readonly milliseconds: number;
  readonly now: number;
}

/** Few merges in a long time are themselves the finding: they can miss a target below the minimum sample, never meet it. */
export function throughput(
  facts: readonly FactRow[],
  target: number | null,
  minimumSample: number,
  observed: Observed,
): ThroughputKpi {
  const merged = facts.filter((fact) => fact.mergedAt !== null);
  const weeks = observed.milliseconds / WEEK;
  const count = merged.length;
  const common = {
    sample: count,
    minimumSample,
    provisional: provisionalOf(merged, observed.now),
    weeks,
    target,
  };
  if (weeks < 1)
    return {
      ...common,
      perWeek: null,
      interval: null,
      ...cannotTell(target, null),
    };
  const perWeek = count / weeks;
  const { low, high } = poisson(count);
  const interval = { low: low / weeks, high: high / weeks };
  const verdict = judge(interval, target, true);
  const shown = { ...common, perWeek, interval };
  if (verdict === "missed") return { ...shown, verdict, needed: null };
  if (count < minimumSample) return { ...shown, ...cannotTell(target, minimumSample - count) };
  if (verdict === "met" || target === null) return { ...shown, verdict, needed: null };
  return { ...shown, ...cannotTell(target, mergesNeeded(count, perWeek, target)) };
}

/** Merges until the Poisson interval, about `Z·√n` wide to each side, leaves the target outside. */
function mergesNeeded(count: number, perWeek: number, target: number): number | null {
  const distance = Math.abs(perWeek - target) / perWeek;
  const more = distance === 0 ? Number.POSITIVE_INFINITY : Math.ceil((Z / distance) ** 2 - count);
  return more > FORESEEABLE ? null : Math.max(1, more);
}

const provisionalOf = (merged: readonly FactRow[], now: number): number =>
  merged.filter((fact) => isProvisional(fact.mergedAt, now)).length;

/** A duration of merged runs, in milliseconds; `target` likewise. */
export function duration(
  facts: readonly FactRow[],
  of: "leadTime" | "reviewToMerge",
  target: number | null,
  minimumSample: number,
  now: number,
): DurationKpi {
  const merged = facts.filter((fact) => fact.mergedAt !== null && fact[of] !== null);
  const sorted = merged.map((fact) => fact[of] ?? 0).sort((one, other) => one - other);
  const common = { sample: sorted.length, minimumSample, provisional: provisionalOf(merged, now), target };
  if (sorted.length < minimumSample) {
    return {
      ...common,
      median: null,
      p90: null,
      interval: null,
      ...cannotTell(target, minimumSample - sorted.length),
    };
  }
  const median = quantile(sorted, 0.5);
  const interval = bootstrap(sorted, 0.5);
  const verdict = judge(interval, target, false);
  const needed = verdict === "cannot_tell" ? rowsNeeded(sorted.length, interval, median, target) : null;
  return { ...common, median, p90: quantile(sorted, 0.9), interval, verdict, needed };
}

/** Of runs that ended: how many in a hundred ended so. */
export function share(
  facts: readonly FactRow[],
  outcome: Outcome,
  { target, atLeast }: { readonly target: number; readonly atLeast: boolean },
  minimumSample: number,
): Judgement & {
  readonly sample: number;
  readonly value: number | null;
  readonly interval: Interval | null;
} {
  const ended = facts.filter((fact) => fact.outcome !== null);
  const sample = ended.length;
  if (sample < minimumSample)
    return { sample, value: null, interval: null, ...cannotTell(target, minimumSample - sample) };
  const hits = ended.filter((fact) => fact.outcome === outcome).length;
  const { low, high } = wilson(hits, sample);
  const [value, interval] = [(100 * hits) / sample, { low: 100 * low, high: 100 * high }];
  const verdict = judge(interval, target, atLeast);
  const needed = verdict === "cannot_tell" ? rowsNeeded(sample, interval, value, target) : null;
  return { sample, value, interval, verdict, needed };
}

const OUTCOMES: readonly Outcome[] = ["merged", "rejected", "no_change", "failed", "cancelled"];

/** How runs ended, and how many leases that took. */
export function outcomes(facts: readonly FactRow[], minimumSample: number): OutcomesKpi {
  const ended = facts.filter((fact) => fact.outcome !== null);
  const enough = ended.length >= minimumSample;
  return {
    ended: ended.length,
    open: facts.length - ended.length,
    minimumSample,
    shares: OUTCOMES.map((outcome) => {
      const rows = ended.filter((fact) => fact.outcome === outcome);
      return {
        outcome,
        count: rows.length,
        rate: enough ? rows.length / ended.length : null,
        interval: enough ? wilson(rows.length, ended.length) : null,
        attempts: rows.reduce((sum, fact) => sum + fact.attempts, 0),
      };
    }),
  };
}
