// Agents, providers of models, their keys, what models cost, and the key that theirs are sealed to. Never a key, nor a part of it.
import { z } from "zod";
import { count, digest, id, modelName, ordinal, word } from "./words.ts";

const key = { key: id } as const;
const rate = count;

export const PROVIDER_KINDS = {
  "provider.created": z.strictObject({
    kind: z.enum(["openai", "azure_openai", "anthropic", "openai_compatible"]),
    base_url_sha256: digest,
  }),
  "provider.disabled": z.strictObject({}),
  /** `sealed_to`: the gateway's key. */
  "provider.key_set": z.strictObject({ ...key, sealed_to: id }),
  "provider.key_retired": z.strictObject(key),
  "provider.test_asked": z.strictObject({ ...key, test: id }),
  "provider.key_tested": z.strictObject({
    ...key,
    test: id,
    outcome: z.enum(["works", "fails"]),
    models: count,
  }),
  /** `public_key_sha256`: of the X25519 public key. */
  "gateway.key_published": z.strictObject({ public_key_sha256: digest }),
  /** Micro-units of US dollars for a million tokens. */
  "price.set": z.strictObject({
    provider: id,
    model: modelName,
    version: ordinal,
    input: rate,
    cached: rate,
    cache_write: rate,
    output: rate,
    reasoning: rate,
  }),
} as const;

export const AGENT_KINDS = {
  /** Without a model only the driver is said. */
  "agent.created": z.strictObject({
    driver: word,
    provider: id.optional(),
    model: modelName.optional(),
    max_output_tokens: count.optional(),
    concurrent_calls: count.optional(),
    /** Where it was said. */
    context_tokens: count.optional(),
  }),
} as const;
