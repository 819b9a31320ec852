// One call, from a request that was read to its final record. In this order, whatever happens: turn → intent durable →
// provider → client, noted → final record durable → end.
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Clock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import type { Logger } from "#lib/logger.ts";
import type { Admission, CallOutcome, Final, Intent, Opening } from "#lib/model-calls/schema.ts";
import { reservationOf } from "#lib/prices/rules.ts";
import type { Usage } from "#lib/prices/schema.ts";
import type { Caller } from "../access/authenticate.ts";
import type { LiveCalls } from "../access/live-calls.ts";
import { headersToClient, headersToProvider } from "../http/headers.ts";
import { Problem } from "../http/problem.ts";
import { headersWithoutKey } from "../keys/without-key.ts";
import type { Purpose, ReadCall } from "../request/read-call.ts";
import { type Capture, createCapture } from "../stream/capture.ts";
import { createObserver, type Observer } from "../stream/observe.ts";
import { type Upstream, UpstreamFault } from "../upstream/exchange.ts";
import { type Attempt, RetriedFault, sendPatiently } from "../upstream/retry.ts";
import { targetOf } from "../upstream/target.ts";
import type { FairQueue } from "./queue.ts";
import {
  isPacked,
  type RelayEnd,
  type Relayed,
  type Relaying,
  type RelayLimits,
  relayRefusal,
  relayStream,
  relayWhole,
} from "./relay.ts";

export interface CallParts {
  readonly gatewayId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly queue: FairQueue;
  readonly live: LiveCalls;
  readonly upstream: Upstream;
  readonly limits: RelayLimits;
  /** Of a whole call, milliseconds. */
  readonly total: number;
  open(intent: Intent): Promise<Opening>;
  /** Resolves when it is durable. */
  settle(final: Final): Promise<void>;
  /** The key in clear. */
  unseal(provider: Admission["provider"]): Promise<string>;
}

export interface CallAsked {
  readonly caller: Caller;
  readonly read: ReadCall;
  readonly purpose: Purpose;
  readonly headers: IncomingHttpHeaders;
  readonly response: ServerResponse;
}

const SPENT = { run: "run", day: "day", pilot: "pilot" } as const;

function refusalOf(opening: Exclude<Opening, "opened">): Problem {
  const { budget, sentence } = opening;
  return new Problem(
    budget === null ? "stopped" : "budget_spent",
    budget ? `${sentence} (budget of the ${SPENT[budget]})` : sentence,
  );
}

/** How the pieces end a call, as the record says it. */
function outcomeOf(end: RelayEnd, status: number, observer: Observer, isStream: boolean): CallOutcome {
  if (end === "client_gone" || end === "cut" || end === "slow_reader") return "aborted";
  if (end !== "ended" || status < 200 || status > 299) return "failed";
  const { finish } = observer.observation();
  return finish === "failed" || (isStream && finish === "open") ? "failed" : "done";
}

const UNFINISHED: readonly RelayEnd[] = [
  "upstream_reset",
  "upstream_timeout",
  "total_timeout",
  "response_too_large",
];

function flagsOf(end: RelayEnd, status: number, observer: Observer, isStream: boolean): string[] {
  const isOpen = isStream && status < 300 && observer.observation().finish === "open";
  return [
    ...(end === "ended" ? [] : [end]),
    ...(UNFINISHED.includes(end) || (end === "ended" && isOpen) ? ["incomplete"] : []),
    ...(status === 401 || status === 403 ? ["provider_unauthorized"] : []),
  ];
}

const FAULT_CODE = {
  upstream_unreachable: "upstream_failed",
  upstream_reset: "upstream_failed",
  upstream_timeout: "upstream_timeout",
} as const;

/** Ended while nothing was sent yet. */
const endedEarly = (end: RelayEnd): Problem =>
  end === "cut"
    ? new Problem("stopped", "The run may not call its model any more.")
    : new Problem("unavailable", "The call was not made in time.", { retryAfter: 5 });

const NOTHING_USED: Usage = { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0 };

interface Opened {
  readonly purpose: Purpose;
  readonly intent: Intent;
  readonly capture: Capture;
  readonly observer: Observer;
}

