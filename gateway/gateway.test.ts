import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { openScene, PROVIDER_KEY, type Scene } from "./testing/scene.ts";
import { APIS, PATHS, REQUESTS, STREAMS, TEXT, USAGES, WHOLES } from "./testing/streams.ts";
import { streaming, whole } from "./testing/upstream.ts";

let scene: Scene;
afterEach(() => scene.close());

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("a streamed answer", () => {
  test.each(APIS)("of %s arrives byte by byte as it was sent, and is kept so", async (api) => {
    scene = await openScene();
    const stream = Buffer.from(STREAMS[api]);
    scene.upstream.answer(streaming([stream.subarray(0, 7), stream.subarray(7, 301), stream.subarray(301)]));
    const { status, body, isWhole } = await scene.call(api);
    expect([status, isWhole]).toEqual([200, true]);
    expect(sha256(body)).toBe(sha256(stream));
    const [final] = scene.ledger.finals;
    expect(final).toMatchObject({
      outcome: "done",
      status: 200,
      usage: USAGES[api],
      returnedModel: "ph-main",
      flags: [],
    });
    expect(sha256(final?.response ?? Buffer.alloc(0))).toBe(sha256(stream));
    expect(final?.seen.outputBytes).toBe(Buffer.byteLength(TEXT));
    expect(final?.chunks[0]?.offset).toBe(0);
    const firstToken = stream.indexOf("\n\n", stream.indexOf("Größe "));
    const came = final?.chunks.findLast(({ offset }) => offset < firstToken + 2);
    expect(final?.firstTokenAt).toBe((scene.ledger.intents[0]?.at ?? 0) + (came?.ms ?? -1));
    expect(scene.ledger.steps).toEqual(["open", "settle"]);
  });

  test.each(APIS)("of %s holds its last event until the record is durable", async (api) => {
    scene = await openScene();
    const settled = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    scene.ledger.before = async (step) => {
      if (step === "open") return;
      asked.resolve();
      await settled.promise;
    };
    let seen = "";
    const leaveWhen = (body: Buffer) => {
      seen = body.toString();
      return false;
    };
    const answer = scene.call(api, undefined, { leaveWhen });
    await asked.promise;
    const last = {
      responses: "event: response.completed",
      chat: "data: [DONE]",
      messages: "event: message_stop",
    };
    expect(seen).not.toContain(last[api]);
    settled.resolve();
    expect((await answer).body.toString()).toContain(last[api]);
  });
});

describe("a whole answer", () => {
  test.each(APIS)("of %s arrives as it was sent, and is metered", async (api) => {
    scene = await openScene();
    scene.upstream.answer(whole(WHOLES[api]));
    const { status, body } = await scene.call(api, { ...REQUESTS[api], stream: false });
    expect(status).toBe(200);
    expect(body.toString()).toBe(JSON.stringify(WHOLES[api]));
    expect(scene.ledger.finals).toMatchObject([
      { outcome: "done", usage: USAGES[api], returnedModel: "ph-main", firstTokenAt: null },
    ]);
    expect(scene.ledger.finals[0]?.flags).toEqual([]);
  });
});

