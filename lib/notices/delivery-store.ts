// Rows of notices and deliveries.
import type { Db } from "../db.ts";
import type { ChannelKind, ClaimedDelivery, DeliveryState, NoticeFacts, NoticeKind } from "./schema.ts";

export interface NewDelivery {
  readonly id: string;
  readonly channelId: string;
  /** A person; empty where the channel is one place. */
  readonly recipient: string;
  readonly purpose: "notice" | "test" | "invitation";
  readonly madeAt: Date;
  readonly nextAt: Date;
}

/** Plain SQL: the role of web may not read back every column. */
export async function insertDelivery(db: Db, row: NewDelivery): Promise<void> {
  await db.$executeRaw`
    insert into notice_delivery (id, channel_id, recipient, purpose, state, made_at, next_at)
    values (${row.id}, ${row.channelId}, ${row.recipient}, ${row.purpose}, 'waiting', ${row.madeAt}, ${row.nextAt})`;
}

export async function dropWaiting(db: Db, channelId: string, reason: string): Promise<void> {
  await db.$executeRaw`
    update notice_delivery set state = 'dropped', reason = ${reason}
    where channel_id = ${channelId} and state = 'waiting'`;
}

export interface NewNotice {
  readonly id: string;
  readonly channelId: string;
  readonly recipient: string;
  readonly kind: NoticeKind;
  readonly pilotId: string | null;
  readonly eventKey: string;
  readonly facts: NoticeFacts;
  readonly grave: boolean;
  readonly at: Date;
  readonly dueAt: Date;
}

/** False when the same was written before. */
export async function insertNotice(db: Db, row: NewNotice): Promise<boolean> {
  const count = await db.$executeRaw`
    insert into notice (id, channel_id, recipient, kind, pilot_id, event_key, facts, grave, at, due_at)
    values (${row.id}, ${row.channelId}, ${row.recipient}, ${row.kind}, ${row.pilotId}, ${row.eventKey},
      ${JSON.stringify(row.facts)}::jsonb, ${row.grave}, ${row.at}, ${row.dueAt})
    on conflict do nothing`;
  return count === 1;
}

/** When something of the kind is or was due last, to this recipient. */
export async function lastDue(
  db: Db,
  channelId: string,
  recipient: string,
  kind: NoticeKind,
): Promise<Date | null> {
  const [row] = await db.$queryRaw<{ due: Date | null }[]>`
    select max(due_at) as due from notice
    where channel_id = ${channelId} and recipient = ${recipient} and kind = ${kind} and not grave`;
  return row?.due ?? null;
}

export interface DueGroup {
  readonly channelId: string;
  readonly recipient: string;
  readonly grave: boolean;
  readonly ids: readonly string[];
}

/** What is due and in no delivery yet, by where it goes; locked until the transaction ends. */
export async function selectDue(db: Db, now: Date, limit: number): Promise<DueGroup[]> {
  return db.$queryRaw<DueGroup[]>`
    with due as (
      select n.id, n.channel_id, n.recipient, n.grave from notice n
      where n.delivery_id is null and n.due_at <= ${now} order by n.due_at limit ${limit} for update skip locked
    )
    select channel_id as "channelId", recipient, grave, array_agg(id order by id) as ids
    from due group by 1, 2, 3 order by 1, 2, 3`;
}

export async function bindNotices(db: Db, ids: readonly string[], deliveryId: string): Promise<void> {
  await db.$executeRaw`update notice set delivery_id = ${deliveryId} where id = any(${[...ids]})`;
}

/**
 * One for each channel that is not waiting for its next try, the oldest first: it is moved on before it is tried, so
 * whoever dies at it leaves it to be tried again.
 */
export async function claimNext(
  db: Db,
  now: Date,
  until: Date,
  busy: readonly string[],
): Promise<ClaimedDelivery[]> {
  return db.$queryRaw<ClaimedDelivery[]>`
    with next as (
      select d.id from notice_channel c
      left join notice_channel_state s on s.channel_id = c.id
      cross join lateral (
        select id from notice_delivery d
        where d.channel_id = c.id and d.state = 'waiting' and d.next_at <= ${now}
          and (s.retry_at is null or s.retry_at <= ${now} or d.purpose = 'test')
        order by d.purpose desc, d.next_at, d.id limit 1 for update skip locked
      ) d
      where c.id <> all(${[...busy]})
    )
    update notice_delivery d set next_at = ${until}, attempts = d.attempts + 1 from next where d.id = next.id
    returning d.id, d.channel_id as "channelId", d.recipient, d.purpose, d.attempts, d.made_at as "madeAt",
      d.resolves`;
}

export interface NoticeRow {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly pilotId: string | null;
  readonly facts: unknown;
  readonly grave: boolean;
  readonly at: Date;
}

