import { RunKind } from "../pilots/schema/goal.ts";
import type { MessageEffect } from "../protocol/steering.ts";
import { type AgentSettings, DRILL_DRIVER, type ModelDriver, REVERT_DRIVER } from "./schema.ts";

/** When a message that is sent during a turn reaches the model. What the runner's drivers say of themselves is the same. */
const STEERING = {
  openai: "tool_boundary",
  codex: "preempt",
  claude: "tool_boundary",
} as const satisfies Record<ModelDriver, MessageEffect>;

/** Null for an agent without a model: it reads no messages. */
export const steeringOf = (driver: string): MessageEffect | null =>
  Object.hasOwn(STEERING, driver) ? STEERING[driver as ModelDriver] : null;

/** A recipe reads no task: it repairs. */
const WITHOUT_MODEL: readonly RunKind[] = ["repair"];

/** Kinds of work that an agent does. */
export const kindsOf = ({
  model,
  driver,
}: {
  readonly model: string | null;
  readonly driver?: string;
}): readonly RunKind[] =>
  driver === REVERT_DRIVER || driver === DRILL_DRIVER ? [] : model === null ? WITHOUT_MODEL : RunKind.options;

/** Tokens of history above which an agent sums it up, where nobody knows how many its model takes. */
export const USUAL_HISTORY = 120_000;
/** For what stands between two looks at the history's size. */
const ROOM = 4096;

type Window = Pick<AgentSettings, "contextTokens" | "maxOutputTokens">;

/** The same for an agent's model: three quarters of its window, and so much less that the longest answer fits. */
export const historyLimit = ({ contextTokens, maxOutputTokens }: Window): number =>
  contextTokens === 0
    ? USUAL_HISTORY
    : Math.floor(Math.min((contextTokens * 3) / 4, contextTokens - maxOutputTokens - ROOM));

/** Null where a window can hold a question besides the longest answer. */
export const refusalOfWindow = ({ contextTokens, maxOutputTokens }: Window): string | null =>
  contextTokens === 0 || contextTokens >= 2 * maxOutputTokens + ROOM
    ? null
    : `With answers of ${maxOutputTokens} tokens the window has to hold ${2 * maxOutputTokens + ROOM} at least; 0 where it is not known.`;
