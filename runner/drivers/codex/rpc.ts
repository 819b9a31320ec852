// JSON lines both ways, as `codex app-server` speaks them: requests with a number of ours and their answers, notifications,
// and requests of the other side. Nothing that comes in can make it throw: what it cannot read is handed on as a line.
import { z } from "zod";
import type { Clock } from "#lib/clock.ts";
import { messageOf, refused, unavailable } from "#lib/errors.ts";

const Id = z.union([z.int(), z.string().max(200)]);
const RpcError = z.object({ code: z.int(), message: z.string() });

/** In this order: what has a method is no answer, whatever else it holds. */
const Incoming = z.union([
  z.object({ method: z.string(), id: Id, params: z.unknown().optional() }),
  z.object({ method: z.string(), params: z.unknown().optional() }),
  z.object({ id: Id, error: RpcError }),
  z.object({ id: Id, result: z.unknown() }),
]);

/** JSON-RPC's "method not found". */
const UNKNOWN_METHOD = -32601;

/** What a request is answered with that the other side no longer waits for. */
export const NO_ANSWER = Symbol("no answer");

export interface RpcOptions {
  readonly lines: AsyncIterable<string>;
  send(line: string): Promise<void>;
  readonly clock: Clock;
  /** False where the method or the shape of its parameters is not known. Awaited before the next line is read. */
  onNotification(method: string, params: unknown): Promise<boolean>;
  /**
   * The answer, which may take hours in which other lines go on; undefined where the method is not offered, which the other
   * side is told. Where it rejects, everything ends as when a notification could not be kept; `NO_ANSWER`: none is sent.
   */
  onRequest(method: string, params: unknown): Promise<unknown> | undefined;
  /** A line that nobody understood, as it came. */
  onStray(line: string): Promise<void>;
}

export interface Rpc {
  /** The result in the shape asked for. Rejects (`refused`) with the other side's own words, or `unavailable`. */
  call<T>(method: string, params: unknown, result: z.ZodType<T>, patience: number): Promise<T>;
  notify(method: string): Promise<void>;
  hasEnded(): boolean;
  /** Resolves when the lines have ended; rejects with what a handler threw. Calls under way are rejected before. */
  readonly over: Promise<void>;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

function readLine(line: string): z.infer<typeof Incoming> | null {
  try {
    return Incoming.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null; // not JSON
  }
}

export function openRpc(options: RpcOptions): Rpc {
  const { lines, clock } = options;
  const waiting = new Map<number | string, Waiting>();
  let last = 0;
  let ended: Error | null = null;

  const send = (message: Readonly<Record<string, unknown>>) => options.send(JSON.stringify(message));

  /** Of the reading: what an answer that comes later cannot go on with ends it. */
  const broken = Promise.withResolvers<never>();
  // Whoever reads the lines races with it and is told; while nobody reads it must not count as unhandled.
  broken.promise.catch(() => undefined);

  async function answer(id: number | string, result: Promise<unknown>): Promise<void> {
    const answered = await result;
    // Whoever asked may be gone before the answer; then the lines end.
    if (answered !== NO_ANSWER) await send({ id, result: answered }).catch(() => undefined);
  }

  /** False where nobody offers what is asked for. */
  async function takeRequest(id: number | string, method: string, params: unknown): Promise<boolean> {
    const result = options.onRequest(method, params);
    if (result === undefined) {
      const error = { code: UNKNOWN_METHOD, message: `${method} is not offered here` };
      await send({ id, error }).catch(() => undefined); // who asked is gone: then the lines end
      return false;
    }
    answer(id, result).catch(broken.reject);
    return true;
  }

  /** False where the line means nothing to us. */
  async function take(line: string): Promise<boolean> {
    const message = readLine(line);
    if (message === null) return false;
    if ("method" in message) {
      if (!("id" in message)) return options.onNotification(message.method, message.params);
      return takeRequest(message.id, message.method, message.params);
    }
    const call = waiting.get(message.id);
    if (call === undefined) return false;
    if ("error" in message) call.reject(refused(message.error.message));
    else call.resolve(message.result);
    return true;
  }

  async function readLines(): Promise<void> {
    for await (const line of lines) {
      if (!(await take(line))) await options.onStray(line);
    }
  }

  async function read(): Promise<void> {
    try {
      await Promise.race([readLines(), broken.promise]);
    } finally {
      ended = unavailable("The agent program has ended.");
      for (const call of waiting.values()) call.reject(ended);
    }
  }

  const over = read();
  over.catch(() => undefined); // whoever awaits it is told

  return {
    over,
    hasEnded: () => ended !== null,
    notify: (method) => send({ method }),
    async call(method, params, result, patience) {
      if (ended) throw ended;
      const id = ++last;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(id, { resolve, reject });
      const answered = new AbortController();
      const late = clock.sleep(patience, answered.signal).then(
        () => reject(unavailable(`The agent program did not answer ${method} within ${patience / 1000} s.`)),
        () => undefined,
      );
      try {
        await Promise.all([send({ id, method, params }), promise]);
        const parsed = result.safeParse(await promise);
        if (!parsed.success)
          throw refused(
            `The agent program answered ${method} in a shape that is not known: ${messageOf(parsed.error)}`,
          );
        return parsed.data;
      } finally {
        waiting.delete(id);
        answered.abort();
        await late;
      }
    },
  };
}
