import type { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import { isEnded } from "../runs/rules.ts";
import { RunStatus } from "../runs/schema.ts";

export type RetentionRow = Prisma.RetentionGetPayload<object>;

const ENDED = RunStatus.options.filter(isEnded);

export async function findRetention(db: Db, pilotId: string): Promise<RetentionRow | null> {
  return db.retention.findUnique({ where: { pilotId } });
}

/** Until the transaction ends nobody changes a hold… */
export async function keepHolds(db: Db): Promise<void> {
  await db.$executeRaw`select pg_advisory_xact_lock_shared(hashtext('holds'))`;
}

/** …and who changes one waits for those who rely on there being none. */
export async function waitForHolds(db: Db): Promise<void> {
  await db.$executeRaw`select pg_advisory_xact_lock(hashtext('holds'))`;
}

export async function saveRetention(db: Db, row: RetentionRow): Promise<void> {
  const { pilotId, ...rest } = row;
  await db.retention.upsert({ where: { pilotId }, create: row, update: rest });
}

/** Runs that ended, before an instant or at all, and whose payloads nobody ordered away as a whole. */
export async function countEnded(db: Db, pilotId: string, before: Date | null): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from run r
    where r.pilot_id = ${pilotId} and r.status = any(${ENDED})
      and (${before === null} or r.ended_at < ${before ?? new Date(0)})
      and not exists (select from redaction d where d.run_id = r.id and d.what ->> 'kind' = 'all')`;
  return row?.count ?? 0;
}

/** The same runs of every pilot whose time is over, the longest ended first. */
export async function selectDue(
  db: Db,
  now: Date,
  limit: number,
): Promise<{ runId: string; days: number }[]> {
  return db.$queryRaw<{ runId: string; days: number }[]>`
    select r.id as "runId", t.days from retention t join run r on r.pilot_id = t.pilot_id
    where not t.is_held and t.days is not null and r.status = any(${ENDED})
      and r.ended_at < ${now}::timestamptz - make_interval(days => t.days)
      and not exists (select from redaction d where d.run_id = r.id and d.what ->> 'kind' = 'all')
    order by r.ended_at, r.id limit ${limit}`;
}
