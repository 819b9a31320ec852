// One signed HTTP exchange with the plane. The plane is trusted to give work, not to behave: every answer has a
// deadline and a size it may not pass, redirects are not followed, and nothing is decoded on the way.
import http from "node:http";
import https from "node:https";
import type { Readable } from "node:stream";
import type { Clock } from "#lib/clock.ts";
import { AppError, isErrorCode, messageOf, unavailable } from "#lib/errors.ts";
import { ProtocolError, type SignedParts } from "#lib/protocol/schema.ts";
import { EMPTY_SHA256, HEADERS, sha256Hex, sign } from "#lib/protocol/signing.ts";
import type { Identity } from "./identity.ts";

const ROOT = "/api/runner/v1";
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface FileBody {
  readonly stream: Readable;
  readonly size: number;
  readonly sha256: string;
}

export interface Call {
  readonly method: "GET" | "POST" | "PUT";
  /** Below /api/runner/v1, with its slash. */
  readonly path: string;
  readonly body?: Buffer | FileBody;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whole exchange, body and answer. Null: as long as bytes move at least every `IDLE` milliseconds. */
  readonly deadline: number | null;
  readonly signal: AbortSignal;
}

const IDLE = 30_000;

export interface Transport {
  /** The headers of this runner's signature, for a request to another of the plane's processes. `path` is whole. */
  sign(request: Pick<SignedParts, "method" | "path" | "sha256">): Record<string, string>;
  /** Resolves with a 2xx answer whose body has not been read. Other answers and none throw an AppError. */
  open(call: Call): Promise<http.IncomingMessage>;
}

export interface TransportOptions {
  readonly planeUrl: string;
  /** Asked at every call: the runner's id is only known after the registration. */
  readonly identity: () => Identity;
  readonly clock: Clock;
}

export function createTransport({ planeUrl, identity, clock }: TransportOptions): Transport {
  const isSecure = planeUrl.startsWith("https:");
  const agent = isSecure ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });

  async function open(call: Call): Promise<http.IncomingMessage> {
    call.signal.throwIfAborted();
    const timeout = call.deadline === null ? [] : [AbortSignal.timeout(call.deadline)];
    const request = (isSecure ? https : http).request(new URL(`${ROOT}${call.path}`, planeUrl), {
      method: call.method,
      agent,
      headers: headersOf(call, identity(), clock.now()),
      signal: AbortSignal.any([call.signal, ...timeout]),
    });
    request.setTimeout(IDLE, () => request.destroy(new Error(`nothing moved for ${IDLE / 1000} seconds`)));
    const answer = await exchange(request, call);
    if (answer.statusCode !== undefined && answer.statusCode >= 200 && answer.statusCode < 300) return answer;
    throw await refusalOf(answer, clock.now());
  }

  return { open, sign: (request) => signatureOf(request, identity(), clock.now()) };
}

function signatureOf(
  request: Pick<SignedParts, "method" | "path" | "sha256">,
  { runnerId, privateKey }: Identity,
  now: number,
): Record<string, string> {
  const hash = { [HEADERS.sha256]: request.sha256 };
  if (runnerId === null) return hash;
  const time = String(now);
  return {
    ...hash,
    [HEADERS.runner]: runnerId,
    [HEADERS.time]: time,
    [HEADERS.signature]: sign({ ...request, runnerId, time }, privateKey),
  };
}

function headersOf(call: Call, identity: Identity, now: number): Record<string, string> {
  const { body } = call;
  const sha256 = body === undefined ? EMPTY_SHA256 : Buffer.isBuffer(body) ? sha256Hex(body) : body.sha256;
  const size = body === undefined ? 0 : Buffer.isBuffer(body) ? body.length : body.size;
  const length: Record<string, string> = call.method === "GET" ? {} : { "content-length": String(size) };
  const request = { method: call.method, path: `${ROOT}${call.path}`, sha256 };
  return {
    ...call.headers,
    "accept-encoding": "identity",
    ...length,
    ...signatureOf(request, identity, now),
  };
}

function exchange(request: http.ClientRequest, call: Call): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", (answer) => {
      // Without a reader an answer's failure would be an uncaught error.
      answer.on("error", () => undefined);
      resolve(answer);
    });
    request.on("error", (cause) => reject(failureOf(cause, call)));
    if (call.body === undefined || Buffer.isBuffer(call.body)) {
      request.end(call.body);
    } else {
      call.body.stream.once("error", (error) => request.destroy(error));
      call.body.stream.pipe(request);
    }
  });
}

/** What to throw for a broken exchange: the caller's own reason when the caller ended it, else `unavailable`. */
export function failureOf(cause: unknown, { signal, deadline }: Pick<Call, "signal" | "deadline">): unknown {
  if (signal.aborted) return signal.reason;
  const isTimeout = cause instanceof Error && cause.name === "AbortError" && deadline !== null;
  const why = isTimeout ? `no answer within ${deadline / 1000} seconds` : messageOf(cause);
  return unavailable(`The control plane cannot be reached: ${why}.`, cause);
}

/** The whole body of an answer as JSON. Throws `unavailable` when it is too large, cut short or not JSON. */
export async function readJson(answer: http.IncomingMessage, call: Call): Promise<unknown> {
  const bytes = await readCapped(answer, call);
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw unavailable("The control plane answered something that is not JSON.", cause);
  }
}

/** Reads an empty answer to its end, so that the connection can serve again. */
export async function readNothing(answer: http.IncomingMessage, call: Call): Promise<void> {
  await readCapped(answer, call);
}

async function readCapped(
  answer: http.IncomingMessage,
  call: Pick<Call, "signal" | "deadline">,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw failureOf(cause, call);
  }
  if (size > MAX_ANSWER_BYTES)
    throw unavailable(`The control plane's answer is larger than ${MAX_ANSWER_BYTES} bytes.`);
  if (!answer.complete) throw unavailable("The control plane's answer was cut short.");
  return Buffer.concat(chunks);
}

const BY_STATUS: Readonly<Record<number, "unauthenticated" | "forbidden" | "too_many">> = {
  401: "unauthenticated",
  403: "forbidden",
  429: "too_many",
};

/**
 * Only an answer in the protocol's own error shape may decide about a lease; a page of a proxy or of a plane that is
 * starting is an outage, except that 401, 403 and 429 mean what they say.
 */
async function refusalOf(answer: http.IncomingMessage, now: number): Promise<AppError> {
  const status = answer.statusCode ?? 0;
  const parsed = ProtocolError.safeParse(await readErrorBody(answer));
  const hint = status === 401 ? clockHint(answer.headers.date, now) : "";
  if (parsed.success && isErrorCode(parsed.data.error.code) && status < 500) {
    const { code, message, requestId } = parsed.data.error;
    return new AppError(code, `${message.slice(0, 1000)} (request ${requestId.slice(0, 100)})${hint}`);
  }
  const code = BY_STATUS[status];
  return new AppError(code ?? "unavailable", `The control plane answered with status ${status}.${hint}`);
}

async function readErrorBody(answer: http.IncomingMessage): Promise<unknown> {
  const patient = { signal: new AbortController().signal, deadline: null };
  try {
    return JSON.parse((await readCapped(answer, patient)).toString("utf8"));
  } catch {
    // Whatever is not the protocol's error shape is judged by its status alone.
    return null;
  }
}

/** A clock that is wrong makes every signature look forged; the answer's own date tells. */
function clockHint(date: string | undefined, now: number): string {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  const seconds = Math.round(Math.abs(now - theirs) / 1000);
  return seconds > 30 ? ` The clocks of runner and control plane differ by ${seconds} seconds.` : "";
}
