// Durations some of which are not over: what is still open lasted at least so long, and says so much about the others.
import type { Interval } from "./schema.ts";
import { quantile, seededRandom } from "./statistics.ts";

interface Duration {
  readonly value: number;
  readonly isOver: boolean;
}

/**
 * Kaplan and Meier's quantile: the shortest duration by which the share `p` is over. Null where so much is open that nobody
 * can say. Between two durations it lies half-way, as the median of an even number does.
 */
export function survivalQuantile(durations: readonly Duration[], p: number): number | null {
  const sorted = [...durations].sort(byValue);
  return quantileOfCounts(sorted, new Uint32Array(sorted.length).fill(1), p);
}

const byValue = (a: Duration, b: Duration) => a.value - b.value || Number(b.isOver) - Number(a.isOver);

/** Of durations that are there `counts[i]` times each: no resample has to be sorted. */
function quantileOfCounts(sorted: readonly Duration[], counts: Uint32Array, p: number): number | null {
  let [surviving, atRisk] = [1, counts.reduce((sum, count) => sum + count, 0)];
  let reached: number | null = null;
  for (const [index, { value, isOver }] of sorted.entries()) {
    for (let left = counts[index] ?? 0; left > 0; left--) {
      if (reached !== null && isOver) return (reached + value) / 2;
      if (isOver) surviving *= 1 - 1 / atRisk;
      atRisk -= 1;
      if (reached !== null) continue;
      if (surviving < 1 - p - 1e-9) return value;
      if (surviving <= 1 - p + 1e-9) reached = value;
    }
  }
  return reached;
}

const RESAMPLES = 400;
const SEED = 20_301_231;

/** Percentile bootstrap over durations with their ends. Null where too few resamples have such a quantile. */
export function survivalInterval(durations: readonly Duration[], p: number): Interval | null {
  const random = seededRandom(SEED);
  const sorted = [...durations].sort(byValue);
  const counts = new Uint32Array(sorted.length);
  const found: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample++) {
    counts.fill(0);
    for (let draw = 0; draw < sorted.length; draw++) {
      const index = Math.floor(random() * sorted.length);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    const value = quantileOfCounts(sorted, counts, p);
    if (value !== null) found.push(value);
  }
  if (found.length < 0.95 * RESAMPLES) return null;
  found.sort((one, other) => one - other);
  return { low: quantile(found, 0.025), high: quantile(found, 0.975) };
}

export const durationsOf = (over: readonly number[], open: readonly number[]): Duration[] => [
  ...over.map((value) => ({ value, isOver: true })),
  ...open.map((value) => ({ value, isOver: false })),
];
