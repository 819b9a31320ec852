import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { StopView } from "./schema.ts";

export interface StopRow {
  readonly id: string;
  readonly scope: StopView["scope"];
  readonly pilotId: string | null;
  readonly reason: string;
  readonly pulledAt: Date;
  readonly liftedAt: Date | null;
}

/** Serialises pulling and lifting, so that two hands on the button make one stop. */
export async function lockStops(db: Db): Promise<void> {
  await db.$executeRaw`select pg_advisory_xact_lock(hashtext('stops'))`;
}

/** Many at once; a hand on the button waits until they are done, and they for it. */
export async function shareStops(db: Db): Promise<void> {
  await db.$executeRaw`select pg_advisory_xact_lock_shared(hashtext('stops'))`;
}

export async function findStop(db: Db, stopId: string): Promise<StopRow | null> {
  return (await db.stop.findUnique({ where: { id: stopId } })) as StopRow | null;
}

/** The live stop on everything (`pilotId` null) or on exactly this pilot. */
export async function findLiveStop(db: Db, pilotId: string | null): Promise<StopRow | null> {
  return (await db.stop.findFirst({ where: { pilotId, liftedAt: null } })) as StopRow | null;
}

/** A live stop that holds the pilot: its own or the one on everything. */
export async function findHoldingStop(db: Db, pilotId: string): Promise<StopRow | null> {
  return (await db.stop.findFirst({
    where: { liftedAt: null, OR: [{ pilotId }, { pilotId: null }] },
    orderBy: { pulledAt: "asc" },
  })) as StopRow | null;
}

export async function insertStop(
  db: Db,
  stop: Omit<StopRow, "liftedAt"> & { pulledBy: string },
): Promise<void> {
  await db.stop.create({ data: stop });
}

/** False when it was lifted already. */
export async function markLifted(db: Db, stopId: string, liftedAt: Date): Promise<boolean> {
  const { count } = await db.stop.updateMany({ where: { id: stopId, liftedAt: null }, data: { liftedAt } });
  return count === 1;
}

/** Live stops that concern the pilots somebody may see, those on everything first. */
export async function selectLiveStops(db: Db, visible: "all" | readonly string[]): Promise<StopView[]> {
  const seen =
    visible === "all"
      ? Prisma.sql`true`
      : Prisma.sql`(s.pilot_id is null or s.pilot_id = any(${[...visible]}))`;
  return db.$queryRaw<StopView[]>`
    select s.id, s.scope, s.pilot_id as "pilotId", p.name as "pilotName", s.reason, s.pulled_by as "pulledBy",
      coalesce(who.name, s.pulled_by) as "pulledByName", s.pulled_at as "pulledAt"
    from stop s left join pilot p on p.id = s.pilot_id left join person who on who.id = s.pulled_by
    where s.lifted_at is null and ${seen}
    order by s.pilot_id is not null, s.pulled_at`;
}

/** The open gate that would lift the stop. */
export async function findOpenLiftGate(db: Db, stopId: string): Promise<string | null> {
  const gate = await db.gate.findFirst({
    where: { kind: "resume", status: "open", stopId },
    select: { id: true },
  });
  return gate?.id ?? null;
}
