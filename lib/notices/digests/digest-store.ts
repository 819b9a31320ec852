// Who is told the brief of a day, when, and which days were told.
import type { Db } from "../../db.ts";

export interface DigestRow {
  readonly isOn: boolean;
  readonly timeZone: string;
  readonly minute: number;
  readonly chosenAt: Date;
}

export const findDigest = (db: Db, personId: string): Promise<DigestRow | null> =>
  db.dailyDigest.findUnique({
    where: { personId },
    select: { isOn: true, timeZone: true, minute: true, chosenAt: true },
  });

export async function saveDigest(db: Db, personId: string, row: DigestRow): Promise<void> {
  await db.dailyDigest.upsert({ where: { personId }, create: { personId, ...row }, update: row });
}

export interface DigestReader {
  readonly personId: string;
  readonly createdAt: Date;
  /** Null: they have chosen nothing. */
  readonly isOn: boolean | null;
  readonly timeZone: string | null;
  readonly minute: number | null;
  readonly chosenAt: Date | null;
  /** Of their hours of quiet. */
  readonly quietZone: string | null;
  /** They asked for it by a channel. */
  readonly isAsked: boolean;
}

/** Everybody who may sign in and has not switched it off. */
export const selectReaders = (db: Db): Promise<DigestReader[]> =>
  db.$queryRaw<DigestReader[]>`
    select p.id as "personId", p.created_at as "createdAt", d.is_on as "isOn", d.time_zone as "timeZone", d.minute,
      d.chosen_at as "chosenAt", h.time_zone as "quietZone",
      exists (select from notice_subscription s where s.person_id = p.id and s.kind = 'daily_digest') as "isAsked"
    from person p left join daily_digest d on d.person_id = p.id left join notice_hours h on h.person_id = p.id
    where p.disabled_at is null and p.kind = 'person' and coalesce(d.is_on, true)
    order by p.id`;

/** Whether the day was told, or found to be empty. */
export async function isTold(db: Db, personId: string, day: string): Promise<boolean> {
  return (await db.dailyDigestDay.count({ where: { personId, day } })) > 0;
}

/** False where the day was told, or found to be empty, before. */
export async function insertDay(
  db: Db,
  row: { readonly personId: string; readonly day: string; readonly at: Date; readonly told: number },
): Promise<boolean> {
  const count = await db.$executeRaw`
    insert into daily_digest_day (person_id, day, at, told)
    values (${row.personId}, ${row.day}, ${row.at}, ${row.told}) on conflict do nothing`;
  return count === 1;
}
