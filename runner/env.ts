// The runner's own settings. It may sit on a host of its own, so it shares no settings with the control plane.
import { isAbsolute } from "node:path";
import { z } from "zod";
import { badInput } from "#lib/errors.ts";
import { Phase } from "#lib/protocol/schema.ts";
import { isUsableOrigin } from "./origin.ts";

const absolute = z.string().refine(isAbsolute, "must be an absolute path");

const phases = z
  .string()
  .transform((text) => [...new Set(text.split(",").map((part) => part.trim()))])
  .pipe(z.array(Phase).min(1));

const Environment = z.object({
  PILOTHOUSE_PLANE_URL: z
    .string()
    .refine(isUsableOrigin, "must be an https:// origin without a path, or http:// on this host's loopback")
    .transform((text) => new URL(text).origin),
  PILOTHOUSE_RUNNER_STATE: absolute,
  PILOTHOUSE_AGENTS: absolute.optional(),
  PILOTHOUSE_ENROLMENT_FILE: absolute.optional(),
  PILOTHOUSE_RUNNER_NAME: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and hyphens, at most 63"),
  PILOTHOUSE_RUNNER_PHASES: phases,
  PILOTHOUSE_RUNNER_SLOT: z.coerce.number().int().min(0).max(63).default(0),
});

export interface RunnerEnv {
  /** Origin of the control plane. */
  readonly planeUrl: string;
  readonly stateFolder: string;
  /** Where `npm run agents:add` puts agent programs; null where this host has none. */
  readonly agentsFolder: string | null;
  readonly enrolmentFile: string | null;
  readonly name: string;
  readonly phases: readonly Phase[];
  readonly slot: number;
}

/** Throws `bad_input` whose message names every variable that is wrong. */
export function readEnv(variables: Readonly<Record<string, string | undefined>>): RunnerEnv {
  const parsed = Environment.safeParse(variables);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`);
    throw badInput(`The runner's environment is not usable. ${lines.join("; ")}`);
  }
  return {
    planeUrl: parsed.data.PILOTHOUSE_PLANE_URL,
    stateFolder: parsed.data.PILOTHOUSE_RUNNER_STATE,
    agentsFolder: parsed.data.PILOTHOUSE_AGENTS ?? null,
    enrolmentFile: parsed.data.PILOTHOUSE_ENROLMENT_FILE ?? null,
    name: parsed.data.PILOTHOUSE_RUNNER_NAME,
    phases: parsed.data.PILOTHOUSE_RUNNER_PHASES,
    slot: parsed.data.PILOTHOUSE_RUNNER_SLOT,
  };
}
