// From the bytes a client sent to the bytes that leave: parsed, held against the allow-list, bounded, searched by the
// outbound policy, and put together anew from its pieces.
import type { Admission, Api, OutboundClass, RequestItem } from "#lib/model-calls/schema.ts";
import type { ProviderKind } from "#lib/providers/schema.ts";
import { Problem } from "../http/problem.ts";
import type { Outbound } from "../policy/outbound.ts";
import { chatRequest } from "./chat.ts";
import { readJson } from "./json.ts";
import { messagesRequest } from "./messages.ts";
import { bodyOf, type Piece, partsOf, takeApart, withField } from "./pieces.ts";
import { responsesRequest } from "./responses.ts";
import type { Images, Rule } from "./walk.ts";

export interface ReadCall {
  readonly api: Api;
  /** What leaves. */
  readonly body: Buffer;
  readonly items: readonly RequestItem[];
  readonly head: Buffer;
  readonly isStream: boolean;
  readonly maxOutputTokens: number;
  /** No fewer tokens than the request will be counted as. */
  readonly contextTokens: number;
  readonly masked: readonly OutboundClass[];
}

const ALLOWED: Readonly<Record<Api, Rule>> = {
  responses: responsesRequest,
  chat: chatRequest,
  messages: messagesRequest,
};

const LIMIT_FIELDS: Readonly<Record<Api, readonly string[]>> = {
  responses: ["max_output_tokens"],
  chat: ["max_completion_tokens", "max_tokens"],
  messages: ["max_tokens"],
};

/** The newer name is not known to every server that speaks like OpenAI. */
function limitField(api: Api, kind: ProviderKind): string {
  if (api !== "chat") return LIMIT_FIELDS[api][0] ?? "";
  return kind === "openai_compatible" ? "max_tokens" : "max_completion_tokens";
}

/** OpenAI knows both names of the limit and refuses requests with both, so one of them that was said is enough for it. */
const isEachKnown = (api: Api, kind: ProviderKind): boolean => api !== "chat" || kind !== "openai_compatible";

/**
 * A token is rarely less than two bytes: English is 4 to 5, code about 3, and text that is counted as more tokens than
 * half its bytes is made for it. An image is counted by its size in pixels, a few thousand at most.
 */
const BYTES_PER_TOKEN = 2;
const TOKENS_PER_IMAGE = 12_000;

export const tokensOf = (bytes: number, images: number, imageBytes: number): number =>
  Math.ceil((bytes - imageBytes) / BYTES_PER_TOKEN) + images * TOKENS_PER_IMAGE;

function limited(api: Api, pieces: readonly Piece[], { provider, limits }: Admission) {
  let most = limits.maxOutputTokens;
  let rest = pieces;
  for (const field of LIMIT_FIELDS[api]) {
    const value = pieces.find(({ key }) => key === field)?.value;
    if (value === undefined) continue;
    if (value !== null && !(typeof value === "number" && Number.isSafeInteger(value) && value > 0))
      throw new Problem("bad_request", `${field}: a whole number above 0 is expected here.`);
    if (value !== null && value <= most) most = value;
    else rest = rest.filter(({ key }) => key !== field);
  }
  const said = LIMIT_FIELDS[api].filter((field) => rest.some(({ key }) => key === field));
  if (said.length > 0 && isEachKnown(api, provider.kind)) return { most, pieces: rest };
  // A server that ignores the name that was said would have no limit at all: it gets the one every server knows, too.
  const fields = new Set([...said, limitField(api, provider.kind)]);
  for (const field of fields) rest = withField(rest, field, most);
  return { most, pieces: rest };
}

/** Without it a stream of Chat Completions says nothing of what it used. */
function withUsage(pieces: readonly Piece[]): readonly Piece[] {
  const value = pieces.find(({ key }) => key === "stream_options")?.value;
  const options = typeof value === "object" && value !== null ? value : {};
  return withField(pieces, "stream_options", { ...options, include_usage: true });
}

/** The tokens of count_tokens are free: it has no output, nothing to stream and nothing to store. */
export type Purpose = "generate" | "count";

export interface CallInput {
  readonly api: Api;
  readonly purpose: Purpose;
  readonly bytes: Buffer;
  readonly admission: Admission;
  readonly outbound: Outbound;
}

/** Throws a Problem. Nothing was sent before it returns. */
export async function readCall({ api, purpose, bytes, admission, outbound }: CallInput): Promise<ReadCall> {
  const document = readJson(bytes);
  const { model, stream } = document.value;
  const accepted: Images = new Map();
  ALLOWED[api](document.value, "", accepted);
  if (model !== admission.model)
    throw new Problem("policy_refused", `model: this run's agent uses ${admission.model} and no other.`);
  const isStream = purpose === "generate" && stream === true;
  const taken = takeApart(api, document);
  const bounded = purpose === "generate" ? limited(api, taken, admission) : { most: 0, pieces: taken };
  const said = api === "chat" && isStream ? withUsage(bounded.pieces) : bounded.pieces;
  const settled =
    api === "messages" ? said.filter(({ key }) => key !== "store") : withField(said, "store", false);
  const { pieces, images, imageBytes, masked } = await outbound(
    { api, pieces: settled, accepted },
    admission.outbound,
  );
  const parts = partsOf(api, pieces);
  const body = bodyOf(api, parts);
  return {
    api,
    body,
    ...parts,
    isStream,
    maxOutputTokens: bounded.most,
    contextTokens: tokensOf(body.length, images, imageBytes),
    masked,
  };
}