describe("what leaves", () => {
  test("is what the trace holds, with the key of the provider and no header of the client's choice", async () => {
    scene = await openScene();
    const headers = {
      cookie: "a=b",
      "x-forwarded-for": "1.2.3.4",
      "thread-id": "t-1",
      "openai-organization": "mine",
    };
    await scene.call("responses", undefined, { headers });
    const [asked] = scene.upstream.asked;
    expect(asked?.url).toBe("/v1/responses");
    expect(asked?.headers.authorization).toBe(`Bearer ${PROVIDER_KEY}`);
    for (const name of [
      "cookie",
      "x-forwarded-for",
      "thread-id",
      "openai-organization",
      "ph-runner",
      "ph-signature",
    ])
      expect(asked?.headers[name], name).toBeUndefined();
    expect(JSON.parse(asked?.body.toString() ?? "")).toEqual({
      ...{ input: "Say it.", model: "ph-main", stream: true, store: false },
      max_tokens: undefined,
      max_output_tokens: 4096,
    });
    const [intent] = scene.ledger.intents;
    expect(intent?.requestItems.map(({ role, bytes }) => [role, bytes.toString()])).toEqual([
      ["user", '"Say it."'],
    ]);
    expect(JSON.parse(intent?.requestHead.toString() ?? "")).not.toHaveProperty("input");
  });

  test.each([
    ["azure_openai", "/openai/v1", "/openai/v1/chat/completions?api-version=2025-04-01"],
    ["azure_openai", "/openai", "/openai/deployments/ph-main/chat/completions?api-version=2025-04-01"],
  ] as const)(
    "to %s at %s goes where it answers, with its key in its header alone",
    async (kind, path, url) => {
      scene = await openScene({ kind });
      const { admission } = scene.ledger;
      const at = { baseUrl: `${scene.upstream.url}${path}`, settings: { apiVersion: "2025-04-01" } };
      scene.ledger.admission = { ...admission, provider: { ...admission.provider, ...at } };
      scene.upstream.answer(streaming([Buffer.from(STREAMS.chat)]));
      const { status, body } = await scene.call("chat");
      expect([status, body.toString()]).toEqual([200, STREAMS.chat]);
      const [asked] = scene.upstream.asked;
      expect([asked?.url, asked?.headers["api-key"]]).toEqual([url, PROVIDER_KEY]);
      expect(asked?.headers.authorization).toBeUndefined();
      expect(JSON.parse(asked?.body.toString() ?? "")).toMatchObject({
        max_completion_tokens: 4096,
        store: false,
      });
      expect(scene.ledger.finals).toMatchObject([{ outcome: "done", usage: USAGES.chat }]);
    },
  );

  test("leaves after the intent is durable, and never when it is not", async () => {
    scene = await openScene();
    scene.ledger.before = async (step) => {
      if (step === "open") expect(scene.upstream.asked).toEqual([]);
    };
    await scene.call("chat");
    scene.ledger.before = async () => {
      throw new Error("the database is gone");
    };
    expect((await scene.call("chat")).status).toBe(500);
    expect(scene.upstream.asked).toHaveLength(1);
  });

  test("the key is in no log, no answer and no record", async () => {
    scene = await openScene();
    scene.upstream.answer((_, response) => void response.destroy());
    const answers = [await scene.call("responses"), await scene.call("messages")];
    const kept = JSON.stringify([scene.ledger.finals, scene.ledger.intents]);
    for (const text of [scene.logged(), kept, ...answers.map(({ body }) => body.toString())])
      expect(text).not.toContain(PROVIDER_KEY);
  });
});

describe("other requests", () => {
  test("the list of models names the one that may be used", async () => {
    scene = await openScene();
    const { status, body } = await scene.send("GET", "/v1/models", Buffer.alloc(0));
    expect(status).toBe(200);
    expect(JSON.parse(body.toString()).data.map(({ id }: { id: string }) => id)).toEqual(["ph-main"]);
  });

  test("counting tokens is a call that costs nothing", async () => {
    scene = await openScene();
    scene.upstream.answer(whole({ input_tokens: 12 }));
    const body = { model: "ph-main", messages: [{ role: "user", content: "x" }] };
    const answer = await scene.send("POST", "/v1/messages/count_tokens", Buffer.from(JSON.stringify(body)));
    expect([answer.status, answer.body.toString()]).toEqual([200, '{"input_tokens":12}']);
    expect(scene.upstream.asked.map(({ url }) => url)).toEqual(["/v1/messages/count_tokens"]);
    expect(scene.ledger.intents).toMatchObject([{ reservedMicros: 0 }]);
    expect(scene.ledger.finals).toMatchObject([
      { outcome: "done", usage: { input: 0, output: 0 }, flags: ["count_tokens"] },
    ]);
  });

  test("everything else is not found, in the client's own form", async () => {
    scene = await openScene();
    for (const path of [
      "/",
      "/v1/files",
      "/v1/responses/resp_1",
      "/v1/responses?x=1",
      "/v1//responses",
      "/V1/responses",
    ]) {
      const { status, body } = await scene.send("POST", path, Buffer.from("{}"));
      expect([status, JSON.parse(body.toString()).error.type]).toEqual([404, "not_found_error"]);
    }
    const { body } = await scene.send("POST", "/v1/messages/batches", Buffer.from("{}"));
    expect(JSON.parse(body.toString())).toMatchObject({ type: "error", error: { type: "not_found_error" } });
    expect(scene.upstream.asked).toEqual([]);
  });

  test("the paths of the three APIs are the only ones that call", () => {
    expect(Object.values(PATHS)).toEqual(["/v1/responses", "/v1/chat/completions", "/v1/messages"]);
  });
});
