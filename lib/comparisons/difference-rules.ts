// Whether two shares differ. Pure.

import type { Interval } from "../kpis/schema.ts";
import { Z } from "../kpis/statistics.ts";

/** Wilson's score interval of a share at a normal quantile. */
export function wilsonAt(hits: number, total: number, z: number): Interval {
  const share = hits / total;
  const scale = 1 + z ** 2 / total;
  const centre = (share + z ** 2 / (2 * total)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2));
  return {
    low: hits === 0 ? 0 : Math.max(0, centre - half),
    high: hits === total ? 1 : Math.min(1, centre + half),
  };
}

export interface Counted {
  readonly hits: number;
  readonly of: number;
}

/** Newcombe's interval of the difference of two shares (1998, method 10): built of Wilson's two. Both totals are above 0. */
export function newcombe(one: Counted, other: Counted, z: number = Z): Interval {
  const [p, q] = [one.hits / one.of, other.hits / other.of];
  const [a, b] = [wilsonAt(one.hits, one.of, z), wilsonAt(other.hits, other.of, z)];
  return {
    low: p - q - Math.hypot(p - a.low, b.high - q),
    high: p - q + Math.hypot(a.high - p, q - b.low),
  };
}

/** Acklam's approximation of the normal quantile; off by less than 1.2e-9 of its value. */
export function normalQuantile(p: number): number {
  const ratio = (top: readonly number[], bottom: readonly number[], x: number) =>
    top.reduce((sum, each) => sum * x + each, 0) / (bottom.reduce((sum, each) => sum * x + each, 0) * x + 1);
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const x = Math.sqrt(-2 * Math.log(p));
    return ratio(TAIL_TOP, TAIL_BOTTOM, x);
  }
  const x = p - 0.5;
  return x * ratio(MIDDLE_TOP, MIDDLE_BOTTOM, x * x);
}

const MIDDLE_TOP = [
  ...[-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2],
  ...[-3.066479806614716e1, 2.506628277459239],
];
const MIDDLE_BOTTOM = [
  ...[-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1],
  -1.328068155288572e1,
];
const TAIL_TOP = [
  ...[-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734],
  ...[4.374664141464968, 2.938163982698783],
];
const TAIL_BOTTOM = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];

/** Quantile of two-sided intervals of `pairs` comparisons that are all true together with 95 % at least (Bonferroni). */
export const zOf = (pairs: number): number => -normalQuantile(0.025 / Math.max(1, pairs));
