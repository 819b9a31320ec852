import type { Db } from "../db.ts";
import type { DeputyView, DutyView } from "./schema.ts";

export async function insertDeputy(
  db: Db,
  deputy: {
    readonly id: string;
    readonly personId: string;
    readonly deputyId: string | null;
    readonly pilotId: string | null;
    readonly startsAt: Date;
    readonly endsAt: Date;
    readonly createdBy: string;
    readonly createdAt: Date;
  },
): Promise<void> {
  await db.deputy.create({ data: deputy });
}

export interface OpenDeputy {
  readonly id: string;
  readonly personId: string;
  readonly deputyId: string | null;
  readonly pilotId: string | null;
}

/** Named, and neither ended nor over. */
export async function lockDeputy(db: Db, deputyId: string, at: Date): Promise<OpenDeputy | null> {
  await db.$queryRaw`select from deputy where id = ${deputyId} for update`;
  return db.deputy.findFirst({ where: { id: deputyId, endedAt: null, endsAt: { gt: at } } });
}

export async function endDeputy(db: Db, deputyId: string, at: Date): Promise<void> {
  await db.deputy.update({ where: { id: deputyId }, data: { endedAt: at } });
}

/** Of somebody who is away, or who stands in; what is over is left out. */
export async function selectDeputies(db: Db, personId: string, at: Date): Promise<DeputyView[]> {
  return db.$queryRaw<DeputyView[]>`
    select d.id, d.person_id as "personId", a.name as "personName", d.deputy_id as "deputyId", s.name as "deputyName",
      d.pilot_id as "pilotId", l.name as "pilotName", d.starts_at as "startsAt", d.ends_at as "endsAt"
    from deputy d join person a on a.id = d.person_id left join person s on s.id = d.deputy_id
      left join pilot l on l.id = d.pilot_id
    where (d.person_id = ${personId} or d.deputy_id = ${personId}) and d.ended_at is null and d.ends_at > ${at}
    order by d.starts_at, d.id`;
}

export async function selectAway(
  db: Db,
  personIds: readonly string[],
  pilotId: string,
  at: Date,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select distinct person_id as id from deputy where person_id = any(${[...personIds]})
      and (pilot_id is null or pilot_id = ${pilotId}) and ended_at is null
      and starts_at <= ${at} and ends_at > ${at} order by 1`;
  return rows.map(({ id }) => id);
}

export async function insertDuty(
  db: Db,
  duty: {
    readonly id: string;
    readonly pilotId: string;
    readonly personId: string;
    readonly startsAt: Date;
    readonly endsAt: Date;
    readonly createdBy: string;
    readonly createdAt: Date;
  },
): Promise<void> {
  await db.duty.create({ data: duty });
}

export async function lockDuty(
  db: Db,
  dutyId: string,
): Promise<{ readonly id: string; readonly pilotId: string; readonly personId: string } | null> {
  await db.$queryRaw`select from duty where id = ${dutyId} for update`;
  return db.duty.findFirst({ where: { id: dutyId, removedAt: null } });
}

export async function removeDutyRow(db: Db, dutyId: string, at: Date): Promise<void> {
  await db.duty.update({ where: { id: dutyId }, data: { removedAt: at } });
}

/** Rotas of these pilots (all, where none are named) from now on, the next first. */
export async function selectDuties(
  db: Db,
  pilotIds: readonly string[] | null,
  at: Date,
): Promise<DutyView[]> {
  return db.$queryRaw<DutyView[]>`
    select u.id, u.pilot_id as "pilotId", l.name as "pilotName", u.person_id as "personId", p.name as "personName",
      u.starts_at as "startsAt", u.ends_at as "endsAt"
    from duty u join pilot l on l.id = u.pilot_id join person p on p.id = u.person_id
    where u.removed_at is null and u.ends_at > ${at}
      and (${pilotIds === null} or u.pilot_id = any(${[...(pilotIds ?? [])]})) order by l.name, u.starts_at, u.id limit 500`;
}

/** Whether somebody is on duty there at any moment of that time. */
export async function overlapsDuty(db: Db, pilotId: string, from: Date, until: Date): Promise<boolean> {
  const found = await db.duty.findFirst({
    where: { pilotId, removedAt: null, startsAt: { lt: until }, endsAt: { gt: from } },
    select: { id: true },
  });
  return found !== null;
}

export async function findPilotNamed(db: Db, pilotId: string): Promise<string | null> {
  const pilot = await db.pilot.findUnique({ where: { id: pilotId }, select: { name: true } });
  return pilot?.name ?? null;
}
