import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { piecesOf } from "./rules.ts";

const sse = (...events: readonly object[]) =>
  Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
const AT_ONCE = { offsets: [0], ms: [5] };
const said = (api: "responses" | "chat" | "messages", bytes: Buffer) =>
  piecesOf(api, bytes, AT_ONCE).pieces.map(({ channel, part, text }) => [channel, part, text]);

describe("a stream in pieces", () => {
  test("of Responses: answers, reasoning and arguments of tools, each to its part", () => {
    const stream = sse(
      { type: "response.created", response: {} },
      { type: "response.reasoning_summary_text.delta", output_index: 0, summary_index: 1, delta: "hm" },
      { type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "Hel" },
      { type: "response.function_call_arguments.delta", output_index: 2, delta: '{"a":' },
      { type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "lo" },
      { type: "response.completed", response: { output: [] } },
    );
    expect(said("responses", stream)).toEqual([
      ["reasoning", "0.1", "hm"],
      ["answer", "1.0", "Hel"],
      ["tool", "2.0", '{"a":'],
      ["answer", "1.0", "lo"],
    ]);
  });

  test("of Chat Completions and of Messages", () => {
    const chat = Buffer.concat([
      sse(
        { choices: [{ index: 0, delta: { role: "assistant", content: "" } }] },
        { choices: [{ index: 0, delta: { reasoning_content: "hm" } }] },
        { choices: [{ index: 0, delta: { content: "Hi" } }] },
        { choices: [{ index: 0, delta: { tool_calls: [{ index: 1, function: { arguments: "{}" } }] } }] },
        { choices: [], usage: { prompt_tokens: 1 } },
      ),
      Buffer.from("data: [DONE]\n\n"),
    ]);
    expect(said("chat", chat)).toEqual([
      ["reasoning", "0", "hm"],
      ["answer", "0", "Hi"],
      ["tool", "0.1", "{}"],
    ]);
    const messages = sse(
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "hm" } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Hi" } },
      { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: "{" } },
    );
    expect(said("messages", messages)).toEqual([
      ["reasoning", "0", "hm"],
      ["answer", "1", "Hi"],
      ["tool", "2", "{"],
    ]);
  });

  test("gives each piece the time at which its last byte came", () => {
    const delta = (text: string) => ({ type: "response.output_text.delta", delta: text });
    const [one, two, three] = [sse(delta("a")), sse(delta("b")), sse(delta("c"))];
    const bytes = Buffer.concat([one, two, three]);
    // the second event is cut by two chunks
    const arrival = { offsets: [0, one.length + 4, bytes.length - three.length], ms: [10, 20, 30] };
    const { pieces, resolution } = piecesOf("responses", bytes, arrival);
    expect(pieces.map(({ text, ms }) => [text, ms])).toEqual([
      ["a", 10],
      ["b", 20],
      ["c", 30],
    ]);
    expect(resolution).toBe("chunk");
  });
});

