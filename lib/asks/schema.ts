import type { AskDecider, AskEnd, AskSubject } from "../protocol/steering.ts";

/** Of one run, whoever answered; nobody reads more. */
export const MAX_ASKS = 1000;

export type AskStatus = "open" | AskEnd;

export interface AskView {
  readonly id: string;
  readonly attempt: number;
  /** The runner's own number, inside the attempt: that of the events `ask_opened` and `ask_settled`. */
  readonly number: number;
  /** The agent's item it belongs to, where it named one. */
  readonly item: number | null;
  readonly what: AskSubject;
  readonly title: string;
  /** All that would be done: the argument vector as JSON, a script, or the patch. */
  readonly text: string;
  readonly cwd: string;
  /** Why, in the agent's words. */
  readonly reason: string;
  readonly status: AskStatus;
  readonly decidedBy: AskDecider | null;
  /** What the agent was told with the decision. */
  readonly answer: string | null;
  /** Where a person decides; null where nobody was asked. */
  readonly gateId: string | null;
  readonly openedAt: Date;
  /** From then on nobody is waited for. */
  readonly dueAt: Date;
  /** The runner was told to put the run away until somebody decides. */
  readonly parkedAt: Date | null;
  readonly settledAt: Date | null;
}
