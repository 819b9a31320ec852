// Runs of an agent with a model, at work, whose provider is the bench's: made through the product's own services.
import { AgentSettings } from "#lib/agents/schema.ts";
import { createAgent } from "#lib/agents/service.ts";
import { systemClock } from "#lib/clock.ts";
import { newId } from "#lib/ids.ts";
import { grantLease } from "#lib/leases/grant-lease.ts";
import { markPrepared } from "#lib/leases/service.ts";
import { setPrice } from "#lib/prices/service.ts";
import { HEADERS, readPrivateKey, sha256Hex, sign } from "#lib/protocol/signing.ts";
import { setKey } from "#lib/providers/keys.ts";
import { createProvider } from "#lib/providers/service.ts";
import { launchRun } from "#lib/runs/launch-run.ts";
import { makeScope } from "#lib/scope.ts";
import type { BenchWork } from "../place/work.ts";

export const MODEL = "bench-1";
export const PROVIDER_KEY = "sk-bench-0123456789abcdef";

export interface Signer {
  /** Headers of a request as the relay sends it, made before the clock runs. */
  headers(path: string, body: Buffer): Record<string, string>;
}

/** An agent on the own loop whose provider is at `baseUrl`. The gateway has published its key. */
export async function arrangeAgent(baseUrl: string): Promise<string> {
  const admin = makeScope({
    actor: { kind: "system", name: "bench" },
    grants: [{ role: "administrator", pilotId: null }],
    requestId: newId("request"),
    clock: systemClock,
  });
  const { providerId } = await createProvider(admin, {
    name: "Bench",
    kind: "openai_compatible",
    baseUrl,
    settings: {},
  });
  await setKey(admin, { providerId, key: PROVIDER_KEY });
  const rates = { input: 1, cached: 1, cacheWrite: 1, output: 1, reasoning: 1 };
  await setPrice(admin, { providerId, model: MODEL, replaces: 0, rates });
  const settings = AgentSettings.parse({ concurrentCalls: 64 });
  const { agentId } = await createAgent(admin, {
    name: "Bench",
    driver: "openai",
    providerId,
    model: MODEL,
    settings,
  });
  return agentId;
}

/** One run per signer, each with a token of its own. */
export async function arrangeRuns(work: BenchWork, baseUrl: string, count: number): Promise<Signer[]> {
  const agentId = await arrangeAgent(baseUrl);
  const signers: Signer[] = [];
  for (let n = 0; n < count; n++) signers.push(await startRun(work, agentId));
  return signers;
}

async function startRun({ lead, pilotId, runner, request }: BenchWork, agentId: string): Promise<Signer> {
  await launchRun(lead, { pilotId, agentId, title: "Bench", task: "Bench.", requestKey: newId("request") });
  const assignment = await grantLease(runner.scope, runner.id, request("agent"));
  if (assignment?.phase !== "agent" || !assignment.model) throw new Error("The lease came without a model.");
  await markPrepared(runner.scope, assignment.leaseId, assignment.attempt);
  const key = readPrivateKey(runner.keys.privateKey);
  const { token } = assignment.model;
  return {
    headers(path, body) {
      const parts = {
        method: "POST",
        path,
        runnerId: runner.id,
        time: String(Date.now()),
        sha256: sha256Hex(body),
      };
      return {
        [HEADERS.runner]: runner.id,
        [HEADERS.time]: parts.time,
        [HEADERS.sha256]: parts.sha256,
        [HEADERS.signature]: sign(parts, key),
        authorization: `Bearer ${token}`,
      };
    },
  };
}