describe("an answer whose tokens the provider tells", () => {
  const token = (text: string, logprob: number) => ({
    ...{ token: text, logprob, bytes: [...Buffer.from(text)], top_logprobs: [] },
  });
  const told = (api: "responses" | "chat", bytes: Buffer) => {
    const { pieces, resolution } = piecesOf(api, bytes, AT_ONCE);
    return [resolution, ...pieces.map(({ channel, text, logprob }) => [channel, text, logprob])];
  };

  test("of Chat Completions is a piece for each, in a stream and at once; a refusal too", () => {
    const chunk = (content: string, ...logprobs: object[]) => ({
      choices: [{ index: 0, delta: { content }, logprobs: { content: logprobs, refusal: null } }],
    });
    const first = { choices: [{ index: 0, delta: { role: "assistant", content: "" }, logprobs: null }] };
    const stream = sse(
      first,
      chunk("It ", token("It", -0.1), token(" ", -0.5)),
      chunk("is.", token("is.", 0)),
    );
    expect(told("chat", stream)).toEqual([
      ...["token", ["answer", "It", -0.1], ["answer", " ", -0.5], ["answer", "is.", 0]],
    ]);
    const message = { content: null, refusal: "No." };
    const choice = { index: 0, message, logprobs: { content: null, refusal: [token("No.", -2)] } };
    expect(told("chat", Buffer.from(JSON.stringify({ choices: [choice] })))).toEqual([
      ...["token", ["answer", "No.", -2]],
    ]);
  });

  test("of Responses is one too; reasoning and arguments of tools stay pieces beside it", () => {
    const stream = sse(
      { type: "response.reasoning_summary_text.delta", delta: "hm hm" },
      {
        ...{ type: "response.output_text.delta", delta: "Hi you" },
        logprobs: [
          { token: "Hi", logprob: -0.25 },
          { token: " you", logprob: -1 },
        ],
      },
    );
    expect(told("responses", stream)).toEqual([
      ...["token", ["reasoning", "hm hm", undefined], ["answer", "Hi", -0.25], ["answer", " you", -1]],
    ]);
    const content = [{ type: "output_text", text: "Hi", logprobs: [token("Hi", -0.25)] }];
    const whole = Buffer.from(JSON.stringify({ output: [{ type: "message", content }] }));
    expect(told("responses", whole)).toEqual(["token", ["answer", "Hi", -0.25]]);
  });

  test("some of whose pieces come without them is known by chunks", () => {
    const delta = (text: string, logprobs: unknown) => ({
      ...{ type: "response.output_text.delta", delta: text, logprobs },
    });
    const stream = sse(delta("a", [token("a", -1)]), delta("b", []));
    expect(told("responses", stream)).toEqual(["chunk", ["answer", "a", -1], ["answer", "b", undefined]]);
  });
});

describe("an answer at once", () => {
  test.each([
    [
      "responses",
      {
        output: [
          { type: "message", content: [{ text: "Hi" }] },
          { type: "function_call", arguments: "{}" },
        ],
      },
    ],
    [
      "chat",
      {
        choices: [{ index: 0, message: { content: "Hi", tool_calls: [{ function: { arguments: "{}" } }] } }],
      },
    ],
    [
      "messages",
      {
        content: [
          { type: "text", text: "Hi" },
          { type: "tool_use", input: {} },
        ],
      },
    ],
  ] as const)("of %s is its text and what its tools are given", (api, body) => {
    const bytes = Buffer.from(JSON.stringify(body));
    expect(piecesOf(api, bytes, AT_ONCE).resolution).toBe("none");
    expect(said(api, bytes).map(([channel, , text]) => [channel, text])).toEqual([
      ["answer", "Hi"],
      ["tool", "{}"],
    ]);
  });

  test("that is none of the forms is one raw text, and of nothing nothing", () => {
    expect(said("chat", Buffer.from('{"error":{"message":"no"}}'))).toEqual([
      ["raw", "0", '{"error":{"message":"no"}}'],
    ]);
    expect(said("chat", Buffer.from("<html>"))).toEqual([["raw", "0", "<html>"]]);
    expect(said("chat", Buffer.alloc(0))).toEqual([]);
  });
});

describe("probe: whatever bytes came", () => {
  test("are read without a throw, cut anywhere", () => {
    const stream = sse(
      { type: "response.output_text.delta", delta: "Grüße 👋" },
      { type: "response.output_text.delta", delta: "x" },
    );
    for (let at = 0; at <= stream.length; at++) {
      const { pieces } = piecesOf("responses", stream.subarray(0, at), AT_ONCE);
      const text = pieces.flatMap((piece) => (piece.channel === "answer" ? piece.text : [])).join("");
      expect(["", "Grüße 👋", "Grüße 👋x"]).toContain(text);
    }
    const api = fc.constantFrom("responses" as const, "chat" as const, "messages" as const);
    fc.assert(
      fc.property(api, fc.json(), fc.uint8Array(), (each, json, rest) => {
        const bytes = Buffer.concat([Buffer.from(`data: ${json}\n\ndata: null\n\n`), Buffer.from(rest)]);
        for (const piece of piecesOf(each, bytes, AT_ONCE).pieces) expect(piece.text).not.toBe("");
        piecesOf(each, Buffer.from(json), AT_ONCE);
      }),
    );
  });
});
