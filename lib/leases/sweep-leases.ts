import { MINUTE } from "../clock.ts";
import { read, transaction } from "../db.ts";
import type { Scope } from "../scope.ts";
import { loseLease, takeBack } from "./end-lease.ts";
import { BEACON_STALE, healthySince, isLost } from "./rules.ts";
import { beaconsOf, beat, liveHeartbeats, selectUnparked } from "./store.ts";

/** The processes a heartbeat passes through; while one is silent, nobody's silence counts. */
const ON_THE_WAY = ["web", "worker"] as const;
export type BeatingProcess = (typeof ON_THE_WAY)[number];

export async function beatProcess(scope: Scope, process: BeatingProcess): Promise<void> {
  await transaction(scope, (tx) => beat(tx.db, process, new Date(scope.clock.now()), BEACON_STALE));
}

/** A snapshot of the largest size takes a slow line so long; who still has the run then does not let go of it. */
const PARKING = 3 * MINUTE;

/** Ends leases whose runners were told to put their run away and did not; returns their ids. */
export async function sweepUnparked(scope: Scope): Promise<string[]> {
  const before = new Date(scope.clock.now() - PARKING);
  const due = await read(scope, (db) => selectUnparked(db, before));
  const ended: string[] = [];
  await eachLease(
    due.map(({ leaseId }) => leaseId),
    async (leaseId) => {
      if (await transaction(scope, (tx) => takeBack(tx, scope, leaseId))) ended.push(leaseId);
    },
  );
  return ended;
}

/** Ends leases whose runners fell silent; returns their ids. */
export async function sweepLeases(scope: Scope): Promise<string[]> {
  const now = scope.clock.now();
  const { beacons, leases } = await read(scope, async (db) => ({
    beacons: await beaconsOf(db, ON_THE_WAY),
    leases: await liveHeartbeats(db),
  }));
  const planeHealthySince = beacons.length === ON_THE_WAY.length ? healthySince(beacons, now) : null;
  const lost = leases.filter((lease) =>
    isLost({ now, lastHeartbeat: lease.at.getTime(), planeHealthySince }),
  );
  await eachLease(
    lost.map(({ id }) => id),
    (id) => transaction(scope, (tx) => loseLease(tx, scope, id)),
  );
  return lost.map((lease) => lease.id);
}

/** One that cannot be ended keeps no other; what went wrong is thrown at the end. */
async function eachLease(ids: readonly string[], end: (id: string) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const id of ids) await end(id).catch((error: unknown) => failures.push(error));
  if (failures.length > 0)
    throw new AggregateError(failures, "Some lost leases could not be ended; the others were.");
}