export function createCalls(parts: CallParts) {
  const { clock, live, logger } = parts;

  const finalOf = (
    { purpose, intent, capture, observer }: Opened,
    rest: Pick<Final, "outcome" | "status" | "wasSent" | "flags" | "retries">,
  ): Final => {
    const { usage: said, returnedModel, seen } = observer.observation();
    const isFree = purpose === "count";
    const { callId, admission } = intent;
    return {
      ...{ callId, runId: admission.runId, attempt: admission.attempt, at: clock.now() },
      ...{ firstByteAt: capture.firstByteAt, firstTokenAt: capture.firstTokenAt, returnedModel, seen },
      usage: isFree ? NOTHING_USED : said,
      response: capture.bytes(),
      chunks: capture.chunks,
      ...rest,
      flags: [...rest.flags, ...(isFree ? ["count_tokens"] : [])],
    };
  };

  async function openCall({ caller, read, purpose }: CallAsked): Promise<Opened> {
    const { admission } = caller;
    const at = clock.now();
    const intent: Intent = {
      admission,
      callId: newId("call", at),
      at,
      gateway: parts.gatewayId,
      api: read.api,
      requestedModel: admission.model,
      reservedMicros:
        purpose === "count" ? 0 : reservationOf(admission.price, read.contextTokens, read.maxOutputTokens),
      contextTokens: read.contextTokens,
      requestHead: read.head,
      requestItems: read.items,
    };
    const opening = await parts.open(intent);
    if (opening !== "opened") throw refusalOf(opening);
    const capture = createCapture(at, () => clock.now());
    return { purpose, intent, capture, observer: createObserver(read.api, capture.noteFirstToken) };
  }

  async function passOn(
    asked: CallAsked,
    opened: Opened,
    { response: from, retries, key }: Attempt & { readonly key: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { response: to, read } = asked;
    const { capture, observer } = opened;
    const status = from.statusCode ?? 502;
    const isRedirect = status >= 300 && status < 400;
    const isStream = status < 300 && /^text\/event-stream\b/i.test(from.headers["content-type"] ?? "");
    const isError = status >= 400;
    const headers = headersWithoutKey(headersToClient(from.headers), key);
    const relaying: Relaying = { from, to, capture, limits: parts.limits, signal };
    if (isStream && !to.headersSent) {
      to.writeHead(status, headers);
      to.flushHeaders();
    }
    const relay = () => {
      if (isStream) return relayStream(relaying, observer);
      return isError ? relayRefusal(relaying, observer, key) : relayWhole(relaying, observer);
    };
    const relayed = await relay();
    const { end } = relayed;
    if (end === "cut" || end === "slow_reader") to.socket?.destroy();
    const flags = [...flagsOf(end, status, observer, isStream), ...read.masked.map((of) => `masked_${of}`)];
    const outcome = outcomeOf(end, status, observer, isStream);
    await parts.settle(finalOf(opened, { outcome, status, wasSent: true, flags, retries }));
    if (isRedirect)
      throw new Problem("upstream_failed", "The provider points elsewhere, which is not followed.");
    if (isError && end === "ended" && isPacked(from))
      throw new Problem("upstream_failed", "The provider refuses in a form that is not passed on.");
    finish(asked, relayed, status, isStream ? null : headers);
  }

  /** `headers` null: they were sent. A stream that broke off breaks off here too. */
  function finish(
    { response: to }: CallAsked,
    { end, held }: Relayed,
    status: number,
    headers: Record<string, string> | null,
  ): void {
    if (to.destroyed) return;
    if (headers === null) {
      for (const chunk of held) to.write(chunk);
      if (end === "ended") to.end();
      else to.socket?.destroySoon();
      return;
    }
    if (end === "ended") {
      const body = Buffer.concat(held);
      to.writeHead(status, { ...headers, "content-length": String(body.length) }).end(body);
      return;
    }
    if (end === "upstream_timeout" || end === "total_timeout")
      throw new Problem("upstream_timeout", "The provider did not end its answer in time.");
    if (end === "response_too_large")
      throw new Problem("upstream_failed", "The provider's answer is larger than any that is passed on.");
    throw new Problem("upstream_failed", "The provider's answer broke off.");
  }

  async function failed(opened: Opened, error: unknown, signal: AbortSignal): Promise<never> {
    const { fault, retries } = error instanceof RetriedFault ? error : { fault: error, retries: 0 };
    const isOurs = signal.aborted;
    const kind = fault instanceof UpstreamFault ? fault.kind : "upstream_reset";
    const wasSent = !(fault instanceof UpstreamFault) || fault.wasSent;
    const end = isOurs ? (signal.reason as RelayEnd) : kind;
    const outcome = isOurs && end !== "total_timeout" ? "aborted" : "failed";
    logger.warn(
      { callId: opened.intent.callId, end, retries, reason: fault instanceof Error ? fault.message : "" },
      "a call got no answer",
    );
    await parts.settle(finalOf(opened, { outcome, status: null, wasSent, flags: [end], retries }));
    if (isOurs && end === "cut") throw new Problem("stopped", "The run may not call its model any more.");
    throw new Problem(
      end === "total_timeout" ? "upstream_timeout" : FAULT_CODE[kind],
      fault instanceof UpstreamFault ? fault.message : "The call was ended.",
    );
  }

  async function exchange(asked: CallAsked, signal: AbortSignal): Promise<void> {
    const { caller, read, purpose, headers } = asked;
    const { provider, model } = caller.admission;
    const key = await parts.unseal(provider);
    const target = targetOf({ provider, api: read.api, purpose, model, key });
    const opened = await openCall(asked);
    let attempt: Attempt;
    try {
      signal.throwIfAborted();
      const sending = {
        target,
        method: "POST",
        headers: headersToProvider(headers),
        body: read.body,
      } as const;
      attempt = await sendPatiently(parts.upstream, sending, clock, signal);
    } catch (error) {
      return failed(opened, error, signal);
    }
    await passOn(asked, opened, { ...attempt, key }, signal);
  }

  return {
    /** Answers through `asked.response`, or throws a Problem before anything was answered. */
    async makeCall(asked: CallAsked): Promise<void> {
      const { caller, response } = asked;
      const { provider, pilotId, runId, limits } = caller.admission;
      const control = new AbortController();
      const abort = (reason: RelayEnd) => control.abort(reason);
      const onClose = () => abort("client_gone");
      response.on("close", onClose);
      const timer = setTimeout(() => abort("total_timeout"), parts.total);
      const leaveLive = live.add({ caller, cut: () => abort("cut") });
      try {
        const who = { providerId: provider.id, pilotId, runId, own: limits.concurrentCalls };
        const turn = await parts.queue.enter(who, control.signal);
        try {
          await exchange(asked, control.signal);
        } finally {
          turn.leave();
        }
      } catch (error) {
        throw error === control.signal.reason ? endedEarly(control.signal.reason) : error;
      } finally {
        clearTimeout(timer);
        leaveLive();
        response.off("close", onClose);
      }
    },
  };
}
