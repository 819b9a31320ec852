import { MINUTE, SECOND } from "#lib/clock.ts";

const FIRST = 250;
const LONGEST = 30 * SECOND;

/** A child that lived this long was healthy: its next death counts as the first. */
export const STEADY = MINUTE;

/** Milliseconds to wait before restart number `failures` (from 1) in a row: fast at first, then doubling. */
export function restartDelay(failures: number): number {
  return Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 20));
}

/** Deaths in a row after one more, by how long the child had lived. */
export function countFailure(failures: number, lived: number): number {
  return lived >= STEADY ? 1 : failures + 1;
}
