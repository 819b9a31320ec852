// From the provider's answer to the client: unchanged, unbuffered, at the client's own pace, and noted on the way. The
// last event is held back, so that nobody acts upon an answer whose record is not durable yet.
import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyWithoutKey } from "../keys/without-key.ts";
import { type Capture, createCapture } from "../stream/capture.ts";
import type { Observer } from "../stream/observe.ts";

export interface RelayLimits {
  /** Milliseconds between two pieces from the provider. */
  readonly idle: number;
  /** A client that takes nothing for so long is dropped. */
  readonly slowReader: number;
  /** After the last event a provider has so long to end the answer. */
  readonly afterLast: number;
  readonly maxBytes: number;
}

/** `ended`: the provider ended it properly. */
export type RelayEnd =
  | "ended"
  | "upstream_reset"
  | "upstream_timeout"
  | "response_too_large"
  | "slow_reader"
  | "client_gone"
  | "cut"
  | "total_timeout";

export interface Relaying {
  readonly from: IncomingMessage;
  readonly to: ServerResponse;
  readonly capture: Capture;
  readonly limits: RelayLimits;
  /** Aborts with the RelayEnd it means. */
  readonly signal: AbortSignal;
}

export interface Relayed {
  readonly end: RelayEnd;
  /** To be written once the record is durable. */
  readonly held: readonly Buffer[];
}

/** The pump of both ways to relay. `take` returns false where the client wants a pause. */
function pump(
  { from, to, capture, limits, signal }: Relaying,
  take: (chunk: Buffer) => boolean,
  isLast: () => boolean,
): Promise<RelayEnd> {
  return new Promise((resolve) => {
    let isPaused = false;
    let timer: NodeJS.Timeout | undefined;
    const wait = (milliseconds: number, end: RelayEnd) => {
      clearTimeout(timer);
      timer = setTimeout(() => finish(end), milliseconds);
    };
    const awaitMore = () => {
      if (isLast()) wait(limits.afterLast, "ended");
      else wait(limits.idle, "upstream_timeout");
    };
    const onDrain = () => {
      isPaused = false;
      awaitMore();
      from.resume();
    };
    const onData = (chunk: Buffer) => {
      if (capture.size + chunk.length > limits.maxBytes) return finish("response_too_large");
      capture.push(chunk);
      if (take(chunk)) return awaitMore();
      isPaused = true;
      from.pause();
      wait(limits.slowReader, "slow_reader");
    };
    const onEnd = () => finish(from.complete ? "ended" : "upstream_reset");
    const onClose = () => {
      if (!from.readableEnded && !isPaused) finish("upstream_reset");
    };
    const onAbort = () => finish(signal.reason as RelayEnd);
    const finish = (end: RelayEnd) => {
      clearTimeout(timer);
      from.off("data", onData).off("end", onEnd).off("close", onClose);
      to.off("drain", onDrain);
      signal.removeEventListener("abort", onAbort);
      from.on("error", () => undefined);
      if (end !== "ended" || !from.complete) from.destroy();
      resolve(end);
    };
    if (signal.aborted) return finish(signal.reason as RelayEnd);
    signal.addEventListener("abort", onAbort, { once: true });
    to.on("drain", onDrain);
    from.on("error", () => finish("upstream_reset"));
    from.on("end", onEnd);
    from.on("close", onClose);
    from.on("data", onData);
    awaitMore();
  });
}

export async function relayStream(relaying: Relaying, observer: Observer): Promise<Relayed> {
  const held: Buffer[] = [];
  let isLast = false;
  const take = (chunk: Buffer): boolean => {
    const at = observer.push(chunk);
    if (isLast) {
      held.push(chunk);
      return true;
    }
    if (at === null) return relaying.to.write(chunk);
    isLast = true;
    held.push(chunk.subarray(at));
    return at === 0 || relaying.to.write(chunk.subarray(0, at));
  };
  return { end: await pump(relaying, take, () => isLast), held };
}

/** An answer that is no stream is passed on once it is whole. */
export async function relayWhole(relaying: Relaying, observer: Observer): Promise<Relayed> {
  const end = await pump(
    relaying,
    () => true,
    () => false,
  );
  const body = relaying.capture.bytes();
  observer.pushWhole(body);
  return { end, held: [body] };
}

/** What a provider says when it refuses is short. */
const MOST_OF_A_REFUSAL = 1024 * 1024;

/**
 * An answer with an error's status may repeat the key it was asked with. The key is taken out before anything of the
 * answer is captured; of one that did not end nothing is, since it may end within the key, and of one that is packed
 * neither, since the key would not be found.
 */
export async function relayRefusal(relaying: Relaying, observer: Observer, key: string): Promise<Relayed> {
  const { capture, limits, from } = relaying;
  const heard = createCapture(0, () => 0);
  const maxBytes = Math.min(limits.maxBytes, MOST_OF_A_REFUSAL);
  const end = await pump(
    { ...relaying, capture: heard, limits: { ...limits, maxBytes } },
    () => true,
    () => false,
  );
  if (end !== "ended" || isPacked(from)) return { end, held: [] };
  const body = bodyWithoutKey(heard.bytes(), key);
  capture.push(body);
  observer.pushWhole(body);
  return { end, held: [body] };
}

/** It was asked not to be. */
export const isPacked = ({ headers }: IncomingMessage): boolean =>
  (headers["content-encoding"] ?? "identity").trim().toLowerCase() !== "identity";
