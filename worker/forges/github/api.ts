// How GitHub's REST API is spoken to: octokit's requests over connections of ours, which go to judged addresses, follow
// nothing, read so much and no more, and have a time.
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

/** `apiUrl` without a slash at its end; `authorization` as the header has it. */
export function githubApi(apiUrl: string, authorization: string, limits: PostLimits): GitHubApi {
  async function pinnedFetch(url: string, init: unknown): Promise<Response> {
    const { method, headers, body = "" } = Call.parse(init);
    const { status, text } = await ask(method, { url, headers, body }, limits);
    const empty = status === 204 || status === 205 || status === 304;
    return new Response(empty ? null : text, { status, headers: JSON_TYPE });
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

/** Nothing useful came back: it is asked again later. */
export class Silent extends Error {}

const Failed = z.object({
  status: z.number(),
  response: z.object({ data: z.unknown() }).optional(),
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
    if (isBusy(status, said)) throw new Silent(`GitHub answered ${status}.`);
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
