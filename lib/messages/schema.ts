import { z } from "zod";
import {
  MAX_MESSAGE,
  type MessageEffect,
  MessageMode,
  type MessageOrigin as WireOrigin,
} from "../protocol/steering.ts";

export const SendMessage = z.object({
  runId: z.string().min(1).max(100),
  mode: MessageMode,
  text: z
    .string()
    .trim()
    .min(1, "Write what the agent is to know.")
    .max(MAX_MESSAGE, `At most ${MAX_MESSAGE.toLocaleString("en")} characters.`),
  /** What the run is for, from then on. */
  changesGoal: z.boolean().default(false),
  /** Made once by the form, so that a double submit is one message. */
  requestKey: z.string().min(8).max(100),
});
export type SendMessage = z.input<typeof SendMessage>;

/** `review`: comments of a review, for the attempt that they ask for. On the wire it is a message like others. */
export type MessageOrigin = WireOrigin | "review";

/** `withdrawn`: whoever wrote it took it back before the agent had it. */
export type MessageStatus = "queued" | "delivered" | "undeliverable" | "withdrawn";

export const WithdrawMessage = z.object({
  runId: z.string().min(1).max(100),
  messageId: z.string().min(1).max(100),
});
export type WithdrawMessage = z.infer<typeof WithdrawMessage>;

export interface MessageView {
  readonly id: string;
  readonly mode: MessageMode;
  readonly origin: MessageOrigin;
  readonly text: string;
  readonly status: MessageStatus;
  /** When it reached the agent, in its turn; null before. */
  readonly effect: MessageEffect | null;
  /** The attempt it reached. */
  readonly attempt: number | null;
  /** Why it did not reach the agent. */
  readonly reason: string | null;
  readonly sentBy: string;
  readonly sentByName: string;
  readonly sentAt: Date;
  /** When whoever wrote it asked for it back. */
  readonly withdrawAt: Date | null;
  readonly settledAt: Date | null;
}

/** What writing to the agent costs whoever writes: they cannot approve the run's merge any more. */
export interface SteerNotice {
  /** Approvals a merge needs, before flags may ask for one more. */
  readonly needed: number;
  /** This person is out already: launched it, or wrote to the agent before. */
  readonly isBarred: boolean;
  /** Who could still approve once this person wrote. */
  readonly left: readonly { readonly personId: string; readonly name: string }[];
  readonly isEnough: boolean;
  readonly sentence: string;
}
