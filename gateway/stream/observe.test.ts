// R11 and R13 without a network: every stream cut at every byte, and usage as no provider should say it.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Api } from "#lib/model-calls/schema.ts";
import {
  APIS,
  chatStream,
  MODEL,
  messagesStream,
  responsesStream,
  STREAMS,
  TEXT,
  USAGES,
  WHOLES,
} from "../testing/streams.ts";
import { createEventReader } from "./events.ts";
import { createObserver } from "./observe.ts";

const observe = (api: Api, ...chunks: readonly (string | Buffer)[]) => {
  const observer = createObserver(api);
  for (const chunk of chunks) observer.push(Buffer.from(chunk));
  return observer.observation();
};

describe("a stream", () => {
  test.each(APIS)("of %s says the same however it is cut in two, inside a letter too", (api) => {
    const bytes = Buffer.from(STREAMS[api]);
    for (let at = 0; at <= bytes.length; at++) {
      expect(observe(api, bytes.subarray(0, at), bytes.subarray(at)), `cut at ${at}`).toEqual({
        ...{ returnedModel: MODEL, usage: USAGES[api], finish: "completed" },
        seen: { outputTokens: Math.ceil(Buffer.byteLength(TEXT) / 2), outputBytes: Buffer.byteLength(TEXT) },
      });
    }
  });

  test.each(APIS)("of %s that ends early at any byte is open, and what was seen grows with it", (api) => {
    const bytes = Buffer.from(STREAMS[api]);
    let before = 0;
    for (let at = 0; at < bytes.length; at++) {
      const { finish, seen } = observe(api, bytes.subarray(0, at));
      expect(finish, `ended at ${at}`).toBe("open");
      expect(seen.outputBytes).toBeGreaterThanOrEqual(before);
      before = seen.outputBytes;
    }
  });

  test.each(APIS)("of %s is read with line ends of both kinds, in pieces of any size", (api) => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        fc.boolean(),
        (sizes, withCr) => {
          const bytes = Buffer.from(withCr ? STREAMS[api].replaceAll("\n", "\r\n") : STREAMS[api]);
          const chunks: Buffer[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          expect(observe(api, ...chunks)).toMatchObject({ usage: USAGES[api], finish: "completed" });
        },
      ),
    );
  });

  test.each(APIS)("of %s is over where its last event begins; what follows changes nothing", (api) => {
    const bytes = Buffer.from(STREAMS[api]);
    const last = bytes.subarray(0, -2).lastIndexOf("\n\n") + 2;
    expect(createObserver(api).push(bytes)).toBe(last);
    const more = [STREAMS[api], "data: nonsense\n\n", "\0\0\0"];
    expect(observe(api, STREAMS[api], more[1] ?? "", more[2] ?? "")).toEqual(observe(api, STREAMS[api]));
  });

  test("probe: what cannot be read is passed over", () => {
    const odd = [
      "data: {\n\n",
      "data: null\n\n",
      "data: 5\n\n",
      "event: \n\n",
      ":\n\n",
      "data\n\n",
      'data: {"type":7}\n\n',
    ];
    for (const api of APIS)
      expect(observe(api, ...odd, STREAMS[api]), api).toMatchObject({
        finish: "completed",
        usage: USAGES[api],
      });
  });

  test("that fails says so", () => {
    const failed = { type: "response.failed", response: { status: "failed", model: MODEL, usage: null } };
    expect(observe("responses", `event: response.failed\ndata: ${JSON.stringify(failed)}\n\n`).finish).toBe(
      "failed",
    );
    expect(observe("messages", 'event: error\ndata: {"type":"error","error":{}}\n\n').finish).toBe("failed");
    expect(observe("chat", 'data: {"error":{"message":"x"}}\n\n', "data: [DONE]\n\n").finish).toBe("failed");
  });
});

describe("probe: usage", () => {
  const usageOf = (api: Api, stream: string) => observe(api, stream).usage;

  test("that is missing is none", () => {
    expect(usageOf("responses", responsesStream(null))).toBeNull();
    expect(usageOf("chat", chatStream().replace(/data: [^\n]*"usage"[^\n]*\n\n/, ""))).toBeNull();
    expect(usageOf("chat", chatStream(null))).toBeNull();
  });

  test("that is no number is not taken for zero", () => {
    for (const odd of [{}, [], "much", { input_tokens: "5", output_tokens: null }, { input_tokens: {} }])
      expect(usageOf("responses", responsesStream(odd))?.input, JSON.stringify(odd)).toBeNaN();
    expect(usageOf("messages", messagesStream({ input_tokens: "x" }))?.input).toBeNaN();
  });

  test("that is negative stays negative for whoever charges to see", () => {
    expect(usageOf("responses", responsesStream({ input_tokens: -5, output_tokens: -1 }))).toMatchObject({
      ...{ input: -5, output: -1 },
    });
  });

  test("that is said twice counts by its larger numbers", () => {
    const small = chatStream({ prompt_tokens: 1, completion_tokens: 1 }).replace("data: [DONE]\n\n", "");
    expect(observe("chat", chatStream().replace("data: [DONE]\n\n", ""), small).usage).toEqual(USAGES.chat);
    const shrinking = messagesStream(
      { input_tokens: 900, cache_read_input_tokens: 100 },
      { input_tokens: 1, output_tokens: 50 },
    );
    expect(usageOf("messages", shrinking)?.input).toBe(1000);
  });
});

describe("a whole answer", () => {
  test.each(APIS)("of %s is read at once", (api) => {
    const observer = createObserver(api);
    observer.pushWhole(Buffer.from(JSON.stringify(WHOLES[api])));
    expect(observer.observation()).toMatchObject({
      ...{ usage: USAGES[api], returnedModel: MODEL, finish: "completed" },
      seen: { outputBytes: Buffer.byteLength(TEXT) },
    });
  });

  test("probe: that is no JSON is seen as nothing", () => {
    for (const body of ["", "<html>", "[1]", "null", '"x"', "\xff"]) {
      const observer = createObserver("chat");
      observer.pushWhole(Buffer.from(body, "latin1"));
      expect(observer.observation()).toMatchObject({ usage: null, seen: { outputBytes: 0 } });
    }
  });
});

describe("events", () => {
  test("probe: one that is longer than may be read is passed over, and the next one is read", () => {
    const reader = createEventReader(100);
    const seen: string[] = [];
    const take = ({ data }: { data: string }) => void seen.push(data);
    const long = Buffer.from(`data: ${"x".repeat(500)}\n\ndata: after\n\n`);
    for (let at = 0; at < long.length; at += 30) reader.push(long.subarray(at, at + 30), take);
    expect(seen).toEqual(["after"]);
    expect(reader.pending()).toBe(0);
  });

  test("of several lines of data are one text", () => {
    const seen: unknown[] = [];
    createEventReader().push(Buffer.from("event: a\ndata: 1\ndata:2\nid: 7\n\n"), (event) =>
      seen.push(event),
    );
    expect(seen).toEqual([{ name: "a", data: "1\n2" }]);
  });
});
