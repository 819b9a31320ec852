// A run of an agent with a model, at work, with a token that lets it call: made through the services, each as its own
// process.

import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { AgentSettings } from "../agents/schema.ts";
import { createAgent } from "../agents/service.ts";
import { newId } from "../ids.ts";
import { markPrepared } from "../leases/service.ts";
import { admit } from "../model-calls/admit.ts";
import { tokenSha256 } from "../model-calls/lease-tokens.ts";
import type { Admission, Final, Intent } from "../model-calls/schema.ts";
import type { Charter } from "../pilots/schema.ts";
import { reservationOf } from "../prices/rules.ts";
import type { Rates } from "../prices/schema.ts";
import { setPrice } from "../prices/service.ts";
import type { Assignment } from "../protocol/schema.ts";
import { publishGatewayKey } from "../providers/gateway-side.ts";
import { setKey } from "../providers/keys.ts";
import { createProvider } from "../providers/service.ts";
import { launchRun } from "../runs/launch-run.ts";
import { actorId, type Scope } from "../scope.ts";
import { rawPublicKey } from "../sealing/hpke.ts";
import { activePilot, charterFor, readyRepository } from "./arrange.ts";
import type { TestDatabase } from "./database.ts";
import { asProcess, enrol, leaseOf, openBase } from "./journey.ts";
import { systemActor, type TestClock, testScope } from "./scopes.ts";
import { webTestEnv } from "./web-env.ts";

/** Dollars for a million tokens, as micro-units. */
export const RATES: Rates = {
  ...{ input: 1_000_000, cached: 100_000, cacheWrite: 1_000_000 },
  ...{ output: 10_000_000, reasoning: 10_000_000 },
};
export const PROVIDER_KEY = "sk-test-4f9c1b7e8a2d6035-PLANTED";
export const TASK = "Repair the failing test of the ledger. TASKWORD";

export interface ModelScene {
  readonly gateway: Scope;
  readonly admin: Scope;
  readonly lead: Scope;
  readonly runner: Scope;
  readonly privateKey: KeyObject;
  readonly providerId: string;
  readonly keyId: string;
  readonly agentId: string;
  readonly pilotId: string;
  /** A run at work. */
  start(): Promise<Working>;
}

export interface Working {
  readonly runId: string;
  readonly assignment: Assignment;
  readonly token: string;
}

export interface SceneOptions {
  readonly controls?: Partial<Charter["controls"]>;
  readonly environment?: Partial<Charter["environment"]>;
  readonly timeZone?: string;
  /** Of the provider; nobody is there when left out. */
  readonly baseUrl?: string;
}

/** DATABASE_URL names the role of web when this is called. */
export async function openModelScene(
  database: TestDatabase,
  clock: TestClock,
  {
    controls = {},
    environment = {},
    timeZone = "UTC",
    baseUrl = "https://models.example.org/v1",
  }: SceneOptions = {},
): Promise<ModelScene> {
  webTestEnv();
  process.env.PILOTHOUSE_GATEWAY_URL = "http://127.0.0.1:4310";
  const seed = testScope({ roles: ["engineering_lead", "security_lead"], actor: systemActor("demo"), clock });
  const admin = testScope({ roles: ["administrator"], actor: systemActor("admin"), clock });
  const gateway = testScope({ actor: systemActor("gateway"), clock });
  const { privateKey } = generateKeyPairSync("x25519");
  await asProcess(database, "gateway", () => publishGatewayKey(gateway, rawPublicKey(privateKey)));
  const name = newId("provider");
  const { providerId } = await createProvider(admin, {
    ...{ name, kind: "openai_compatible", baseUrl, settings: {} },
  });
  const { keyId } = await setKey(admin, { providerId, key: PROVIDER_KEY });
  await setPrice(admin, { providerId, model: "model-1", replaces: 0, rates: RATES });
  const settings = AgentSettings.parse({});
  const { agentId } = await createAgent(admin, {
    name,
    driver: "openai",
    providerId,
    model: "model-1",
    settings,
  });
  const repositoryId = await readyRepository(seed);
  await openBase(database, repositoryId);
  const charter = charterFor(seed, repositoryId);
  const own = { ...charter.controls, maxConcurrentRuns: 20, ...controls };
  const pilotId = await activePilot(
    seed,
    { ...charter, controls: own, environment: { ...charter.environment, ...environment } },
    timeZone,
  );
  const runner = await enrol(seed, newId("runner"));
  return {
    ...{ gateway, admin, lead: seed, runner, privateKey, providerId, keyId, agentId, pilotId },
    async start() {
      const requestKey = newId("request");
      const { runId } = await launchRun(seed, {
        pilotId,
        agentId,
        title: "Repair main",
        task: TASK,
        requestKey,
      });
      const assignment = await leaseOf(runner, runId, "agent");
      await markPrepared(runner, assignment.leaseId, assignment.attempt);
      const token = assignment.phase === "agent" ? assignment.model?.token : undefined;
      if (token === undefined) throw new Error("the lease came without a token");
      return { runId, assignment, token };
    },
  };
}

/** What the holder may call, asked as the gateway asks. */
export const admitted = ({ gateway, runner }: ModelScene, { token }: Working): Promise<Admission> =>
  admit(gateway, tokenSha256(token).toString("hex"), actorId(runner.actor));

const text = (value: string) => Buffer.from(value, "utf8");

/** A call of 1,000 tokens at most, with 100 of output. */
export function intentOf(admission: Admission, clock: TestClock, part: Partial<Intent> = {}): Intent {
  const [contextTokens, output] = [1000, 100];
  return {
    ...{ admission, callId: newId("call", clock.now()), at: clock.now(), gateway: "gateway-1" },
    ...{ api: "responses", requestedModel: admission.model, contextTokens },
    reservedMicros: reservationOf(admission.price, contextTokens, output),
    requestHead: text('{"model":"model-1"}'),
    requestItems: [{ role: "user", bytes: text("PROMPTWORD of a user") }],
    ...part,
  };
}

/** Its end: 800 tokens in, 50 out, in two pieces. */
export function finalOf({ callId, admission }: Intent, clock: TestClock, part: Partial<Final> = {}): Final {
  const response = text("ANSWERWORD of a model");
  return {
    ...{ callId, runId: admission.runId, attempt: admission.attempt, outcome: "done", at: clock.now() },
    ...{ firstByteAt: clock.now(), firstTokenAt: null, status: 200, wasSent: true, retries: 0 },
    returnedModel: "model-1-2030",
    usage: { input: 800, cached: 200, cacheWrite: 0, output: 50, reasoning: 10 },
    ...{ seen: { outputTokens: 50, outputBytes: response.length }, flags: [], response },
    chunks: [
      { offset: 0, ms: 12 },
      { offset: 10, ms: 40 },
    ],
    ...part,
  };
}
