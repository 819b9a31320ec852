import { z } from "zod";
import { ModelName } from "../prices/schema.ts";

export const RECIPE_DRIVER = "recipe";
/** No program at all: what a revert is made from are trees. Nobody launches it, so no list shows it. */
export const REVERT_DRIVER = "revert";
/** Runs of a drill of the emergency stop; nobody launches them by themselves either. */
export const DRILL_DRIVER = "drill";

/** Drivers of agents that use a model. */
export const ModelDriver = z.enum(["openai", "codex", "claude"]);
export type ModelDriver = z.infer<typeof ModelDriver>;

const whole = (min: number, max: number) => {
  const sentence = `Write a whole number from ${min} to ${max}.`;
  return z.coerce.number({ error: sentence }).int(sentence).min(min, sentence).max(max, sentence);
};

/** What calls of an agent's model may be; an agent without a model has the defaults and makes none. */
export const AgentSettings = z.strictObject({
  /** Of one answer, reasoning included. A call holds back what so many cost. */
  maxOutputTokens: whole(256, 1_000_000).default(16_384),
  /** Calls of one run at a time. */
  concurrentCalls: whole(1, 64).default(4),
  /** What the model takes in and gives out together in one call; 0 where that is not known. */
  contextTokens: whole(0, 10_000_000).default(0),
});
export type AgentSettings = z.infer<typeof AgentSettings>;

const NAME = "Give the agent a name of 2 to 80 characters.";

export const CreateAgent = z.object({
  name: z
    .string({ error: NAME })
    .trim()
    .min(2, NAME)
    .max(80, NAME)
    .refine((name) => !/\p{Cc}/u.test(name), NAME),
  driver: ModelDriver,
  providerId: z.string().min(1, "Choose a provider.").max(100),
  model: ModelName,
  settings: AgentSettings.default(AgentSettings.parse({})),
});
export type CreateAgent = z.infer<typeof CreateAgent>;

/** A configured worker. The recipe needs no model: it re-runs, groups, bisects and proposes reverts. */
export interface AgentView {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  /** Null for an agent without a model. */
  readonly providerId: string | null;
  readonly providerName: string | null;
  readonly model: string | null;
  readonly settings: AgentSettings;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Date;
  /** Runs it was given, over the pilots the one who looks may see. */
  readonly runs: number;
}
