import { carryOver, putAway } from "../asks/service.ts";
import type { Tx } from "../db.ts";
import { hushPauses } from "../inboxes/service.ts";
import { changeOf } from "../record/change.ts";
import { moveRun } from "../runs/move-run.ts";
import { heldState } from "../runs/rules.ts";
import type { RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import type { LeaseRow } from "./store.ts";

/**
 * A runner has put the run away and let go of it. The run stays what it was, paused or waiting for a decision; where
 * that is over meanwhile, it waits for a runner.
 */
export async function parkRun(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  { attempt }: LeaseRow,
  why: "pause" | "ask",
): Promise<void> {
  await hushPauses(tx, scope, run.id, attempt);
  await carryOver(tx.db, run.id, attempt);
  if (why === "ask") await putAway(tx.db, run.id, attempt, new Date(scope.clock.now()));
  const waits = run.status === "working" || run.status === "preparing";
  const status = waits ? "queued" : run.status;
  if (waits) await moveRun(tx, scope, run, "queued", "");
  tx.record({
    kind: "run.parked",
    about: [`run:${run.id}`],
    charter: run.charterDigest,
    ...changeOf(heldState(run, true), heldState({ ...run, status }, false)),
    detail: { attempt, why },
  });
}
