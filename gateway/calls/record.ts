// Intents and final records on their way into the ledger, gathered into shared transactions. A final record is tried
// until it is in: the answer waits for it a while, the ledger gets it whenever it comes back.
import { type Clock, SECOND } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import type { Logger } from "#lib/logger.ts";
import { GivenUp } from "#lib/model-calls/refusal.ts";
import type { Final, Intent, Opening } from "#lib/model-calls/schema.ts";
import { Problem } from "../http/problem.ts";
import type { Ledger } from "../ledger.ts";
import { createGroup, createLane } from "./group.ts";

export interface CallRecord {
  open(intent: Intent): Promise<Opening>;
  /** Resolves when it is durable. Throws unavailable once the client has waited long enough; it is tried on. */
  settle(final: Final): Promise<void>;
  /** Resolves when everything is in, or at the signal. */
  drained(signal: AbortSignal): Promise<void>;
}

export interface RecordOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds an answer waits for its final record. */
  readonly patience: number;
}

/** Nobody reads it; an abort without a reason makes an error with its stack each time. */
const OVER = "over";

const MOST_TOGETHER = 64;
const TRY_AGAIN = SECOND;
/** Of a record the database does not take. It stays open, and the next start of the gateway ends it as unknown. */
const MOST_TRIES = 30;
const GIVEN_UP = "This call was taken for lost by another gateway, so its answer ends here.";
const UNRECORDED = "The end of the call cannot be recorded at the moment, so the answer ends here.";

export function createRecord({ ledger, clock, logger, patience }: RecordOptions): CallRecord {
  // Both lock the same budgets and runs: side by side they would wait for each other, and share no commit meanwhile.
  const lane = createLane();
  const opens = createGroup<Intent, Opening>({ work: ledger.openCalls, most: MOST_TOGETHER, lane });
  const settles = createGroup<Final, void>({
    async work(finals) {
      await ledger.settleCalls(finals);
      return finals.map(() => undefined);
    },
    ...{ most: MOST_TOGETHER, lane },
  });
  const unsettled = new Set<Promise<void>>();
  const ending = new AbortController();

  async function settleAtLast(final: Final): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        return await settles.add(final);
      } catch (error) {
        if (error instanceof GivenUp) throw new Problem("unavailable", GIVEN_UP, { cause: error });
        const code = error instanceof AppError ? error.code : null;
        if (code === "conflict") return; // the answer to an earlier attempt was lost
        logger.error({ err: error, callId: final.callId, tried }, "a final record is not in yet");
        if (code !== "unavailable" && tried >= MOST_TRIES) throw error;
        await clock.sleep(TRY_AGAIN, ending.signal);
      }
    }
  }

  return {
    open: opens.add,
    async settle(final) {
      const settled: Promise<void> = settleAtLast(final).finally(() => unsettled.delete(settled));
      settled.catch(() => undefined); // said already; whoever waits is told below
      unsettled.add(settled);
      const over = new AbortController();
      const impatient = clock.sleep(patience, over.signal).then(
        () => Promise.reject(new Problem("unavailable", UNRECORDED, { retryAfter: 5 })),
        () => undefined,
      );
      try {
        await Promise.race([settled, impatient.then(() => settled)]);
      } finally {
        over.abort(OVER);
      }
    },
    async drained(signal) {
      const stop = () => ending.abort();
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) stop();
      await Promise.allSettled([...unsettled]);
      signal.removeEventListener("abort", stop);
    },
  };
}
