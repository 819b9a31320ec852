// Agents, providers of models, their keys, what models cost, and the key that theirs are sealed to. Never a key, nor a part of it.
import { z } from "zod";
import { commit, count, digest, id, instant, modelName, ordinal, reason, word } from "./words.ts";

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

export const COMPARISON_KINDS = {
  /** `tasks_sha256`: of the tasks as they are launched, in canonical JSON. */
  "comparison.planned": z.strictObject({
    agents: z.array(id).max(64),
    reviewers: z.array(id).max(64),
    tasks: ordinal,
    each: ordinal,
    base: commit,
    ceiling_micros: count,
    tasks_sha256: digest,
  }),
  "comparison.started": z.strictObject({ attempts: ordinal, seed: count }),
  "comparison.attempt_launched": z.strictObject({ attempt: id, run: id, place: ordinal }),
  "comparison.judged": z.strictObject({
    attempt: id,
    run: id,
    verdict: z.enum(["acceptable", "wrong", "incomplete"]),
    ...reason,
  }),
  /** From here on everybody sees whose patch was whose. */
  "comparison.closed": z.strictObject({ judged: count, unjudged: count, ...reason }),
  /** `run`: the one whose merge gate was opened; without it none was chosen. */
  "comparison.chosen": z.strictObject({ run: id.optional(), let_go: count, ...reason }),
  "agent.procurement_noted": z.strictObject({
    note: id,
    topic: word,
    as_of: instant,
    text_sha256: digest,
    source_sha256: digest,
  }),
} as const;
