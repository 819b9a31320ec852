// Token counts as the three APIs write them, in one form. Nothing is judged here: what is no number becomes NaN, and
// whoever charges finds it unusable.
import type { Api } from "#lib/model-calls/schema.ts";
import type { Usage } from "#lib/prices/schema.ts";

export type Json = Readonly<Record<string, unknown>>;

export const objectOf = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};

const isThere = (value: unknown) => value !== undefined && value !== null;

/** A count that has to be there. */
const count = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);
/** One that stands for nothing when it is missing. */
const part = (value: unknown): number => (isThere(value) ? count(value) : 0);

function ofOpenAi(said: Json, input: string, output: string): Usage {
  const inputDetails = objectOf(said[`${input}_details`]);
  const outputDetails = objectOf(said[`${output}_details`]);
  return {
    input: count(said[input]),
    cached: part(inputDetails.cached_tokens),
    cacheWrite: part(inputDetails.cache_write_tokens),
    output: count(said[output]),
    reasoning: part(outputDetails.reasoning_tokens),
  };
}

/** Anthropic counts cached and newly cached input beside the input. */
function ofAnthropic(said: Json): Usage {
  const cached = part(said.cache_read_input_tokens);
  const cacheWrite = part(said.cache_creation_input_tokens);
  return {
    input: count(said.input_tokens) + cached + cacheWrite,
    cached,
    cacheWrite,
    output: count(said.output_tokens),
    reasoning: part(objectOf(said.output_tokens_details).thinking_tokens),
  };
}

export function usageOf(api: Api, said: unknown): Usage | null {
  if (!isThere(said)) return null;
  const usage = objectOf(said);
  switch (api) {
    case "responses":
      return ofOpenAi(usage, "input_tokens", "output_tokens");
    case "chat":
      return ofOpenAi(usage, "prompt_tokens", "completion_tokens");
    case "messages":
      return ofAnthropic(usage);
  }
}

/** Where a stream says it several times: no number below one that was said. */
export function larger(one: Usage | null, other: Usage | null): Usage | null {
  if (one === null || other === null) return one ?? other;
  return {
    input: Math.max(one.input, other.input),
    cached: Math.max(one.cached, other.cached),
    cacheWrite: Math.max(one.cacheWrite, other.cacheWrite),
    output: Math.max(one.output, other.output),
    reasoning: Math.max(one.reasoning, other.reasoning),
  };
}
