// How often somebody may knock: counted by the minute, in memory, for a bounded number of callers. Each web process counts
// for itself.
import { MINUTE, SECOND } from "../clock.ts";

export interface Limiter {
  /** Seconds to wait, or null where the caller may go on; this knock is counted. */
  take(caller: string, now: number): number | null;
  /** The same without counting. */
  waits(caller: string, now: number): number | null;
}

interface Window {
  readonly startedAt: number;
  readonly count: number;
}

/** Whoever knocked longest ago is forgotten first. */
export function createLimiter({ perMinute, callers }: { perMinute: number; callers: number }): Limiter {
  const windows = new Map<string, Window>();
  const windowOf = (caller: string, now: number): Window => {
    const known = windows.get(caller);
    return known && now - known.startedAt < MINUTE && now >= known.startedAt
      ? known
      : { startedAt: now, count: 0 };
  };
  const waits = (caller: string, now: number) => {
    const { startedAt, count } = windowOf(caller, now);
    return count < perMinute ? null : Math.max(1, Math.ceil((startedAt + MINUTE - now) / SECOND));
  };
  return {
    waits,
    take(caller, now) {
      const wait = waits(caller, now);
      const { startedAt, count } = windowOf(caller, now);
      windows.delete(caller);
      windows.set(caller, { startedAt, count: Math.min(count + 1, perMinute) });
      const [oldest] = windows.keys();
      if (windows.size > callers && oldest !== undefined) windows.delete(oldest);
      return wait;
    },
  };
}
