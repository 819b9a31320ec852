import type { Tx } from "../db.ts";
import { endLeaseOf } from "../leases/end-lease.ts";
import { heldRuns } from "../leases/live-lease.ts";
import { changeOf } from "../record/change.ts";
import type { Scope } from "../scope.ts";
import { moveRun } from "./move-run.ts";
import { HELD, heldState } from "./rules.ts";
import { lockRun } from "./run-in-tx.ts";

/**
 * Takes every run of a pilot (or of all) from its runner; sandboxes are killed at the runner's next heartbeat.
 * The runs wait in the queue until the stop is lifted. Returns how many were taken.
 */
export async function stopRuns(
  tx: Tx,
  scope: Scope,
  pilotId: string | null,
  reason: string,
): Promise<number> {
  // A run that is being paused, or goes on before its runner let go, is in a sandbox as well.
  const onRunners = await heldRuns(tx, pilotId);
  const runs = await tx.db.run.findMany({
    where: {
      OR: [{ status: { in: [...HELD] } }, { id: { in: onRunners } }],
      ...(pilotId ? { pilotId } : {}),
    },
    select: { id: true },
    orderBy: { id: "asc" },
  });
  let taken = 0;
  for (const { id } of runs) {
    const run = await lockRun(tx, id);
    const held = await endLeaseOf(tx, scope, id, `stopped: ${reason}`);
    if (!held && !HELD.includes(run.status)) continue; // it ended while others were taken
    taken += 1;
    const stays = run.status === "verifying" || !HELD.includes(run.status);
    const status = stays ? run.status : "queued";
    if (!stays) await moveRun(tx, scope, run, "queued", `Stopped: ${reason}`);
    tx.record({
      kind: "run.stopped",
      about: [`run:${id}`, `pilot:${run.pilotId}`],
      charter: run.charterDigest,
      ...changeOf(heldState(run, held), heldState({ ...run, status }, false)),
      detail: { was: run.status },
    });
  }
  return taken;
}
