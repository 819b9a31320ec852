// What the attempts of a comparison come to, for each contestant and between them. Pure.
import type { Interval } from "../kpis/schema.ts";
import { bootstrap, bootstrapMean, quantile, Z } from "../kpis/statistics.ts";
import { type Counted, newcombe, wilsonAt, zOf } from "./difference-rules.ts";
import type { AttemptView, Contestant } from "./schema.ts";

/** As for every number of the product: nothing is said of fewer. */
const FEWEST = 5;
/** More are told by ranks: resampling them takes long and says the same. */
const MOST_RESAMPLED = 250;

export interface Share extends Counted {
  readonly share: number | null;
  readonly interval: Interval | null;
}

export interface Amount {
  readonly n: number;
  readonly value: number | null;
  /** Null with fewer than five. */
  readonly interval: Interval | null;
}

export interface Latency {
  /** Input tokens: from, and up to but without. */
  readonly from: number;
  readonly below: number | null;
  /** Medians in milliseconds. */
  readonly firstToken: Amount;
  readonly whole: Amount;
}

export interface Result extends Contestant {
  readonly attempts: number;
  readonly finished: number;
  /** Stopped by people or a rule: no word about the agent, so in no share. */
  readonly cancelled: number;
  /** Green and not judged: in no share of those that were accepted. */
  readonly unjudged: number;
  /** Of finished attempts: evidence green. */
  readonly verified: Share;
  /** Of finished attempts that are red or judged: found acceptable. */
  readonly accepted: Share;
  /** Of judged patches, green all: found wrong or incomplete. */
  readonly escaped: Share;
  /** Of finished attempts: at least one declined ask or finding. */
  readonly violating: Share;
  readonly deniedAsks: number;
  readonly findings: number;
  /** Mean micro-dollars of a finished attempt. */
  readonly cost: Amount;
  readonly totalMicros: number;
  /** Of all attempts, for each accepted patch; null where there is none. */
  readonly costPerAccepted: number | null;
  /** Median milliseconds until the review, or the end without one. */
  readonly time: Amount;
  readonly latency: readonly Latency[];
}

export const MEASURES = ["verified", "accepted", "escaped", "violating", "cost", "time"] as const;
export type Measure = (typeof MEASURES)[number];
/** Whether more of it is better. */
export const IS_MORE_BETTER: Record<Measure, boolean> = {
  ...{ verified: true, accepted: true, escaped: false, violating: false, cost: false, time: false },
};

export interface Pair {
  readonly measure: Measure;
  readonly one: string;
  readonly other: string;
  /** Of the two shares; null for amounts, which are told by their intervals. */
  readonly difference: Interval | null;
  /** The agent that does better; null: cannot tell. */
  readonly better: string | null;
}

export interface CallSample {
  readonly agentId: string;
  readonly inputTokens: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
}

export interface Results {
  readonly contestants: readonly Result[];
  readonly pairs: readonly Pair[];
}

export const BUCKETS = [0, 8_000, 32_000, 64_000, 128_000] as const;

export function shareOf(hits: number, of: number): Share {
  if (of === 0) return { hits, of, share: null, interval: null };
  return { hits, of, share: hits / of, interval: wilsonAt(hits, of, Z) };
}

const ascending = (values: readonly number[]): number[] => [...values].sort((one, other) => one - other);

export function medianOf(values: readonly number[]): Amount {
  const sorted = ascending(values);
  const n = sorted.length;
  if (n === 0) return { n, value: null, interval: null };
  return { n, value: quantile(sorted, 0.5), interval: n < FEWEST ? null : intervalOfMedian(sorted) };
}

function intervalOfMedian(sorted: readonly number[]): Interval {
  if (sorted.length <= MOST_RESAMPLED) return bootstrap(sorted, 0.5);
  const half = Z / 2 / Math.sqrt(sorted.length);
  return { low: quantile(sorted, 0.5 - half), high: quantile(sorted, 0.5 + half) };
}

export function meanOf(values: readonly number[]): Amount {
  const n = values.length;
  if (n === 0) return { n, value: null, interval: null };
  const value = values.reduce((sum, each) => sum + each, 0) / n;
  return { n, value, interval: n < FEWEST ? null : bootstrapMean(values) };
}

