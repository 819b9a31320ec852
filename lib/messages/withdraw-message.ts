import { requirePermission } from "../authz/require.ts";
import { transaction } from "../db.ts";
import { notFound, refused } from "../errors.ts";
import { hush, say } from "../inboxes/service.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import { actorId, type Scope } from "../scope.ts";
import { refusalToWithdraw } from "./rules.ts";
import type { WithdrawMessage } from "./schema.ts";
import { messageWithdrawn } from "./settle-messages.ts";
import { findMessage, findReader, markAskedBack } from "./store.ts";

/**
 * Takes a message back that the agent has not got. No attempt gets it from then on; one that may have it already says
 * whether its agent got it first: until then it is `asked` for. The run's lock decides which comes first here.
 */
export async function withdrawMessage(
  scope: Scope,
  { runId, messageId }: WithdrawMessage,
): Promise<"withdrawn" | "asked"> {
  return transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    requirePermission(scope, "run.steer", run.pilotId);
    const message = await findMessage(tx.db, run.id, messageId);
    if (!message) throw notFound("message");
    const isSender = scope.actor.kind === "user" && message.sentBy === actorId(scope.actor);
    const refusal = refusalToWithdraw({ status: message.status, isSender });
    if (refusal !== null) throw refused(refusal);
    if (message.status === "withdrawn") return "withdrawn";
    if (message.withdrawAt !== null) return "asked";

    const attempt = await findReader(tx.db, run.id);
    if (attempt === null) {
      await messageWithdrawn(tx, scope, run, messageId);
    } else {
      await hush(tx, scope, run.id, messageId);
      await markAskedBack(tx.db, messageId, new Date(scope.clock.now()));
      await say(tx, scope, run.id, { kind: "withdraw", messageId, attempt });
      tx.record({
        kind: "message.asked_back",
        about: [`run:${run.id}`],
        charter: run.charterDigest,
        detail: { message: messageId, attempt },
      });
    }
    tx.ring({ channel: "run_changed", payload: run.id });
    return attempt === null ? "withdrawn" : "asked";
  });
}
