// What became of messages: told by the runner, or known because the agent's work is over.
import type { Tx } from "../db.ts";
import { refused } from "../errors.ts";
import { hush, say } from "../inboxes/service.ts";
import type { MessageEffect } from "../protocol/steering.ts";
import { changeOf } from "../record/change.ts";
import { reasonDetail } from "../record/reason.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { messageState } from "./rules.ts";
import {
  findGoal,
  findMessage,
  listAskedBack,
  listTold,
  listWaiting,
  type MessageRow,
  settle,
} from "./store.ts";

/** The caller has locked the run. Saying it again changes nothing. */
export async function messageDelivered(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  { message, attempt, effect }: { message: string; attempt: number; effect: MessageEffect },
): Promise<void> {
  await requireOfRun(tx, run, message);
  const settledAt = new Date(scope.clock.now());
  await hush(tx, scope, run.id, message);
  if (!(await settle(tx.db, message, { status: "delivered", effect, attempt, settledAt }))) return;
  tx.record({
    kind: "message.delivered",
    about: [`run:${run.id}`],
    charter: run.charterDigest,
    ...changeOf(messageState(message, "queued"), messageState(message, "delivered")),
    detail: { message, attempt, effect },
  });
}

/** The caller has locked the run. Saying it again changes nothing. */
export async function messageUndeliverable(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  message: string,
  reason: string,
): Promise<void> {
  const { withdrawAt } = await requireOfRun(tx, run, message);
  if (withdrawAt !== null) return messageWithdrawn(tx, scope, run, message);
  const settledAt = new Date(scope.clock.now());
  await hush(tx, scope, run.id, message);
  if (!(await settle(tx.db, message, { status: "undeliverable", reason, settledAt }))) return;
  tx.record({
    kind: "message.undeliverable",
    about: [`run:${run.id}`],
    charter: run.charterDigest,
    ...changeOf(messageState(message, "queued"), messageState(message, "undeliverable")),
    detail: { message, ...reasonDetail(reason) },
  });
}

/** The caller has locked the run. What the message had said the run is for, it is for no more. */
export async function messageWithdrawn(tx: Tx, scope: Scope, run: RunRow, message: string): Promise<void> {
  await hush(tx, scope, run.id, message);
  const goal = await findGoal(tx.db, run.id);
  const settledAt = new Date(scope.clock.now());
  if (!(await settle(tx.db, message, { status: "withdrawn", settledAt }))) return;
  const again = goal?.id === message ? { goal: (await findGoal(tx.db, run.id))?.id ?? "launch" } : {};
  tx.record({
    kind: "message.withdrawn",
    about: [`run:${run.id}`],
    charter: run.charterDigest,
    ...changeOf(messageState(message, "queued"), messageState(message, "withdrawn")),
    detail: { message, ...again },
  });
}

/** An attempt is over that did not say whether its agent got what was asked back: no other one gets it. */
export async function withdrawAsked(tx: Tx, scope: Scope, runId: string): Promise<void> {
  const asked = await listAskedBack(tx.db, runId);
  if (asked.length === 0) return;
  const run = await lockRun(tx, runId);
  for (const { id } of asked) await messageWithdrawn(tx, scope, run, id);
}

/** The agent works no more: what waits will not reach it. */
export async function dropMessages(tx: Tx, scope: Scope, run: RunRow, reason: string): Promise<void> {
  for (const { id } of await listWaiting(tx.db, run.id)) {
    await messageUndeliverable(tx, scope, run, id, reason);
  }
}

/**
 * An attempt begins where an earlier one was at a time, or anew: what its agent was told since is told again, a goal
 * only where the task does not say it. The caller has locked the run and records an entry about it.
 */
export async function tellAgain(tx: Tx, scope: Scope, runId: string, since: Date | null): Promise<void> {
  for (const { id } of await listTold(tx.db, runId, since))
    await say(tx, scope, runId, { kind: "message", messageId: id });
}

async function requireOfRun(tx: Tx, run: RunRow, message: string): Promise<MessageRow> {
  const found = await findMessage(tx.db, run.id, message);
  if (!found) throw refused("The event names a message that was not sent to this run.");
  return found;
}
