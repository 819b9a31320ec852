// The arithmetic of `bench:kpis`: what a board takes, what facts cost, and whether that is what is asked for. Pure.
import { quantile } from "../stats.ts";

export interface Taken {
  /** "the board, 100k runs" */
  readonly name: string;
  /** Milliseconds, one a repeat. */
  readonly ours: readonly number[];
  readonly peer: readonly number[];
  readonly floor: readonly number[];
  /** Milliseconds at the 95th percentile; null where it is only shown. */
  readonly most: number | null;
}

export const p95 = (samples: readonly number[]): number => quantile(samples, 0.95);

/** One of `median` alike: by how many percent the first of each pair is more than the second. */
export function slowedBy(withFacts: readonly number[], without: readonly number[]): number {
  if (withFacts.length !== without.length) throw new RangeError("Each sample needs its like.");
  const shares = withFacts.map((taken, round) => taken / (without[round] ?? Number.NaN));
  return 100 * (quantile(shares, 0.5) - 1);
}

export const isTakenMet = ({ ours, most }: Taken): boolean => most === null || p95(ours) <= most;

const NAME_WIDTH = 58;
const amount = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(1)).padStart(9);

export function takenText(taken: Taken): string {
  const { name, ours, peer, floor, most } = taken;
  const times = (other: readonly number[]) => (quantile(ours, 0.5) / quantile(other, 0.5)).toPrecision(2);
  const columns = [
    name.padEnd(NAME_WIDTH),
    ...[quantile(ours, 0.5), p95(ours), quantile(peer, 0.5), quantile(floor, 0.5)].map(amount),
    `${times(peer)} / ${times(floor)}`.padStart(14),
    most === null ? "" : `goal p95 ≤ ${most}: ${isTakenMet(taken) ? "MET" : "MISSED"}`,
  ];
  return columns.join("  ").trimEnd();
}

export const HEADING = [
  "milliseconds".padEnd(NAME_WIDTH),
  ...["ours p50", "ours p95", "peer p50", "floor p50"].map((title) => title.padStart(9)),
  "ours by both",
].join("  ");

export const MOST_SLOWED = 5;

export const slowedText = (name: string, percent: number, rounds: number): string =>
  `${name.padEnd(NAME_WIDTH)}  ${percent >= 0 ? "+" : ""}${percent.toFixed(1)} % (median of ${rounds} pairs)  goal ≤ ${MOST_SLOWED} %: ${
    percent <= MOST_SLOWED ? "MET" : "MISSED"
  }`;
