// A control plane for tests of the runner: the wire contract over loopback HTTP with real signatures, plus faults on
// demand. It keeps the plane's promises (fencing, numbering, idempotence) in memory.
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { AppError, type ErrorCode } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import {
  type Assignment,
  EventBatch,
  Finish,
  Heartbeat,
  LeaseRequest,
  Prepared,
  Register,
  Stopped,
} from "#lib/protocol/schema.ts";
import { HEADERS, MAX_SKEW, sha256Hex, verify } from "#lib/protocol/signing.ts";

export interface SeenRequest {
  readonly method: string;
  /** Below /api/runner/v1. */
  readonly path: string;
  /** How many requests of this method and path came before, this one included. */
  readonly nth: number;
}

export type Fault =
  /** The connection ends before the request did anything. */
  | "drop_request"
  /** The request takes effect, its answer is lost. */
  | "drop_answer"
  /** No answer until the plane closes. */
  | "hang"
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | null;

export interface ScriptedPlane {
  readonly url: string;
  readonly requests: SeenRequest[];
  readonly registrations: z.infer<typeof Register>[];
  readonly stored: Map<string, NewEvent[]>;
  readonly prepared: string[];
  readonly finished: { leaseId: string; finish: Finish }[];
  /** Leases of which it was said that nothing is running any more, and since when nothing was sent. */
  readonly stopped: { leaseId: string; silentMs: number | null }[];
  readonly uploads: { leaseId: string; bytes: number; sha256: string; body: Buffer }[];
  readonly bundles: Map<string, { bytes: Buffer; sha256?: string }>;
  /** Leases whose every request is answered with 409 `fenced`. */
  readonly fenced: Set<string>;
  /** Leases whose heartbeat says cancel, and why. */
  readonly cancelled: Map<string, string>;
  /** What is left of a lease's budget, for a heartbeat that asks for it. */
  readonly microsLeft: Map<string, number>;
  readonly offers: (Assignment | Record<string, unknown>)[];
  fault: (request: SeenRequest) => Fault;
  /** Milliseconds since the epoch; the verifier's clock. */
  now: () => number;
  close(): Promise<void>;
}

const ROOT = "/api/runner/v1";
const LONG_POLL_MS = 50;

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

const deny = (code: ErrorCode, message: string): never => {
  throw new AppError(code, message);
};

