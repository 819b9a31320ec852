// People and an agent at work through everything real but the model: services on Postgres, the runner's lease, sandbox, relay and
// the gateway as a process of its own.
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createOpenai } from "#runner/drivers/openai/driver.ts";
import { recipe } from "#runner/drivers/recipe/driver.ts";
import { executeLease } from "#runner/lease/execute.ts";
import { createWork } from "#runner/lease/work.ts";
import { openUpstream, type ScriptedUpstream } from "../../gateway/testing/upstream.ts";
import { ensureRecipeAgent } from "../agents/service.ts";
import { sweepAsks } from "../asks/sweep-asks.ts";
import { DAY, HOUR, MINUTE, steadyClock, systemClock } from "../clock.ts";
import { transaction } from "../db.ts";
import { listEvents } from "../events/service.ts";
import { listGatesOf } from "../gates/service.ts";
import { newId } from "../ids.ts";
import { sendMessage } from "../messages/send-message.ts";
import { listMessages } from "../messages/service.ts";
import type { RunEvent } from "../protocol/events.ts";
import type { AgentAssignment, TestPlan } from "../protocol/schema.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { launchRun } from "../runs/launch-run.ts";
import { pauseRun } from "../runs/pause-run.ts";
import { resumeRun } from "../runs/resume-run.ts";
import type { Scope } from "../scope.ts";
import { listSnapshots } from "../snapshots/service.ts";
import { member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { createRepository, playGit } from "../testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "../testing/git/workshop.ts";
import { NODE_PLAN, SUM, TEST_LIMITS } from "../testing/harness-scene.ts";
import { testBlobs } from "../testing/journey.ts";
import { type GatewayProcess, openGatewayProcess } from "../testing/model/gateway-process.ts";
import { type ScriptedTurn, scriptedModel } from "../testing/model/responses-script.ts";
import { type ModelScene, openModelScene } from "../testing/model-scene.ts";
import { testLogger } from "../testing/runner/parts.ts";
import { openTestRunner, type TestRunner } from "../testing/runner/service-plane.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { decide, statusOf } from "../testing/steering.ts";
import { loseLease } from "./end-lease.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock(Date.now());
const worker = testScope({ actor: systemActor("worker"), clock });
let scene: ModelScene;
let ada: Scope;
let bo: Scope;
let upstream: ScriptedUpstream;
let gateway: GatewayProcess;
let workshop: TestWorkshop;
let base: string;
let bundle: string;

beforeAll(async () => {
  upstream = await openUpstream((_asked, response) => void response.writeHead(500).end());
  scene = await openModelScene(database, clock, {
    baseUrl: `${upstream.url}/v1`,
    controls: {
      ...{ askMode: "unlisted", allowedCommands: ["sleep *"], unattended: "park", askMinutes: 10 },
      ...{ maxAttempts: 5, budgetRunCents: 200, budgetDayCents: 100_000, budgetPilotCents: 100_000 },
    },
  });
  ada = await member(scene.lead, "ada", "engineering_lead");
  bo = await member(scene.lead, "bo", "reviewer");
  gateway = await openGatewayProcess(database.urls.gateway, scene.privateKey);
  process.env.PILOTHOUSE_GATEWAY_URL = gateway.url;
  workshop = await openWorkshop();
  const { path, head } = createRepository(workshop.fresh("sum"), SUM);
  base = head;
  bundle = join(path, "base.bundle");
  playGit(path, ["bundle", "create", "--quiet", bundle, "HEAD"]);
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await workshop.close();
});

interface Call {
  readonly answer: ScriptedTurn;
  /** Before it is answered. */
  readonly first?: () => Promise<unknown>;
}

/** What the model was asked, one after the other. */
function playing(...calls: Call[]): string[] {
  const inputs: string[] = [];
  const script = scriptedModel(calls.map(({ answer }) => answer));
  upstream.answer(async ({ method, url, headers, body }, response) => {
    const call = calls[inputs.length] ?? calls.at(-1);
    inputs.push(JSON.stringify(JSON.parse(String(body)).input));
    await call?.first?.();
    await script({ method, path: url, headers, body }, response);
  });
  return inputs;
}

const shell = (command: string): ScriptedTurn => ({
  items: [{ call: "shell", args: { command, timeout_seconds: null } }],
});
const DONE: ScriptedTurn = { items: [{ say: "Done." }] };

async function launch(agentId = scene.agentId): Promise<string> {
  const { pilotId } = scene;
  const own = { pilotId, agentId, title: "Repair main", task: "Repair it.", requestKey: newId("request") };
  return (await launchRun(scene.lead, own)).runId;
}

const newRunner = (): Promise<TestRunner> => openTestRunner(scene.lead, newId("runner"), bundle);

interface Held {
  readonly runner: TestRunner;
  readonly assignment: AgentAssignment;
  readonly done: Promise<void>;
  /** The runner is gone for the control plane, at once and without a word. */
  lose(): Promise<void>;
}

async function hold(runId: string, test: TestPlan = NODE_PLAN): Promise<Held> {
  const own = await newRunner();
  const assignment = await own.lease(runId);
  const shutdown = new AbortController();
  onTestFinished(() => shutdown.abort());
  const drivers = [createOpenai({ stateFolder: workshop.scratch, uid: workshop.sandbox.uid }), recipe];
  const verify = () => Promise.reject(new Error("Nothing is verified here."));
  const { logger } = testLogger();
  const folder = workshop.fresh("leases");
  mkdirSync(folder);
  const done = executeLease(
    {
      ...{ plane: own.plane, sandbox: workshop.sandbox, clock: systemClock, steady: steadyClock },
      ...{ logger, folder, shutdown: shutdown.signal },
      work: createWork({ drivers, verify }),
    },
    { ...assignment, baseCommit: base, test, limits: { ...TEST_LIMITS, seconds: 300 } },
  );
  return {
    runner: own,
    assignment,
    done,
    async lose() {
      shutdown.abort();
      await done;
      await transaction(worker, (tx) => loseLease(tx, worker, assignment.leaseId));
    },
  };
}

const eventsOf = (runId: string): Promise<RunEvent[]> =>
  listEvents(scene.lead, runId, 0, 1000) as Promise<RunEvent[]>;
const bodies = async (runId: string, kind: RunEvent["kind"]) =>
  (await eventsOf(runId)).filter((event) => event.kind === kind).map(({ body }) => body);

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await systemClock.sleep(20);
}
const untilEvent = (runId: string, kind: RunEvent["kind"], count = 1) =>
  until(async () => (await bodies(runId, kind)).length >= count);

