// Calls that are over: charged, what they held given back, what came kept with the time of each piece, and the entry.
// One transaction for all that wait together.
import { randomBytes } from "node:crypto";
import { settle } from "../budgets/service.ts";
import { type Tx, transaction } from "../db.ts";
import { conflict, refused } from "../errors.ts";
import { eventTime } from "../events/rules.ts";
import { appendEvents } from "../events/service.ts";
import { settledCharge } from "../prices/rules.ts";
import type { Scope } from "../scope.ts";
import { flagsOf, modelNameOf, payloadCommitment } from "./rules.ts";
import type { Final } from "./schema.ts";
import {
  type EndedCall,
  endCalls,
  insertOutputs,
  lockCalls,
  type NewOutput,
  type OpenCall,
} from "./store.ts";

/**
 * Throws conflict for a call that is settled already and refused for one that is not of its run; then none of them is
 * settled. Whoever tries again after an answer that was lost takes conflict for done.
 */
export async function settleCalls(scope: Scope, finals: readonly Final[]): Promise<void> {
  await transaction(scope, async (tx) => {
    const open = await lockCalls(
      tx.db,
      finals.map(({ callId }) => callId),
    );
    await settleLocked(
      tx,
      finals.map((final) => ({ final, call: owned(final, open.get(final.callId)), hasResponse: true })),
    );
  });
}

function owned({ callId, runId, attempt }: Final, call: OpenCall | undefined): OpenCall {
  if (call?.runId !== runId || call.attempt !== attempt)
    throw refused(`The call ${callId} is none of that run and attempt.`);
  if (call.state !== "open") throw conflict(`The call ${callId} is settled already.`);
  return call;
}

export interface Ending {
  readonly final: Final;
  readonly call: OpenCall;
  /** False where nobody knows what came. */
  readonly hasResponse: boolean;
}

/** The calls are locked and open, each once. */
export async function settleLocked(tx: Tx, endings: readonly Ending[]): Promise<void> {
  if (new Set(endings.map(({ call }) => call.id)).size !== endings.length)
    throw conflict("The same call is settled twice.");
  const ended = endings.map(({ final, call }): EndedCall => {
    const reservedMicros = Number(call.reservedMicros);
    const charge = settledCharge(call.price, { ...final, reservedMicros, contextTokens: call.contextTokens });
    const returnedModel = modelNameOf(final.returnedModel);
    return { final, charge, returnedModel, flags: flagsOf(final.flags, charge.flags) };
  });
  await settle(
    tx,
    endings.map(({ call: { runId, pilotId, day, reservedMicros } }, at) => ({
      ...{ runId, pilotId, day, reservedMicros: Number(reservedMicros) },
      chargedMicros: ended[at]?.charge.micros ?? 0,
    })),
  );
  await endCalls(tx.db, ended);
  const outputs = endings.map(({ final, hasResponse }) => (hasResponse ? newOutput(final) : null));
  await insertOutputs(
    tx.db,
    outputs.filter((output) => output !== null),
  );
  for (const [at, { call }] of endings.entries()) {
    const one = ended[at];
    if (one) recordAnswer(tx, call, one, outputs[at] ?? null);
  }
  await tellTimelines(tx, endings, ended);
}

const SALT_BYTES = 32;

function newOutput(final: Final): NewOutput {
  const salt = new Uint8Array(randomBytes(SALT_BYTES));
  return { final, salt, commitment: payloadCommitment(salt, final.response) };
}

function recordAnswer(tx: Tx, call: OpenCall, ended: EndedCall, output: NewOutput | null): void {
  const { final, charge, returnedModel, flags } = ended;
  tx.record({
    kind: "model.answered",
    about: [`run:${call.runId}`, `pilot:${call.pilotId}`],
    charter: call.charter,
    detail: {
      ...{ call: call.id, attempt: call.attempt, outcome: final.outcome, status: final.status },
      returned: returnedModel,
      ...tokensOf(charge.usage),
      cache_write: charge.usage?.cacheWrite ?? null,
      ...{ micros: charge.micros, flags: [...flags], bytes: output ? final.response.length : 0 },
      response: output ? Buffer.from(output.commitment).toString("hex") : null,
    },
  });
}

const tokensOf = (usage: EndedCall["charge"]["usage"]) => ({
  input: usage?.input ?? null,
  cached: usage?.cached ?? null,
  output: usage?.output ?? null,
  reasoning: usage?.reasoning ?? null,
});

/** In the order of the runs' ids, as every transaction of the gateway goes through their timelines. */
async function tellTimelines(tx: Tx, endings: readonly Ending[], ended: readonly EndedCall[]): Promise<void> {
  const told = endings.flatMap(({ call }, at) => {
    const one = ended[at];
    return one ? [{ call, ...one }] : [];
  });
  const byTimeline = Map.groupBy(told, ({ call }) => `${call.runId} ${call.attempt}`);
  for (const [, calls] of [...byTimeline].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [first] = calls;
    if (!first) continue;
    const { runId, attempt } = first.call;
    await appendEvents(tx, {
      ...{ runId, attempt, observedBy: "gateway" },
      events: calls.map(({ call, final, charge, returnedModel }) => ({
        at: eventTime(final.at),
        event: {
          kind: "model_answered",
          body: {
            ...{ call: call.id, outcome: final.outcome, returned: returnedModel, ...tokensOf(charge.usage) },
            ...{ cacheWrite: charge.usage?.cacheWrite ?? null, micros: charge.micros },
            milliseconds: Math.max(0, Math.round(final.at - call.openedAt.getTime())),
          },
        },
      })),
    });
  }
}
