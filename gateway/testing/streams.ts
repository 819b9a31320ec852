// Answers of the three APIs as their providers write them, with letters of two to four bytes in them.
import type { Api } from "#lib/model-calls/schema.ts";
import type { Usage } from "#lib/prices/schema.ts";

export const MODEL = "ph-main";
const WORDS = ["Größe ", "日本 → ", "😀."];
export const TEXT = WORDS.join("");
const USAGE: Usage = { input: 1000, cached: 400, cacheWrite: 0, output: 50, reasoning: 10 };

/** What each of them says was used, in our form; Anthropic does not tell reasoning apart. */
export const USAGES: Readonly<Record<Api, Usage>> = {
  responses: USAGE,
  chat: USAGE,
  messages: { ...USAGE, reasoning: 0 },
};

const named = (type: string, fields: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const unnamed = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;

const RESPONSES_USAGE = {
  input_tokens: 1000,
  input_tokens_details: { cached_tokens: 400 },
  output_tokens: 50,
  output_tokens_details: { reasoning_tokens: 10 },
  total_tokens: 1050,
};

const item = { id: "msg_1", type: "message", role: "assistant" };
const base = { id: "resp_1", object: "response", created_at: 1, model: MODEL };

const responseWith = (usage: unknown) => ({
  ...{ ...base, status: "completed", error: null, usage },
  output: [{ ...item, status: "completed", content: [{ type: "output_text", text: TEXT, annotations: [] }] }],
});

export const responsesStream = (usage: unknown = RESPONSES_USAGE): string =>
  [
    named("response.created", { response: { ...base, status: "in_progress", output: [] } }),
    named("response.output_item.added", {
      output_index: 0,
      item: { ...item, status: "in_progress", content: [] },
    }),
    named("response.content_part.added", {
      ...{ item_id: "msg_1", output_index: 0, content_index: 0 },
      part: { type: "output_text", text: "", annotations: [] },
    }),
    ...WORDS.map((delta) =>
      named("response.output_text.delta", { item_id: "msg_1", output_index: 0, content_index: 0, delta }),
    ),
    named("response.completed", { response: responseWith(usage) }),
  ].join("");

const CHAT_USAGE = {
  prompt_tokens: 1000,
  completion_tokens: 50,
  total_tokens: 1050,
  prompt_tokens_details: { cached_tokens: 400 },
  completion_tokens_details: { reasoning_tokens: 10 },
};

const chunk = { id: "chatcmpl_1", object: "chat.completion.chunk", created: 1, model: MODEL };

export const chatStream = (usage: unknown = CHAT_USAGE): string =>
  [
    ...WORDS.map((content) =>
      unnamed({
        ...chunk,
        choices: [{ index: 0, delta: { role: "assistant", content }, finish_reason: null }],
      }),
    ),
    unnamed({ ...chunk, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
    unnamed({ ...chunk, choices: [], usage }),
    "data: [DONE]\n\n",
  ].join("");

/** Asked with `logprobs`: each token with its bytes, the second word cut inside a character. */
export const CHAT_TOKENS: readonly string[] = ["Gr", "ö", "ße"].flatMap((content, at) => {
  const bytes = [...Buffer.from(content)];
  const halves = content === "ö" ? [bytes.slice(0, 1), bytes.slice(1)] : [bytes];
  const told = halves.map((one) => ({
    token: content,
    bytes: one,
    logprob: -0.5 * (at + 1),
    top_logprobs: [],
  }));
  const choice = {
    index: 0,
    delta: { content },
    logprobs: { content: told, refusal: null },
    finish_reason: null,
  };
  return unnamed({ ...chunk, choices: [choice] });
});

const MESSAGES_USAGE = { input_tokens: 600, cache_read_input_tokens: 400, cache_creation_input_tokens: 0 };
const message = { id: "msg_1", type: "message", role: "assistant", model: MODEL };

export const messagesStream = (
  usage: unknown = MESSAGES_USAGE,
  output: unknown = { output_tokens: 50 },
): string =>
  [
    named("message_start", {
      message: {
        ...message,
        content: [],
        stop_reason: null,
        usage: { ...(usage as object), output_tokens: 1 },
      },
    }),
    named("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    ...WORDS.map((text) => named("content_block_delta", { index: 0, delta: { type: "text_delta", text } })),
    named("content_block_stop", { index: 0 }),
    named("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: output }),
    named("message_stop", {}),
  ].join("");

export const STREAMS: Readonly<Record<Api, string>> = {
  responses: responsesStream(),
  chat: chatStream(),
  messages: messagesStream(),
};

export const WHOLES: Readonly<Record<Api, unknown>> = {
  responses: responseWith(RESPONSES_USAGE),
  chat: {
    ...{ id: "chatcmpl_1", object: "chat.completion", created: 1, model: MODEL, usage: CHAT_USAGE },
    choices: [{ index: 0, message: { role: "assistant", content: TEXT }, finish_reason: "stop" }],
  },
  messages: {
    ...{ ...message, content: [{ type: "text", text: TEXT }], stop_reason: "end_turn" },
    usage: { ...MESSAGES_USAGE, output_tokens: 50 },
  },
};

export const PATHS: Readonly<Record<Api, string>> = {
  responses: "/v1/responses",
  chat: "/v1/chat/completions",
  messages: "/v1/messages",
};

/** A small request of each API. */
export const REQUESTS: Readonly<Record<Api, Readonly<Record<string, unknown>>>> = {
  responses: { model: MODEL, input: "Say it.", stream: true },
  chat: { model: MODEL, messages: [{ role: "user", content: "Say it." }], stream: true },
  messages: { model: MODEL, max_tokens: 100, messages: [{ role: "user", content: "Say it." }], stream: true },
};

export const APIS: readonly Api[] = ["responses", "chat", "messages"];
