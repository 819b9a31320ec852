// Whether a key works, without paying: the provider's list of models.
import type { IncomingMessage } from "node:http";
import { type Clock, SECOND } from "#lib/clock.ts";
import { MODEL_NAME } from "#lib/prices/schema.ts";
import type { TestAnswer } from "#lib/providers/schema.ts";
import { headersToProvider } from "../http/headers.ts";
import { type Upstream, UpstreamFault } from "../upstream/exchange.ts";
import { modelsTarget, type ProviderAt } from "../upstream/target.ts";

const PATIENCE = 20 * SECOND;
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_MODELS = 1000;

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > MOST_BYTES) throw new Error("the list of models is too long");
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Null where it is no list of models. */
export function modelsIn(text: string): string[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // it is no JSON
  }
  const data = typeof value === "object" && value !== null && "data" in value ? value.data : null;
  if (!Array.isArray(data)) return null;
  const names = data.flatMap((model: unknown) =>
    typeof model === "object" && model !== null && "id" in model && typeof model.id === "string"
      ? [model.id]
      : [],
  );
  return [...new Set(names.filter((name) => MODEL_NAME.test(name)))].sort().slice(0, MOST_MODELS);
}

function problemOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status === 401 || status === 403) return `The provider refuses the key (HTTP ${status}).`;
  if (status === 404) return "There is no list of models at this address (HTTP 404). Check the address.";
  if (status >= 300 && status < 400)
    return `The provider points elsewhere (HTTP ${status}). Write that address instead.`;
  return `The provider answered with HTTP ${status}.`;
}

export interface Trial {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly provider: ProviderAt;
  readonly key: string;
}

/** Never throws; what the provider wrote is not repeated, since it may quote the key. */
export async function tryKey({ upstream, clock, provider, key }: Trial): Promise<TestAnswer> {
  const began = clock.now();
  const answered = (models: string[], problem: string | null): TestAnswer => ({
    models,
    latencyMs: Math.max(0, Math.round(clock.now() - began)),
    problem,
  });
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    const target = modelsTarget(provider, key);
    const headers = headersToProvider({ accept: "application/json" });
    const response = await upstream.send({ target, method: "GET", headers, body: null }, signal);
    const onAbort = () => response.destroy();
    signal.addEventListener("abort", onAbort, { once: true });
    const text = await readAll(response);
    signal.removeEventListener("abort", onAbort);
    const problem = problemOf(response.statusCode ?? 0);
    if (problem !== null) return answered([], problem);
    const models = modelsIn(text);
    return models
      ? answered(models, null)
      : answered([], "What the provider answered is no list of models. Check the address.");
  } catch (error) {
    if (signal.aborted) return answered([], "The provider did not answer in time.");
    return answered([], error instanceof UpstreamFault ? error.message : "The provider's answer broke off.");
  }
}
