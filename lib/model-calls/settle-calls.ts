// Calls that are over: charged, what they held given back, what came kept with the time of each piece, and the entry.
// One statement, and so one commit, for all that wait together.
import { randomBytes } from "node:crypto";
import { releasesOf } from "../budgets/rules.ts";
import { conflict, refused, unavailable } from "../errors.ts";
import { settledCharge } from "../prices/rules.ts";
import { type PreparedEntry, preparedEntry } from "../record/prepared.ts";
import type { Scope } from "../scope.ts";
import { findCalls, forgetOpened } from "./opened.ts";
import { GivenUp } from "./refusal.ts";
import { flagsOf, modelNameOf, payloadCommitment } from "./rules.ts";
import type { Final } from "./schema.ts";
import { type OpenCall, settleTogether } from "./store.ts";
import { ringsOf, timelinesOf } from "./timelines.ts";

const TRIES = 3;

/**
 * Throws conflict for a call that is settled already and refused for one that is not of its run; then none of them is
 * settled. Whoever tries again after an answer that was lost takes conflict for done, but not GivenUp.
 */
export async function settleCalls(scope: Scope, finals: readonly Final[]): Promise<void> {
  const ids = finals.map(({ callId }) => callId);
  for (let tried = 0; tried < TRIES; tried++) {
    const calls = await findCalls(scope, ids);
    const endings = finals.map((final) => ({
      ...{ final, call: owned(final, calls.get(final.callId)), hasResponse: true },
    }));
    const isSettled = await settleOpen(scope, endings);
    forgetOpened(ids);
    if (isSettled) return; // otherwise it is read what became of them
  }
  throw unavailable("The ends of calls could not be recorded. Try again in a moment.");
}

function owned({ callId, runId, attempt }: Final, call: OpenCall | undefined): OpenCall {
  if (call?.runId !== runId || call.attempt !== attempt)
    throw refused(`The call ${callId} is none of that run and attempt.`);
  if (call.state === "unknown") throw new GivenUp(callId);
  if (call.state !== "open") throw conflict(`The call ${callId} is settled already.`);
  return call;
}

export interface Ending {
  readonly final: Final;
  readonly call: OpenCall;
  /** False where nobody knows what came. */
  readonly hasResponse: boolean;
}

/** False where one of them is not open any more: then none is settled. */
export async function settleOpen(scope: Scope, endings: readonly Ending[]): Promise<boolean> {
  if (new Set(endings.map(({ call }) => call.id)).size !== endings.length)
    throw conflict("The same call is settled twice.");
  const ended = endings.map((ending) => endedCall(ending));
  const told = ended.map(toldOf);
  const batch = {
    calls: ended.map(callRow),
    budgets: releasesOf(
      ended.map(({ call: { runId, pilotId, day, reservedMicros }, charge }) => ({
        ...{ runId, pilotId, day, reservedMicros: Number(reservedMicros), chargedMicros: charge.micros },
      })),
    ),
    entries: ended.map((one) => answeredEntry(scope, one)),
    timelines: timelinesOf(scope, told),
    ...outputsOf(ended),
  };
  const { bytes, ...prepared } = batch;
  return settleTogether(scope, prepared, bytes, ringsOf(told));
}

type Ended = ReturnType<typeof endedCall>;

const SALT_BYTES = 32;

function endedCall({ final, call, hasResponse }: Ending) {
  const reservedMicros = Number(call.reservedMicros);
  const charge = settledCharge(call.price, { ...final, reservedMicros, contextTokens: call.contextTokens });
  const salt = randomBytes(SALT_BYTES);
  return {
    ...{ final, call, charge, returnedModel: modelNameOf(final.returnedModel) },
    flags: flagsOf(final.flags, charge.flags),
    output: hasResponse ? { salt, commitment: payloadCommitment(salt, final.response) } : null,
  };
}

function callRow({ final, call, charge: { usage, micros }, returnedModel, flags }: Ended) {
  return {
    ...{ id: call.id, run: call.runId, attempt: call.attempt, reserved: Number(call.reservedMicros) },
    ...{ state: final.outcome, settled: final.at, status: final.status },
    ...{ first_byte: final.firstByteAt, first_token: final.firstTokenAt },
    ...{ returned: returnedModel, micros, retries: final.retries, flags },
    ...{ input: usage?.input ?? null, cached: usage?.cached ?? null, cache_write: usage?.cacheWrite ?? null },
    ...{ output: usage?.output ?? null, reasoning: usage?.reasoning ?? null },
  };
}

/** Responses in one piece, and where each of them is. */
function outputsOf(ended: readonly Ended[]) {
  let start = 0;
  const outputs = ended.flatMap(({ final: { callId, runId, response, chunks }, output }) => {
    if (output === null) return [];
    const at = start;
    start += response.length;
    return {
      ...{ call: callId, run: runId, start: at, size: response.length, salt: output.salt.toString("hex") },
      commitment: output.commitment.toString("hex"),
      ...{ offsets: chunks.map(({ offset }) => offset), ms: chunks.map(({ ms }) => Math.round(ms)) },
    };
  });
  const kept = ended.filter(({ output }) => output !== null);
  return { outputs, bytes: Buffer.concat(kept.map(({ final }) => final.response)) };
}

const tokensOf = (usage: Ended["charge"]["usage"]) => ({
  input: usage?.input ?? null,
  cached: usage?.cached ?? null,
  output: usage?.output ?? null,
  reasoning: usage?.reasoning ?? null,
});

function answeredEntry(
  scope: Scope,
  { final, call, charge, returnedModel, flags, output }: Ended,
): PreparedEntry {
  return preparedEntry(scope, {
    kind: "model.answered",
    about: [`run:${call.runId}`, `pilot:${call.pilotId}`],
    charter: call.charter,
    detail: {
      ...{ call: call.id, attempt: call.attempt, outcome: final.outcome, status: final.status },
      returned: returnedModel,
      ...tokensOf(charge.usage),
      cache_write: charge.usage?.cacheWrite ?? null,
      ...{ micros: charge.micros, flags, bytes: output ? final.response.length : 0 },
      response: output?.commitment.toString("hex") ?? null,
    },
  });
}

function toldOf({ final, call: { id, runId, attempt, charter, openedAt }, charge, returnedModel }: Ended) {
  const body = {
    ...{ call: id, outcome: final.outcome, returned: returnedModel, ...tokensOf(charge.usage) },
    ...{ cacheWrite: charge.usage?.cacheWrite ?? null, micros: charge.micros },
    milliseconds: Math.max(0, Math.round(final.at - openedAt.getTime())),
  };
  return { runId, attempt, charter, at: final.at, event: { kind: "model_answered" as const, body } };
}
