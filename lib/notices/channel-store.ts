// Rows of channels and their secrets. What is sealed is written here and never selected: the role of web may not, and
// the worker reads it where it sends.
import type { Db } from "../db.ts";
import type { ChannelHealth, ChannelKind, SecretPart } from "./schema.ts";

export interface ChannelRow {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly name: string;
  readonly settings: unknown;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly removedAt: Date | null;
}

export async function insertChannel(
  db: Db,
  row: Omit<ChannelRow, "removedAt" | "settings"> & { readonly settings: object },
): Promise<void> {
  await db.noticeChannel.create({ data: row });
}

/** Those that are not removed, by name. */
export async function selectChannels(db: Db): Promise<ChannelRow[]> {
  const rows = await db.noticeChannel.findMany({ where: { removedAt: null }, orderBy: { name: "asc" } });
  return rows as ChannelRow[];
}

export async function findChannel(db: Db, id: string): Promise<ChannelRow | null> {
  return (await db.noticeChannel.findUnique({ where: { id } })) as ChannelRow | null;
}

/** The row, locked until the transaction ends: its secrets change one after the other. */
export async function lockChannel(db: Db, id: string): Promise<ChannelRow | null> {
  await db.$queryRaw`select from notice_channel where id = ${id} for update`;
  return findChannel(db, id);
}

export async function markRemoved(db: Db, id: string, at: Date): Promise<boolean> {
  const where = { id, removedAt: null };
  return (await db.noticeChannel.updateMany({ where, data: { removedAt: at } })).count === 1;
}

export interface NewSecret {
  readonly id: string;
  readonly channelId: string;
  readonly noticeKeyId: string;
  readonly part: SecretPart;
  readonly sealed: Uint8Array<ArrayBuffer>;
  readonly setBy: string;
  readonly setAt: Date;
}

/** Plain SQL: what inserts through Prisma reads back. */
export async function insertSecret(db: Db, secret: NewSecret): Promise<void> {
  await db.$executeRaw`
    insert into notice_secret (id, channel_id, notice_key_id, part, sealed, set_by, set_at)
    values (${secret.id}, ${secret.channelId}, ${secret.noticeKeyId}, ${secret.part}, ${secret.sealed},
      ${secret.setBy}, ${secret.setAt})`;
}

export interface LiveSecret {
  readonly id: string;
  readonly channelId: string;
  readonly part: SecretPart;
  readonly setBy: string;
  readonly setByName: string;
  readonly setAt: Date;
}

/** Not retired, newest first; of one channel, or of all. */
export async function liveSecrets(db: Db, channelId: string | null = null): Promise<LiveSecret[]> {
  return db.$queryRaw<LiveSecret[]>`
    select s.id, s.channel_id as "channelId", s.part, s.set_by as "setBy", coalesce(p.name, s.set_by) as "setByName",
      s.set_at as "setAt"
    from notice_secret s left join person p on p.id = s.set_by
    where s.retired_at is null and (${channelId}::text is null or s.channel_id = ${channelId})
    order by s.set_at desc, s.id desc`;
}

/** What was sealed goes with it. */
export async function markSecretRetired(
  db: Db,
  channelId: string,
  id: string,
  at: Date,
): Promise<SecretPart | null> {
  const [row] = await db.$queryRaw<{ part: SecretPart }[]>`
    update notice_secret set sealed = null, retired_at = ${at}
    where id = ${id} and channel_id = ${channelId} and retired_at is null returning part`;
  return row?.part ?? null;
}

export interface NoticeKeyRow {
  readonly id: string;
  readonly publicKey: Uint8Array;
}

/** The newest: what is sealed from now on is sealed to it. */
export async function findNoticeKey(db: Db): Promise<NoticeKeyRow | null> {
  return db.noticeKey.findFirst({
    where: { retiredAt: null },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { id: true, publicKey: true },
  });
}

export async function findKeyByPublic(
  db: Db,
  publicKey: Uint8Array<ArrayBuffer>,
): Promise<{ id: string } | null> {
  return db.noticeKey.findUnique({ where: { publicKey }, select: { id: true } });
}

export async function insertNoticeKey(
  db: Db,
  key: { readonly id: string; readonly publicKey: Uint8Array<ArrayBuffer>; readonly createdAt: Date },
): Promise<void> {
  await db.noticeKey.create({ data: key });
}

/** Serialises workers that start at the same time. */
export async function lockNoticeKeys(db: Db): Promise<void> {
  await db.$executeRaw`select pg_advisory_xact_lock(hashtext('notice keys'))`;
}

export interface HealthRow extends ChannelHealth {
  readonly channelId: string;
  readonly waiting: number;
}

/** Of every channel that is not removed. */
export async function selectHealth(db: Db): Promise<HealthRow[]> {
  return db.$queryRaw<HealthRow[]>`
    select c.id as "channelId", s.failing_since as "failingSince", coalesce(s.failures, 0) as failures, s.reason,
      s.last_sent_at as "lastSentAt",
      (select count(*)::int from notice_delivery d where d.channel_id = c.id and d.state = 'waiting') as waiting
    from notice_channel c left join notice_channel_state s on s.channel_id = c.id where c.removed_at is null`;
}
