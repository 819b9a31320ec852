// A slice of the attack in a run of the product: an agent, played by a script, tries to get out.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openUpstream, type ScriptedUpstream } from "#gateway/testing/upstream.ts";
import { followLog } from "#lib/findings/follow-log.ts";
import { listFindingsOfRun } from "#lib/findings/service.ts";
import { newId } from "#lib/ids.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { launchRun } from "#lib/runs/launch-run.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { asProcess, testBlobs } from "#lib/testing/journey.ts";
import { type GatewayProcess, openGatewayProcess } from "#lib/testing/model/gateway-process.ts";
import { openModelScene } from "#lib/testing/model-scene.ts";
import { sequenceLog } from "#lib/testing/notary.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import { createRandom } from "../random.ts";
import { judgeTried, openAgentRuns, type RunAttack, resultIn } from "./agent-runs.ts";
import { processesWith } from "./exhausting.ts";
import { type Tried, triedByAgents } from "./tried.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock(Date.now());
const worker = testScope({ actor: systemActor("worker"), clock });
const security = testScope({ roles: ["security_lead"], clock });
const MARKER = `${70_000_000 + process.pid}.125`;
const SEED = 20_261_123;
const SLICE = 9;

let upstream: ScriptedUpstream;
let gateway: GatewayProcess;
let workshop: TestWorkshop;
let attack: RunAttack;

beforeAll(async () => {
  upstream = await openUpstream((_asked, response) => void response.writeHead(500).end());
  const { lead, pilotId, agentId, privateKey } = await openModelScene(database, clock, {
    baseUrl: `${upstream.url}/v1`,
    controls: { budgetRunCents: 1000, budgetDayCents: 100_000, budgetPilotCents: 100_000 },
  });
  gateway = await openGatewayProcess(database.urls.gateway, privateKey);
  process.env.PILOTHOUSE_GATEWAY_URL = gateway.url;
  workshop = await openWorkshop();
  const launch = async () => {
    const run = { pilotId, agentId, title: "Get out", task: "Get out.", requestKey: newId("request") };
    return (await launchRun(lead, run)).runId;
  };
  const folder = workshop.fresh("attack");
  attack = await openAgentRuns({ scope: lead, sandbox: workshop.sandbox, folder, upstream, launch });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
  await workshop.close();
});

/** Always the same ones, in the order of the seed. */
function slice(): Tried[] {
  const random = createRandom(SEED);
  const all = triedByAgents(MARKER).filter(({ isDeadly }) => !isDeadly);
  return Array.from({ length: SLICE }, () => all.splice(random.below(all.length), 1)).flat();
}

async function foundIn(runId: string): Promise<ReadonlySet<string>> {
  await sequenceLog(database);
  await asProcess(database, "worker", () => followLog(worker));
  return new Set((await listFindingsOfRun(security, runId)).map(({ rule }) => rule.id));
}

test("what an agent tries in its run is stopped, stays nowhere, and each of it is a finding", async () => {
  const tried = slice();
  const run = await attack(tried);
  expect(tried.map((each) => judgeTried(each, run, "phr_")).filter(({ stopped }) => !stopped)).toEqual([]);
  expect(JSON.stringify(run.events)).not.toMatch(/phr_[A-Za-z0-9_-]{43}/);
  expect(await processesWith(MARKER)).toBe(0);
  const found = await foundIn(run.runId);
  expect(tried.filter((each) => !each.found.some((rule) => found.has(rule)))).toEqual([]);
});

test("an agent whose command takes all memory loses it, and that is a finding too", async () => {
  const [tried] = triedByAgents(MARKER).filter(({ name }) => name === "all memory");
  if (!tried) throw new Error("There is no such attempt.");
  const run = await attack([tried]);
  expect(judgeTried(tried, run, "phr_")).toMatchObject({
    stopped: true,
    by: expect.stringMatching(/memory|killed/),
  });
  expect(await foundIn(run.runId)).toContain("limit_reached");
});

describe("what the plane was told of a command", () => {
  const told: NewEvent[] = [
    { kind: "command_started", body: { command: 3, argv: ["bash", "-c", "a"], tree: "base", purpose: "" } },
    { kind: "command_output", body: { command: 3, stream: "stdout", text: "one " } },
    { kind: "command_output", body: { command: 2, stream: "stdout", text: "other" } },
    { kind: "command_output", body: { command: 3, stream: "stdout", text: "two" } },
  ];
  const finished = (ended: "itself" | "cancelled"): NewEvent => ({
    kind: "command_finished",
    body: { command: 3, exit: 0, ended, milliseconds: 5, dropped: 7 },
  });
  const memory: NewEvent = {
    kind: "turn_ended",
    body: { turn: 1, status: "failed", error: "The agent needed more memory than its sandbox has." },
  };

  test("is its output and its end", () => {
    const result = resultIn([...told, finished("itself"), memory], "a");
    expect([String(result?.stdout), result?.exit.ended, result?.dropped.stdout]).toEqual([
      "one two",
      "itself",
      7,
    ]);
  });

  test("says that the sandbox ended it where it ended all of the agent", () => {
    expect(resultIn([...told, finished("cancelled"), memory], "a")?.exit.ended).toBe("memory");
    expect(resultIn([...told, finished("cancelled")], "a")?.exit.ended).toBe("cancelled");
  });

  test("probe: nothing, where it never began or its end was never told: that is no stop", () => {
    expect(resultIn([...told, finished("itself")], "b")).toBeNull();
    expect(resultIn(told, "a")).toBeNull();
    const [tried] = triedByAgents(MARKER);
    const run = { runId: "run_1", events: told, resultOf: () => null };
    expect(tried && judgeTried(tried, run, "s3cret")).toMatchObject({ stopped: false });
  });
});
