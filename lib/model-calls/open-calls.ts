// Calls that are about to be made: what they may cost is held back, what is asked is stored, and the entry says so,
// durable before a byte leaves. One statement, and so one commit, for all that wait together.
import { decideClaims, holdsOf, keyText, refusalSentence } from "../budgets/rules.ts";
import type { BudgetState, Claim } from "../budgets/schema.ts";
import { isSaid } from "../db.ts";
import { unavailable } from "../errors.ts";
import { dayIn } from "../pilots/rules.ts";
import { type PreparedEntry, preparedEntry } from "../record/prepared.ts";
import type { Scope } from "../scope.ts";
import { learnStored, type PlacedRequest, placeRequests } from "./items.ts";
import { rememberOpened } from "./opened.ts";
import { recordRefusal } from "./record-refusal.ts";
import { CallRefused } from "./refusal.ts";
import { CALLING } from "./rules.ts";
import type { Intent, Opening, RefusalReason } from "./schema.ts";
import { type OpenCall, openTogether, STORED_ALREADY, type Verdict } from "./store.ts";
import { ringsOf, timelinesOf } from "./timelines.ts";

/**
 * By intent, in order. Whoever is in the way of the others is refused, and the others are opened together. Throws
 * unavailable when nothing of it is durable: then nothing may be sent.
 */
export async function openCalls(scope: Scope, intents: readonly Intent[]): Promise<Opening[]> {
  const openings = new Map<Intent, Opening>();
  for (let inVain = 0; openings.size < intents.length; ) {
    const left = intents.filter((intent) => !openings.has(intent));
    const verdict = await openKnowing(scope, left);
    const decided =
      verdict.verdict === "opened"
        ? left.map((intent) => [intent, "opened"] as const)
        : await refuse(scope, left, verdict);
    for (const [intent, opening] of decided) openings.set(intent, opening);
    // What was in the way is gone already: another call gave back what it held.
    if (decided.length === 0 && ++inVain >= TRIES) throw unavailable(UNSTORED);
  }
  return intents.map((intent) => openings.get(intent) ?? neverDecided());
}

function neverDecided(): never {
  throw new Error("a call was neither opened nor refused");
}

const TRIES = 4;
const UNSTORED = "What is asked could not be stored. Try again in a moment.";

/** A piece that another gateway stored, or this process before it was started, is learnt when it is in the way. */
async function openKnowing(scope: Scope, intents: readonly Intent[]): Promise<Verdict> {
  for (let tried = 1; ; tried++) {
    try {
      return await open(scope, intents);
    } catch (error) {
      if (!isSaid(error, STORED_ALREADY)) throw error;
      if (tried >= TRIES) throw unavailable(UNSTORED);
      await learnStored(scope, intents);
    }
  }
}

const dayOf = ({ admission, at }: Intent): string => dayIn(admission.timeZone, at);

const claimOf = (intent: Intent): Claim => ({
  ...{ runId: intent.admission.runId, pilotId: intent.admission.pilotId, budgets: intent.admission.budgets },
  ...{ day: dayOf(intent), micros: intent.reservedMicros },
});

async function open(scope: Scope, intents: readonly Intent[]): Promise<Verdict> {
  const placed = placeRequests(intents);
  const requests = intents.flatMap((intent, at) => {
    const request = placed.requests[at];
    return request ? [{ intent, request }] : [];
  });
  const told = intents.map((intent) => {
    const { callId, requestedModel, admission, at } = intent;
    const { runId, attempt, charterDigest: charter } = admission;
    const body = { call: callId, model: requestedModel };
    return { runId, attempt, charter, at, event: { kind: "model_called" as const, body } };
  });
  const batch = {
    ...{ calling: CALLING, leases: [...new Set(intents.map(({ admission }) => admission.leaseId))] },
    ...{ budgets: holdsOf(intents.map(claimOf)), pieces: placed.pieces },
    calls: requests.map(({ intent, request }) => callRow(intent, request)),
    entries: requests.map(({ intent, request }) => calledEntry(scope, intent, request)),
    timelines: timelinesOf(scope, told),
  };
  const verdict = await openTogether(scope, batch, placed.bytes, ringsOf(told));
  if (verdict.verdict === "opened") {
    placed.stored(verdict.items ?? []);
    rememberOpened(intents.map(openedCall));
  }
  return verdict;
}

