// A runner's process killed in the middle of a turn, and another process that takes the run up: doors, database, gateway, both
// runners and their sandboxes are real; the model is a script, and the base comes from the test.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { listEvents } from "#lib/events/service.ts";
import { newId } from "#lib/ids.ts";
import { BEACON_STALE, LEASE } from "#lib/leases/rules.ts";
import { beatProcess, sweepLeases } from "#lib/leases/sweep-leases.ts";
import { closeLive, liveReady, subscribe } from "#lib/live/service.ts";
import { sendMessage } from "#lib/messages/send-message.ts";
import type { RunEvent } from "#lib/protocol/events.ts";
import { HEADERS, sha256Hex } from "#lib/protocol/signing.ts";
import { makeEnrolment } from "#lib/runners/service.ts";
import { launchRun } from "#lib/runs/launch-run.ts";
import { listSnapshots } from "#lib/snapshots/service.ts";
import { member } from "#lib/testing/arrange.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { createRepository, playGit } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { NODE_PLAN, SUM, TEST_LIMITS } from "#lib/testing/harness-scene.ts";
import { testBlobs } from "#lib/testing/journey.ts";
import { type GatewayProcess, openGatewayProcess } from "#lib/testing/model/gateway-process.ts";
import { scriptedModel } from "#lib/testing/model/responses-script.ts";
import { type ModelScene, openModelScene } from "#lib/testing/model-scene.ts";
import { slotBeside } from "#lib/testing/sandbox.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import { statusOf } from "#lib/testing/steering.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { openUpstream, type ScriptedUpstream } from "../../../../gateway/testing/upstream.ts";
import { POST as lease } from "./lease/route.ts";
import { GET as bundle } from "./leases/[lease]/bundles/[name]/route.ts";
import { POST as events } from "./leases/[lease]/events/route.ts";
import { POST as finish } from "./leases/[lease]/finish/route.ts";
import { POST as heartbeat } from "./leases/[lease]/heartbeat/route.ts";
import { POST as inbox } from "./leases/[lease]/inbox/route.ts";
import { POST as prepared } from "./leases/[lease]/prepared/route.ts";
import { PUT as uploadBundle } from "./leases/[lease]/uploads/bundle/route.ts";
import { PUT as uploadSnapshot } from "./leases/[lease]/uploads/snapshot/route.ts";
import { POST as register } from "./register/route.ts";

webTestEnv();
testBlobs();
const database = await testDatabase("web");
const clock = testClock(Date.now());
const worker = testScope({ actor: systemActor("worker"), clock });
const ROOT = "/api/runner/v1";
const DOORS = {
  register,
  lease,
  events,
  finish,
  heartbeat,
  inbox,
  prepared,
  "uploads/bundle": uploadBundle,
  "uploads/snapshot": uploadSnapshot,
  "bundles/snapshot": bundle,
} as const;

let scene: ModelScene;
let upstream: ScriptedUpstream;
let gateway: GatewayProcess;
let workshop: TestWorkshop;
let base: { readonly commit: string; readonly bundle: Buffer };
const runners: ChildProcess[] = [];
/** A runner was given the message. */
const given = Promise.withResolvers<void>();