const FINISHED = ["in_review", "merging", "merged", "rejected", "failed"];

function resultOf(
  contestant: Contestant,
  attempts: readonly AttemptView[],
  calls: readonly CallSample[],
): Result {
  const mine = attempts.filter(({ agentId }) => agentId === contestant.agentId);
  const finished = mine.filter(({ status }) => status !== null && FINISHED.includes(status));
  const green = finished.filter(({ evidence }) => evidence === "verified");
  const judged = green.filter(({ verdict }) => verdict !== null);
  const accepted = judged.filter(({ verdict }) => verdict === "acceptable");
  const unjudged = green.length - judged.length;
  const totalMicros = mine.reduce((sum, { costMicros }) => sum + costMicros, 0);
  return {
    ...contestant,
    ...{ attempts: mine.length, finished: finished.length, unjudged, totalMicros },
    cancelled: mine.filter(({ status }) => status === "cancelled").length,
    verified: shareOf(green.length, finished.length),
    accepted: shareOf(accepted.length, finished.length - unjudged),
    escaped: shareOf(judged.length - accepted.length, judged.length),
    violating: shareOf(
      finished.filter(({ deniedAsks, findings }) => deniedAsks + findings > 0).length,
      finished.length,
    ),
    deniedAsks: finished.reduce((sum, { deniedAsks }) => sum + deniedAsks, 0),
    findings: finished.reduce((sum, { findings }) => sum + findings, 0),
    cost: meanOf(finished.map(({ costMicros }) => costMicros)),
    costPerAccepted: accepted.length === 0 ? null : totalMicros / accepted.length,
    time: medianOf(finished.flatMap(({ milliseconds }) => milliseconds ?? [])),
    latency: latencyOf(calls.filter(({ agentId }) => agentId === contestant.agentId)),
  };
}

/** How long calls take, by how much they take in. Buckets without calls are left out. */
export function latencyOf(calls: readonly Omit<CallSample, "agentId">[]): Latency[] {
  return BUCKETS.flatMap((from, at) => {
    const below = BUCKETS[at + 1] ?? null;
    const inside = calls.filter(
      ({ inputTokens }) => inputTokens >= from && (below === null || inputTokens < below),
    );
    if (inside.length === 0) return [];
    const firstToken = medianOf(inside.flatMap(({ firstTokenMs }) => firstTokenMs ?? []));
    return [{ from, below, firstToken, whole: medianOf(inside.map(({ totalMs }) => totalMs)) }];
  });
}

/** Every two contestants by every measure. */
function pairsOf(results: readonly Result[]): Pair[] {
  const two = results.flatMap((one, at) => results.slice(at + 1).map((other) => [one, other] as const));
  const z = zOf(two.length);
  return MEASURES.flatMap((measure) =>
    two.map(([one, other]) => {
      const { difference, sign } = compared(one[measure], other[measure], z);
      const isOne = sign > 0 === IS_MORE_BETTER[measure];
      const better = sign === 0 ? null : isOne ? one.agentId : other.agentId;
      return { measure, one: one.agentId, other: other.agentId, difference, better };
    }),
  );
}

type Told = Share | Amount;
const isShare = (told: Told): told is Share => "of" in told;

/** Above 0: the first has more of it; 0: cannot tell. */
function compared(
  one: Told,
  other: Told,
  z: number,
): { readonly difference: Interval | null; readonly sign: number } {
  if (isShare(one) && isShare(other)) {
    // Of two against two this interval leaves 0 out, where chance alone does the same in one of three.
    if (one.of < FEWEST || other.of < FEWEST) return { difference: null, sign: 0 };
    const difference = newcombe(one, other, z);
    return { difference, sign: difference.low > 0 ? 1 : difference.high < 0 ? -1 : 0 };
  }
  const [a, b] = [one.interval, other.interval];
  if (!a || !b) return { difference: null, sign: 0 };
  return { difference: null, sign: a.low > b.high ? 1 : b.low > a.high ? -1 : 0 };
}

export function resultsOf(
  contestants: readonly Contestant[],
  attempts: readonly AttemptView[],
  calls: readonly CallSample[],
): Results {
  const results = contestants.map((contestant) => resultOf(contestant, attempts, calls));
  return { contestants: results, pairs: pairsOf(results) };
}