export async function startScriptedPlane(): Promise<ScriptedPlane> {
  const keys = new Map<string, string>();
  const counts = new Map<string, number>();
  const live = new Set<ServerResponse>();

  const server = http.createServer((request, response) => {
    live.add(response);
    response.on("close", () => live.delete(response));
    response.on("error", () => undefined);
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return response.destroy();
      const known = error instanceof AppError ? error : new AppError("unexpected", String(error));
      json(response, known.status, {
        error: { code: known.code, message: known.message, requestId: "req_test" },
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const plane: ScriptedPlane = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    registrations: [],
    stored: new Map(),
    prepared: [],
    finished: [],
    stopped: [],
    uploads: [],
    bundles: new Map(),
    fenced: new Set(),
    cancelled: new Map(),
    microsLeft: new Map(),
    offers: [],
    fault: () => null,
    now: () => Date.now(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").slice(ROOT.length);
    const key = `${request.method} ${path}`;
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    const seen = { method: request.method ?? "", path, nth };
    plane.requests.push(seen);
    const fault = plane.fault(seen);
    if (fault === "hang") return;
    if (fault === "drop_request") return void request.socket.destroy();
    const body = await bytesOf(request);
    if (fault !== null && fault !== "drop_answer") {
      response.writeHead(fault.status, { ...fault.headers }).end(fault.body);
      return;
    }
    if (sha256Hex(body) !== request.headers[HEADERS.sha256])
      deny("bad_input", "The body has another SHA-256.");
    if (path !== "/register") authenticate(request, keys, plane.now());
    const answer = await handle(seen, body, request);
    if (fault === "drop_answer") return void request.socket.destroy();
    answer(response);
  }

  async function handle(
    { path }: SeenRequest,
    body: Buffer,
    request: IncomingMessage,
  ): Promise<(response: ServerResponse) => void> {
    if (path === "/register") return register(parseBody(Register, body));
    if (path === "/lease") {
      LeaseRequest.parse(JSON.parse(body.toString()));
      if (plane.offers.length === 0) await new Promise((resolve) => setTimeout(resolve, LONG_POLL_MS));
      const offer = plane.offers.shift();
      return (response) => (offer === undefined ? response.writeHead(204).end() : json(response, 200, offer));
    }
    const [, leaseId = "", rest = ""] = /^\/leases\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (rest === "stopped") {
      plane.stopped.push({ leaseId, silentMs: parseBody(Stopped, body).silentMs });
      return (response) => json(response, 200, {});
    }
    if (plane.fenced.has(leaseId)) deny("fenced", "The lease was given to somebody else.");
    return onLease(leaseId, rest, body, request);
  }

  function register(body: z.infer<typeof Register>) {
    const known = [...keys].find(([, publicKey]) => publicKey === body.publicKey)?.[0];
    if (known === undefined && body.enrolmentToken !== TOKEN)
      deny("forbidden", "The enrolment token is not valid.");
    const runnerId = known ?? `rnr_${keys.size + 1}`;
    if (known === undefined) plane.registrations.push(body);
    keys.set(runnerId, body.publicKey);
    return (response: ServerResponse) => json(response, 200, { runnerId });
  }

  function onLease(leaseId: string, rest: string, body: Buffer, request: IncomingMessage) {
    const answer = (value: unknown) => (response: ServerResponse) => json(response, 200, value);
    if (rest === "heartbeat") {
      const { budget } = parseBody(Heartbeat, body);
      const reason = plane.cancelled.get(leaseId);
      const goOn = {
        directive: "go_on",
        reason: "",
        ...(budget && { microsLeft: plane.microsLeft.get(leaseId) }),
      };
      return answer(reason === undefined ? goOn : { directive: "cancel", reason });
    }
    if (rest === "events")
      return answer({ acknowledged: append(plane.stored, leaseId, parseBody(EventBatch, body)) });
    if (rest === "prepared") {
      parseBody(Prepared, body);
      plane.prepared.push(leaseId);
      return answer({});
    }
    if (rest === "finish") {
      plane.finished.push({ leaseId, finish: parseBody(Finish, body) });
      plane.fenced.add(leaseId);
      return answer({});
    }
    if (rest === "uploads/bundle") {
      z.coerce.number().int().min(1).parse(request.headers[HEADERS.attempt]);
      plane.uploads.push({ leaseId, bytes: body.length, sha256: sha256Hex(body), body });
      return answer({ blobId: `blb_${plane.uploads.length}` });
    }
    const bundle =
      plane.bundles.get(rest.replace("bundles/", "")) ?? deny("not_found", "There is no such bundle.");
    return (response: ServerResponse) =>
      response
        .writeHead(200, {
          [HEADERS.length]: bundle.bytes.length,
          [HEADERS.sha256]: bundle.sha256 ?? sha256Hex(bundle.bytes),
        })
        .end(bundle.bytes);
  }

  return plane;
}

/** The enrolment token that a scripted plane accepts. */
export const TOKEN = "enrolment-token-of-the-scripted-plane";

function parseBody<T>(shape: z.ZodType<T>, body: Buffer): T {
  const parsed = shape.safeParse(JSON.parse(body.toString("utf8")));
  return parsed.success ? parsed.data : deny("bad_input", z.prettifyError(parsed.error));
}

/** Keeps what is new of a batch; the answer is the last number kept. */
function append(stored: ScriptedPlane["stored"], leaseId: string, batch: EventBatch): number {
  const kept = stored.get(leaseId) ?? [];
  stored.set(leaseId, kept);
  if (batch.first > kept.length + 1)
    deny("bad_input", `Events ${kept.length + 1} to ${batch.first - 1} are missing.`);
  const known = kept.length - batch.first + 1;
  kept.push(...batch.events.slice(known).map(({ event }) => event));
  return kept.length;
}

function authenticate(request: IncomingMessage, keys: ReadonlyMap<string, string>, now: number): void {
  const header = (name: string) => String(request.headers[name] ?? "");
  const runnerId = header(HEADERS.runner);
  const fault = verify({
    parts: {
      method: request.method ?? "",
      path: request.url ?? "",
      runnerId,
      time: header(HEADERS.time),
      sha256: header(HEADERS.sha256),
    },
    signature: header(HEADERS.signature),
    publicKey: keys.get(runnerId) ?? "",
    now,
    skew: MAX_SKEW,
  });
  if (fault !== null) deny("unauthenticated", `The request is not signed by a known runner (${fault}).`);
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
