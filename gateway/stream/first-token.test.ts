// The event with the first token, and its moment: the same however a stream is cut.
import { describe, expect, test } from "vitest";
import type { Api } from "#lib/model-calls/schema.ts";
import { APIS, STREAMS, WHOLES } from "../testing/streams.ts";
import { createCapture } from "./capture.ts";
import { createObserver } from "./observe.ts";

/** What was read with the chunk it was told in; each time it was told. */
function tellings(api: Api, chunks: readonly Buffer[]): number[] {
  const told: number[] = [];
  let read = 0;
  const observer = createObserver(api, () => told.push(read));
  for (const chunk of chunks) {
    read += chunk.length;
    observer.push(chunk);
  }
  return told;
}

const singly = (bytes: Buffer) => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));

/** Bytes up to the end of the event that `mark` is in. */
function endOf(stream: string, mark: string): number {
  const end = stream.indexOf("\n\n", stream.indexOf(mark)) + 2;
  return Buffer.byteLength(stream.slice(0, end));
}

const sse = (...events: readonly object[]) =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");

const chat = (delta: object) => ({ choices: [{ index: 0, delta }] });
const responses = (type: string, fields: object) => ({ type: `response.${type}`, ...fields });
const begins = (item: object) => responses("output_item.added", { item });
const block = (content_block: object) => ({ type: "content_block_start", index: 0, content_block });
const delta = (of: object) => ({ type: "content_block_delta", index: 0, delta: of });

const QUIET: Readonly<Record<Api, readonly object[]>> = {
  responses: [responses("created", { response: { model: "m", tools: [{ name: "t" }] } })],
  chat: [chat({ role: "assistant", content: "" })],
  messages: [{ type: "message_start", message: { model: "m", content: [] } }, { type: "ping" }],
};

const FIRST: readonly (readonly [Api, string, readonly object[]])[] = [
  [
    ...(["responses", "a text"] as const),
    [begins({ type: "message", content: [] }), responses("output_text.delta", { delta: "FIRST" })],
  ],
  [
    ...(["responses", "reasoning"] as const),
    [begins({ type: "reasoning" }), responses("reasoning_summary_text.delta", { delta: "FIRST" })],
  ],
  ["responses", "a tool's name", [begins({ type: "function_call", name: "FIRST", arguments: "" })]],
  ["chat", "a text", [chat({ content: "FIRST" })]],
  ["chat", "reasoning", [chat({ reasoning_content: "FIRST" })]],
  [
    "chat",
    "a tool's name",
    [chat({ tool_calls: [{ index: 0, function: { name: "FIRST", arguments: "" } }] })],
  ],
  [
    ...(["messages", "a text"] as const),
    [block({ type: "text", text: "" }), delta({ type: "text_delta", text: "FIRST" })],
  ],
  [
    ...(["messages", "reasoning"] as const),
    [block({ type: "thinking", thinking: "" }), delta({ type: "thinking_delta", thinking: "FIRST" })],
  ],
  ["messages", "a tool's name", [block({ type: "tool_use", name: "FIRST", input: {} })]],
];

describe("the first token", () => {
  test.each(APIS)("of a stream of %s is in the same event wherever it is cut, and told once", (api) => {
    const bytes = Buffer.from(STREAMS[api]);
    const end = endOf(STREAMS[api], "Größe ");
    expect(tellings(api, singly(bytes))).toEqual([end]);
    for (let at = 0; at <= bytes.length; at++)
      expect(tellings(api, [bytes.subarray(0, at), bytes.subarray(at)]), `cut at ${at}`).toEqual([
        at < end ? bytes.length : at,
      ]);
  });

  test.each(FIRST)("of %s may be %s", (api, _, events) => {
    const stream = sse(...QUIET[api], ...events, ...events);
    expect(tellings(api, singly(Buffer.from(stream)))).toEqual([endOf(stream, "FIRST")]);
  });

  test.each(APIS)(
    "is not there while %s says nothing of the model's, nor in an answer that is no stream",
    (api) => {
      expect(tellings(api, [Buffer.from(sse(...QUIET[api], { type: "error", error: {} }))])).toEqual([]);
      const told: string[] = [];
      createObserver(api, () => told.push("told")).pushWhole(Buffer.from(JSON.stringify(WHOLES[api])));
      expect(told).toEqual([]);
    },
  );

  test("has the moment of the chunk that ends it, which the first byte came before", () => {
    let now = 1000;
    const capture = createCapture(now, () => now);
    const observer = createObserver("chat", capture.noteFirstToken);
    const stream = sse(...QUIET.chat, chat({ content: "FIRST" }), chat({ content: "then" }));
    const end = endOf(stream, "FIRST");
    for (const [from, to] of [
      [0, 10],
      [10, end - 1],
      [end - 1, end],
      [end, stream.length],
    ] as const) {
      now += 100;
      const chunk = Buffer.from(stream.slice(from, to));
      capture.push(chunk);
      observer.push(chunk);
    }
    expect([capture.firstByteAt, capture.firstTokenAt]).toEqual([1100, 1300]);
  });
});