const write = (runId: string, mode: "now" | "queue" | "interrupt", text: string) =>
  sendMessage(ada, { runId, mode, text, requestKey: randomUUID() });

/** What waits to be decided. */
async function openGate(runId: string) {
  const gate = (await listGatesOf(bo, runId)).find(
    ({ kind, status }) => kind === "command" && status === "open",
  );
  if (!gate) throw new Error("Nothing waits to be decided.");
  return gate;
}

describe("a run at work", () => {
  test("is steered now, queued for and interrupted, and each message is told as it was delivered", async () => {
    const runId = await launch();
    const inputs = playing(
      { answer: shell("cat src/sum.js && sleep 1"), first: () => write(runId, "now", "Mind the gap.") },
      { answer: shell("echo two"), first: () => write(runId, "queue", "And then the docs.") },
      { answer: DONE },
      { answer: shell("sleep 300"), first: () => write(runId, "interrupt", "Leave that.") },
      { answer: DONE },
    );
    const { done } = await hold(runId);
    await done;
    expect(inputs[1]).toContain("Mind the gap.");
    expect(inputs[3]).toContain("And then the docs.");
    expect(inputs[4]).toContain("Leave that.");
    expect((await listMessages(ada, runId)).map(({ status, effect }) => [status, effect]).toSorted()).toEqual(
      [
        ["delivered", "after_turn"],
        ["delivered", "preempt"],
        ["delivered", "tool_boundary"],
      ],
    );
    expect(await bodies(runId, "turn_ended")).toMatchObject([
      { status: "completed" },
      { status: "interrupted" },
      { status: "completed" },
    ]);
  });

  test("asks a person, waits and goes on with the answer", async () => {
    const runId = await launch();
    const inputs = playing({ answer: shell("touch one") }, { answer: shell("touch two") }, { answer: DONE });
    const { done } = await hold(runId);
    await untilEvent(runId, "ask_opened");
    expect(await statusOf(scene.lead, runId)).toBe("awaiting_decision");
    await decide(bo, await openGate(runId), "approve");
    await untilEvent(runId, "ask_opened", 2);
    await decide(bo, await openGate(runId), "deny");
    await done;
    expect(inputs[1]).toContain("exit code 0");
    expect(inputs[2]).toContain("Declined, not run: Not like this.");
    expect(await bodies(runId, "ask_settled")).toMatchObject([
      { ask: 1, decision: "allowed", by: "person" },
      { ask: 2, decision: "declined", by: "person" },
    ]);
    expect((await bodies(runId, "patch_proposed")).length).toBe(1);
  });

  test("goes on after the gateway was killed and came back", async () => {
    const runId = await launch();
    const inputs = playing(
      { answer: shell("echo one") },
      { answer: DONE, first: () => gateway.kill() },
      { answer: DONE },
    );
    const { done } = await hold(runId);
    await until(async () => inputs.length >= 2);
    await gateway.start();
    await done;
    expect((await bodies(runId, "turn_ended")).at(-1)).toMatchObject({ status: "completed" });
    expect(inputs.length).toBeGreaterThanOrEqual(3);
    expect(inputs.at(-1)?.match(/# Task/g)).toHaveLength(1);
  });
});

describe("a run that is put away", () => {
  test("by a person is kept, and goes on days later at another runner with its tree and its history", async () => {
    const runId = await launch();
    const pause = () => pauseRun(ada, { runId, reason: "A holiday." });
    const inputs = playing(
      { answer: shell("echo half >>README.md; cat README.md") },
      { answer: { items: [{ say: "I am " }], hang: true }, first: pause },
      { answer: DONE },
    );
    const first = await hold(runId);
    await untilEvent(runId, "ask_opened");
    await decide(bo, await openGate(runId), "approve");
    await first.done;
    expect(await statusOf(scene.lead, runId)).toBe("paused");
    expect(await bodies(runId, "turn_ended")).toMatchObject([{ status: "interrupted" }]);
    expect((await listSnapshots(scene.lead, runId)).length).toBeGreaterThan(0);
    clock.advance(3 * DAY);
    await resumeRun(ada, { runId });
    const again = await hold(runId);
    expect(again.assignment.resume).toMatchObject({ driver: "openai" });
    await again.done;
    expect(inputs.at(-1)).toContain("echo half");
    expect(inputs.at(-1)).toContain("You were stopped from outside");
    expect(await bodies(runId, "file_changed")).toMatchObject([{ path: "README.md" }]);
    expect(again.assignment.maxSeconds).toBeLessThanOrEqual(first.assignment.maxSeconds);
  });

  test.each([
    ["with a model", async () => scene.agentId, "parked"],
    ["without one", async () => (await ensureRecipeAgent(scene.lead)).agentId, "paused"],
  ])(
    "while the base is tested for an agent %s is left within seconds, and begins again",
    async (_, agent, end) => {
      const runId = await launch(await agent());
      const { done } = await hold(runId, { ...NODE_PLAN, argv: ["sleep", "300"] });
      await untilEvent(runId, "command_started");
      const paused = performance.now();
      await pauseRun(ada, { runId, reason: "A holiday." });
      await done;
      expect(performance.now() - paused).toBeLessThan(8000);
      expect(await statusOf(scene.lead, runId)).toBe("paused");
      expect(await bodies(runId, "attempt_ended")).toEqual([{ phase: "agent", reason: end }]);
      await resumeRun(ada, { runId });
      expect(await statusOf(scene.lead, runId)).toBe("queued");
      await cancelRun(ada, { runId, reason: "Not needed." });
    },
  );

  test("because nobody answered goes on with what was decided meanwhile", async () => {
    const runId = await launch();
    const inputs = playing({ answer: shell("touch new") }, { answer: shell("touch new") }, { answer: DONE });
    const first = await hold(runId);
    await untilEvent(runId, "ask_opened");
    clock.advance(11 * MINUTE);
    await sweepAsks(worker);
    await first.done;
    expect(await statusOf(scene.lead, runId)).toBe("awaiting_decision");
    clock.advance(HOUR);
    await decide(bo, await openGate(runId), "approve");
    const again = await hold(runId);
    await again.done;
    expect(inputs[1]).toContain("1 allowed");
    expect(await bodies(runId, "file_changed")).toMatchObject([{ path: "new" }]);
  });
});

describe("a runner that is gone in the middle of a turn", () => {
  test("is followed by another one that goes on from the last snapshot; what it asked is asked anew", async () => {
    const runId = await launch();
    const inputs = playing(
      { answer: shell("cat src/sum.js") },
      { answer: DONE, first: () => write(runId, "queue", "Now the docs.") },
      { answer: shell("touch docs.md") },
      { answer: shell("touch docs.md") },
      { answer: DONE },
    );
    const first = await hold(runId);
    await untilEvent(runId, "ask_opened");
    await until(async () => (await listSnapshots(scene.lead, runId)).length > 0);
    await first.lose();
    const again = await hold(runId);
    expect(again.assignment).toMatchObject({ attempt: 2, resume: { driver: "openai" } });
    await untilEvent(runId, "ask_opened", 2);
    await decide(bo, await openGate(runId), "approve");
    await again.done;
    expect(inputs[3]).toContain("You were stopped from outside");
    expect(inputs[3]).toContain("ask again if you still need it");
    expect(await bodies(runId, "file_changed")).toMatchObject([{ path: "docs.md" }]);
  });
});
