// Calls under way, and the look that ends them: a lease that ended, a pause, a stop are seen within half a second here,
// whether or not somebody rang.
import type { Clock } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import type { Logger } from "#lib/logger.ts";
import type { Access, Caller } from "./authenticate.ts";

/** Twice in the second that is promised. */
export const LOOK_EVERY = 400;

export interface LiveCall {
  readonly caller: Caller;
  cut(): void;
}

export interface LiveCalls {
  /** Returns how to take it out again. */
  add(call: LiveCall): () => void;
  readonly size: number;
  /** Asks about every lease with a call under way, once each. */
  look(): Promise<void>;
  /** Looks again and again until the signal. */
  watch(signal: AbortSignal): Promise<void>;
  /** Wakes the watch. */
  wake(): void;
  cutAll(): void;
}

export function createLiveCalls(access: Access, clock: Clock, logger: Logger): LiveCalls {
  const calls = new Set<LiveCall>();
  let woken = Promise.withResolvers<void>();

  async function lookAt(group: readonly LiveCall[]): Promise<void> {
    const caller = group[0]?.caller;
    if (!caller) return;
    try {
      await access.again(caller);
    } catch (error) {
      const isOver = error instanceof AppError && error.code !== "unavailable";
      if (!isOver) return logger.warn({ err: error }, "whether a lease still stands is not known");
      logger.info({ runId: caller.admission.runId, calls: group.length }, "calls are cut");
      for (const call of group) call.cut();
    }
  }

  async function look(): Promise<void> {
    const groups = Map.groupBy(calls, ({ caller }) => `${caller.tokenSha256} ${caller.runnerId}`);
    await Promise.all([...groups.values()].map(lookAt));
  }

  return {
    add(call) {
      calls.add(call);
      return () => void calls.delete(call);
    },
    get size() {
      return calls.size;
    },
    look,
    async watch(signal) {
      while (!signal.aborted) {
        const called = woken.promise; // who rings while we look is heard
        if (calls.size > 0) await look();
        // Only the signal makes the sleep fail, and it ends the watch above.
        await Promise.race([clock.sleep(LOOK_EVERY, signal).catch(() => undefined), called]);
        woken = Promise.withResolvers();
      }
    },
    wake: () => woken.resolve(),
    cutAll() {
      for (const call of [...calls]) call.cut();
    },
  };
}
