// A driver that speaks one prompt and waits for one ending: it cannot be spoken to meanwhile.
import type { AgentSession, SessionRecord } from "./port.ts";

export interface OneTurn {
  readonly agent: AgentSession;
  readonly record: SessionRecord;
  /** What to send first: task, goal, rules of the charter and what the base's tests said. */
  readonly prompt: string;
  readonly signal: AbortSignal;
}

export type Ending =
  /** The agent says that it is done; `text` is its last message. */
  | { readonly outcome: "done"; readonly text: string }
  /** It could not go on; one sentence, the gateway's own where the gateway ended it. */
  | { readonly outcome: "failed"; readonly reason: string };
