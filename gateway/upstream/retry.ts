// Asking again, before the first byte only: where nothing was sent, or where the provider says it did nothing.
import type { IncomingMessage } from "node:http";
import type { Clock } from "#lib/clock.ts";
import { SECOND } from "#lib/clock.ts";
import { type Sending, type Upstream, UpstreamFault } from "./exchange.ts";

export interface RetryRules {
  /** After the first attempt. */
  readonly most: number;
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly pause: number;
  /** A provider that asks for more than this is not waited for. */
  readonly longestPause: number;
}

export const RETRY: RetryRules = { most: 2, pause: 500, longestPause: 8 * SECOND };

/** The provider did nothing: too many, overloaded, not there. A 500 may have been paid for. */
const NOT_DONE: readonly number[] = [429, 503, 529];

export interface Attempt {
  readonly response: IncomingMessage;
  readonly retries: number;
}

/** Milliseconds, or null where there is nothing to be read. */
export function retryAfterOf(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}(?:\.\d+)?$/.test(value.trim())) return Number(value) * SECOND;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

export class RetriedFault extends Error {
  readonly fault: unknown;
  readonly retries: number;
  constructor(fault: unknown, retries: number) {
    super("the provider was asked and gave no answer", { cause: fault });
    this.fault = fault;
    this.retries = retries;
  }
}

/** Milliseconds until the next attempt; null for an answer that stands. */
function pauseAfter(
  status: number,
  header: string | undefined,
  tried: number,
  now: number,
  rules: RetryRules,
): number | null {
  if (tried >= rules.most || !NOT_DONE.includes(status)) return null;
  const asked = retryAfterOf(header, now);
  const pause = Math.max(asked ?? 0, rules.pause * 2 ** tried);
  return pause > rules.longestPause ? null : pause;
}

/** Throws RetriedFault around what the last attempt threw. */
export async function sendPatiently(
  upstream: Upstream,
  sending: Sending,
  clock: Clock,
  signal: AbortSignal,
  rules: RetryRules = RETRY,
): Promise<Attempt> {
  for (let tried = 0; ; tried++) {
    try {
      const response = await upstream.send(sending, signal);
      const pause = pauseAfter(
        response.statusCode ?? 0,
        response.headers["retry-after"],
        tried,
        clock.now(),
        rules,
      );
      if (pause === null) return { response, retries: tried };
      response.on("error", () => undefined); // its body is of no interest
      response.resume();
      await clock.sleep(pause, signal);
    } catch (error) {
      const mayRetry =
        error instanceof UpstreamFault && !error.wasSent && error.kind === "upstream_unreachable";
      if (!mayRetry || tried >= rules.most) throw new RetriedFault(error, tried);
      await clock.sleep(rules.pause * 2 ** tried, signal).catch((reason: unknown) => {
        throw new RetriedFault(reason, tried);
      });
    }
  }
}
