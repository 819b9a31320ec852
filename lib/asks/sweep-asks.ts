// Nobody answered in time. Where the charter declines, the gate runs out by itself (lib/gates); where it parks, whoever
// has the run is told to put it away, and the gate stays open.
import { read, transaction } from "../db.ts";
import { appendOwnEvent } from "../events/service.ts";
import { say } from "../inboxes/service.ts";
import { liveLeaseOf } from "../leases/live-lease.ts";
import { charterOf } from "../pilots/service.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { findById, markParked, selectDue } from "./store.ts";

/** Returns how many runs were told to be put away. */
export async function sweepAsks(scope: Scope): Promise<number> {
  const due = await read(scope, (db) => selectDue(db, new Date(scope.clock.now())));
  const failures: unknown[] = [];
  let told = 0;
  for (const { id, runId } of due) {
    const telling = park(scope, runId, id).catch((error: unknown) => {
      failures.push(error);
      return false;
    });
    if (await telling) told += 1;
  }
  if (failures.length > 0)
    throw new AggregateError(failures, "Some runs could not be told to be put away; the others were.");
  return told;
}

async function park(scope: Scope, runId: string, askId: string): Promise<boolean> {
  return transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    const ask = await findById(tx.db, askId);
    const { controls } = await charterOf(tx.db, run.charterId);
    const lease = await liveLeaseOf(tx, runId);
    if (ask?.status !== "open" || ask.parkedAt !== null || controls.unattended !== "park") return false;
    if (lease === null || lease.attempt !== ask.attempt) return false;
    await markParked(tx.db, askId, new Date(scope.clock.now()));
    await say(tx, scope, runId, { kind: "pause", attempt: lease.attempt, why: "ask" });
    await appendOwnEvent(tx, scope, runId, lease.attempt, {
      kind: "note",
      body: {
        text: `Nobody decided in ${controls.askMinutes === 1 ? "a minute" : `${controls.askMinutes} minutes`}: the run is put away until somebody does.`,
      },
    });
    return true;
  });
}
