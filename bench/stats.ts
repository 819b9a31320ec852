// Numbers of a handful of samples, nothing more: nearest-rank quantiles, and how two series compare.

/** The smallest sample that at least `share` of all samples do not exceed. Throws on no samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new RangeError("There are no samples.");
  return value;
}

export interface Spread {
  readonly count: number;
  readonly p50: number;
  /** Of fewer than a hundred samples this is the largest. */
  readonly p99: number;
}

export const spreadOf = (samples: readonly number[]): Spread => ({
  count: samples.length,
  p50: quantile(samples, 0.5),
  p99: quantile(samples, 0.99),
});

/** How many times the median of `b` goes into the median of `a`. */
export const ratioOf = (a: readonly number[], b: readonly number[]): number =>
  quantile(a, 0.5) / quantile(b, 0.5);
