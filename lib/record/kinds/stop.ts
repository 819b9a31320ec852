import { z } from "zod";
import { count, reason } from "./words.ts";

const scope = z.enum(["everything", "pilot"]);

export const STOP_KINDS = {
  /** `again`: the stop was in force already; `runs`: taken from their runners by this call. */
  "stop.pulled": z.strictObject({ scope, again: z.boolean(), runs: count, ...reason }),
  "stop.lifted": z.strictObject({ scope }),
} as const;
