// What the runner does while the plane is away: it tries again, ever more slowly, until somebody ends the wait.

import { type Clock, SECOND } from "#lib/clock.ts";
import { AppError, type ErrorCode } from "#lib/errors.ts";
import type { Logger } from "#lib/logger.ts";

const FIRST_WAIT = SECOND / 4;

/** Milliseconds to wait after so many failures in a row; `chance` in [0, 1) spreads runners that lost the plane at once. */
export function backOff(failures: number, longest: number, chance: number): number {
  const wait = Math.min(longest, FIRST_WAIT * 2 ** Math.min(failures - 1, 20));
  return wait * (0.5 + chance / 2);
}

/**
 * Codes that say nothing about the request itself. A runner whose key is refused keeps asking too: a key may be
 * restored, and a lease it holds ends by loss of contact.
 */
const PASSING: readonly ErrorCode[] = [
  "unavailable",
  "unexpected",
  "too_many",
  "unauthenticated",
  "forbidden",
];

export const isPassing = (error: unknown): boolean =>
  error instanceof AppError && PASSING.includes(error.code);

export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** What is being tried, for the log line. */
  readonly what: string;
  /** Which failures are worth another attempt. */
  readonly isPassing?: (error: unknown) => boolean;
  /** Longest wait between two attempts, milliseconds. */
  readonly longest?: number;
}

/** The answer of the first attempt that got one. Throws what is not passing, and the signal's reason. */
export async function untilAnswered<T>(
  attempt: () => Promise<T>,
  { clock, signal, logger, what, isPassing: isWorthIt = isPassing, longest = 5 * SECOND }: Patience,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || !isWorthIt(error)) throw error;
      if (failures === 1) logger.warn({ err: error }, `${what}: no answer yet, trying again`);
    }
    await clock.sleep(backOff(failures, longest, Math.random()), signal);
  }
}
