// Providers and their keys, on a real Postgres, each process with its own role.
import pg from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { openCalls } from "../model-calls/open-calls.ts";
import { settleCalls } from "../model-calls/settle-calls.ts";
import { listPrices, setPrice } from "../prices/service.ts";
import { openProviderKey } from "../sealing/provider-key.ts";
import { testDatabase } from "../testing/database.ts";
import { asProcess, entriesAbout, testBlobs } from "../testing/journey.ts";
import {
  admitted,
  finalOf,
  intentOf,
  type ModelScene,
  openModelScene,
  PROVIDER_KEY,
  RATES,
} from "../testing/model-scene.ts";
import { testClock, testScope } from "../testing/scopes.ts";
import { answerTest, listAskedTests, publishGatewayKey } from "./gateway-side.ts";
import { askTest, retireKey, setKey } from "./keys.ts";
import { createProvider, disableProvider, getProvider, listProviders } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
let scene: ModelScene;
beforeAll(async () => {
  scene = await openModelScene(database, clock);
});

const asGateway = <T>(work: () => Promise<T>) => asProcess(database, "gateway", work);

async function codeAs(role: "web" | "worker" | "gateway", sql: string): Promise<string> {
  const client = new pg.Client({ connectionString: database.urls[role] });
  await client.connect();
  try {
    await client.query(sql);
    return "done";
  } catch (error) {
    return error instanceof pg.DatabaseError ? (error.code ?? "") : "";
  } finally {
    await client.end();
  }
}
const DENIED = "42501";

/** Every row of every table, as text, in every form a key might be written in. */
async function everything(): Promise<string> {
  const { rows: tables } = await database.owner.query<{ name: string }>(
    "select quote_ident(relname) as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
  );
  const texts = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await database.owner.query(`select to_jsonb(t)::text as text from ${name} t`);
      return rows.map(({ text }) => text).join("\n");
    }),
  );
  return texts.join("\n");
}

describe("a provider's key", () => {
  test("stands nowhere after a journey: in no row of any table, in no form", async () => {
    const working = await scene.start();
    await asGateway(async () => {
      const intent = intentOf(await admitted(scene, working), clock);
      await openCalls(scene.gateway, [intent]);
      await settleCalls(scene.gateway, [finalOf(intent, clock)]);
    });
    const text = await everything();
    expect(text).toContain(
      "PROMPTWORD of a user"
        .split("")
        .map((c) => c.charCodeAt(0).toString(16))
        .join(""),
    );
    const bytes = Buffer.from(PROVIDER_KEY);
    for (const form of [
      PROVIDER_KEY,
      bytes.toString("hex"),
      bytes.toString("base64"),
      PROVIDER_KEY.slice(3, 15),
    ])
      expect(text).not.toContain(form);
    expect(JSON.stringify(await listProviders(scene.admin))).not.toContain(PROVIDER_KEY.slice(0, 12));
  });

  test("is opened by the gateway that it was sealed to, in its place", async () => {
    const working = await scene.start();
    const { provider } = await asGateway(() => admitted(scene, working));
    const place = { providerId: provider.id, keyId: provider.key.id };
    expect(openProviderKey(scene.privateKey, place, provider.key.sealed)).toBe(PROVIDER_KEY);
  });

  test("is replaced by a newer one; the older works until it is retired, and then is gone", async () => {
    const working = await scene.start();
    clock.advance(1000);
    const { keyId } = await setKey(scene.admin, {
      providerId: scene.providerId,
      key: "sk-the-second-key-of-all",
    });
    const used = async () => (await asGateway(() => admitted(scene, working))).provider.key.id;
    expect(await used()).toBe(keyId);
    await retireKey(scene.admin, { providerId: scene.providerId, keyId });
    expect(await used()).toBe(scene.keyId);
    const { rows } = await database.owner.query("select sealed from provider_key where id = $1", [keyId]);
    expect(rows).toEqual([{ sealed: null }]);
    await expect(retireKey(scene.admin, { providerId: scene.providerId, keyId })).rejects.toThrow(
      "retired already",
    );
    const { keys } = await getProvider(scene.admin, scene.providerId);
    expect(keys.map(({ hint, retiredAt }) => [hint, retiredAt === null])).toEqual([
      ["-all", false],
      ["NTED", true],
    ]);
    const kinds = (await entriesAbout(database, `provider:${scene.providerId}`)).map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining(["provider.created", "provider.key_set", "provider.key_retired"]),
    );
  });

  test("probe: web reads back no sealed key, the worker sees none of the table, the gateway moves no run", async () => {
    for (const [role, sql] of [
      ["web", "select sealed from provider_key"],
      ["web", "select * from provider_key"],
      ["web", "select token_sha256 from lease_token"],
      ["web", "update model_call set charged_micros = 0"],
      ["web", "update budget_use set spent_micros = 0"],
      [
        "web",
        "insert into gateway_key (id, public_key, created_at) values ('x', repeat('x', 32)::bytea, now())",
      ],
      ["web", "update gateway_key set public_key = repeat('x', 32)::bytea"],
      ["web", "update provider set base_url = 'https://attacker.example'"],
      ["web", "update model_price set input = 0"],
      ["worker", "select id from provider_key"],
      ["worker", "select * from lease_token"],
      ["worker", "update model_call set charged_micros = 0"],
      ["worker", "delete from model_item"],
      ["gateway", "update run set status = 'merged'"],
      ["gateway", "select task from run"],
      ["gateway", "select title from run"],
      ["gateway", "update lease set ended_at = null"],
      ["gateway", "update pilot set status = 'active'"],
      [
        "gateway",
        "insert into stop (id, scope, reason, pulled_by, pulled_at) values ('x', 'everything', '', '', now())",
      ],
      ["gateway", "update charter set canonical = ''"],
      ["gateway", "update model_call set reserved_micros = 0"],
      ["gateway", "update model_item set bytes = null"],
      ["gateway", "update model_output set bytes = null"],
      ["gateway", "update model_price set input = 0"],
      [
        "gateway",
        "insert into provider_key (id, provider_id, gateway_key_id, hint, set_by, set_at) values ('x','x','x','','',now())",
      ],
      ["gateway", "delete from model_call"],
      ["gateway", "select password_hash from person"],
      ["gateway", "select * from session"],
    ] as const)
      expect([sql, await codeAs(role, sql)]).toEqual([sql, DENIED]);
  });
});

