import { z } from "zod";
import { count, digest, id, ordinal, reason, word } from "./words.ts";

const scope = z.enum(["everything", "pilot"]);
const milliseconds = count.nullable();

export const STOP_KINDS = {
  /** `again`: the stop was in force already; `runs`: taken from their runners by this call. */
  "stop.pulled": z.strictObject({ scope, again: z.boolean(), runs: count, ...reason }),
  "stop.lifted": z.strictObject({ scope }),
} as const;

export const DRILL_KINDS = {
  /** How long it took until a lease's run had ended; milliseconds since the pull, null where there was none. */
  "stop.measured": z.strictObject({
    lease: id,
    attempt: ordinal,
    outcome: z.enum(["stopped", "not_reached", "unconfirmed"]),
    told: milliseconds,
    ended: milliseconds,
    network: milliseconds,
    model: milliseconds,
    stop: milliseconds,
  }),
  "drill.started": z.strictObject({ runs: ordinal }),
  "drill.pulled": z.strictObject({ runs: ordinal }),
  "drill.ended": z.strictObject({
    outcome: z.enum(["done", "failed"]),
    fault: z.enum(["no_runner", "nothing_settled"]).optional(),
    stopped: count,
    missed: count,
    slowest: milliseconds,
  }),
} as const;

const proofs = z
  .array(z.strictObject({ control: word, result: z.enum(["holds", "failed", "not_run"]), ms: count }))
  .max(64);

export const CONTROL_KINDS = {
  /** Somebody, or the clock, asked for a round of the self-test. */
  "controls.asked": z.strictObject({}),
  /** The canaries of the self-test got keys for one round; SHA-256 of each public key. */
  "controls.keyed": z.strictObject({ keys: z.array(digest).max(4) }),
  "controls.tested": z.strictObject({ proofs }),
} as const;
