// What a charter and an agent say about calls of models, and how a request and a response are committed to.
import { createHash } from "node:crypto";
import type { Charter } from "../pilots/schema.ts";
import { CENT } from "../prices/rules.ts";
import { MODEL_NAME } from "../prices/schema.ts";
import type { Budgets, OutboundPolicy, RefusalReason } from "./schema.ts";

/** The three caps of a charter, in micro-units. */
export const budgetsOf = ({ controls }: Charter): Budgets => ({
  runMicros: controls.budgetRunCents * CENT,
  dayMicros: controls.budgetDayCents * CENT,
  pilotMicros: controls.budgetPilotCents * CENT,
});

/** Whether a charter that names these models lets this one be called; none: any. */
export const isModelAllowed = (models: readonly string[], model: string): boolean =>
  models.length === 0 || models.includes(model);

/** What the gateway does with each class of text before a request leaves. */
export const outboundOf = ({ controls }: Charter): OutboundPolicy => ({
  secret: controls.outboundSecret,
  card_number: controls.outboundCardNumber,
  email: controls.outboundEmail,
  iban: controls.outboundIban,
  own: controls.outboundOwn,
  ownPatterns: controls.ownPatterns,
});

/** SHA-256(salt ‖ bytes): stays when both are taken away, and gives nothing of them then. */
export const payloadCommitment = (salt: Uint8Array, bytes: Uint8Array): Buffer =>
  createHash("sha256").update(salt).update(bytes).digest();

/** SHA-256 over the commitments of a request's head and items, in order: what its entry holds. */
export function requestCommitment(commitments: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const commitment of commitments) hash.update(commitment);
  return hash.digest();
}

/** A provider's words for its model, if they are a name. */
export const modelNameOf = (text: string | null): string | null =>
  text !== null && MODEL_NAME.test(text) ? text : null;

const WORD = /^[a-z][a-z0-9_]{0,39}$/;

/** Flags as entries hold them: words, each once, sorted. */
export const flagsOf = (...lists: readonly (readonly string[])[]): string[] =>
  [...new Set(lists.flat().filter((flag) => WORD.test(flag)))].sort().slice(0, 64);

/** What decides whether a lease may call its model now. */
export interface AdmissionFacts {
  readonly runnerId: string;
  readonly phase: string;
  readonly leaseEnded: boolean;
  readonly runStatus: string;
  readonly pilotStatus: string;
  readonly stopped: boolean;
  readonly hasModel: boolean;
  /** By the charter of the run. */
  readonly mayUseModel: boolean;
  readonly providerDisabled: boolean;
  readonly hasKey: boolean;
  readonly hasPrice: boolean;
}

/** Runs at work; only these call models. */
export const CALLING: readonly string[] = ["preparing", "working", "awaiting_decision"];

/** Null when the holder may call. In this order: who it is, whether the run goes on, what it is to call. */
export function refusalToCall(facts: AdmissionFacts, runnerId: string): RefusalReason | null {
  if (facts.runnerId !== runnerId) return "token_of_another_runner";
  if (facts.leaseEnded || facts.phase !== "agent") return "lease_over";
  if (facts.stopped) return "stopped";
  if (facts.pilotStatus !== "active") return "pilot_not_active";
  if (!CALLING.includes(facts.runStatus)) return "run_not_working";
  if (!facts.hasModel) return "agent_without_model";
  if (!facts.mayUseModel) return "wrong_model";
  if (facts.providerDisabled) return "provider_disabled";
  if (!facts.hasKey) return "no_key";
  return facts.hasPrice ? null : "no_price";
}
