import type { MessageEffect } from "../protocol/steering.ts";
import type { ModelDriver } from "./schema.ts";

/** When a message that is sent during a turn reaches the model. What the runner's drivers say of themselves is the same. */
const STEERING = {
  openai: "tool_boundary",
  codex: "preempt",
  claude: "tool_boundary",
} as const satisfies Record<ModelDriver, MessageEffect>;

/** Null for an agent without a model: it reads no messages. */
export const steeringOf = (driver: string): MessageEffect | null =>
  Object.hasOwn(STEERING, driver) ? STEERING[driver as ModelDriver] : null;
