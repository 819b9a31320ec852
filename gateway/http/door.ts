// The gateway's one door: framing → route → who calls → body → what may leave → the call. Whatever goes wrong before a
// byte was answered is answered in the client's own form; after that the connection ends without an end of the answer.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "#lib/logger.ts";
import type { Api, RefusalReason } from "#lib/model-calls/schema.ts";
import { HEADERS } from "#lib/protocol/signing.ts";
import type { Access, Caller } from "../access/authenticate.ts";
import type { CallAsked } from "../calls/make-call.ts";
import { type Outbound, OutboundRefused } from "../policy/outbound.ts";
import { type Purpose, readCall } from "../request/read-call.ts";
import type { BodyReader } from "./body.ts";
import { checkFraming } from "./headers.ts";
import { answerOf, Problem, type ProblemCode, problemOf } from "./problem.ts";
import { routeOf } from "./routes.ts";

export interface DoorParts {
  readonly logger: Logger;
  readonly access: Access;
  readonly bodies: BodyReader;
  readonly outbound: Outbound;
  readonly maxBytes: number;
  makeCall(asked: CallAsked): Promise<void>;
  /** Writes down that a request was turned away; flood-gated by whoever does it. */
  refused(caller: Caller, reason: RefusalReason): void;
}

const REASONS: Partial<Readonly<Record<ProblemCode, RefusalReason>>> = {
  bad_request: "malformed",
  length_required: "malformed",
  encoding_refused: "malformed",
  policy_refused: "not_allowed",
  too_large: "too_large",
  queue_full: "too_many_calls",
};

const headerOf = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
};

export function answer(response: ServerResponse, problem: Problem, api: Api | null): void {
  const { status, headers, body } = answerOf(problem, api);
  response.writeHead(status, { "cache-control": "no-store", ...headers }).end(body);
}

function answerModels(response: ServerResponse, { admission }: Caller): void {
  const { model, provider } = admission;
  const id = { id: model, object: "model", created: 0, owned_by: provider.kind };
  const list = { object: "list", data: [{ ...id, type: "model", display_name: model }], has_more: false };
  const body = Buffer.from(JSON.stringify(list));
  response
    .writeHead(200, { "content-type": "application/json", "content-length": String(body.length) })
    .end(body);
}

export function createDoor(parts: DoorParts) {
  const { access, bodies, outbound, logger, maxBytes } = parts;

  const callerOf = (request: IncomingMessage) =>
    access.authenticate({
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
    });

  /** What is turned away of a caller that is known. */
  function note(caller: Caller, error: unknown): void {
    const isHeldBack = error instanceof OutboundRefused;
    const reason = isHeldBack
      ? "outbound_policy"
      : error instanceof Problem
        ? REASONS[error.code]
        : undefined;
    if (reason) parts.refused(caller, reason);
  }

  async function call(request: IncomingMessage, response: ServerResponse, api: Api, purpose: Purpose) {
    const caller = await callerOf(request);
    try {
      const bytes = await bodies.read(request, headerOf(request, HEADERS.sha256));
      const read = await readCall({ api, purpose, bytes, admission: caller.admission, outbound });
      await parts.makeCall({ caller, read, purpose, headers: request.headers, response });
    } catch (error) {
      note(caller, error);
      throw error;
    }
  }

  async function walk(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = routeOf(request.method, request.url);
    if (route.kind === "none") throw new Problem("not_found", "There is nothing here.");
    checkFraming(request, maxBytes);
    if (route.kind === "models") return answerModels(response, await callerOf(request));
    await call(request, response, route.api, route.purpose);
  }

  function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const problem = problemOf(error);
    if (problem.code === "unexpected")
      logger.error({ err: problem.cause }, "unexpected error at the gateway");
    if (response.headersSent || response.destroyed) {
      response.socket?.destroy();
      return;
    }
    const route = routeOf(request.method, request.url);
    const isUnread = !request.complete;
    if (isUnread) response.setHeader("connection", "close"); // what is left of it is not read
    answer(response, problem, route.kind === "models" ? null : route.api);
    if (isUnread) request.resume();
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    response.on("error", () => undefined); // its client is gone
    walk(request, response).catch((error: unknown) => fail(request, response, error));
  };
}
