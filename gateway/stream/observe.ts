// Reads along what a provider answers: which model, what was used, how it ended, how much came. What it cannot read it
// counts as unseen; it never stops a stream.
import type { Api, Seen } from "#lib/model-calls/schema.ts";
import type { Usage } from "#lib/prices/schema.ts";
import { createEventReader, type StreamEvent } from "./events.ts";
import { type Json, larger, objectOf, usageOf } from "./usage.ts";

/** `open`: the end was not seen. */
export type Finish = "open" | "completed" | "incomplete" | "failed";

export interface Observation {
  readonly returnedModel: string | null;
  readonly usage: Usage | null;
  readonly finish: Finish;
  readonly seen: Seen;
}

export interface Observer {
  /** Offset in the chunk at which the last event of the answer begins, or null. */
  push(chunk: Buffer): number | null;
  /** The whole of an answer that is no stream. */
  pushWhole(body: Buffer): void;
  observation(): Observation;
}

/** See request/read-call.ts: few tokens are shorter. */
const BYTES_PER_TOKEN = 2;
const MODEL_NAME = /^[\x21-\x7e]{1,200}$/;

function parse(data: string): Json | null {
  try {
    return objectOf(JSON.parse(data));
  } catch {
    return null; // it is passed on all the same; what it said is not known
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Bytes of all texts in it, but for what names and numbers things. */
function textBytes(value: unknown, keys: ReadonlySet<string>, key = ""): number {
  if (typeof value === "string") return keys.has(key) ? Buffer.byteLength(value) : 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + textBytes(item, keys, key), 0);
  return Object.entries(objectOf(value)).reduce((sum, [name, item]) => sum + textBytes(item, keys, name), 0);
}

const TEXTS = new Set([
  "text",
  "refusal",
  "arguments",
  "input",
  "content",
  "thinking",
  "partial_json",
  "reasoning",
]);
const CHAT_TEXTS = new Set([...TEXTS, "reasoning_content", "name"]);

interface State {
  returnedModel: string | null;
  usage: Usage | null;
  finish: Finish;
  deltas: number;
  bytes: number;
  /** Of items that came whole. */
  wholeBytes: number;
  /** Null once it was told. */
  onFirstToken: (() => void) | null;
}

function noteModel(state: State, model: unknown): void {
  if (typeof model === "string" && MODEL_NAME.test(model)) state.returnedModel = model;
}

function noteToken(state: State): void {
  state.onFirstToken?.();
  state.onFirstToken = null;
}

/** A tool's name comes where its call begins, often long before an argument. */
function noteName(state: State, item: unknown): void {
  if (state.onFirstToken === null) return;
  const { name } = objectOf(item);
  if (typeof name === "string" && name !== "") noteToken(state);
}

function noteDelta(state: State, bytes: number): void {
  if (bytes === 0) return;
  noteToken(state);
  state.deltas++;
  state.bytes += bytes;
}

const FINISHED: Readonly<Record<string, Finish>> = {
  "response.completed": "completed",
  "response.incomplete": "incomplete",
  "response.failed": "failed",
  error: "failed",
};

function noteResponse(state: State, response: Json): void {
  noteModel(state, response.model);
  state.usage = larger(state.usage, usageOf("responses", response.usage));
  state.wholeBytes = Math.max(state.wholeBytes, textBytes(response.output, TEXTS));
}

/** True where it is the last event of the answer. */
type Take = (state: State, event: StreamEvent) => boolean;

const takeResponses: Take = (state, { name, data }) => {
  const event = parse(data);
  if (!event) return false;
  const type = typeof event.type === "string" ? event.type : name;
  if (type.endsWith(".delta")) {
    noteDelta(state, typeof event.delta === "string" ? Buffer.byteLength(event.delta) : 0);
    return false;
  }
  if (type === "response.output_item.added") noteName(state, event.item);
  if (event.response !== undefined) noteResponse(state, objectOf(event.response));
  const finish = Object.hasOwn(FINISHED, type) ? FINISHED[type] : undefined;
  if (finish) state.finish = finish;
  return finish !== undefined;
};

const takeChat: Take = (state, { data }) => {
  if (data.trim() === "[DONE]") {
    if (state.finish === "open") state.finish = "completed";
    return true;
  }
  const chunk = parse(data);
  if (!chunk) return false;
  noteModel(state, chunk.model);
  state.usage = larger(state.usage, usageOf("chat", chunk.usage));
  if (chunk.error !== undefined && chunk.error !== null) state.finish = "failed";
  for (const choice of listOf(chunk.choices)) noteDelta(state, textBytes(objectOf(choice).delta, CHAT_TEXTS));
  return false;
};

const takeMessages: Take = (state, { data }) => {
  const event = parse(data);
  if (!event) return false;
  switch (event.type) {
    case "message_start": {
      const message = objectOf(event.message);
      noteModel(state, message.model);
      state.usage = larger(state.usage, usageOf("messages", message.usage));
      return false;
    }
    case "content_block_start":
      noteName(state, event.content_block);
      noteDelta(state, textBytes(event.content_block, TEXTS));
      return false;
    case "content_block_delta":
      noteDelta(state, textBytes(event.delta, TEXTS));
      return false;
    case "message_delta":
      noteLateUsage(state, objectOf(event.usage));
      return false;
    case "message_stop":
      state.finish = state.finish === "failed" ? "failed" : "completed";
      return true;
    case "error":
      state.finish = "failed";
      return true;
    default:
      return false;
  }
};

/** It repeats of the first one only what has grown. */
function noteLateUsage(state: State, said: Json): void {
  if (Object.keys(said).length === 0) return;
  const first = state.usage;
  const input = first ? first.input - first.cached - first.cacheWrite : undefined;
  const known = first
    ? { cache_read_input_tokens: first.cached, cache_creation_input_tokens: first.cacheWrite }
    : {};
  state.usage = larger(first, usageOf("messages", { input_tokens: input, ...known, ...said }));
}

const TAKE: Readonly<Record<Api, Take>> = {
  responses: takeResponses,
  chat: takeChat,
  messages: takeMessages,
};

const STATUS: Readonly<Record<string, Finish>> = {
  completed: "completed",
  incomplete: "incomplete",
  failed: "failed",
};

function takeWhole(api: Api, state: State, body: Json): void {
  if (api === "responses") {
    noteResponse(state, body);
    state.finish = (typeof body.status === "string" ? STATUS[body.status] : undefined) ?? "completed";
    return;
  }
  noteModel(state, body.model);
  state.usage = usageOf(api, body.usage);
  state.wholeBytes = textBytes(api === "chat" ? body.choices : body.content, CHAT_TEXTS);
  state.finish = "completed";
}

/**
 * `onFirstToken`: told once, while the chunk is read that ends the first event of a stream with something the model wrote: a
 * text, reasoning, or the name or the arguments of a tool. An answer that is no stream has none.
 */
export function createObserver(api: Api, onFirstToken: () => void = () => undefined): Observer {
  const reader = createEventReader();
  const take = TAKE[api];
  const state: State = {
    ...{ returnedModel: null, usage: null, finish: "open" },
    ...{ deltas: 0, bytes: 0, wholeBytes: 0, onFirstToken },
  };
  return {
    push(chunk) {
      let last: number | null = null;
      reader.push(chunk, (event, offset) => {
        if (take(state, event)) last ??= offset;
      });
      return last;
    },
    pushWhole(body) {
      const value = parse(body.toString("utf8"));
      if (value) takeWhole(api, state, value);
    },
    observation() {
      const outputBytes = Math.max(state.bytes, state.wholeBytes);
      const outputTokens = Math.max(state.deltas, Math.ceil(outputBytes / BYTES_PER_TOKEN));
      const { returnedModel, usage, finish } = state;
      return { returnedModel, usage, finish, seen: { outputTokens, outputBytes } };
    },
  };
}
