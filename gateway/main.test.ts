// The process itself, as `up` starts it: its own role, its own key, a port, and an end when it is asked to.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { disconnectDatabase } from "#lib/db.ts";
import { closeQueue } from "#lib/jobs/queue.ts";
import { choosePort } from "#lib/postgres/port.ts";
import { askTest, setKey } from "#lib/providers/keys.ts";
import { createProvider, getProvider } from "#lib/providers/service.ts";
import { KEY_FILE } from "#lib/sealing/key-pair.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { systemActor, testScope } from "#lib/testing/scopes.ts";
import { webTestEnv } from "#lib/testing/web-env.ts";
import { gatewayEnv } from "./env.ts";
import { sendRaw } from "./testing/client.ts";
import { openUpstream, type ScriptedUpstream, whole } from "./testing/upstream.ts";

const database = await testDatabase("web");
const KEY = "sk-live-of-somebody-0123456789";
let folder: string;
let port: number;
let child: ChildProcess;
let said = "";
let upstream: ScriptedUpstream;

const admin = testScope({ roles: ["administrator"], actor: systemActor("admin"), clock: systemClock });

beforeAll(async () => {
  webTestEnv();
  folder = await mkdtemp(join(tmpdir(), "pilothouse-gateway-"));
  port = await choosePort(44_510);
  upstream = await openUpstream(
    whole({ data: [{ id: "gpt-b" }, { id: "gpt-a" }, { id: "no name at all" }, {}] }),
  );
  const env = {
    ...{ NODE_ENV: "production" as const, PATH: process.env.PATH, DATABASE_URL: database.urls.gateway },
    ...{ PILOTHOUSE_GATEWAY: folder, PILOTHOUSE_GATEWAY_PORT: String(port) },
  };
  child = spawn(process.execPath, [new URL("main.ts", import.meta.url).pathname], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
});
afterAll(async () => {
  child.kill("SIGKILL");
  await upstream.close();
  await closeQueue();
  await disconnectDatabase();
  await rm(folder, { recursive: true, force: true });
});

const provider = (name: string, path = "/v1") =>
  createProvider(admin, { name, kind: "openai_compatible", baseUrl: `${upstream.url}${path}`, settings: {} });

test("listens once its key is published", async () => {
  await expect.poll(() => said, { timeout: 30_000 }).toContain("gateway listens");
});

test("keeps its key to itself, and answers nobody it does not know", async () => {
  expect((await stat(join(folder, KEY_FILE))).mode & 0o777).toBe(0o600);
  const answer = await sendRaw(port, "GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
});

test("tries a key when somebody asks, and what it writes anywhere is not the key", async () => {
  const { providerId } = await provider("Works");
  const { keyId } = await setKey(admin, { providerId, key: KEY });
  await askTest(admin, { providerId, keyId });
  const answered = async () => (await getProvider(admin, providerId)).test?.answer;
  await expect
    .poll(answered, { timeout: 10_000 })
    .toMatchObject({ models: ["gpt-a", "gpt-b"], problem: null });
  expect(upstream.asked.at(-1)).toMatchObject({
    method: "GET",
    url: "/v1/models",
    headers: { authorization: `Bearer ${KEY}` },
  });
  expect(said).not.toContain(KEY);
});

test("says why a key does not work, in its own words", async () => {
  upstream.answer(whole({ error: { message: `Incorrect API key provided: ${KEY}` } }, 401));
  const { providerId } = await provider("Fails");
  const { keyId } = await setKey(admin, { providerId, key: KEY });
  await askTest(admin, { providerId, keyId });
  const problem = async () => (await getProvider(admin, providerId)).test?.answer?.problem;
  await expect.poll(problem, { timeout: 10_000 }).toBe("The provider refuses the key (HTTP 401).");
});

test("ends by itself when it is asked to", async () => {
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("listens beyond this host only with a certificate", () => {
  const env = {
    NODE_ENV: "production" as const,
    DATABASE_URL: "postgres://h/d",
    PILOTHOUSE_GATEWAY: "/g",
    PILOTHOUSE_GATEWAY_PORT: "4310",
  };
  expect(gatewayEnv(env).PILOTHOUSE_GATEWAY_HOST).toBe("127.0.0.1");
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.evil.example"])
    expect(() => gatewayEnv({ ...env, PILOTHOUSE_GATEWAY_HOST: host }), host).toThrow(
      "PILOTHOUSE_GATEWAY_TLS_CERT",
    );
  expect(() => gatewayEnv({ ...env, PILOTHOUSE_GATEWAY_TLS_CERT: "/c" })).toThrow("together");
});
