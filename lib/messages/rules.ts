import { approversLeft } from "../gates/approver-rules.ts";
import { isEnded } from "../runs/rules.ts";
import type { RunStatus } from "../runs/schema.ts";
import type { MessageStatus, MessageView, SteerNotice } from "./schema.ts";

/** Messages that wait for one run: more would bury the agent. */
export const MAX_WAITING = 20;

const REACHABLE: readonly RunStatus[] = ["queued", "preparing", "working", "awaiting_decision", "paused"];

export interface SendFacts {
  readonly status: RunStatus;
  /** Whether its agent reads anything. */
  readonly hasModel: boolean;
  readonly waiting: number;
}

/** Null when a message may be sent, else the sentence that says why not. */
export function refusalToSend({ status, hasModel, waiting }: SendFacts): string | null {
  if (!hasModel) return "This run's agent calls no model: nothing in it could read a message.";
  if (isEnded(status)) return `The run has ended: it is ${status}.`;
  if (!REACHABLE.includes(status))
    return `The agent has handed in its work; the run is ${status.replaceAll("_", " ")}.`;
  if (waiting >= MAX_WAITING)
    return `${MAX_WAITING} messages wait for the agent already. Wait until it got some of them.`;
  return null;
}

export interface WithdrawFacts {
  readonly status: MessageStatus;
  readonly isSender: boolean;
}

/** Null when a message may be taken back, or was already; else the sentence that says why not. */
export function refusalToWithdraw({ status, isSender }: WithdrawFacts): string | null {
  if (!isSender) return "Only whoever wrote a message can take it back.";
  switch (status) {
    case "queued":
    case "withdrawn":
      return null;
    case "delivered":
      return "It is too late: the agent has the message. Write another one to correct it.";
    case "undeliverable":
      return "The message did not reach the agent; there is nothing to take back.";
  }
}

/**
 * Grows with everything that happens to a message: sent, asked back, settled. Whoever knows an older number has not seen
 * it all. The same is counted by `countSteps` of the store.
 */
export const stepsOf = (messages: readonly Pick<MessageView, "withdrawAt" | "settledAt">[]): number =>
  messages.reduce(
    (steps, { withdrawAt, settledAt }) =>
      steps + 1 + (withdrawAt === null ? 0 : 1) + (settledAt === null ? 0 : 1),
    0,
  );

/** What entries commit to before and after. */
export const messageState = (message: string, status: MessageStatus) => ({ message, status });
/** `goal`: the message that says it, or `launch`. */
export const goalState = (run: string, goal: string) => ({ run, goal });

export interface NoticeFacts {
  readonly me: string;
  readonly needed: number;
  /** Who holds a role that may approve. */
  readonly approvers: readonly { readonly personId: string; readonly name: string }[];
  /** Who launched the run, or wrote to its agent. */
  readonly barred: readonly string[];
  /** What they are about to do; left out, they write to the agent. */
  readonly by?: "message" | "suggestion";
}

const COSTS = {
  message:
    "Whoever writes to the agent cannot approve what it makes: after this message you cannot approve this run's merge.",
  suggestion:
    "Whoever suggests code has a hand in it: after this you cannot approve this run's merge. Words alone bar nobody.",
} as const;

/** What to say before somebody writes to an agent, or suggests code for its patch. */
export function noticeOf({ me, needed, approvers, barred, by = "message" }: NoticeFacts): SteerNotice {
  const isBarred = barred.includes(me);
  const bars = new Map([me, ...barred].map((id) => [id, "steered" as const]));
  const { could: left, isEnough } = approversLeft({
    missing: needed,
    holders: approvers,
    barred: bars,
    roles: "",
  });
  const isApprover = approvers.some(({ personId }) => personId === me);
  const you = isBarred
    ? "You cannot approve this run's merge already."
    : isApprover
      ? COSTS[by]
      : `You are no approver of this pilot; nobody is lost by your ${by}.`;
  const others = isEnough
    ? `${counted(left.length)} left: ${listed(left.map(({ name }) => name))}.`
    : `${counted(left.length)} left, and a merge needs ${needed}: nobody could merge this run.`;
  return { needed, isBarred, left, isEnough, sentence: `${you} ${others}` };
}

const counted = (count: number): string =>
  count === 1 ? "One approver is" : `${count === 0 ? "No" : count} approvers are`;

const SHOWN = 5;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
