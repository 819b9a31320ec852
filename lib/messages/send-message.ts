import { randomBytes } from "node:crypto";
import { requireAgent } from "../agents/service.ts";
import { requirePermission } from "../authz/require.ts";
import { refuseWordsTo } from "../comparisons/held-runs.ts";
import { type Tx, transaction } from "../db.ts";
import { forbidden, refused } from "../errors.ts";
import { storable } from "../events/rules.ts";
import { newId } from "../ids.ts";
import { say } from "../inboxes/service.ts";
import { payloadCommitment } from "../model-calls/rules.ts";
import type { MessageMode } from "../protocol/steering.ts";
import { changeOf, made } from "../record/change.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { goalState, messageState, refusalToSend } from "./rules.ts";
import type { MessageOrigin, SendMessage } from "./schema.ts";
import { findByRequestKey, findGoal, insertMessage, listWaiting } from "./store.ts";

const SALT_BYTES = 32;

/**
 * Leaves a message for the agent of a run; whoever has the run gets it at once, else whoever has it next. The same
 * request key gives the same message. Who writes cannot approve the run's merge any more.
 */
export async function sendMessage(scope: Scope, input: SendMessage): Promise<{ messageId: string }> {
  if (scope.actor.kind !== "user") throw forbidden("Only a person can write to an agent.");
  return transaction(scope, async (tx) => {
    const run = await lockRun(tx, input.runId);
    requirePermission(scope, "run.steer", run.pilotId);
    await refuseWordsTo(tx.db, run.id);
    const earlier = await findByRequestKey(tx.db, run.id, input.requestKey);
    if (earlier) return { messageId: earlier.id };
    const { model } = await requireAgent(tx.db, run.agentId);
    const waiting = (await listWaiting(tx.db, run.id)).length;
    const refusal = refusalToSend({ status: run.status, hasModel: model !== null, waiting });
    if (refusal !== null) throw refused(refusal);

    const origin = input.changesGoal ? "goal" : "steer";
    const goal = (await findGoal(tx.db, run.id))?.id ?? "launch";
    const { mode, text, requestKey } = input;
    const { id, commitment } = await leaveMessage(tx, scope, run, { mode, origin, text, requestKey });
    if (origin === "goal")
      tx.record({
        kind: "run.goal_changed",
        about: [`run:${run.id}`, `pilot:${run.pilotId}`],
        charter: run.charterDigest,
        ...changeOf(goalState(run.id, goal), goalState(run.id, id)),
        detail: { message: id, text: commitment },
      });
    return { messageId: id };
  });
}

export interface LeftMessage {
  readonly mode: MessageMode;
  readonly origin: MessageOrigin;
  readonly text: string;
  readonly requestKey: string;
}

/** Writes it down for whoever has the run, or has it next. The caller has locked the run and asked whether this may be. */
export async function leaveMessage(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  { mode, origin, text: given, requestKey }: LeftMessage,
): Promise<{ readonly id: string; readonly commitment: string }> {
  const id = newId("message", scope.clock.now());
  const text = storable(given);
  const salt = new Uint8Array(randomBytes(SALT_BYTES));
  const commitment = payloadCommitment(salt, Buffer.from(text, "utf8")).toString("hex");
  await insertMessage(tx.db, {
    ...{ id, runId: run.id, mode, origin, text, salt, commitment, status: "queued", requestKey },
    sentBy: actorId(scope.actor),
    sentAt: new Date(scope.clock.now()),
  });
  await say(tx, scope, run.id, { kind: "message", messageId: id });
  tx.record({
    kind: "message.sent",
    about: [`run:${run.id}`, `pilot:${run.pilotId}`],
    charter: run.charterDigest,
    ...made(messageState(id, "queued")),
    detail: { message: id, mode, origin, text: commitment },
  });
  tx.ring({ channel: "run_changed", payload: run.id });
  return { id, commitment };
}
