import type { Db } from "../db.ts";
import type { Reading, WireState } from "./rules.ts";
import type { HoldingTrip, TripRow, TripStep } from "./schema.ts";

export interface StateRow {
  readonly wire: string;
  readonly state: WireState;
  readonly since: Date;
}

export interface ReadingRow extends Reading {
  readonly wire: string;
  readonly readAt: Date;
}

export interface NewTrip {
  readonly id: string;
  readonly pilotId: string;
  readonly wire: string;
  readonly steps: TripStep[];
  readonly value: number;
  readonly sample: number;
  readonly baseline: number | null;
  readonly countedFrom: Date;
  readonly trippedAt: Date;
  readonly rows: string[];
}

export const selectStates = (db: Db, pilotId: string): Promise<StateRow[]> =>
  db.wireState.findMany({ where: { pilotId }, orderBy: { wire: "asc" } }) as Promise<StateRow[]>;

export const selectReadings = (db: Db, pilotId: string): Promise<ReadingRow[]> =>
  db.wireReading.findMany({ where: { pilotId }, orderBy: { wire: "asc" } });

/** Locks the wire's row against everybody else who would move it; null where it was never looked at. */
export async function lockState(db: Db, pilotId: string, wire: string): Promise<StateRow | null> {
  const [row] = await db.$queryRaw<StateRow[]>`
    select wire, state, since from wire_state
    where pilot_id = ${pilotId} and wire = ${wire} for update`;
  return row ?? null;
}

export async function saveState(db: Db, pilotId: string, { wire, state, since }: StateRow): Promise<void> {
  await db.wireState.upsert({
    where: { pilotId_wire: { pilotId, wire } },
    create: { pilotId, wire, state, since },
    update: { state, since },
  });
}

export async function saveReading(
  db: Db,
  pilotId: string,
  { wire, value, sample, baseline, isWhole, readAt }: ReadingRow,
): Promise<void> {
  await db.wireReading.upsert({
    where: { pilotId_wire: { pilotId, wire } },
    create: { pilotId, wire, value, sample, baseline, isWhole, readAt },
    update: { value, sample, baseline, isWhole, readAt },
  });
}

/** With its steps beyond pausing, which wait for the worker. */
export async function insertTrip(db: Db, trip: NewTrip): Promise<void> {
  await db.wireTrip.create({ data: trip });
  const waiting = trip.steps.filter((step) => step !== "warn" && step !== "pause");
  if (waiting.length > 0)
    await db.wireTripStep.createMany({
      data: waiting.map((step) => ({ tripId: trip.id, pilotId: trip.pilotId, step })),
    });
}

export interface WaitingStep {
  readonly tripId: string;
  readonly pilotId: string;
  readonly step: TripStep;
  readonly countedFrom: Date;
  readonly trippedAt: Date;
}

/** The oldest trips first, of those that people have not lifted. Under a stop no revert can be asked for, so those come before it. */
export const selectWaitingSteps = (db: Db, limit: number): Promise<WaitingStep[]> =>
  db.$queryRaw<WaitingStep[]>`
    select s.trip_id as "tripId", s.pilot_id as "pilotId", s.step, t.counted_from as "countedFrom",
      t.tripped_at as "trippedAt"
    from wire_trip_step s join wire_trip t on t.id = s.trip_id
    where s.done_at is null and t.lifted_at is null
    order by t.tripped_at, t.id, array_position(
      array['freeze_merges', 'prepare_reverts', 'revoke_tokens', 'cancel_runs', 'escalate'], s.step)
    limit ${limit}`;

/** False where another worker was faster. */
export async function markStepDone(
  db: Db,
  { tripId, step }: Pick<WaitingStep, "tripId" | "step">,
  at: Date,
): Promise<boolean> {
  const { count } = await db.wireTripStep.updateMany({
    where: { tripId, step, doneAt: null },
    data: { doneAt: at, reached: 0 },
  });
  return count === 1;
}

export async function noteReached(
  db: Db,
  { tripId, step }: Pick<WaitingStep, "tripId" | "step">,
  reached: number,
): Promise<void> {
  await db.wireTripStep.update({ where: { tripId_step: { tripId, step } }, data: { reached } });
}

/** The wire by which nothing of the pilot merges now, or null. Holds from the moment it trips, done or not. */
export async function findFreeze(db: Db, pilotId: string): Promise<{ wire: string; trippedAt: Date } | null> {
  return db.wireTrip.findFirst({
    where: { pilotId, liftedAt: null, steps: { has: "freeze_merges" } },
    orderBy: { trippedAt: "asc" },
    select: { wire: true, trippedAt: true },
  });
}

/** Arms what had tripped; gives its lines. */
export async function armTripped(db: Db, pilotId: string, since: Date): Promise<string[]> {
  const tripped = await db.wireState.findMany({
    where: { pilotId, state: "tripped" },
    select: { wire: true },
    orderBy: { wire: "asc" },
  });
  await db.wireState.updateMany({ where: { pilotId, state: "tripped" }, data: { state: "armed", since } });
  return tripped.map(({ wire }) => wire);
}

/** When people last let the pilot go on after a trip; nothing before it counts again. */
export async function findLifted(db: Db, pilotId: string): Promise<Date | null> {
  const { _max } = await db.wireTrip.aggregate({ where: { pilotId }, _max: { liftedAt: true } });
  return _max.liftedAt;
}

/** What letting the pilot go on would lift: the latest trips, and how many there are. */
export async function selectHolding(
  db: Db,
  pilotId: string,
  limit: number,
): Promise<{ readonly count: number; readonly trips: readonly HoldingTrip[] }> {
  const where = { pilotId, liftedAt: null, steps: { has: "pause" } };
  const trips = await db.wireTrip.findMany({
    where,
    orderBy: [{ trippedAt: "desc" }, { id: "desc" }],
    take: limit,
    select: { id: true, wire: true, value: true, sample: true, trippedAt: true },
  });
  return { count: await db.wireTrip.count({ where }), trips };
}

/** People let the pilot go on. */
export async function liftTrips(db: Db, pilotId: string, at: Date): Promise<void> {
  await db.wireTrip.updateMany({
    where: { pilotId, liftedAt: null, steps: { has: "pause" } },
    data: { liftedAt: at },
  });
}

/** Newest first. */
export const selectTrips = (db: Db, pilotId: string, limit: number): Promise<TripRow[]> =>
  db.wireTrip.findMany({
    where: { pilotId },
    orderBy: [{ trippedAt: "desc" }, { id: "desc" }],
    take: limit,
    include: { done: { orderBy: { step: "asc" } } },
  }) as Promise<TripRow[]>;

/** Pilots of which tripwires are looked at. */
export async function selectWatched(db: Db): Promise<string[]> {
  const rows = await db.pilot.findMany({
    where: { status: { in: ["active", "paused"] }, activeCharterId: { not: null } },
    select: { id: true },
    orderBy: { id: "asc" },
  });
  return rows.map(({ id }) => id);
}

/** When the pilot began, and until when no agent worked in it. */
export const findBegun = (
  db: Db,
  pilotId: string,
): Promise<{ activatedAt: Date | null; baselineUntil: Date | null } | null> =>
  db.pilot.findUnique({ where: { id: pilotId }, select: { activatedAt: true, baselineUntil: true } });
