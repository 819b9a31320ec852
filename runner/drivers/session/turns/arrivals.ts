// Waiting for something that another part of the runner brings in.
import type { Clock } from "#lib/clock.ts";

export interface Arrivals {
  /** Something came in. */
  noted(): void;
  /** Resolves when `isThere` says so, which is asked after each arrival; at the latest after so many milliseconds, or by `over`. */
  until(isThere: () => boolean, milliseconds: number, over: AbortSignal): Promise<void>;
}

export function createArrivals(clock: Clock): Arrivals {
  let came = Promise.withResolvers<void>();
  return {
    noted() {
      came.resolve();
      came = Promise.withResolvers<void>();
    },
    async until(isThere, milliseconds, over) {
      const enough = new AbortController();
      let isLate = over.aborted;
      const late = clock.sleep(milliseconds, AbortSignal.any([enough.signal, over])).then(
        () => {
          isLate = true;
        },
        () => {
          isLate = true;
        },
      );
      while (!isLate && !isThere()) await Promise.race([came.promise, late]);
      enough.abort();
    },
  };
}
