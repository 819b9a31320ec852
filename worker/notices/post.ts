// One POST and what became of it. Redirects are not followed, of the answer only the status and a little text are read,
// and all of it has a time.
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { SECOND } from "#lib/clock.ts";
import { hookUrl } from "#lib/notices/rules.ts";
import type { Outcome } from "#lib/notices/settle-delivery.ts";
import { down, refusedBy, SENT } from "./outcome.ts";
import { pinnedLookup, type Reach, reachable } from "./reach.ts";

export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PostLimits extends Reach {
  /** Milliseconds for all of it. */
  readonly timeout: number;
  /** PEM of further certificate authorities, for tests. */
  readonly ca?: string;
  /** Bytes of an answer that is read, where it is not the usual. */
  readonly longestRead?: number;
}

export const POST_TIMEOUT = 15 * SECOND;
/** Of an answer; nobody reads more of it. */
const MOST_READ = 4096;

/** Throws Unreachable, or what the connection fails with. */
export async function post(posting: Posting, limits: PostLimits): Promise<number> {
  const answer = await send("POST", posting, limits, AbortSignal.timeout(limits.timeout));
  readLittle(answer);
  return answer.statusCode ?? 0;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty where it is longer than anybody reads. */
  readonly text: string;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Of an answer that is read. */
const LONGEST_READ = 256 * 1024;

/** As `post`, with what was answered. */
export async function ask(method: Method, posting: Posting, limits: PostLimits): Promise<Answer> {
  const signal = AbortSignal.timeout(limits.timeout);
  const answer = await send(method, posting, limits, signal);
  const pieces: Buffer[] = [];
  const { statusCode: status = 0, headers } = answer;
  let read = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    read += piece.length;
    if (read > (limits.longestRead ?? LONGEST_READ)) return { status, headers, text: "" };
    pieces.push(piece);
  }
  return { status, headers, text: Buffer.concat(pieces).toString("utf8") };
}

async function send(
  method: Method,
  { url: written, headers, body }: Posting,
  limits: PostLimits,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = hookUrl(written, limits.allowedHosts);
  const addresses = await withSignal(reachable(url.hostname, limits), signal);
  const options: RequestOptions = {
    ...{ method, lookup: pinnedLookup(addresses), agent: false, signal, maxHeaderSize: 16_384 },
    ...(limits.ca === undefined ? {} : { ca: limits.ca }),
    headers: {
      ...{ "user-agent": "Pilothouse", "content-type": "application/json", ...headers },
      "content-length": Buffer.byteLength(body),
    },
  };
  return new Promise((resolve, reject) => {
    const open = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = open(url, options, resolve);
    request.on("error", (error) => reject(signal.aborted ? signal.reason : error));
    request.end(body);
  });
}

/** A name server that is silent has no more time than the rest. */
async function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const timedOut = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, timedOut]);
}

/** So that the other side sees it taken; what is long is cut. */
function readLittle(answer: IncomingMessage): void {
  let read = 0;
  answer.on("error", () => undefined);
  answer.on("data", (piece: Buffer) => {
    read += piece.length;
    if (read > MOST_READ) answer.destroy();
  });
}

/** What this message is at fault for; every other answer says that the place is not as it should be. */
const REFUSALS = [400, 413, 415, 422];

export function judgeStatus(status: number): Outcome {
  if (status >= 200 && status < 300) return SENT;
  if (status >= 300 && status < 400)
    return down(`It answered ${status} and leads elsewhere; that is not followed.`);
  if (REFUSALS.includes(status)) return refusedBy(`It refused this message (${status}).`);
  return down(`It answered ${status}.`);
}
