// How GitHub's REST API is spoken to: octokit's requests over connections of ours, which go to judged addresses, follow
// nothing, read so much and no more, and have a time.
import type { IncomingHttpHeaders } from "node:http";
import { request } from "@octokit/request";
import { z } from "zod";
import { reasonOf } from "../../notices/outcome.ts";
import { ask, type Method, type PostLimits } from "../../notices/post.ts";

export type GitHubApi = typeof request;

const Call = z.object({
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]) satisfies z.ZodType<Method>,
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
});

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };
/** What GitHub says of how often it wants to be asked. */
const LIMITS = ["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset"] as const;

const headersOf = (headers: IncomingHttpHeaders): Record<string, string> => ({
  ...JSON_TYPE,
  ...Object.fromEntries(LIMITS.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : []))),
});

/** `apiUrl` without a slash at its end; `authorization` as the header has it. */
export function githubApi(apiUrl: string, authorization: string, limits: PostLimits): GitHubApi {
  async function pinnedFetch(url: string, init: unknown): Promise<Response> {
    const { method, headers, body = "" } = Call.parse(init);
    const { status, text, headers: answered } = await ask(method, { url, headers, body }, limits);
    const empty = status === 204 || status === 205 || status === 304;
    return new Response(empty ? null : text, { status, headers: headersOf(answered) });
  }
  return request.defaults({
    baseUrl: apiUrl,
    headers: {
      ...{ authorization, accept: "application/vnd.github+json" },
      ...{ "x-github-api-version": "2022-11-28", "user-agent": "Pilothouse" },
    },
    request: { fetch: pinnedFetch },
  });
}

/** GitHub answered, and not with what was asked for. */
export class Answered extends Error {
  readonly status: number;
  /** What it said: text from outside. */
  readonly said: string;
  constructor(status: number, said: string) {
    super(`GitHub answered ${status}.`);
    this.status = status;
    this.said = said;
  }
}

/** 451: for reasons of the law. */
const GONE: readonly number[] = [410, 451];
/** Not for now but for good: asking again changes nothing. */
export const isGone = ({ status }: Pick<Answered, "status">): boolean => GONE.includes(status);
export const goneSaid = ({ status }: Pick<Answered, "status">): string =>
  `GitHub says that the repository is gone (${status}). It is not asked again by itself; connect it anew where it is now.`;

/** Nothing useful came back: it is asked again later. */
export class Silent extends Error {
  /** When it may be asked again, as its answer has it: seconds from then, or seconds since 1970. */
  readonly wait: { readonly after: number } | { readonly at: number } | null;
  constructor(message: string, wait: Silent["wait"] = null) {
    super(message);
    this.wait = wait;
  }
}

const Seconds = z.coerce.number().int().min(0).max(10_000_000_000);

/** From the headers of an answer that was none for being asked too often. */
function waitOf(headers: Readonly<Record<string, unknown>>): Silent["wait"] {
  const after = Seconds.safeParse(headers["retry-after"]);
  if (headers["retry-after"] !== undefined && after.success) return { after: after.data };
  const at = Seconds.safeParse(headers["x-ratelimit-reset"]);
  const isSpent = headers["x-ratelimit-remaining"] === "0";
  return isSpent && headers["x-ratelimit-reset"] !== undefined && at.success ? { at: at.data } : null;
}

const Failed = z.object({
  status: z.number(),
  response: z.object({ data: z.unknown(), headers: z.record(z.string(), z.unknown()).optional() }).optional(),
  cause: z.unknown().optional(),
});
const Said = z.object({ message: z.string() });

/** 403 is also what too many requests are answered with. */
const isBusy = (status: number, said: string): boolean =>
  status >= 500 || status === 429 || status === 408 || (status === 403 && /rate limit|abuse/i.test(said));

/** One request, read by `schema`. Throws Answered or Silent. */
export async function asked<T>(
  schema: z.ZodType<T>,
  call: () => Promise<{ readonly data: unknown }>,
): Promise<T> {
  const answer = await call().catch((error: unknown) => {
    const failed = Failed.safeParse(error);
    if (!failed.success) throw error;
    const { status, response, cause } = failed.data;
    if (response === undefined) throw new Silent(`GitHub was not reached. ${reasonOf(cause)}`);
    const said = Said.safeParse(response.data).data?.message ?? "";
    const wait = waitOf(response.headers ?? {});
    if (isBusy(status, said) || (status === 403 && wait !== null))
      throw new Silent(`GitHub answered ${status}.`, wait);
    throw new Answered(status, said);
  });
  const read = schema.safeParse(answer.data);
  if (!read.success) throw new Silent("GitHub's answer was not as its API has it.");
  return read.data;
}

/** As `asked`; null where there is nothing. */
export const found = <T>(schema: z.ZodType<T>, call: () => Promise<{ readonly data: unknown }>) =>
  asked(schema, call).catch((error: unknown) => {
    if (error instanceof Answered && error.status === 404) return null;
    throw error;
  });
