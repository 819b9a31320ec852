// Calls of models as pages read them. Texts are masked; what was taken away is null.
import type { CallOutcome } from "../model-calls/schema.ts";

export interface CallView {
  readonly id: string;
  readonly runId: string;
  readonly attempt: number;
  readonly agentId: string;
  readonly providerName: string;
  readonly api: string;
  readonly requestedModel: string;
  /** Null while it is open, and where the provider named none. */
  readonly returnedModel: string | null;
  readonly state: "open" | CallOutcome;
  readonly openedAt: Date;
  readonly firstByteAt: Date | null;
  /** Null for an answer that is no stream, and for calls made before it was noted. */
  readonly firstTokenAt: Date | null;
  readonly settledAt: Date | null;
  readonly status: number | null;
  readonly reservedMicros: number;
  readonly chargedMicros: number | null;
  readonly input: number | null;
  readonly cached: number | null;
  readonly cacheWrite: number | null;
  readonly output: number | null;
  readonly reasoning: number | null;
  readonly flags: readonly string[];
  readonly retries: number;
}

/** A text of a page: `text` null where it was taken away. */
export interface TraceText {
  readonly role: string;
  readonly bytes: number;
  readonly text: string | null;
  /** Characters left off at the end. */
  readonly cut: number;
}

/** `answer`: what is for the reader; `tool`: arguments of a tool; `raw`: an answer that is none of these. */
export type Channel = "answer" | "reasoning" | "tool" | "raw";

/** What came at one moment. Pieces of one part are one text, cut where the provider cut it. */
export interface TracePiece {
  readonly channel: Channel;
  readonly part: string;
  /** After the call was opened. */
  readonly ms: number;
  readonly text: string;
  /** Of a token, where the provider gave it: the natural logarithm of its probability. */
  readonly logprob?: number;
}

/** `token`: each token of the answer, as the provider gave it; `chunk`: pieces as they came; `none`: all at once. */
export type Resolution = "token" | "chunk" | "none";

export interface CallTrace {
  readonly call: CallView;
  /** All of the request but its items: parameters, instructions, tools. */
  readonly head: TraceText;
  /** In order. */
  readonly items: readonly TraceText[];
  /** Null where there is none, or it was taken away. */
  readonly response: {
    readonly bytes: number;
    readonly resolution: Resolution;
    readonly pieces: readonly TracePiece[];
  } | null;
  readonly isTakenAway: boolean;
}

export const SPEND_BY = ["run", "agent", "model", "day"] as const;
export type SpendBy = (typeof SPEND_BY)[number];

export interface Spend {
  /** Run, agent, the provider's name of the model asked for, or the pilot's day. */
  readonly key: string;
  /** Of a run its title, of an agent its name. */
  readonly label: string;
  readonly calls: number;
  readonly openCalls: number;
  readonly failedCalls: number;
  readonly chargedMicros: number;
  readonly reservedMicros: number;
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  /** Calls whose charge is an estimate. */
  readonly estimatedCalls: number;
}
