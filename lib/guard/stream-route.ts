// Door of streams. A stream ends with the session that opened it: revoked, expired, or the browser gone.
import type { z } from "zod";
import { getLiveSession } from "../auth/sessions.ts";
import type { DoorPermission } from "../authz/rules.ts";
import { systemClock } from "../clock.ts";
import { subscribe } from "../live/service.ts";
import { type Caller, type DoorRequest, doorRequest, openDoor, visitorScope, webLogger } from "./core.ts";
import { withDoor } from "./door.ts";
import { type RouteContext, type RouteHandler, readParams, readQuery, refusalResponse } from "./route.ts";

export interface StreamArguments<P, Q> extends Caller {
  readonly params: P;
  readonly query: Q;
  /** Last-Event-ID as the browser sent it. */
  readonly lastEventId: string | null;
  readonly signal: AbortSignal;
}

export interface StreamRouteConfig<P extends z.ZodType, Q extends z.ZodType> {
  readonly permission: DoorPermission;
  readonly maxBytes: number;
  readonly params?: P;
  readonly query?: Q;
  /** Resolves to the stream after the handler's own checks: what it throws before is an ordinary refusal. */
  readonly handler: (
    args: StreamArguments<z.infer<P>, z.infer<Q>>,
  ) => Promise<AsyncIterable<string>> | AsyncIterable<string>;
}

const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform", // no-transform: Next would gzip, and a gzip buffer holds events back
  "x-accel-buffering": "no",
};

/** Aborts when the request ends, when the session is over, or when its roles are others than at the door or one of them ends. */
function lifeOf(request: Request, door: DoorRequest, { session }: Caller): AbortController {
  const life = new AbortController();
  const end = () => life.abort();
  request.signal.addEventListener("abort", end, { once: true });
  if (request.signal.aborted) end();
  if (!session) return life;
  const known = JSON.stringify(session.grants);
  const check = () =>
    void getLiveSession(visitorScope(door), session.sessionId).then(
      (live) => (live === null || JSON.stringify(live.grants) !== known) && end(),
      (error: unknown) => {
        if (life.signal.aborted) return;
        webLogger().warn(
          { err: error, requestId: door.requestId },
          "cannot look at a session; its stream is cut",
        );
        end();
      },
    );
  const stop = subscribe("session_revoked", session.sessionId, check);
  life.signal.addEventListener("abort", stop, { once: true });
  const until = Math.min(
    session.expiresAt.getTime(),
    session.grantsUntil?.getTime() ?? Number.POSITIVE_INFINITY,
  );
  const left = until - door.clock.now();
  systemClock.sleep(left, life.signal).then(end, () => undefined); // rejects only because the stream ended
  check(); // revoked between the door's look and the subscription
  return life;
}

/** Pulls one text at a time; the reader's pace is the generator's. */
function bytesOf(
  texts: AsyncIterable<string>,
  life: AbortController,
  requestId: string,
): ReadableStream<Uint8Array> {
  const iterator = texts[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let gone = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await iterator.next();
          if (gone) return; // the reader left while we waited
          if (!next.done) return controller.enqueue(encoder.encode(next.value));
          life.abort();
          controller.close();
        } catch (error) {
          webLogger().error({ err: error, requestId }, "a stream broke off");
          life.abort();
          controller.error(error);
        }
      },
      async cancel() {
        gone = true;
        life.abort();
        await iterator.return?.();
      },
    },
    { highWaterMark: 1 },
  );
}

export function streamRoute<P extends z.ZodType, Q extends z.ZodType>(
  config: StreamRouteConfig<P, Q>,
): RouteHandler {
  const { permission, maxBytes } = config;
  const threshold = { permission, maxBytes, what: "address" };
  return withDoor(
    { kind: "stream_route", permission, maxBytes },
    async (request: Request, context: RouteContext) => {
      const door = { ...doorRequest(request.method, request.headers), unattended: true };
      const outcome = await openDoor(door, threshold, async (caller) => {
        const params = await readParams(config.params, context);
        const query = readQuery(config.query, request);
        const lastEventId = request.headers.get("last-event-id");
        const life = lifeOf(request, door, caller);
        try {
          const texts = await config.handler({ ...caller, params, query, lastEventId, signal: life.signal });
          return new Response(bytesOf(texts, life, door.requestId), { headers: STREAM_HEADERS });
        } catch (error) {
          life.abort();
          throw error;
        }
      });
      return outcome.ok ? outcome.value : refusalResponse(outcome.refusal);
    },
  );
}
