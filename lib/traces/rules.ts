// What a provider's bytes say, piece by piece, with the time of each. Reads whatever came: a stream that was cut ends
// with what was whole, and what is none of the forms is one raw text.
import type { Api } from "../model-calls/schema.ts";
import type { Channel, Resolution, TracePiece } from "./schema.ts";
import { tokensOf } from "./tokens.ts";

export interface Arrival {
  readonly offsets: readonly number[];
  readonly ms: readonly number[];
}

type Found = Omit<TracePiece, "ms">;
type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

/** One for each token where `logprobs` tells them, else one. */
function found(channel: Channel, part: unknown, text: unknown, logprobs?: unknown): Found[] {
  if (typeof text !== "string" || text === "") return [];
  const of = { channel, part: String(part ?? 0) };
  return tokensOf(text, logprobs)?.map((token) => ({ ...of, ...token })) ?? [{ ...of, text }];
}

const RESPONSES_EVENTS: Readonly<Record<string, Channel>> = {
  "response.output_text.delta": "answer",
  "response.refusal.delta": "answer",
  "response.reasoning_text.delta": "reasoning",
  "response.reasoning_summary_text.delta": "reasoning",
  "response.function_call_arguments.delta": "tool",
  "response.custom_tool_call_input.delta": "tool",
  "response.mcp_call_arguments.delta": "tool",
};

function responsesEvent(event: Json): Found[] {
  const channel = typeof event.type === "string" ? RESPONSES_EVENTS[event.type] : undefined;
  const part = `${event.output_index ?? 0}.${event.content_index ?? event.summary_index ?? 0}`;
  return channel ? found(channel, part, event.delta, event.logprobs) : [];
}

function messagesEvent({ type, index, delta }: Json): Found[] {
  if (type !== "content_block_delta" || !isJson(delta)) return [];
  return [
    ...found("answer", index, delta.text),
    ...found("reasoning", index, delta.thinking),
    ...found("tool", index, delta.partial_json),
  ];
}

/** Of a chunk `delta`, of a whole answer `message`. */
function chatChoices({ choices }: Json): Found[] {
  return listOf(choices).flatMap(({ index, delta, message, logprobs }) => {
    const of = isJson(logprobs) ? logprobs : {};
    const said = isJson(delta) ? delta : message;
    if (!isJson(said)) return [];
    const calls = listOf(said.tool_calls).flatMap((call, at) =>
      found(
        "tool",
        `${index ?? 0}.${call.index ?? at}`,
        isJson(call.function) ? call.function.arguments : null,
      ),
    );
    return [
      ...found("reasoning", index, said.reasoning_content ?? said.reasoning),
      ...found("answer", index, said.content, of.content),
      ...found("answer", index, said.refusal, of.refusal),
      ...calls,
    ];
  });
}

function wholeResponse({ output }: Json): Found[] {
  return listOf(output).flatMap((item, at) => [
    ...listOf(item.content).flatMap((part, n) =>
      found(
        item.type === "reasoning" ? "reasoning" : "answer",
        `${at}.${n}`,
        part.text ?? part.refusal,
        part.logprobs,
      ),
    ),
    ...listOf(item.summary).flatMap((part, n) => found("reasoning", `${at}.${n}`, part.text)),
    ...found("tool", `${at}.0`, item.arguments ?? item.input),
  ]);
}

function wholeMessage({ content }: Json): Found[] {
  return listOf(content).flatMap((block, at) => [
    ...found("answer", at, block.text),
    ...found("reasoning", at, block.thinking),
    ...found("tool", at, block.input === undefined ? null : JSON.stringify(block.input)),
  ]);
}

const EVENT: Record<Api, (event: Json) => Found[]> = {
  responses: responsesEvent,
  chat: chatChoices,
  messages: messagesEvent,
};
const WHOLE: Record<Api, (body: Json) => Found[]> = {
  responses: wholeResponse,
  chat: chatChoices,
  messages: wholeMessage,
};

const parsed = (text: string): Json | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : null;
  } catch {
    return null; // shown as it came
  }
};

/** When the byte before an offset came. */
function arrivedAt({ offsets, ms }: Arrival, offset: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return ms[low - 1] ?? ms[0] ?? 0;
}

interface Line {
  readonly text: string;
  /** After its end. */
  readonly end: number;
}

const LF = 10;

/** Lines of an event stream; the rest that no line feed ends is left out. */
function* linesOf(bytes: Buffer): Generator<Line> {
  for (let from = 0; ; ) {
    const end = bytes.indexOf(LF, from);
    if (end === -1) return;
    yield { text: bytes.toString("utf8", from, end).replace(/\r$/, ""), end: end + 1 };
    from = end + 1;
  }
}

export interface Told {
  readonly resolution: Resolution;
  readonly pieces: readonly TracePiece[];
}

/** What was said, in the order it came. */
export function piecesOf(api: Api, bytes: Buffer, arrival: Arrival): Told {
  const whole = parsed(bytes.toString("utf8"));
  const last = arrivedAt(arrival, bytes.length);
  if (whole) {
    const pieces = orRaw(WHOLE[api](whole), bytes).map((piece) => ({ ...piece, ms: last }));
    return { resolution: resolutionOf(pieces, "none"), pieces };
  }
  const pieces: TracePiece[] = [];
  for (const { text, end } of linesOf(bytes)) {
    const event = text.startsWith("data:") ? parsed(text.slice(5)) : null;
    const ms = arrivedAt(arrival, end);
    for (const piece of event ? EVENT[api](event) : []) pieces.push({ ...piece, ms });
  }
  if (pieces.length > 0) return { resolution: resolutionOf(pieces, "chunk"), pieces };
  return { resolution: "none", pieces: orRaw([], bytes).map((piece) => ({ ...piece, ms: last })) };
}

/** Reasoning and arguments of tools come without their tokens: the answer says how finely it is known. */
function resolutionOf(pieces: readonly TracePiece[], otherwise: Resolution): Resolution {
  const answers = pieces.filter(({ channel }) => channel === "answer");
  return answers.length > 0 && answers.every(({ logprob }) => logprob !== undefined) ? "token" : otherwise;
}

const orRaw = (said: readonly Found[], bytes: Buffer): readonly Found[] =>
  said.length > 0 ? said : found("raw", 0, bytes.toString("utf8"));

/** The pieces of each part together: what is one text is searched for secrets as one. */
export const partsOf = (pieces: readonly TracePiece[]): readonly (readonly TracePiece[])[] => [
  ...Map.groupBy(pieces, ({ channel, part }) => `${channel} ${part}`).values(),
];
