import { generateKeyPairSync } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { createLogger } from "#lib/logger.ts";
import type { AskedTest, TestAnswer } from "#lib/providers/schema.ts";
import { rawPublicKey } from "#lib/sealing/hpke.ts";
import { sealProviderKey } from "#lib/sealing/provider-key.ts";
import { LIMITS } from "../gateway.ts";
import { openUpstream, type ScriptedUpstream, whole } from "../testing/upstream.ts";
import { createUpstream, type Upstream } from "../upstream/exchange.ts";
import { answerTests } from "./answer-tests.ts";
import { modelsIn, tryKey } from "./try-key.ts";
import { createUnseal } from "./unseal.ts";

const KEY = "sk-somebody-0123456789abcdef";
const { privateKey } = generateKeyPairSync("x25519");
const sealed = (providerId: string, keyId: string) =>
  sealProviderKey(rawPublicKey(privateKey), { providerId, keyId }, KEY);

describe("a sealed key", () => {
  test("is opened for its provider, and opened once", async () => {
    const unseal = createUnseal(privateKey);
    const provider = { id: "prv_1", key: { id: "pky_1", sealed: sealed("prv_1", "pky_1") } };
    expect(await unseal(provider)).toBe(KEY);
    expect(
      await unseal({ ...provider, key: { ...provider.key, sealed: Buffer.from(provider.key.sealed) } }),
    ).toBe(KEY);
  });

  test("probe: moved to another provider, altered, or sealed to another gateway, opens nothing and says nothing of it", async () => {
    const own = sealed("prv_1", "pky_1");
    const altered = Buffer.from(own);
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    const foreign = createUnseal(generateKeyPairSync("x25519").privateKey);
    const unseal = createUnseal(privateKey);
    const attempts = [
      unseal({ id: "prv_2", key: { id: "pky_1", sealed: own } }),
      unseal({ id: "prv_1", key: { id: "pky_2", sealed: own } }),
      unseal({ id: "prv_1", key: { id: "pky_1", sealed: altered } }),
      unseal({ id: "prv_1", key: { id: "pky_1", sealed: Buffer.alloc(0) } }),
      foreign({ id: "prv_1", key: { id: "pky_1", sealed: own } }),
    ];
    for (const attempt of attempts) {
      const refusal = (await attempt.catch((error: unknown) => error)) as Error;
      expect(refusal).toMatchObject({ code: "stopped" });
      expect(`${refusal.message} ${String(refusal.cause)}`).not.toContain(KEY);
    }
  });

  test("probe: that was opened for its provider is not opened for another one afterwards", async () => {
    const unseal = createUnseal(privateKey);
    const key = { id: "pky_1", sealed: sealed("prv_1", "pky_1") };
    expect(await unseal({ id: "prv_1", key })).toBe(KEY);
    await expect(unseal({ id: "prv_2", key })).rejects.toMatchObject({ code: "stopped" });
    expect(await unseal({ id: "prv_1", key })).toBe(KEY);
  });

  test("that was set anew under the same id is the new one", async () => {
    const unseal = createUnseal(privateKey);
    await unseal({ id: "prv_1", key: { id: "pky_1", sealed: sealed("prv_1", "pky_1") } });
    const other = sealProviderKey(
      rawPublicKey(privateKey),
      { providerId: "prv_1", keyId: "pky_1" },
      "sk-another-key",
    );
    expect(await unseal({ id: "prv_1", key: { id: "pky_1", sealed: other } })).toBe("sk-another-key");
  });
});

describe("trying a key", () => {
  let upstream: ScriptedUpstream;
  let client: Upstream;
  afterEach(async () => {
    client.close();
    await upstream.close();
  });
  const attempt = async (
    handler: Parameters<typeof openUpstream>[0],
    kind: "openai_compatible" | "anthropic" = "openai_compatible",
  ) => {
    upstream = await openUpstream(handler);
    client = createUpstream(LIMITS.timeouts);
    const provider = { kind, baseUrl: `${upstream.url}/v1`, settings: {} };
    return tryKey({ upstream: client, clock: systemClock, provider, key: KEY });
  };

  test("that works gives the models, sorted, each once", async () => {
    const answer = await attempt(whole({ data: [{ id: "b" }, { id: "a" }, { id: "b" }] }));
    expect(answer).toMatchObject({ models: ["a", "b"], problem: null });
    expect(upstream.asked).toMatchObject([{ method: "GET", url: "/v1/models" }]);
  });

  test("at Anthropic is shown as it wants it", async () => {
    await attempt(whole({ data: [] }), "anthropic");
    expect(upstream.asked[0]?.headers).toMatchObject({ "x-api-key": KEY, "anthropic-version": "2023-06-01" });
    expect(upstream.asked[0]?.headers.authorization).toBeUndefined();
  });

  test.each([
    [401, "refuses the key"],
    [403, "refuses the key"],
    [404, "no list of models"],
    [302, "points elsewhere"],
    [500, "HTTP 500"],
  ])(
    "that is answered with %i says what that means, and not what the provider wrote",
    async (status, words) => {
      const answer = await attempt(
        whole({ error: { message: `bad key ${KEY}` } }, status, { location: "http://127.0.0.1:1/" }),
      );
      expect(answer.models).toEqual([]);
      expect(answer.problem).toContain(words);
      expect(answer.problem).not.toContain(KEY);
      expect(upstream.asked).toHaveLength(1);
    },
  );

  test("that is answered with something else, or broken off, says so", async () => {
    expect((await attempt(whole("hello"))).problem).toContain("no list of models");
    await upstream.close();
    const cut = await attempt(
      (_, response) =>
        void response.writeHead(200, { "content-length": "100" }).write("{", () => response.destroy()),
    );
    expect(cut.problem).toContain("broke off");
  });

  test("probe: names that are none are left out, and a list without end is cut", () => {
    const data = [
      { id: "ok" },
      { id: "two words" },
      { id: "<b>" },
      { id: 5 },
      null,
      "x",
      {},
      { id: "x".repeat(300) },
    ];
    expect(modelsIn(JSON.stringify({ data }))).toEqual(["ok"]);
    expect(
      modelsIn(JSON.stringify({ data: Array.from({ length: 5000 }, (_, n) => ({ id: `m-${n}` })) })),
    ).toHaveLength(1000);
    for (const text of ["", "[]", "null", '{"data":{}}', "<html>"]) expect(modelsIn(text), text).toBeNull();
  });

  test("when several are asked for, each is answered, one that cannot be opened too", async () => {
    upstream = await openUpstream(whole({ data: [{ id: "a" }] }));
    client = createUpstream(LIMITS.timeouts);
    const asked = (keyId: string, place: string): AskedTest => ({
      ...{
        testId: `tst_${keyId}`,
        providerId: "prv_1",
        kind: "openai_compatible",
        baseUrl: `${upstream.url}/v1`,
      },
      ...{ settings: {}, keyId, sealed: sealed("prv_1", place) },
    });
    const answers: [string, TestAnswer][] = [];
    const count = await answerTests({
      ...{ clock: systemClock, upstream: client, unseal: createUnseal(privateKey) },
      logger: createLogger("gateway", { write: () => undefined }),
      asked: async () => [asked("pky_1", "pky_1"), asked("pky_2", "elsewhere")],
      answer: async ({ keyId }, answer) => void answers.push([keyId, answer]),
    });
    expect(count).toBe(2);
    expect(answers).toMatchObject([
      ["pky_1", { models: ["a"], problem: null }],
      ["pky_2", { models: [], problem: expect.stringContaining("cannot be opened") }],
    ]);
  });
});
