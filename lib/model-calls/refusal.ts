// A request turned away before it was a call: an error whose reason is one of a closed list.
import { AppError, type ErrorCode } from "../errors.ts";
import type { RefusalReason } from "./schema.ts";

const SAID: Partial<Record<RefusalReason, readonly [code: ErrorCode, sentence: string]>> = {
  token_unknown: [
    "unauthenticated",
    "This run token is not known: it was never given, or its lease is gone.",
  ],
  token_of_another_runner: ["forbidden", "This run token belongs to another runner's lease."],
  lease_over: ["unauthenticated", "The lease of this run token is over."],
  run_not_working: ["forbidden", "The run is not at work, so it may not call its model."],
  pilot_not_active: ["forbidden", "The pilot is not active, so its runs may not call a model."],
  stopped: ["forbidden", "An emergency stop is on. No model is called until it is lifted."],
  agent_without_model: ["forbidden", "The agent of this run has no model."],
  wrong_model: ["forbidden", "The charter of this run does not name this agent's model."],
  provider_disabled: ["refused", "The provider of this agent's model is switched off."],
  no_key: ["refused", "The provider of this agent's model has no key. An administrator sets one."],
  no_price: [
    "refused",
    "Nobody has set what this model costs, so nothing can be budgeted. An administrator sets it.",
  ],
};

export class CallRefused extends AppError {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, sentence?: string) {
    const [code, said] = SAID[reason] ?? ["forbidden", "The call was refused."];
    super(code, sentence ?? said);
    this.name = "CallRefused";
    this.reason = reason;
  }
}

/** The call was taken for lost and is settled as unknown: what came of it is in no record, so nobody may act upon it. */
export class GivenUp extends AppError {
  constructor(callId: string) {
    super("conflict", `The call ${callId} was taken for lost and is settled already.`);
    this.name = "GivenUp";
  }
}
