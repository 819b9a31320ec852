import type { Clock } from "#lib/clock.ts";

/** Whether, and how long ago, anything went through a way out of a lease's sandboxes. */
export interface Traffic {
  /** A byte passed, either way. */
  passed(): void;
  /** Milliseconds since; null where nothing ever passed. */
  silentMs(): number | null;
}

export function createTraffic(steady: Clock): Traffic {
  let last: number | null = null;
  return {
    passed: () => {
      last = steady.now();
    },
    // Rounded down: what is said to be over was not over earlier.
    silentMs: () => (last === null ? null : Math.max(0, Math.floor(steady.now() - last))),
  };
}
