// How an open ask ends, whoever ends it, and what that does to its run.
import type { Tx } from "../db.ts";
import { hushPauses, say } from "../inboxes/service.ts";
import { liveLeaseOf } from "../leases/live-lease.ts";
import { notify } from "../notify.ts";
import type { AskDecider, AskEnd } from "../protocol/steering.ts";
import { changeOf } from "../record/change.ts";
import { moveRun } from "../runs/move-run.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { askingState } from "./state.ts";
import { type AskRow, countOpen, endAsk } from "./store.ts";

export interface Settling {
  readonly decision: AskEnd;
  readonly by: AskDecider;
  /** In words, for the agent. */
  readonly answer: string | null;
  /** The runner knows already: it said so. */
  readonly isKnown?: boolean;
}

/**
 * Settles an open ask; false when it was settled before. Whoever has the run is told; where nobody has it, the next
 * attempt is, and the run waits for a runner once nothing is left to decide. The caller has locked the run.
 */
export async function settleAsk(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  ask: AskRow,
  { decision, by, answer, isKnown = false }: Settling,
): Promise<boolean> {
  const lease = await liveLeaseOf(tx, run.id);
  const isHeard = lease !== null && lease.attempt === ask.attempt;
  const open = await countOpen(tx.db, run.id);
  const ending = { status: decision, decidedBy: by, answer, settledAt: new Date(scope.clock.now()) };
  if (!(await endAsk(tx.db, ask.id, { ...ending, isCarried: !isHeard && decision !== "expired" })))
    return false;
  if (isHeard && !isKnown && decision !== "expired")
    await say(tx, scope, run.id, { kind: "answer", askId: ask.id, attempt: ask.attempt });
  const status = open === 1 ? await goOn(tx, scope, run, lease?.attempt ?? null) : run.status;
  tx.record({
    kind: "ask.settled",
    about: [`run:${run.id}`],
    charter: run.charterDigest,
    ...changeOf(askingState(run, open), askingState({ ...run, status }, open - 1)),
    detail: { ask: ask.id, attempt: ask.attempt, decision, by },
  });
  tx.ring({ channel: "run_changed", payload: run.id });
  return true;
}

/** Nothing waits for a decision any more. Returns what the run is now. */
async function goOn(tx: Tx, scope: Scope, run: RunRow, held: number | null): Promise<RunRow["status"]> {
  if (run.status !== "awaiting_decision") return run.status;
  if (held !== null) {
    await hushPauses(tx, scope, run.id, held); // it need not be put away any more
    await moveRun(tx, scope, run, "working", "");
    return "working";
  }
  await moveRun(tx, scope, run, "queued", "It was decided; the run waits for a runner.");
  await notify(tx, "work_waiting", "");
  return "queued";
}
