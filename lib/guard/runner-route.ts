// Door of the runner API: requests signed by a registered runner's key. No cookies, no roles; what a runner may
// touch is decided by the lease it names.
import type { z } from "zod";
import { floodGate } from "../auth/tries/flood.ts";
import { transaction } from "../db.ts";
import { AppError } from "../errors.ts";
import { idPattern } from "../ids.ts";
import {
  EMPTY_SHA256,
  HEADERS,
  MAX_SKEW,
  type SignatureFault,
  sha256Hex,
  verify,
} from "../protocol/signing.ts";
import type { RunnerCredential } from "../runners/schema.ts";
import { findRunnerForAuth } from "../runners/service.ts";
import type { Scope } from "../scope.ts";
import { type DoorRequest, doorRequest, refusalOf, runnerScope, visitorOf, visitorScope } from "./core.ts";
import { withDoor } from "./door.ts";
import { parseJson, readBody, verified } from "./http/body.ts";
import { parseWire } from "./http/parse.ts";
import {
  answer,
  type RouteContext,
  type RouteHandler,
  readParams,
  readQuery,
  refusalResponse,
} from "./route.ts";
import { checkDeclaredLength } from "./rules.ts";

export interface RunnerUpload {
  /** Fails at its end when length or SHA-256 are not what was signed. */
  readonly stream: ReadableStream<Uint8Array>;
  /** As declared; null where the runner did not say. */
  readonly length: number | null;
  readonly sha256: string;
}

export interface RunnerArguments<P, Q, I> {
  readonly scope: Scope;
  readonly runner: RunnerCredential;
  readonly params: P;
  readonly query: Q;
  readonly input: I;
  /** Only in a door with `stream: true`. */
  readonly upload: RunnerUpload | null;
  readonly request: Request;
}

export interface RunnerRouteConfig<P extends z.ZodType, Q extends z.ZodType, I extends z.ZodType> {
  readonly maxBytes: number;
  readonly params?: P;
  readonly query?: Q;
  /** Of the JSON body; left out: there must be none. */
  readonly input?: I;
  /** The handler reads the body itself. */
  readonly stream?: true;
  readonly handler: (args: RunnerArguments<z.infer<P>, z.infer<Q>, z.infer<I>>) => Promise<unknown> | unknown;
}

type Fault = SignatureFault | "unsigned" | "unknown" | "revoked";

// A door that anybody can knock at writes at most one entry a minute and address.
const written = floodGate(1);
const RUNNER_ID = idPattern("runner");

/** The runner whose signature the request carries; else 401, and an entry. */
async function authenticate(door: DoorRequest, path: string): Promise<RunnerCredential> {
  const claimed = door.headers.get(HEADERS.runner) ?? "";
  const runner = RUNNER_ID.test(claimed) ? await findRunnerForAuth(visitorScope(door), claimed) : null;
  const fault = faultOf(door, path, claimed, runner);
  if (fault === null && runner) return runner;
  await writeRefusal(door, runner?.id ?? "unknown", fault ?? "unknown");
  throw new AppError("unauthenticated", SENTENCES[fault ?? "unknown"]);
}

function faultOf(
  door: DoorRequest,
  path: string,
  claimed: string,
  runner: RunnerCredential | null,
): Fault | null {
  const signature = door.headers.get(HEADERS.signature);
  if (signature === null || claimed === "") return "unsigned";
  if (!runner) return "unknown";
  const parts = {
    method: door.method,
    path,
    runnerId: claimed,
    time: door.headers.get(HEADERS.time) ?? "",
    sha256: door.headers.get(HEADERS.sha256) ?? "",
  };
  const fault = verify({
    parts,
    signature,
    publicKey: runner.publicKey,
    now: door.clock.now(),
    skew: MAX_SKEW,
  });
  return fault ?? (runner.revoked ? "revoked" : null);
}

const UNKNOWN = "This is not the request of a runner registered here.";
const SENTENCES: Record<Fault, string> = {
  unsigned: UNKNOWN,
  unknown: UNKNOWN,
  malformed: UNKNOWN,
  signature: UNKNOWN,
  revoked: "This runner was revoked. Register it anew with a fresh enrolment.",
  clock: `The clocks of runner and control plane differ by more than ${MAX_SKEW / 1000} s. Set the runner's clock.`,
};

async function writeRefusal(door: DoorRequest, runnerId: string, reason: Fault): Promise<void> {
  const { address } = visitorOf(door);
  const { write, unwritten } = written(address, door.clock.now());
  if (!write) return;
  await transaction(visitorScope(door), async (tx) => {
    tx.record({
      kind: "runner.refused",
      about: [`runner:${runnerId}`],
      detail: { reason, address, unwritten },
    });
  });
}

async function readInput<I extends z.ZodType>(
  schema: I | undefined,
  request: Request,
  maxBytes: number,
): Promise<z.infer<I>> {
  const bytes = await readBody(request.body, maxBytes);
  if (sha256Hex(bytes) !== request.headers.get(HEADERS.sha256)) {
    throw new AppError("bad_input", "The body is not the one that was signed.");
  }
  return (schema ? parseWire(schema, parseJson(bytes)) : undefined) as z.infer<I>;
}

function uploadOf(request: Request, maxBytes: number): RunnerUpload {
  const declared = request.headers.get("content-length");
  const length = declared === null ? null : Number(declared);
  const sha256 = request.headers.get(HEADERS.sha256) ?? EMPTY_SHA256;
  const body = request.body ?? new Blob([]).stream();
  return { stream: verified(body, { maxBytes, length, sha256 }), length, sha256 };
}

const pathOf = (request: Request): string => {
  const { pathname, search } = new URL(request.url);
  return `${pathname}${search}`;
};

export function runnerRoute<P extends z.ZodType, Q extends z.ZodType, I extends z.ZodType>(
  config: RunnerRouteConfig<P, Q, I>,
): RouteHandler {
  const { maxBytes, stream, handler } = config;
  return withDoor(
    { kind: "runner_route", permission: "runner", maxBytes },
    async (request: Request, context: RouteContext) => {
      const door = doorRequest(request.method, request.headers);
      try {
        checkDeclaredLength(request.headers.get("content-length"), maxBytes);
        const runner = await authenticate(door, pathOf(request));
        const params = await readParams(config.params, context);
        const query = readQuery(config.query, request);
        const input = stream ? (undefined as z.infer<I>) : await readInput(config.input, request, maxBytes);
        const upload = stream ? uploadOf(request, maxBytes) : null;
        const scope = runnerScope(door, runner.id);
        return answer(await handler({ scope, runner, params, query, input, upload, request }));
      } catch (error) {
        return refusalResponse(await refusalOf(error, door));
      }
    },
  );
}
