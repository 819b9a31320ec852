// A gateway with a scripted provider behind it and a ledger in memory, on loopback.
//
//   const scene = await openScene();
//   scene.upstream.answer(streaming([…]));
//   const { status, body } = await scene.call("responses");
import { systemClock } from "#lib/clock.ts";
import { createLogger } from "#lib/logger.ts";
import type { Api, RefusalReason } from "#lib/model-calls/schema.ts";
import type { ProviderKind } from "#lib/providers/schema.ts";
import { type Gateway, LIMITS, type Limits, openGateway } from "../gateway.ts";
import { type Answered, type Ask, ask, type TestRunner, TOKEN, testRunner } from "./client.ts";
import { admissionFor, type MemoryLedger, memoryLedger } from "./memory-ledger.ts";
import { PATHS, REQUESTS, STREAMS } from "./streams.ts";
import { openUpstream, type ScriptedUpstream, streaming } from "./upstream.ts";

export const PROVIDER_KEY = "sk-of-the-provider-0123456789";

export interface Scene {
  readonly gateway: Gateway;
  readonly ledger: MemoryLedger;
  readonly upstream: ScriptedUpstream;
  readonly runner: TestRunner;
  readonly refusals: RefusalReason[];
  /** Everything it logged, as text. */
  logged(): string;
  /** As the relay would; `body` instead of a small request of the API. */
  call(api: Api, body?: unknown, more?: Partial<Ask>): Promise<Answered>;
  /** A request with any path and headers, signed. */
  send(method: string, path: string, body: Buffer, more?: Partial<Ask>): Promise<Answered>;
  close(): Promise<void>;
}

export interface SceneOptions {
  readonly limits?: Partial<Limits>;
  readonly kind?: ProviderKind;
}

export async function openScene({ limits = {}, kind }: SceneOptions = {}): Promise<Scene> {
  const upstream = await openUpstream(({ url }, response) => {
    const api = url.includes("/chat/") ? "chat" : url.includes("/messages") ? "messages" : "responses";
    return streaming([Buffer.from(STREAMS[api])])({} as never, response);
  });
  const ledger = memoryLedger(admissionFor(`${upstream.url}/v1`, kind));
  const runner = testRunner();
  const refusals: RefusalReason[] = [];
  const lines: string[] = [];
  const gateway = await openGateway(
    {
      ...{ gatewayId: "gwk_1", ledger, clock: systemClock, limits: { ...LIMITS, ...limits } },
      logger: createLogger("gateway", { write: (line) => void lines.push(line) }),
      findRunner: async (id) => (id === runner.credential.id ? runner.credential : null),
      unseal: async () => PROVIDER_KEY,
      refused: (_, reason) => void refusals.push(reason),
    },
    { host: "127.0.0.1", port: 0, tls: null },
  );

  const send: Scene["send"] = (method, path, body, more = {}) =>
    ask({
      ...{ port: gateway.port, method, path, body },
      ...more,
      headers: {
        ...(body.length > 0
          ? { "content-type": "application/json", "content-length": String(body.length) }
          : {}),
        authorization: `Bearer ${TOKEN}`,
        ...runner.signed(method, path, body),
        ...more.headers,
      },
    });

  return {
    ...{ gateway, ledger, upstream, runner, refusals, send },
    logged: () => lines.join(""),
    call: (api, body, more) =>
      send("POST", PATHS[api], Buffer.from(JSON.stringify(body ?? REQUESTS[api])), more),
    async close() {
      await gateway.stop(0);
      await upstream.close();
    },
  };
}
