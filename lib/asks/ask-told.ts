import type { Tx } from "../db.ts";
import { voidGate } from "../gates/open-gate.ts";
import { hush } from "../inboxes/service.ts";
import type { BodyOf } from "../protocol/events.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { settleAsk } from "./settle-ask.ts";
import { findAsk, markUsed } from "./store.ts";

const UNTIMELY = "The runner waited for no decision any more.";

/**
 * What the event `ask_settled` brings about: a decision was heard, or the runner waits for none any more. Nobody but a
 * person at the gate decides as one: a runner that says so without a decision has let the ask expire.
 */
export async function askTold(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  attempt: number,
  said: BodyOf<"ask_settled">,
): Promise<void> {
  const ask = await findAsk(tx.db, run.id, attempt, said.ask);
  if (!ask) return; // the policy settled it without asking anybody
  await hush(tx, scope, run.id, ask.id);
  if (ask.status !== "open") {
    await markUsed(tx.db, ask.id, new Date(scope.clock.now()));
    return;
  }
  const isDeclined = said.decision === "declined" && said.by !== "person";
  if (ask.gateId !== null) await voidGate(tx, scope, ask.gateId, UNTIMELY);
  await settleAsk(tx, scope, run, ask, {
    decision: isDeclined ? "declined" : "expired",
    by: isDeclined ? said.by : "crash",
    answer: null,
    isKnown: true,
  });
}
