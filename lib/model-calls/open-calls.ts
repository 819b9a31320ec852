// Calls that are about to be made: what they may cost is held back, what is asked is stored, and the entry says so,
// durable before a byte leaves. One transaction for all that wait together.

import { refusalSentence } from "../budgets/rules.ts";
import { reserve } from "../budgets/service.ts";
import { type Tx, transaction } from "../db.ts";
import { eventTime } from "../events/rules.ts";
import { appendEvents } from "../events/service.ts";
import { dayIn } from "../pilots/rules.ts";
import type { Scope } from "../scope.ts";
import { selectLive } from "./admission-store.ts";
import { type KeptRequest, keepItems, rememberItems } from "./items.ts";
import { refusalEntry } from "./record-refusal.ts";
import { CallRefused } from "./refusal.ts";
import { requestCommitment } from "./rules.ts";
import type { Intent, Opening, RefusalReason } from "./schema.ts";
import { insertCalls } from "./store.ts";

/** By intent, in order. Throws unavailable when nothing of it is durable: then nothing may be sent. */
export async function openCalls(scope: Scope, intents: readonly Intent[]): Promise<Opening[]> {
  const { openings, fresh } = await transaction(scope, (tx) => open(tx, scope, intents));
  for (const [runId, items] of fresh) rememberItems(runId, items);
  return openings;
}

async function open(tx: Tx, scope: Scope, intents: readonly Intent[]) {
  const openings = await decide(tx, scope, intents);
  const opened = intents.filter((_, at) => openings[at] === "opened");
  const { kept, fresh } = await keepItems(
    tx.db,
    opened.map(({ admission: { runId }, callId, requestHead, requestItems }) => ({
      ...{ runId, callId, items: requestItems },
      head: { role: "head", bytes: requestHead },
    })),
  );
  await writeCalls(tx, opened, kept);
  await tellTimelines(tx, opened);
  return { openings, fresh };
}

/** Budgets first: their rows put all that are opened in one order. */
async function decide(tx: Tx, scope: Scope, intents: readonly Intent[]): Promise<Opening[]> {
  const live = await selectLive(tx.db, [...new Set(intents.map(({ admission }) => admission.leaseId))]);
  const isLive = ({ admission }: Intent) => live.has(admission.leaseId);
  const claims = intents.filter(isLive).map(({ admission, at, reservedMicros }) => ({
    ...{ runId: admission.runId, pilotId: admission.pilotId, budgets: admission.budgets },
    ...{ day: dayIn(admission.timeZone, at), micros: reservedMicros },
  }));
  const refusals = (await reserve(tx, claims))[Symbol.iterator]();
  return intents.map((intent): Opening => {
    if (!isLive(intent)) {
      tell(tx, scope, intent, "lease_over");
      return { refused: "forbidden", sentence: new CallRefused("run_not_working").message, budget: null };
    }
    const state = refusals.next().value ?? null;
    if (state === null) return "opened";
    tell(tx, scope, intent, `budget_${state.name}`);
    return {
      refused: "refused",
      sentence: refusalSentence(state, intent.reservedMicros),
      budget: state.name,
    };
  });
}

function tell(tx: Tx, scope: Scope, { admission }: Intent, reason: RefusalReason): void {
  const entry = refusalEntry(scope, { reason, runnerId: "", run: admission });
  if (entry) tx.record(entry);
}

async function writeCalls(tx: Tx, opened: readonly Intent[], kept: readonly KeptRequest[]): Promise<void> {
  const rows = opened.flatMap((intent, at) => {
    const request = kept[at];
    if (!request) return [];
    const { head, items } = request;
    const commitments = [head, ...items].map(({ commitment }) => commitment);
    return {
      ...{ intent, head: head.id, items: items.map(({ id }) => id) },
      day: dayIn(intent.admission.timeZone, intent.at),
      commitment: requestCommitment(commitments),
    };
  });
  await insertCalls(tx.db, rows);
  for (const { intent, items, commitment } of rows) {
    const { admission, callId, api, requestedModel, reservedMicros } = intent;
    const { runId, pilotId, attempt, agentId, provider, price, charterDigest } = admission;
    tx.record({
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
}

/** In the order of the runs' ids, as every transaction of the gateway goes through their timelines. */
async function tellTimelines(tx: Tx, opened: readonly Intent[]): Promise<void> {
  const byTimeline = Map.groupBy(opened, ({ admission: { runId, attempt } }) => `${runId} ${attempt}`);
  for (const [, intents] of [...byTimeline].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [first] = intents;
    if (!first) continue;
    const { runId, attempt } = first.admission;
    await appendEvents(tx, {
      ...{ runId, attempt, observedBy: "gateway" },
      events: intents.map(({ at, callId, requestedModel }) => ({
        at: eventTime(at),
        event: { kind: "model_called", body: { call: callId, model: requestedModel } },
      })),
    });
  }
}
