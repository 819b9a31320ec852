// What the composer says before anything is sent: what happens with a message, and when. Pure.
import type { MessageStatus } from "#lib/messages/schema.ts";
import type { MessageEffect, MessageMode } from "#lib/protocol/steering.ts";
import type { StatusOf } from "../../status.ts";

export const MODES = [
  { value: "now", title: "Steer now" },
  { value: "queue", title: "Queue" },
  { value: "interrupt", title: "Interrupt" },
] as const satisfies readonly { value: MessageMode; title: string }[];

export const VERBS = { now: "Steer", queue: "Queue", interrupt: "Interrupt" } as const satisfies Record<
  MessageMode,
  string
>;

const NOW: Readonly<Record<MessageEffect, string>> = {
  preempt:
    "Reaches the agent at once: what its model is writing is dropped, a command it runs goes on to its end, and the turn goes on with your words.",
  tool_boundary: "Delivered at the next tool boundary, when what it runs now is done. The turn goes on.",
  after_turn: "This agent takes nothing in during a turn: it becomes the next one.",
};
const QUEUE = "Becomes the next turn, when this one is over.";
const INTERRUPT = "Ends the turn now, what it is doing is cut off. Your message is the next turn.";

export interface ComposerFacts {
  readonly mode: MessageMode;
  readonly status: StatusOf<"run">;
  /** A runner has the run. */
  readonly held: boolean;
  readonly steering: MessageEffect;
}

/** One sentence: what happens with the message, and when. */
export function effectSentence({ mode, status, held, steering }: ComposerFacts): string {
  if (status === "paused") return "The run is paused: it is delivered first when somebody resumes it.";
  if (status === "queued" || status === "preparing")
    return "Nothing runs yet: it is delivered when the agent is at work.";
  if (status === "awaiting_decision") {
    if (!held) return "The run is parked: it is delivered when the ask is decided and a runner has it again.";
    return mode === "interrupt"
      ? "Ends the turn now, and with it what the agent asks for. Your message is the next turn."
      : "The agent waits for a decision: it is delivered after that.";
  }
  switch (mode) {
    case "now":
      return NOW[steering];
    case "queue":
      return QUEUE;
    case "interrupt":
      return INTERRUPT;
  }
}

const REACHED: readonly StatusOf<"run">[] = ["queued", "preparing", "working", "awaiting_decision", "paused"];

/** Whether a message can still reach the agent of a run in this state. */
export const isReached = (status: StatusOf<"run">): boolean => REACHED.includes(status);

const SETTLED: Readonly<Record<MessageEffect, string>> = {
  preempt: "delivered at once, its turn went on",
  tool_boundary: "delivered at a tool boundary",
  after_turn: "delivered as a turn of its own",
};
const WAITING: Readonly<Record<MessageMode, string>> = {
  now: "waits to be delivered",
  queue: "waits for the turn to end",
  interrupt: "waits for the turn to be cut off",
};

/** "delivered at a tool boundary"; one that waits says for what. */
export function stateWords(message: {
  readonly status: MessageStatus;
  readonly mode: MessageMode;
  readonly effect: MessageEffect | null;
  readonly withdrawAt?: Date | null;
}): string {
  const isAskedBack = (message.withdrawAt ?? null) !== null;
  switch (message.status) {
    case "queued":
      return isAskedBack ? "is being taken back" : WAITING[message.mode];
    case "delivered": {
      const how = message.effect === null ? "delivered" : SETTLED[message.effect];
      return isAskedBack ? `${how}, before it could be taken back` : how;
    }
    case "undeliverable":
      return "did not reach the agent";
    case "withdrawn":
      return "taken back before the agent had it";
  }
}
