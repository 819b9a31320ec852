// Calls of models. What was said in them is committed to; tokens are null where nobody knows them.
import { z } from "zod";
import { count, digest, id, modelName, word, words } from "./words.ts";

const call = { call: id, attempt: count } as const;
const tokens = count.nullable();

export const MODEL_KINDS = {
  /** Written before a byte leaves. `request`: SHA-256 over the commitments of the request's head and items, in order. */
  "model.called": z.strictObject({
    ...call,
    agent: id,
    provider: id,
    key: id,
    price: id,
    api: z.enum(["responses", "chat", "messages"]),
    model: modelName,
    reserved_micros: count,
    items: count,
    request: digest,
  }),
  /** `returned`: null where the provider named none, or nothing that is a name. `response`: the bytes' commitment. */
  "model.answered": z.strictObject({
    ...call,
    outcome: z.enum(["done", "failed", "aborted", "unknown"]),
    status: count.nullable(),
    returned: modelName.nullable(),
    input: tokens,
    cached: tokens,
    cache_write: tokens,
    output: tokens,
    reasoning: tokens,
    micros: count,
    flags: words,
    bytes: count,
    response: digest.nullable(),
  }),
  /** Turned away before it was a call. `unwritten`: how many alike were left out of the record since the last. */
  "model.refused": z.strictObject({ reason: word, attempt: count.nullable(), unwritten: count }),
} as const;
