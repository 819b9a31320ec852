// A run of an agent with a model through everything real but the model: lease and token, sandbox, relay, gateway, ledger.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createOpenai } from "#runner/drivers/openai/driver.ts";
import { createTransport } from "#runner/plane/transport.ts";
import { type Gateway, LIMITS, openGateway } from "../../gateway/gateway.ts";
import { createUnseal } from "../../gateway/keys/unseal.ts";
import type { Ledger } from "../../gateway/ledger.ts";
import { gatewayScope } from "../../gateway/scope.ts";
import { openUpstream, type ScriptedUpstream } from "../../gateway/testing/upstream.ts";
import { systemClock } from "../clock.ts";
import { listEvents } from "../events/service.ts";
import { createLogger } from "../logger.ts";
import { admit } from "../model-calls/admit.ts";
import { openCalls } from "../model-calls/open-calls.ts";
import { settleCalls } from "../model-calls/settle-calls.ts";
import { newRunnerKeys, readPrivateKey } from "../protocol/signing.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { actorId } from "../scope.ts";
import { type AgentRun, runAgent } from "../testing/agents/agent-run.ts";
import { testDatabase } from "../testing/database.ts";
import { createRepository } from "../testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "../testing/git/workshop.ts";
import { SUM } from "../testing/harness-scene.ts";
import { asProcess, entriesAbout, testBlobs } from "../testing/journey.ts";
import { type ScriptedTurn, scriptedModel } from "../testing/model/responses-script.ts";
import { type ModelScene, openModelScene, PROVIDER_KEY, type Working } from "../testing/model-scene.ts";
import { ofKind } from "../testing/recipe-scene.ts";
import { testClock } from "../testing/scopes.ts";

testBlobs();
const database = await testDatabase("web");
let scene: ModelScene;
let upstream: ScriptedUpstream;
let gateway: Gateway;
let runner: ReturnType<typeof ownRunner>;
let workshop: TestWorkshop;
let repository: string;
let base: string;

function ownRunner(id: string) {
  const keys = newRunnerKeys();
  const credential = {
    id,
    name: "test",
    publicKey: keys.publicKey,
    phases: ["agent" as const],
    revoked: false,
  };
  const identity = {
    privateKey: readPrivateKey(keys.privateKey),
    publicKey: keys.publicKey,
    hostId: "",
    runnerId: id,
  };
  const planeUrl = "http://127.0.0.1:1"; // signing asks nobody
  return {
    credential,
    sign: createTransport({ planeUrl, identity: () => identity, clock: systemClock }).sign,
  };
}

/** The provider of the scene lives elsewhere; everything else is as the ledger says. */
const ledger: Ledger = {
  async admit(token, runnerId) {
    const admission = await admit(gatewayScope(), token, runnerId);
    return { ...admission, provider: { ...admission.provider, baseUrl: `${upstream.url}/v1` } };
  },
  openCalls: (intents) => openCalls(gatewayScope(), intents),
  settleCalls: (finals) => settleCalls(gatewayScope(), finals),
};

/** A provider that plays a script. */
function playing(script: readonly ScriptedTurn[]): Parameters<ScriptedUpstream["answer"]>[0] {
  const answer = scriptedModel(script);
  return ({ method, url, headers, body }, response) => answer({ method, path: url, headers, body }, response);
}

beforeAll(async () => {
  const controls = { budgetRunCents: 20 };
  scene = await openModelScene(database, testClock(Date.now()), { controls });
  runner = ownRunner(actorId(scene.runner.actor)); // its key is ours, its id the scene's
  upstream = await openUpstream(playing([]));
  gateway = await openGateway(
    {
      ...{ gatewayId: "gwk_test", ledger, clock: systemClock, limits: LIMITS },
      logger: createLogger("gateway", { write: () => undefined }),
      findRunner: async () => runner.credential,
      unseal: createUnseal(scene.privateKey),
      refused: () => undefined,
    },
    { host: "127.0.0.1", port: 0, tls: null },
  );
  workshop = await openWorkshop();
  const broken = { ...SUM, "src/sum.js": "export const sum = (a, b) => a - b;\n" };
  const { path, head } = createRepository(workshop.fresh("broken"), broken);
  [repository, base] = [`${path}/.git`, head];
});
afterAll(async () => {
  await gateway.stop(0);
  await upstream.close();
  await workshop.close();
});