function callRow(intent: Intent, { head, items, commitment }: PlacedRequest) {
  const { admission, callId, at, gateway, api, requestedModel, reservedMicros, contextTokens } = intent;
  const { runId, pilotId, agentId, leaseId, attempt, provider, price } = admission;
  return {
    ...{ id: callId, run: runId, pilot: pilotId, agent: agentId, lease: leaseId, attempt },
    ...{ provider: provider.id, key: provider.key.id, price: price.id, gateway, api, model: requestedModel },
    ...{ day: dayOf(intent), opened: at, reserved: reservedMicros, context: contextTokens, head, items },
    commitment: commitment.toString("hex"),
  };
}

function calledEntry(scope: Scope, intent: Intent, { items, commitment }: PlacedRequest): PreparedEntry {
  const { admission, callId, api, requestedModel, reservedMicros } = intent;
  const { runId, pilotId, attempt, agentId, provider, price, charterDigest } = admission;
  return preparedEntry(scope, {
    kind: "model.called",
    about: [`run:${runId}`, `pilot:${pilotId}`],
    charter: charterDigest,
    detail: {
      ...{ call: callId, attempt, agent: agentId, provider: provider.id, key: provider.key.id },
      ...{ price: price.id, api, model: requestedModel, reserved_micros: reservedMicros },
      ...{ items: items.length, request: commitment.toString("hex") },
    },
  });
}

function openedCall(intent: Intent): OpenCall {
  const { admission, callId, at, reservedMicros, contextTokens } = intent;
  const { runId, pilotId, attempt, charterDigest, price } = admission;
  return {
    ...{ id: callId, runId, pilotId, attempt, state: "open", day: dayOf(intent), openedAt: new Date(at) },
    ...{ reservedMicros: BigInt(reservedMicros), contextTokens, charter: charterDigest, price },
  };
}

type Refusals = readonly (readonly [Intent, Opening])[];

/** Told once its entry is durable. */
async function refuse(
  scope: Scope,
  intents: readonly Intent[],
  verdict: Exclude<Verdict, { verdict: "opened" }>,
): Promise<Refusals> {
  const refusals = verdict.verdict === "short" ? overdrawn(intents, verdict) : notLive(intents, verdict);
  for (const { intent, reason } of refusals)
    await recordRefusal(scope, { reason, runnerId: "", run: intent.admission });
  return refusals.map(({ intent, opening }) => [intent, opening] as const);
}

interface Refused {
  readonly intent: Intent;
  readonly reason: RefusalReason;
  readonly opening: Opening;
}

function notLive(intents: readonly Intent[], { live }: Extract<Verdict, { verdict: "not_live" }>): Refused[] {
  const sentence = new CallRefused("run_not_working").message;
  return intents
    .filter(({ admission }) => !live.includes(admission.leaseId))
    .map((intent) => ({
      ...{ intent, reason: "lease_over" },
      opening: { refused: "forbidden", sentence, budget: null },
    }));
}

/** In the order they came: each is weighed against what those before it hold back. */
function overdrawn(intents: readonly Intent[], { uses }: Extract<Verdict, { verdict: "short" }>): Refused[] {
  const use = new Map(
    uses.map(({ reserved, spent, ...key }) => [
      keyText(key),
      { reservedMicros: reserved, spentMicros: spent },
    ]),
  );
  const { refusals } = decideClaims(intents.map(claimOf), use);
  return intents.flatMap((intent, at) => {
    const state: BudgetState | null = refusals[at] ?? null;
    if (state === null) return [];
    const sentence = refusalSentence(state, intent.reservedMicros);
    const opening = { refused: "refused", sentence, budget: state.name } as const;
    return [{ intent, reason: `budget_${state.name}` as const, opening }];
  });
}