const plane = http.createServer((request, response) => {
  serve(request, response).catch(() => response.destroy()); // whoever asked is gone, or finds out
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const { url = "", method = "", headers } = request;
  const [, id = "", name = ""] = /^\/(?:leases\/([^/]+)\/)?(.+)$/.exec(url.slice(ROOT.length)) ?? [];
  if (name === "bundles/base")
    return void response
      .writeHead(200, { [HEADERS.length]: base.bundle.length, [HEADERS.sha256]: sha256Hex(base.bundle) })
      .end(base.bundle);
  const door = DOORS[name as keyof typeof DOORS];
  const asked = new Request(`${TEST_URL}${url}`, {
    ...{ method, headers: headers as Record<string, string>, signal: gone.signal },
    ...(method === "GET" ? {} : { body: Readable.toWeb(request) as ReadableStream, duplex: "half" }),
  } as RequestInit);
  const params = Promise.resolve({ lease: id, name: name.replace("bundles/", "") });
  const answer = await door(asked, { params });
  const bytes = Buffer.from(await answer.arrayBuffer());
  response.writeHead(
    answer.status,
    Object.fromEntries([...answer.headers].filter(([key]) => key !== "content-length")),
  );
  response.end(name === "lease" && answer.status === 200 ? withBase(bytes) : bytes, () => {
    if (name === "inbox" && bytes.includes('"message"')) given.resolve();
  });
}

const withBase = (bytes: Buffer): string =>
  JSON.stringify({
    ...JSON.parse(String(bytes)),
    baseCommit: base.commit,
    test: NODE_PLAN,
    limits: TEST_LIMITS,
  });

beforeAll(async () => {
  upstream = await openUpstream((_asked, response) => void response.writeHead(500).end());
  scene = await openModelScene(database, clock, { baseUrl: `${upstream.url}/v1` });
  gateway = await openGatewayProcess(database.urls.gateway, scene.privateKey);
  process.env.PILOTHOUSE_GATEWAY_URL = gateway.url;
  workshop = await openWorkshop();
  const { path, head } = createRepository(workshop.fresh("sum"), SUM);
  const file = join(path, "base.bundle");
  playGit(path, ["bundle", "create", "--quiet", file, "HEAD"]);
  base = { commit: head, bundle: readFileSync(file) };
  await new Promise<void>((resolve) => plane.listen(0, "127.0.0.1", resolve));
  subscribe("work_waiting", null, () => undefined);
  await liveReady();
});
afterAll(async () => {
  for (const runner of runners) await kill(runner);
  plane.closeAllConnections();
  plane.close();
  await closeLive();
  await gateway.close();
  await upstream.close();
  await workshop.close();
});

async function startRunner(name: string): Promise<ChildProcess> {
  const security = testScope({ roles: ["security_lead"], actor: systemActor("demo"), clock });
  const home = workshop.fresh(name);
  mkdirSync(home);
  chmodSync(home, 0o711);
  const enrolment = join(home, "enrolment");
  writeFileSync(enrolment, (await makeEnrolment(security, { phases: ["agent"] })).token, { mode: 0o600 });
  const { port } = plane.address() as AddressInfo;
  const child = spawn(process.execPath, [new URL("../../../../runner/main.ts", import.meta.url).pathname], {
    env: {
      ...{ NODE_ENV: "test" as const, PATH: process.env.PATH, PILOTHOUSE_RUNNER_NAME: name },
      PILOTHOUSE_PLANE_URL: `http://127.0.0.1:${port}`,
      PILOTHOUSE_RUNNER_STATE: join(home, "state"),
      PILOTHOUSE_ENROLMENT_FILE: enrolment,
      PILOTHOUSE_RUNNER_PHASES: "agent",
      PILOTHOUSE_RUNNER_SLOT: String(slotBeside()),
    },
    stdio: ["ignore", "ignore", "ignore"],
  });
  runners.push(child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await systemClock.sleep(20);
}

/** Time goes by for the control plane, which is up all the while. */
async function silence(): Promise<string[]> {
  clock.advance(Date.now() - clock.now());
  for (let gone = 0; gone <= LEASE + BEACON_STALE; gone += BEACON_STALE) {
    clock.advance(BEACON_STALE);
    for (const process of ["web", "worker"] as const) await beatProcess(worker, process);
  }
  return sweepLeases(worker);
}

test("a run whose runner was killed in the middle of a turn goes on at another runner, from its snapshot, with every event that was acknowledged", async () => {
  const ada = await member(scene.lead, "ada", "engineering_lead");
  const { pilotId, agentId } = scene;
  const own = { pilotId, agentId, title: "Repair main", task: "Repair it.", requestKey: newId("request") };
  const { runId } = await launchRun(scene.lead, own);
  const read = async () => (await listEvents(scene.lead, runId, 0, 1000)) as RunEvent[];
  const of = async (kind: RunEvent["kind"]) => (await read()).filter((event) => event.kind === kind);

  const shell = { call: "shell", args: { command: "echo half >>README.md", timeout_seconds: null } };
  const script = scriptedModel([
    { items: [shell] },
    { items: [{ say: "Half of it." }] },
    { items: [{ say: "And now the other half: " }], hang: true },
    { items: [{ say: "All of it." }] },
  ]);
  const inputs: string[] = [];
  let isCut = false;
  upstream.answer(async ({ method, url, headers, body }, response) => {
    inputs.push(JSON.stringify(JSON.parse(String(body)).input));
    if (inputs.length === 2) {
      await sendMessage(ada, { runId, mode: "queue", text: "Go on.", requestKey: randomUUID() });
      await given.promise;
    }
    if (inputs.length === 3) response.once("close", () => (isCut = true));
    await script({ method, path: url, headers, body }, response);
  });

  const first = await startRunner("runner-1");
  await until(async () => inputs.length === 3 && (await listSnapshots(scene.lead, runId)).length > 0);
  await until(async () =>
    (await of("item_delta")).some(({ body }) => JSON.stringify(body).includes("other half")),
  );
  const before = await read();
  await kill(first);
  await until(() => isCut);
  expect(await statusOf(scene.lead, runId)).toBe("working");
  expect(await silence()).toHaveLength(1);
  expect(await statusOf(scene.lead, runId)).toBe("queued");

  await startRunner("runner-2");
  await until(async () => !["queued", "preparing", "working"].includes(await statusOf(scene.lead, runId)));
  expect(await statusOf(scene.lead, runId)).toBe("verifying");
  const after = await read();
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.map(({ seq }) => seq)).toEqual(after.map((_, index) => index + 1));
  expect((await of("attempt_started")).map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(inputs[3]).toContain("You were stopped from outside");
  expect(inputs[3]).toContain("echo half");
  expect((await of("file_changed")).map(({ body }) => body)).toMatchObject([{ path: "README.md" }]);
  // What the first one was saying when it was killed was charged and is told as cut off.
  expect((await of("model_answered")).map(({ body }) => body)).toHaveLength(4);
});