function work(working: Working, script: readonly ScriptedTurn[]): Promise<AgentRun> {
  upstream.asked.length = 0;
  upstream.answer(playing(script));
  return asProcess(database, "gateway", () =>
    runAgent(workshop, {
      driver: createOpenai({ stateFolder: workshop.scratch, uid: workshop.sandbox.uid }),
      ...{ repository, base, model: "model-1" },
      answer: () => undefined,
      gateway: { url: `http://127.0.0.1:${gateway.port}`, token: working.token, sign: runner.sign },
    }),
  );
}

const shell = (command: string): ScriptedTurn => ({
  items: [{ call: "shell", args: { command, timeout_seconds: null } }],
});
const EDIT = "sed -i 's/a - b/a + b/' src/sum.js";
const FIX: ScriptedTurn[] = [
  { items: [{ think: "It subtracts." }, { call: "shell", args: { command: EDIT, timeout_seconds: null } }] },
  shell("node --test --test-isolation=none"),
  { items: [{ say: "sum() adds now. All tests pass." }] },
];
const callsOf = async (runId: string) =>
  (await database.owner.query("select * from model_call where run_id = $1 order by id", [runId])).rows;

describe("a run of the loop", () => {
  test("is repaired, charged and traced; the provider's key and the token meet nobody else", async () => {
    const working = await scene.start();
    const run = await work(working, FIX);
    expect(run.result).toMatchObject({
      outcome: "patch",
      summary: { text: "sum() adds now. All tests pass." },
    });
    const calls = await callsOf(working.runId);
    expect(calls.map(({ state }) => state)).toEqual(["done", "done", "done"]);
    expect(upstream.asked.map(({ headers }) => headers.authorization)).toEqual(
      Array.from({ length: 3 }, () => `Bearer ${PROVIDER_KEY}`),
    );
    const asked = upstream.asked.map(({ headers, rawHeaders, body }) =>
      JSON.stringify([headers, rawHeaders, String(body)]),
    );
    for (const text of asked) expect(text).not.toMatch(/phr_|ph-sandbox|ph-signature/);
    expect(JSON.stringify(run.events)).not.toContain(PROVIDER_KEY);
    const kinds = (await entriesAbout(database, `run:${working.runId}`)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "model.called")).toHaveLength(3);
    expect(kinds.filter((kind) => kind === "model.answered")).toHaveLength(3);
  });

  test("has each call on its page as the gateway saw it", async () => {
    const working = await scene.start();
    await work(working, FIX);
    const events = await listEvents(scene.lead, working.runId, 0, 1000);
    const seen = events.filter(({ kind }) => kind === "model_called" || kind === "model_answered");
    expect(seen.map(({ kind, observedBy }) => `${kind} ${observedBy}`)).toEqual(
      Array.from({ length: 3 }, () => ["model_called gateway", "model_answered gateway"]).flat(),
    );
  });

  test("that is cancelled gets no answer any more, and says so in the gateway's words", async () => {
    const working = await scene.start();
    upstream.asked.length = 0;
    await cancelRun(scene.lead, { runId: working.runId, reason: "enough" });
    const run = await work(working, FIX);
    expect(run.result.outcome).toBe("failed");
    expect(upstream.asked).toEqual([]);
  });

  test("whose budget is used up ends with the sentence that says so, and is asked no second time", async () => {
    const working = await scene.start();
    const run = await work(
      working,
      Array.from({ length: 60 }, () => shell("echo again")),
    );
    if (run.result.outcome !== "failed") throw new Error(JSON.stringify(run.result));
    expect(run.result.reason).toMatch(/budget/i);
    const spent = (await callsOf(working.runId)).reduce((sum, row) => sum + Number(row.charged_micros), 0);
    expect(spent).toBeLessThanOrEqual(200_000);
    expect(ofKind(run.events, "turn_ended")).toMatchObject([{ status: "failed", error: run.result.reason }]);
  });
});
