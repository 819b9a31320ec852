// Rows of what people asked to be told.
import type { Db } from "../db.ts";
import type { Hours, NoticeKind, Subscription } from "./schema.ts";

/** One change of a person's own after the other. */
export async function lockOwn(db: Db, personId: string): Promise<void> {
  await db.$executeRaw`select pg_advisory_xact_lock(hashtext('notices of ' || ${personId}))`;
}

/** Of channels that are not removed. */
export async function selectOwn(db: Db, personId: string): Promise<Subscription[]> {
  return db.$queryRaw<Subscription[]>`
    select s.channel_id as "channelId", s.pilot_id as "pilotId", s.kind from notice_subscription s
      join notice_channel c on c.id = s.channel_id and c.removed_at is null
    where s.person_id = ${personId} order by 3, 2, 1`;
}

/** False when it was there. */
export async function insertSubscription(db: Db, personId: string, wanted: Subscription): Promise<boolean> {
  const count = await db.$executeRaw`
    insert into notice_subscription (person_id, channel_id, pilot_id, kind)
    values (${personId}, ${wanted.channelId}, ${wanted.pilotId}, ${wanted.kind}) on conflict do nothing`;
  return count === 1;
}

export async function deleteSubscription(db: Db, personId: string, unwanted: Subscription): Promise<boolean> {
  const { channelId, pilotId, kind } = unwanted;
  const where = { personId, channelId, pilotId, kind: kind satisfies NoticeKind };
  return (await db.noticeSubscription.deleteMany({ where })).count === 1;
}

export async function findHours(db: Db, personId: string): Promise<Hours | null> {
  const select = { timeZone: true, fromMinute: true, toMinute: true };
  return db.noticeHours.findUnique({ where: { personId }, select });
}

export async function upsertHours(db: Db, personId: string, hours: Hours): Promise<void> {
  await db.noticeHours.upsert({ where: { personId }, create: { personId, ...hours }, update: hours });
}

export async function deleteHours(db: Db, personId: string): Promise<boolean> {
  return (await db.noticeHours.deleteMany({ where: { personId } })).count === 1;
}