describe("a provider", () => {
  const input = { name: "Another", kind: "openai", baseUrl: "", settings: {} } as const;

  test("is added once by its name, and by nobody who may not", async () => {
    const { providerId } = await createProvider(scene.admin, input);
    expect(await getProvider(scene.admin, providerId)).toMatchObject({
      ...{ name: "Another", baseUrl: "https://api.openai.com/v1", keys: [], test: null, disabledAt: null },
    });
    await expect(createProvider(scene.admin, input)).rejects.toThrow("There is a provider of this name.");
    for (const role of ["engineering_lead", "reviewer", "auditor", "viewer"] as const) {
      const scope = testScope({ roles: [role], clock });
      await expect(createProvider(scope, input)).rejects.toMatchObject({ code: "forbidden" });
      await expect(setKey(scope, { providerId, key: "sk-0123456789" })).rejects.toMatchObject({
        code: "forbidden",
      });
    }
  });

  test("that is switched off is called no more, and takes neither key nor price", async () => {
    const own = await openModelScene(database, clock);
    const { providerId, keyId, admin } = own;
    const working = await own.start();
    await disableProvider(admin, providerId);
    await asGateway(() =>
      expect(admitted(own, working)).rejects.toMatchObject({ reason: "provider_disabled" }),
    );
    await expect(setKey(admin, { providerId, key: "sk-0123456789" })).rejects.toThrow("switched off");
    await expect(askTest(admin, { providerId, keyId })).rejects.toThrow("switched off");
    const price = { providerId, model: "model-1", replaces: 1, rates: RATES };
    await expect(setPrice(admin, price)).rejects.toThrow("switched off");
    await expect(disableProvider(admin, providerId)).rejects.toMatchObject({ code: "conflict" });
    await retireKey(admin, { providerId, keyId });
  });

  test("without a key or a price is not called, and the reason says which", async () => {
    const own = await openModelScene(database, clock);
    const working = await own.start();
    await retireKey(own.admin, { providerId: own.providerId, keyId: own.keyId });
    await asGateway(() =>
      expect(admitted(own, working)).rejects.toMatchObject({ reason: "no_key", code: "refused" }),
    );
  });
});

