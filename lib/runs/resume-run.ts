import { hasOpenAsks } from "../asks/expire-asks.ts";
import { requirePermission } from "../authz/require.ts";
import { transaction } from "../db.ts";
import { conflict, refused } from "../errors.ts";
import { notify } from "../notify.ts";
import type { Scope } from "../scope.ts";
import { stopReason } from "../stops/service.ts";
import { moveRun } from "./move-run.ts";
import { lockRun } from "./run-in-tx.ts";
import type { ResumeRun } from "./schema.ts";

/**
 * Lets a paused run go on: a runner takes it up from its newest snapshot, as soon as none has it any more. One that was
 * put away for a decision that nobody took goes on waiting for that.
 */
export async function resumeRun(scope: Scope, { runId }: ResumeRun): Promise<void> {
  await transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    requirePermission(scope, "run.pause", run.pilotId);
    if (run.status !== "paused")
      throw conflict(`Only a paused run can go on; this one is ${run.status.replaceAll("_", " ")}.`);
    const stopped = await stopReason(tx.db, run.pilotId);
    if (stopped !== null) throw refused(`An emergency stop is on (“${stopped}”). It has to be lifted first.`);
    const to = (await hasOpenAsks(tx, runId)) ? "awaiting_decision" : "queued";
    const moved = await moveRun(tx, scope, run, to, "");
    tx.record({
      kind: "run.resumed",
      about: [`run:${runId}`, `pilot:${run.pilotId}`],
      ...moved,
      detail: { attempt: run.attempt },
    });
    await notify(tx, "work_waiting", "");
  });
}
