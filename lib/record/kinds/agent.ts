import { z } from "zod";
import { count, id, modelName, word } from "./words.ts";

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
