import type { Db } from "../../db.ts";
import type { TripAction } from "../schema/rollback.ts";

/** What may trip. */
export type Tripwire = "failed_runs";

export interface Trip {
  readonly id: string;
  readonly pilotId: string;
  readonly tripwire: Tripwire;
  readonly action: TripAction;
  readonly trippedAt: Date;
}

export async function insertTrip(db: Db, trip: Trip & { readonly doneAt: Date | null }): Promise<void> {
  await db.pilotTrip.create({ data: trip });
}

/** What is still to be done, the oldest first. */
export async function selectWaitingTrips(db: Db, limit: number): Promise<Trip[]> {
  const waiting = await db.pilotTrip.findMany({
    where: { doneAt: null },
    orderBy: [{ trippedAt: "asc" }, { id: "asc" }],
    take: limit,
  });
  return waiting as Trip[];
}

export const hasWaitingTrip = async (db: Db, pilotId: string): Promise<boolean> =>
  (await db.pilotTrip.count({ where: { pilotId, doneAt: null } })) > 0;

/** Whether it was told since then that the pilot failed too often. */
export const hasWarnedSince = async (db: Db, pilotId: string, since: Date | null): Promise<boolean> =>
  (await db.pilotTrip.count({
    where: { pilotId, action: "warn", ...(since === null ? {} : { trippedAt: { gt: since } }) },
  })) > 0;

/** False where another worker was faster. */
export async function markTripDone(db: Db, tripId: string, at: Date): Promise<boolean> {
  const { count } = await db.pilotTrip.updateMany({
    where: { id: tripId, doneAt: null },
    data: { doneAt: at },
  });
  return count === 1;
}
