// Asks that nobody will wait for any more: their runner is gone, or the run is.
import type { Tx } from "../db.ts";
import { voidGate } from "../gates/open-gate.ts";
import { changeOf } from "../record/change.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { askingState } from "./state.ts";
import { countOpen, dropCarried, endAsk, listOpen } from "./store.ts";

/** Expires every open ask of a run and voids its gate. The caller has locked the run. */
export async function expireAsks(tx: Tx, scope: Scope, run: RunRow, reason: string): Promise<void> {
  const open = await listOpen(tx.db, run.id);
  const settledAt = new Date(scope.clock.now());
  for (const [index, ask] of open.entries()) {
    const ending = { status: "expired", decidedBy: "crash", answer: reason } as const;
    if (!(await endAsk(tx.db, ask.id, { ...ending, isCarried: false, settledAt }))) continue;
    if (ask.gateId !== null) await voidGate(tx, scope, ask.gateId, reason);
    const left = open.length - index;
    tx.record({
      kind: "ask.settled",
      about: [`run:${run.id}`],
      charter: run.charterDigest,
      ...changeOf(askingState(run, left), askingState(run, left - 1)),
      detail: { ask: ask.id, attempt: ask.attempt, decision: "expired", by: "crash" },
    });
  }
}

/** Whether something of the run still waits for a decision. */
export const hasOpenAsks = async (tx: Tx, runId: string): Promise<boolean> =>
  (await countOpen(tx.db, runId)) > 0;

/** The agent's work is over: what was decided for a later attempt is used by none. */
export async function forgetDecisions(tx: Tx, scope: Scope, run: RunRow): Promise<void> {
  await dropCarried(tx.db, run.id, new Date(scope.clock.now()));
}
