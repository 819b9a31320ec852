// From a client that knows nothing but an address and a dummy, through the runner's real relay, to the provider.
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import OpenAI from "openai";
import { afterEach, expect, test } from "vitest";
import { testLogger } from "#lib/testing/runner/parts.ts";
import { createRelay, type Relay } from "#runner/relay/relay.ts";
import { TOKEN } from "./testing/client.ts";
import { openScene, PROVIDER_KEY, type Scene } from "./testing/scene.ts";
import { MODEL, TEXT } from "./testing/streams.ts";

let scene: Scene;
let relay: Relay;
const over = new AbortController();
afterEach(async () => {
  await relay.close();
  await scene.close();
});

async function sandboxed(): Promise<OpenAI> {
  scene = await openScene();
  relay = createRelay({
    grant: { token: TOKEN, gatewayUrl: `http://127.0.0.1:${scene.gateway.port}` },
    sign: scene.runner.sign,
    emit: async () => undefined,
    logger: testLogger().logger,
    signal: over.signal,
  });
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  relay.take(listener);
  const { port } = listener.address() as AddressInfo;
  return new OpenAI({ apiKey: "ph-sandbox", baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 });
}

test("a sandbox's client streams, and neither the run's token nor the provider's key was ever near it", async () => {
  const client = await sandboxed();
  const stream = await client.responses.create({ model: MODEL, input: "Say it.", stream: true });
  let text = "";
  for await (const event of stream) if (event.type === "response.output_text.delta") text += event.delta;
  expect(text).toBe(TEXT);
  const [asked] = scene.upstream.asked;
  expect(asked?.headers.authorization).toBe(`Bearer ${PROVIDER_KEY}`);
  expect(JSON.stringify(asked?.rawHeaders)).not.toMatch(/ph-sandbox|phr_|ph-signature/);
  expect(scene.ledger.finals).toMatchObject([{ outcome: "done", flags: [] }]);
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual([MODEL]);
});

test("what the gateway refuses reaches the client as the gateway said it", async () => {
  const client = await sandboxed();
  const tools = [{ type: "web_search" as const }];
  await expect(client.responses.create({ model: MODEL, input: "x", tools })).rejects.toMatchObject({
    ...{ status: 400, code: "policy_refused" },
  });
  expect(scene.upstream.asked).toEqual([]);
});