export async function noticesOf(db: Db, deliveryId: string): Promise<NoticeRow[]> {
  return db.$queryRaw<NoticeRow[]>`
    select id, kind, pilot_id as "pilotId", facts, grave, at from notice
    where delivery_id = ${deliveryId} order by at, id`;
}

export interface SendingChannel {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly name: string;
  readonly settings: unknown;
  readonly secrets: readonly { readonly id: string; readonly part: string; readonly sealed: Uint8Array }[];
}

/** With what is sealed, newest first; for the worker alone. Null where it was removed. */
export async function findSending(db: Db, channelId: string): Promise<SendingChannel | null> {
  const [channel] = await db.$queryRaw<Omit<SendingChannel, "secrets">[]>`
    select id, kind, name, settings from notice_channel where id = ${channelId} and removed_at is null`;
  if (!channel) return null;
  const secrets = await db.$queryRaw<SendingChannel["secrets"]>`
    select id, part, sealed from notice_secret
    where channel_id = ${channelId} and retired_at is null order by set_at desc, id desc`;
  return { ...channel, secrets };
}

/** Only while it waits: whoever was slower changes nothing. */
export async function moveDelivery(
  db: Db,
  id: string,
  to: {
    readonly state: DeliveryState;
    readonly nextAt: Date;
    readonly reason: string | null;
    readonly sentAt: Date | null;
  },
): Promise<boolean> {
  const count = await db.$executeRaw`
    update notice_delivery set state = ${to.state}, next_at = ${to.nextAt}, reason = ${to.reason}, sent_at = ${to.sentAt}
    where id = ${id} and state = 'waiting'`;
  return count === 1;
}

export interface StateRow {
  readonly failingSince: Date | null;
  readonly failures: number;
  readonly told: boolean;
}

export async function lockState(db: Db, channelId: string): Promise<StateRow> {
  await db.$executeRaw`
    insert into notice_channel_state (channel_id) values (${channelId}) on conflict do nothing`;
  const [row] = await db.$queryRaw<StateRow[]>`
    select failing_since as "failingSince", failures, told from notice_channel_state
    where channel_id = ${channelId} for update`;
  return row ?? { failingSince: null, failures: 0, told: false };
}

export async function markWorks(db: Db, channelId: string, now: Date): Promise<void> {
  await db.$executeRaw`
    update notice_channel_state set failing_since = null, failures = 0, retry_at = null, reason = null, told = false,
      last_sent_at = ${now} where channel_id = ${channelId}`;
}

export async function markFails(
  db: Db,
  channelId: string,
  to: StateRow & { readonly retryAt: Date; readonly reason: string },
): Promise<void> {
  await db.$executeRaw`
    update notice_channel_state set failing_since = ${to.failingSince}, failures = ${to.failures},
      retry_at = ${to.retryAt}, reason = ${to.reason}, told = ${to.told} where channel_id = ${channelId}`;
}

/** What has waited since before a moment for a channel. */
export async function giveUpOlder(db: Db, channelId: string, before: Date, reason: string): Promise<number> {
  return db.$executeRaw`
    update notice_delivery set state = 'given_up', reason = ${reason}
    where channel_id = ${channelId} and state = 'waiting' and coalesce(again_at, made_at) < ${before}`;
}

/** False where it is not there, is no notice, or did neither fail nor was given up. A link is gone with its delivery. */
export async function markAgain(
  db: Db,
  {
    channelId,
    deliveryId,
    at,
  }: { readonly channelId: string; readonly deliveryId: string; readonly at: Date },
): Promise<boolean> {
  const count = await db.$executeRaw`
    update notice_delivery set state = 'waiting', reason = null, next_at = ${at}, again_at = ${at}
    where id = ${deliveryId} and channel_id = ${channelId} and purpose not in ('test', 'invitation') and state in ('failed', 'given_up')`;
  return count === 1;
}

/** With what they told; never what still waits, nor what is in no delivery yet. Returns how many deliveries went. */
export async function deleteOld(db: Db, before: Date, limit: number): Promise<number> {
  const old = await db.$queryRaw<{ id: string }[]>`
    select id from notice_delivery
    where state <> 'waiting' and made_at < ${before} and coalesce(again_at, made_at) < ${before}
    order by made_at limit ${limit} for update skip locked`;
  const ids = old.map(({ id }) => id);
  await db.$executeRaw`delete from notice where delivery_id = any(${ids})`;
  await db.$executeRaw`delete from notice_delivery where id = any(${ids})`;
  return ids.length;
}

/** Nothing where another worker was faster. */
export async function insertResolving(
  db: Db,
  row: { readonly id: string; readonly channelId: string; readonly resolves: string; readonly at: Date },
): Promise<void> {
  await db.$executeRaw`
    insert into notice_delivery (id, channel_id, recipient, purpose, state, made_at, next_at, resolves)
    values (${row.id}, ${row.channelId}, '', 'resolve', 'waiting', ${row.at}, ${row.at}, ${row.resolves})
    on conflict do nothing`;
}
