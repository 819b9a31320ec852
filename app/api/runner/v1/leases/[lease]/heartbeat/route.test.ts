// A heartbeat whose answer is held back, through its door: the end of a lease is told when it happens.
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { closeLive, liveReady, subscribe } from "#lib/live/service.ts";
import { HEADERS, newRunnerKeys, readPrivateKey, sha256Hex, sign } from "#lib/protocol/signing.ts";
import { actorId, type Scope } from "#lib/scope.ts";
import { pullStop } from "#lib/stops/pull-stop.ts";
import { member } from "#lib/testing/arrange.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { testBlobs } from "#lib/testing/journey.ts";
import { type ModelScene, openModelScene } from "#lib/testing/model-scene.ts";
import { testClock } from "#lib/testing/scopes.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { POST as sayStopped } from "../stopped/route.ts";
import { POST as beat } from "./route.ts";

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
  subscribe("lease_ended", null, () => undefined);
  await liveReady();
});
afterAll(() => closeLive());

function send(handler: typeof beat, leaseId: string, message: string, body: object): Promise<Response> {
  const path = `/api/runner/v1/leases/${leaseId}/${message}`;
  const text = JSON.stringify(body);
  const runnerId = actorId(scene.runner.actor);
  const parts = {
    ...{ method: "POST", path, runnerId, time: String(Date.now()) },
    sha256: sha256Hex(Buffer.from(text)),
  };
  const headers = {
    [HEADERS.runner]: runnerId,
    [HEADERS.time]: parts.time,
    [HEADERS.sha256]: parts.sha256,
    [HEADERS.signature]: sign(parts, readPrivateKey(keys.privateKey)),
    "content-type": "application/json",
  };
  const request = new Request(`${TEST_URL}${path}`, { method: "POST", headers, body: text });
  return handler(request, { params: Promise.resolve({ lease: leaseId }) });
}

test("a heartbeat that is not to be held is answered at once, and a held one goes on when its time is up", async () => {
  const { assignment } = await scene.start();
  const { leaseId, attempt } = assignment;
  expect(await (await send(beat, leaseId, "heartbeat", { attempt })).json()).toEqual({
    directive: "go_on",
    reason: "",
  });
  const held = await send(beat, leaseId, "heartbeat", { attempt, waitSeconds: 1 });
  expect(await held.json()).toEqual({ directive: "go_on", reason: "" });
});

test("a held one is answered when a stop ends the lease, and what its runner says then is kept", async () => {
  const { assignment } = await scene.start();
  const { leaseId, attempt } = assignment;
  const began = performance.now();
  const held = send(beat, leaseId, "heartbeat", { attempt, waitSeconds: 10 });
  const waiting = await Promise.race([held, pullStop(ada, { scope: "everything", reason: "enough" })]);
  expect(waiting).toMatchObject({ stopId: expect.any(String) });
  expect(await (await held).json()).toEqual({ directive: "cancel", reason: "stopped: enough" });
  expect(performance.now() - began).toBeLessThan(9000);
  expect((await send(sayStopped, leaseId, "stopped", { attempt, silentMs: 12 })).status).toBe(204);
  const { rows } = await database.owner.query(
    "select told_at is not null as told, confirmed_at is not null as confirmed, network_at is not null as network from stop_echo where lease_id = $1",
    [leaseId],
  );
  expect(rows).toEqual([{ told: true, confirmed: true, network: true }]);
});
