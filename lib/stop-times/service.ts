// How long a stop took to reach what was running: from the pull to the runner's word that nothing of a run is running any
// more, and to the last byte that left. Runners that were not reached are named, and count as no time.
import { visiblePilots } from "../authz/rules.ts";
import { read, type Tx, transaction } from "../db.ts";
import { fenced, forbidden, notFound } from "../errors.ts";
import type { Stopped } from "../protocol/schema.ts";
import type { Scope } from "../scope.ts";
import { settle } from "./rules.ts";
import type { ReachView, StopCause } from "./schema.ts";
import {
  insertConfirmed,
  insertReach,
  insertTold,
  markSettled,
  type NewReach,
  selectOutcomes,
  selectReaches,
  selectWaitingReaches,
  type WaitingReach,
} from "./store.ts";

/** A lease that a stop ends: its end is measured from the pull, one instant for all of them. The caller records an entry about the run. */
export async function expectEnd(
  tx: Tx,
  cause: StopCause,
  lease: Omit<NewReach, "stopId" | "drillId">,
): Promise<void> {
  const of = { stopId: null, drillId: null, ...cause };
  await insertReach(tx.db, { ...lease, ...of });
}

/** Whoever had the lease asked, and is told that it is over. */
export async function noteTold(scope: Scope, leaseId: string): Promise<void> {
  await transaction(scope, (tx) => insertTold(tx.db, leaseId, new Date(scope.clock.now())));
}

/**
 * A runner says that nothing of a lease's run is running. Of one that no stop ended nothing is kept. How long ago a byte was is
 * taken from the runner's own measure, so that its clock need not be ours.
 */
export async function noteStopped(scope: Scope, leaseId: string, said: Stopped): Promise<void> {
  const at = new Date(scope.clock.now());
  const networkAt = said.silentMs === null ? null : new Date(at.getTime() - said.silentMs);
  await transaction(scope, async (tx) => {
    const lease = await tx.db.lease.findUnique({ where: { id: leaseId } });
    if (!lease) throw notFound("lease");
    if (scope.actor.kind !== "runner" || scope.actor.runnerId !== lease.runnerId)
      throw forbidden("This lease is another runner's.");
    if (lease.attempt !== said.attempt) throw fenced(`This lease is attempt ${lease.attempt}.`);
    if (lease.endedAt !== null) await insertConfirmed(tx.db, leaseId, { at, networkAt });
  });
}

/** At once: more leases than an installation has. */
const MOST = 500;

/** Writes down what is known by now, each with an entry. Returns how many. */
export async function settleStops(scope: Scope): Promise<number> {
  const waiting = await read(scope, (db) => selectWaitingReaches(db, MOST));
  let settled = 0;
  for (const reach of waiting) if (await settleOne(scope, reach)) settled += 1;
  return settled;
}

async function settleOne(scope: Scope, reach: WaitingReach): Promise<boolean> {
  const found = settle(reach, scope.clock.now());
  if (found === null) return false;
  const { leaseId, runId, pilotId, attempt, stopId, drillId, charterDigest } = reach;
  return transaction(scope, async (tx) => {
    if (!(await markSettled(tx.db, leaseId, found, new Date(scope.clock.now())))) return false;
    const cause = stopId === null ? (`drill:${drillId}` as const) : (`stop:${stopId}` as const);
    tx.record({
      kind: "stop.measured",
      about: [`run:${runId}`, `pilot:${pilotId}`, cause],
      charter: charterDigest,
      detail: { lease: leaseId, attempt, outcome: found.outcome, ...found.moments, stop: found.stop },
    });
    return true;
  });
}

const SHOWN = 200;

/** How runs were stopped in pilots the scope may see, newest first. */
export async function listReaches(
  scope: Scope,
  of: { readonly drillId?: string; readonly stopId?: string } = {},
): Promise<ReachView[]> {
  return read(scope, (db) => selectReaches(db, visiblePilots(scope.grants), of, SHOWN));
}

/** What a drill's leases came to, for whoever carries it out. */
export const reachesOf = selectOutcomes;
