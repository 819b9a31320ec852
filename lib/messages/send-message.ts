import { randomBytes } from "node:crypto";
import { requireAgent } from "../agents/service.ts";
import { requirePermission } from "../authz/require.ts";
import { transaction } from "../db.ts";
import { forbidden, refused } from "../errors.ts";
import { storable } from "../events/rules.ts";
import { newId } from "../ids.ts";
import { say } from "../inboxes/service.ts";
import { payloadCommitment } from "../model-calls/rules.ts";
import { changeOf, made } from "../record/change.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { goalState, messageState, refusalToSend } from "./rules.ts";
import type { SendMessage } from "./schema.ts";
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
    const earlier = await findByRequestKey(tx.db, run.id, input.requestKey);
    if (earlier) return { messageId: earlier.id };
    const { model } = await requireAgent(tx.db, run.agentId);
    const waiting = (await listWaiting(tx.db, run.id)).length;
    const refusal = refusalToSend({ status: run.status, hasModel: model !== null, waiting });
    if (refusal !== null) throw refused(refusal);

    const id = newId("message", scope.clock.now());
    const origin = input.changesGoal ? "goal" : "steer";
    const text = storable(input.text);
    const salt = new Uint8Array(randomBytes(SALT_BYTES));
    const commitment = payloadCommitment(salt, Buffer.from(text, "utf8")).toString("hex");
    const goal = (await findGoal(tx.db, run.id))?.id ?? "launch";
    await insertMessage(tx.db, {
      ...{ id, runId: run.id, mode: input.mode, origin, text, salt, commitment, status: "queued" },
      sentBy: actorId(scope.actor),
      requestKey: input.requestKey,
      sentAt: new Date(scope.clock.now()),
    });
    await say(tx, scope, run.id, { kind: "message", messageId: id });
    const about = [`run:${run.id}`, `pilot:${run.pilotId}`] as const;
    tx.record({
      kind: "message.sent",
      about,
      charter: run.charterDigest,
      ...made(messageState(id, "queued")),
      detail: { message: id, mode: input.mode, origin, text: commitment },
    });
    if (origin === "goal")
      tx.record({
        kind: "run.goal_changed",
        about,
        charter: run.charterDigest,
        ...changeOf(goalState(run.id, goal), goalState(run.id, id)),
        detail: { message: id, text: commitment },
      });
    tx.ring({ channel: "run_changed", payload: run.id });
    return { messageId: id };
  });
}
