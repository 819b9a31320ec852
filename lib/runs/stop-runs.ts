import type { Tx } from "../db.ts";
import { endLeaseOf } from "../leases/end-lease.ts";
import { heldRuns, liveLeaseOf } from "../leases/live-lease.ts";
import { changeOf } from "../record/change.ts";
import type { Scope } from "../scope.ts";
import type { StopCause } from "../stop-times/schema.ts";
import { expectEnd } from "../stop-times/service.ts";
import { moveRun } from "./move-run.ts";
import { HELD, heldState } from "./rules.ts";
import { lockRun } from "./run-in-tx.ts";

interface StopOf {
  readonly cause: StopCause;
  /** Null: of all pilots. */
  readonly pilotId: string | null;
  readonly reason: string;
  /** When it was pulled: how long each run took is measured from here, however long others were waited for. */
  readonly pulledAt: Date;
}

/**
 * Takes every run of a pilot (or of all) from its runner; sandboxes are killed when the runner's heartbeat is answered.
 * The runs wait in the queue until the stop is lifted. Returns how many were taken.
 */
export async function stopRuns(tx: Tx, scope: Scope, { pilotId, ...of }: StopOf): Promise<number> {
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
  for (const { id } of runs) if (await stopRun(tx, scope, id, of)) taken += 1;
  return taken;
}

/** Takes one run from its runner; it is measured how long that takes. False when it ended meanwhile. */
export async function stopRun(
  tx: Tx,
  scope: Scope,
  id: string,
  { cause, reason, pulledAt }: Omit<StopOf, "pilotId">,
): Promise<boolean> {
  const run = await lockRun(tx, id);
  const lease = await liveLeaseOf(tx, id);
  const held = await endLeaseOf(tx, scope, id, `stopped: ${reason}`);
  if (!held && !HELD.includes(run.status)) return false; // it ended while others were taken
  if (held && lease !== null) {
    const { id: leaseId, attempt, runnerId, phase } = lease;
    await expectEnd(tx, cause, {
      leaseId,
      runId: id,
      attempt,
      pilotId: run.pilotId,
      runnerId,
      phase,
      pulledAt,
    });
  }
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
  return true;
}
