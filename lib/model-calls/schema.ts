// The seam between the gateway, which speaks to providers, and the ledger, which says what may be spent and keeps what
// was said. Money is whole micro-units of US dollars; 2^53 of them are nine billion dollars.
import type { Price, Usage } from "../prices/schema.ts";
import { ModelApi } from "../protocol/schema.ts";
import type { ProviderKind, ProviderSettings } from "../providers/schema.ts";

/** How a request is made: OpenAI Responses, OpenAI Chat Completions, Anthropic Messages. */
export const Api = ModelApi;
export type Api = ModelApi;

export const OUTBOUND_CLASSES = ["secret", "card_number", "email", "iban", "own"] as const;
export type OutboundClass = (typeof OUTBOUND_CLASSES)[number];
export type OutboundAction = "block" | "mask" | "allow";
export type OutboundPolicy = { readonly [K in OutboundClass]: OutboundAction } & {
  /** What `own` stands for. */
  readonly ownPatterns: readonly string[];
};

export interface Budgets {
  readonly runMicros: number;
  /** Of the pilot, from midnight to midnight in its time zone. */
  readonly dayMicros: number;
  readonly pilotMicros: number;
}

/** Who calls, and what they may use. Good for half a second; then it is read again. */
export interface Admission {
  readonly leaseId: string;
  readonly runId: string;
  readonly pilotId: string;
  readonly agentId: string;
  readonly attempt: number;
  /** Of the charter the run stands under. */
  readonly charterDigest: string;
  /** Of the pilot: its day is counted in it. */
  readonly timeZone: string;
  readonly budgets: Budgets;
  readonly provider: {
    readonly id: string;
    readonly kind: ProviderKind;
    readonly baseUrl: string;
    readonly settings: ProviderSettings;
    readonly key: { readonly id: string; readonly sealed: Buffer };
  };
  /** The only one that may be asked for. */
  readonly model: string;
  readonly price: Price;
  readonly limits: { readonly maxOutputTokens: number; readonly concurrentCalls: number };
  readonly outbound: OutboundPolicy;
}

/** A piece of a request: what agents send again with every call is kept once a run. */
export interface RequestItem {
  /** A word: `system`, `user`, `assistant`, `tool`, or the item's type. */
  readonly role: string;
  readonly bytes: Buffer;
}

/** A call that is about to be made. Nothing of it may leave before it was opened. */
export interface Intent {
  readonly admission: Admission;
  /** From `newId("call")`. */
  readonly callId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Which gateway has it; what it left open is settled when it comes back. */
  readonly gateway: string;
  readonly api: Api;
  readonly requestedModel: string;
  /** The most it may cost: `reservationOf(price, contextTokens, maxOutputTokens)`. */
  readonly reservedMicros: number;
  /** No fewer than the request will be counted as. */
  readonly contextTokens: number;
  /** All of the request but the items. */
  readonly requestHead: Buffer;
  readonly requestItems: readonly RequestItem[];
}

export type BudgetName = "run" | "day" | "pilot";

export type Opening =
  | "opened"
  | {
      readonly refused: "refused" | "forbidden";
      /** For whoever reads the agent's output. */
      readonly sentence: string;
      /** Which is used up; null when it is not for want of money. */
      readonly budget: BudgetName | null;
    };

export type CallOutcome = "done" | "failed" | "aborted" | "unknown";

/** What the gateway itself saw of a response. */
export interface Seen {
  /** Its own estimate, no lower than what was seen. */
  readonly outputTokens: number;
  /** UTF-8 bytes of texts, reasoning and tool arguments. */
  readonly outputBytes: number;
}

/** A call that is over. */
export interface Final {
  readonly callId: string;
  readonly runId: string;
  readonly attempt: number;
  readonly outcome: CallOutcome;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds since 1970; null when no byte came. */
  readonly firstByteAt: number | null;
  /** When the first of what the model wrote had come: text, reasoning, a tool's name or arguments. Null for none, and for an answer that is no stream. */
  readonly firstTokenAt: number | null;
  /** Of HTTP; null when none came. */
  readonly status: number | null;
  /** Whether a byte of the request may have reached the provider. */
  readonly wasSent: boolean;
  readonly returnedModel: string | null;
  /** As the provider said it, normalised and not judged; null when it said nothing. */
  readonly usage: Usage | null;
  readonly seen: Seen;
  /** What else is to be known about it, as words: `aborted`, `incomplete`, `upstream_timeout`, … */
  readonly flags: readonly string[];
  /** Exactly the bytes that were passed on. */
  readonly response: Buffer;
  /** Where each piece begins in the response, and when it came, in milliseconds after the call was opened. */
  readonly chunks: readonly { readonly offset: number; readonly ms: number }[];
  readonly retries: number;
}

/** Why a request was turned away before it was a call. */
export const REFUSALS = [
  "token_unknown",
  "token_of_another_runner",
  "lease_over",
  "run_not_working",
  "pilot_not_active",
  "stopped",
  "agent_without_model",
  "provider_disabled",
  "no_key",
  "no_price",
  "runner_unknown",
  "signature",
  "wrong_model",
  "not_allowed",
  "malformed",
  "too_large",
  "too_many_calls",
  "outbound_policy",
  "budget_run",
  "budget_day",
  "budget_pilot",
] as const;
export type RefusalReason = (typeof REFUSALS)[number];
