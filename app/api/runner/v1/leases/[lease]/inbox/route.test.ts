// The long poll by which a runner hears what people have to say, through its door.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { closeLive, liveReady, subscribe } from "#lib/live/service.ts";
import { sendMessage } from "#lib/messages/send-message.ts";
import { HEADERS, newRunnerKeys, readPrivateKey, sha256Hex, sign } from "#lib/protocol/signing.ts";
import { cancelRun } from "#lib/runs/cancel-run.ts";
import { actorId, type Scope } from "#lib/scope.ts";
import { member } from "#lib/testing/arrange.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { testBlobs } from "#lib/testing/journey.ts";
import { type ModelScene, openModelScene, type Working } from "#lib/testing/model-scene.ts";
import { testClock } from "#lib/testing/scopes.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { POST } from "./route.ts";

webTestEnv();
testBlobs();
const database = await testDatabase("web");
const keys = newRunnerKeys();
let scene: ModelScene;
let ada: Scope;

beforeAll(async () => {
  scene = await openModelScene(database, testClock());
  ada = await member(scene.lead, "ada", "engineering_lead");
  const client = await database.owner.connect();
  await client.query("begin");
  const runnerId = actorId(scene.runner.actor); // enrolled with a key that is not ours to sign with
  await client.query("update runner set public_key = $1 where id = $2", [keys.publicKey, runnerId]);
  await client.query(
    "insert into log_entry (id, kind, about, body) values ($1, 'runner.registered', array[$2], '')",
    [newId("entry"), `runner:${runnerId}`],
  );
  await client.query("commit");
  client.release();
  subscribe("inbox_grew", null, () => undefined);
  await liveReady();
});
afterAll(() => closeLive());

function poll({ assignment }: Working, waitSeconds: number, after = 0): Promise<Response> {
  const { leaseId, attempt } = assignment;
  const path = `/api/runner/v1/leases/${leaseId}/inbox`;
  const body = JSON.stringify({ attempt, after, waitSeconds });
  const runnerId = actorId(scene.runner.actor);
  const parts = {
    ...{ method: "POST", path, runnerId, time: String(Date.now()) },
    sha256: sha256Hex(Buffer.from(body)),
  };
  const headers = {
    [HEADERS.runner]: runnerId,
    [HEADERS.time]: parts.time,
    [HEADERS.sha256]: parts.sha256,
    [HEADERS.signature]: sign(parts, readPrivateKey(keys.privateKey)),
    "content-type": "application/json",
  };
  const request = new Request(`${TEST_URL}${path}`, { method: "POST", headers, body });
  return POST(request, { params: Promise.resolve({ lease: leaseId }) });
}

const write = (runId: string, text: string) =>
  sendMessage(ada, { runId, mode: "now", text, requestKey: randomUUID() });

test("an inbox with something in it answers at once, and one without after the time it was asked to wait", async () => {
  const working = await scene.start();
  expect(await (await poll(working, 0)).json()).toEqual({ items: [] });
  await write(working.runId, "Hello.");
  expect(await (await poll(working, 25)).json()).toMatchObject({ items: [{ number: 1, text: "Hello." }] });
  expect(await (await poll(working, 0, 1)).json()).toEqual({ items: [] });
});

test("a poll that waits is woken by what is said meanwhile", async () => {
  const working = await scene.start();
  const started = performance.now();
  const waiting = poll(working, 25);
  await write(working.runId, "Now.");
  expect(await (await waiting).json()).toMatchObject({ items: [{ text: "Now." }] });
  expect(performance.now() - started).toBeLessThan(20_000);
});

test("a poll whose lease ends says that it is over", async () => {
  const working = await scene.start();
  const waiting = poll(working, 6);
  await cancelRun(ada, { runId: working.runId, reason: "Not needed." });
  const answer = await waiting;
  expect(await answer.json()).toMatchObject({ error: { code: "fenced" } });
});
