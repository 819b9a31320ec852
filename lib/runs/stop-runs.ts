import type { Tx } from "../db.ts";
import { endLeaseOf } from "../leases/end-lease.ts";
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
  const runs = await tx.db.run.findMany({
    where: {
      status: { in: [...HELD] },
      ...(pilotId ? { pilotId } : {}),
    },
    select: { id: true },
    orderBy: { id: "asc" },
  });
  let taken = 0;
  for (const { id } of runs) {
    const run = await lockRun(tx, id);
    if (!HELD.includes(run.status)) continue; // it ended while others were taken
    taken += 1;
    const held = await endLeaseOf(tx, scope, id, `stopped: ${reason}`);
    const status = run.status === "verifying" ? "verifying" : "queued";
    if (status === "queued") await moveRun(tx, scope, run, "queued", `Stopped: ${reason}`);
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