describe("a test of a key", () => {
  test("is asked by a person and answered by the gateway, once", async () => {
    const { providerId, keyId } = scene;
    const { testId } = await askTest(scene.admin, { providerId, keyId });
    expect((await getProvider(scene.admin, providerId)).test).toMatchObject({ id: testId, answer: null });
    await asGateway(async () => {
      const [asked] = await listAskedTests(scene.gateway);
      if (!asked) throw new Error("nothing was asked");
      expect(openProviderKey(scene.privateKey, { providerId, keyId }, asked.sealed)).toBe(PROVIDER_KEY);
      const answer = { models: ["model-1", "model-2"], latencyMs: 321, problem: null };
      expect(await answerTest(scene.gateway, asked, answer)).toBe(true);
      expect(await answerTest(scene.gateway, asked, { ...answer, problem: "late" })).toBe(false);
      expect(await listAskedTests(scene.gateway)).toEqual([]);
    });
    expect((await getProvider(scene.admin, providerId)).test?.answer).toEqual({
      ...{ models: ["model-1", "model-2"], latencyMs: 321, problem: null },
    });
  });

  test("probe: with another provider's key is never made: that key goes nowhere but to its own provider", async () => {
    const { providerId } = await createProvider(scene.admin, {
      ...{ name: "A third", kind: "openai_compatible", baseUrl: "https://third.example/v1", settings: {} },
    });
    // Nobody may ask so: written past the entry that every change needs.
    await database.owner.query("alter table provider_test disable trigger governed");
    await database.owner.query(
      `insert into provider_test (id, provider_id, key_id, asked_by, asked_at)
       values ('tst_mixed', $1, $2, 'x', $3)`,
      [providerId, scene.keyId, new Date(clock.now())],
    );
    await database.owner.query("alter table provider_test enable trigger governed");
    expect(await asGateway(() => listAskedTests(scene.gateway))).toEqual([]);
  });

  test("that nobody answered for long is not made any more", async () => {
    const { providerId, keyId } = scene;
    await askTest(scene.admin, { providerId, keyId });
    clock.advance(11 * 60_000);
    expect(await asGateway(() => listAskedTests(scene.gateway))).toEqual([]);
  });
});

describe("the gateway's public key", () => {
  test("is published once, and a new one is used from then on", async () => {
    await asGateway(async () => {
      const raw = Buffer.alloc(32, 7);
      const first = await publishGatewayKey(scene.gateway, raw);
      expect(await publishGatewayKey(scene.gateway, raw)).toEqual(first);
    });
  });
});

describe("a price", () => {
  test("is never changed: a later version replaces it, unless somebody was faster", async () => {
    const { providerId } = scene;
    const price = { providerId, model: "model-9", rates: RATES };
    expect(await setPrice(scene.admin, { ...price, replaces: 0 })).toMatchObject({ version: 1 });
    await expect(setPrice(scene.admin, { ...price, replaces: 0 })).rejects.toMatchObject({
      code: "conflict",
    });
    const dearer = { ...price, rates: { ...RATES, output: 20_000_000 } };
    const both = await Promise.allSettled(
      [1, 2].map(() => setPrice(scene.admin, { ...dearer, replaces: 1 })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const newest = (await listPrices(scene.admin, providerId)).find(({ model }) => model === "model-9");
    expect(newest).toMatchObject({ version: 2, output: 20_000_000, input: 1_000_000 });
  });

  test("holds for calls opened from then on; one under way keeps its own", async () => {
    const own = await openModelScene(database, clock);
    const working = await own.start();
    await asGateway(async () => {
      const intent = intentOf(await admitted(own, working), clock);
      await openCalls(own.gateway, [intent]);
      await asProcess(database, "web", () =>
        setPrice(own.admin, {
          ...{ providerId: own.providerId, model: "model-1", replaces: 1 },
          rates: { ...RATES, input: 9_000_000 },
        }),
      );
      expect((await admitted(own, working)).price.input).toBe(9_000_000);
      await settleCalls(own.gateway, [finalOf(intent, clock)]);
      const { rows } = await database.owner.query(
        "select charged_micros::int as charged from model_call where id = $1",
        [intent.callId],
      );
      expect(rows).toEqual([{ charged: 600 + 20 + 500 }]);
    });
  });
});
