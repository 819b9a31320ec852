// The only way out of an agent's sandbox: HTTP over a listener that was handed out of it. Model calls go on to the gateway
// with the lease's token, which never goes in; everything else is refused and told as an event.
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { Server } from "node:net";
import type { Duplex } from "node:stream";
import { AppError, messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/logger.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { ModelGrant } from "#lib/protocol/schema.ts";
import { createRoom, pour, readBody } from "./body.ts";
import { createDoorway } from "./doorway.ts";
import { createOneByOne } from "./one-by-one.ts";
import { createRefusals } from "./refusals.ts";
import { answeredHeaders, forwardedHeaders, problem, type Route, routeOf } from "./rules.ts";
import { createUpstream, type SignRequest } from "./upstream.ts";

/** Port of the relay inside the sandbox. */
export const RELAY_PORT = 4901;
/** What the agent presents as its key. */
export const SANDBOX_KEY = "ph-sandbox";

const MAX_CONNECTIONS = 64;
const MAX_HEADER_BYTES = 32 * 1024;
const STALL_MS = 60 * 1000;

export interface RelayOptions {
  readonly grant: Pick<ModelGrant, "token" | "gatewayUrl">;
  readonly sign: SignRequest;
  readonly logger: Logger;
  /** When it aborts, every stream is cut. */
  readonly signal: AbortSignal;
  /** How long an agent may leave an answer unread, milliseconds. */
  readonly stallMs?: number;
  /** Called whenever bytes go through, either way. */
  readonly passed?: () => void;
  emit(event: NewEvent): Promise<void>;
}

export interface Relay {
  /** Serves the connections of a listener that was handed out. */
  take(listener: Server): void;
  /** How many calls of a model were answered whole. */
  answers(): number;
  /** Cuts every stream and tells what is left to tell. */
  close(): Promise<void>;
}

const STATUS: Readonly<Partial<Record<AppError["code"], number>>> = { too_large: 413, too_many: 429 };

/** Node would send the body of a GET on as it is, and the next on that connection could read it as a request. */
function withoutBody(route: Route, { headers }: IncomingMessage): Route {
  if (route.kind === "refused" || route.method !== "GET") return route;
  const isEmpty = (headers["content-length"] ?? "0") === "0" && headers["transfer-encoding"] === undefined;
  return isEmpty ? route : { kind: "refused", status: 400, reason: "A GET holds no body here." };
}

export function createRelay(options: RelayOptions): Relay {
  const { grant, sign, logger, signal, passed, stallMs = STALL_MS } = options;
  const upstream = createUpstream(grant, sign);
  const refusals = createRefusals(options.emit);
  const room = createRoom();
  const cut = new AbortController();
  let answers = 0;
  const over = AbortSignal.any([signal, cut.signal]);

  /** An event that cannot be kept ends the lease elsewhere. */
  function tell(request: Pick<IncomingMessage, "method" | "url">, status: number, reason: string): void {
    const refusal = { method: request.method ?? "", target: request.url ?? "", status, reason };
    refusals
      .add(refusal)
      .catch((error: unknown) => logger.debug({ err: error }, "a refusal was not told any more"));
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = withoutBody(routeOf(request.method ?? "", request.url ?? ""), request);
    if (route.kind === "refused") {
      tell(request, route.status, route.reason);
      return answer(response, route.status, problem("refused", route.reason));
    }
    const gone = new AbortController();
    response.once("close", () => gone.abort(new Error("The agent went away.")));
    try {
      await forward(route, request, response, AbortSignal.any([over, gone.signal]));
    } catch (error) {
      fail(request, response, error);
    }
  }

  async function forward(
    { method, path }: Extract<Route, { kind: "forward" }>,
    request: IncomingMessage,
    response: ServerResponse,
    until: AbortSignal,
  ): Promise<void> {
    const body = await readBody(request, room);
    const headers = forwardedHeaders(request.headersDistinct);
    passed?.();
    const got = await upstream
      .call({ method, path, headers, body, signal: until })
      .finally(() => room.give(body.length));
    response.writeHead(got.statusCode ?? 502, answeredHeaders(got.headersDistinct));
    response.flushHeaders();
    await pour(got, response, stallMs, passed);
    if (method === "POST" && got.statusCode === 200) answers += 1;
  }

  /** In words where nothing was answered yet; else the answer ends in the middle, so that nobody takes it for whole. */
  function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.headersSent || over.aborted || response.destroyed) return void response.destroy();
    const status = error instanceof AppError ? STATUS[error.code] : undefined;
    if (status === undefined) {
      logger.warn({ err: error, path: request.url?.slice(0, 200) }, "a model call could not be relayed");
      const message = `The model gateway cannot be reached: ${messageOf(error)}.`;
      answer(response, 502, problem("gateway_unreachable", message));
      return;
    }
    const reason = messageOf(error);
    if (status === 413) tell(request, status, reason);
    answer(response, status, problem(status === 413 ? "too_large" : "too_many", reason));
  }

  const isOneByOne = createOneByOne();
  const server = http.createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    response.on("error", () => undefined); // its reader went away
    if (!isOneByOne(request, response)) return;
    serve(request, response).catch((error: unknown) => {
      logger.error({ err: error }, "the relay failed");
      response.destroy();
    });
  });
  server.on("upgrade", (request, socket) => {
    const isModelPath = routeOf("POST", request.url ?? "").kind === "forward";
    const reason = "WebSockets are not spoken here; ask with POST.";
    if (!isModelPath) tell(request, 426, reason);
    endRaw(socket, "426 Upgrade Required", problem("no_websocket", reason));
  });
  server.on("connect", (request, socket) => {
    const reason = "The sandbox has no network; only the model gateway can be reached.";
    tell(request, 403, reason);
    endRaw(socket, "403 Forbidden", problem("refused", reason));
  });
  server.on("clientError", (error: Error & { code?: string }, socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
    const isLong = error.code === "HPE_HEADER_OVERFLOW";
    const reason = isLong
      ? "The headers are too long."
      : "This is not a request that can be read in one way.";
    tell({ method: "", url: "" }, isLong ? 431 : 400, reason);
    const line = isLong ? "431 Request Header Fields Too Large" : "400 Bad Request";
    endRaw(socket, line, problem("bad_request", reason));
  });

  const doorway = createDoorway({
    ...{ server, over, most: MAX_CONNECTIONS },
    accepted: (socket) => {
      socket.allowHalfOpen = true;
    },
  });
  over.addEventListener("abort", () => upstream.close(), { once: true });

  return {
    take: doorway.take,
    answers: () => answers,
    async close() {
      cut.abort(new Error("The relay is closed."));
      await refusals.close();
    },
  };
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    // What was sent besides is not read to its end.
    connection: "close",
  });
  response.end(body);
}

function endRaw(socket: Duplex, line: string, body: string): void {
  const head = [
    `HTTP/1.1 ${line}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.on("error", () => undefined);
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
