// Minutes of people. No process reads the rows themselves: a person's own come by a function of the database, everybody's by weeks
// that name nobody.
import type { Db } from "../db.ts";
import type { OwnMinutes, Purpose } from "./schema.ts";

export interface Counted {
  readonly personId: string;
  readonly runId: string;
  readonly purpose: Purpose;
  readonly activeMs: number;
  readonly now: Date;
}

/** What was believed, in milliseconds. */
export async function countTime(
  db: Db,
  { personId, runId, purpose, activeMs, now }: Counted,
): Promise<number> {
  const [row] = await db.$queryRaw<{ credited: number }[]>`
    select count_human_time(${personId}, ${runId}, ${purpose}, ${activeMs}::integer, ${now}) as credited`;
  return row?.credited ?? 0;
}

export const selectOwn = (db: Db, personId: string, since: string): Promise<OwnMinutes[]> =>
  db.$queryRaw<OwnMinutes[]>`
    select day, run_id as "runId", purpose, after_merge as "afterMerge", pilot_id as "pilotId", milliseconds
    from own_human_time(${personId}, ${since})`;

export async function isAnswered(db: Db, personId: string, day: string): Promise<boolean> {
  const [row] = await db.$queryRaw<{ answered: boolean }[]>`
    select own_human_sample(${personId}, ${day}) as answered`;
  return row?.answered ?? false;
}

export interface Answer {
  readonly personId: string;
  readonly day: string;
  readonly pilotId: string;
  readonly minutes: number | null;
  readonly now: Date;
}

/** The first answer of a day stands. */
export async function insertAnswer(db: Db, { personId, day, pilotId, minutes, now }: Answer): Promise<void> {
  await db.$executeRaw`select answer_human_sample(${personId}, ${day}, ${pilotId}, ${minutes}::integer, ${now})`;
}

export async function findChoice(db: Db, personId: string): Promise<boolean> {
  const row = await db.humanChoice.findUnique({ where: { personId } });
  return row?.isOff ?? false;
}

export async function saveChoice(db: Db, personId: string, isOff: boolean, at: Date): Promise<void> {
  await db.humanChoice.upsert({
    where: { personId },
    create: { personId, isOff, at },
    update: { isOff, at },
  });
}

export interface WeekRow {
  readonly week: string;
  readonly endsAt: Date;
  readonly milliseconds: bigint | null;
  readonly afterMergeMilliseconds: bigint | null;
  readonly offToolMinutes: number | null;
}

/** Newest first. */
export const selectWeeks = (db: Db, pilotId: string, most: number): Promise<WeekRow[]> =>
  db.humanWeek.findMany({
    where: { pilotId },
    orderBy: { week: "desc" },
    take: most,
    select: {
      week: true,
      endsAt: true,
      milliseconds: true,
      afterMergeMilliseconds: true,
      offToolMinutes: true,
    },
  });

export async function settleWeeksIn(db: Db, now: Date, keptDays: number): Promise<number> {
  const [row] = await db.$queryRaw<{ settled: number }[]>`
    select settle_human_weeks(${now}, ${keptDays}::integer) as settled`;
  return row?.settled ?? 0;
}
