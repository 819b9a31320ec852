// The openai SDK, unchanged, through the gateway: only its address is another one. What signs is the relay's part.
import OpenAI from "openai";
import { afterEach, expect, test } from "vitest";
import { TOKEN } from "./testing/client.ts";
import { openScene, type Scene } from "./testing/scene.ts";
import { MODEL, REQUESTS, STREAMS, TEXT, WHOLES } from "./testing/streams.ts";
import { streaming, whole } from "./testing/upstream.ts";

let scene: Scene;
afterEach(() => scene.close());

function client(): OpenAI {
  const relay: typeof fetch = async (url, init) => {
    const { pathname } = new URL(String(url));
    const body = Buffer.from(String(init?.body ?? ""));
    const headers = new Headers(init?.headers);
    const signed = scene.runner.signed(init?.method ?? "GET", pathname, body);
    for (const [name, value] of Object.entries({ ...signed, authorization: `Bearer ${TOKEN}` }))
      headers.set(name, value);
    return fetch(url, { ...init, headers });
  };
  const baseURL = `http://127.0.0.1:${scene.gateway.port}/v1`;
  return new OpenAI({ apiKey: "ph-sandbox", baseURL, fetch: relay, maxRetries: 0 });
}

test("streams a response", async () => {
  scene = await openScene();
  const stream = await client().responses.create({ model: MODEL, input: "Say it.", stream: true });
  let text = "";
  let status = "";
  for await (const event of stream) {
    if (event.type === "response.output_text.delta") text += event.delta;
    if (event.type === "response.completed") status = event.response.status ?? "";
  }
  expect([text, status]).toEqual([TEXT, "completed"]);
  expect(scene.ledger.finals).toMatchObject([{ outcome: "done", flags: [] }]);
});

test("streams a chat, with the usage at its end", async () => {
  scene = await openScene();
  const stream = await client().chat.completions.create({
    ...{ model: MODEL, stream: true },
    messages: [{ role: "user", content: "Say it." }],
  });
  let text = "";
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
  expect(text).toBe(TEXT);
});

test("gets a whole answer, and a list of the one model", async () => {
  scene = await openScene();
  scene.upstream.answer(whole(WHOLES.chat));
  const answer = await client().chat.completions.create({
    model: MODEL,
    messages: [{ role: "user", content: "x" }],
  });
  expect(answer.choices[0]?.message.content).toBe(TEXT);
  const models = await client().models.list();
  expect(models.data.map(({ id }) => id)).toEqual([MODEL]);
});

test("meets refusals as errors of its own kinds, with our sentence", async () => {
  scene = await openScene();
  const create = (more: object) =>
    client().responses.create({ ...REQUESTS.responses, stream: false, ...more } as never);
  await expect(create({ tools: [{ type: "web_search" }] })).rejects.toMatchObject({
    ...{ status: 400, code: "policy_refused", type: "invalid_request_error" },
    message: expect.stringContaining("tools[0]"),
  });
  scene.ledger.refuse({ refused: "refused", sentence: "The run's budget is used up.", budget: "run" });
  await expect(create({})).rejects.toMatchObject({ status: 400, code: "budget_spent" });
  expect(scene.upstream.asked).toEqual([]);
});

test("stops reading when its user does, and the provider stops writing", async () => {
  scene = await openScene();
  const slow = Promise.withResolvers<void>();
  scene.upstream.answer(async (asked, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write(STREAMS.responses.slice(0, 900));
    await Promise.race([slow.promise, asked.gone]);
    slow.resolve();
    if (!response.destroyed) streaming([])(asked, response);
  });
  const stream = await client().responses.create({ model: MODEL, input: "x", stream: true });
  for await (const _ of stream) break;
  await slow.promise;
  await expect.poll(() => scene.ledger.finals[0]?.outcome).toBe("aborted");
});
