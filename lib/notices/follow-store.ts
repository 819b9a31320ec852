// How far the log was followed for notices, who asked for what, and what a gate is.
import type { Role } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import type { ChannelKind, Hours, NoticeKind } from "./schema.ts";

/** The position that is looked at next. */
export async function findNoticeCursor(db: Db): Promise<number> {
  const [row] = await db.$queryRaw<{ position: bigint }[]>`select position from notice_cursor where id = 1`;
  return Number(row?.position ?? 0);
}

/** False where another worker has come further meanwhile, or is about to. */
export async function moveNoticeCursor(db: Db, from: number, to: number): Promise<boolean> {
  const [held] = await db.$queryRaw<{ id: number }[]>`
    select id from notice_cursor where id = 1 and position = ${from} for update skip locked`;
  if (!held) return false;
  await db.$executeRaw`update notice_cursor set position = ${to} where id = 1`;
  return true;
}

export interface NumberedEntry {
  readonly at: Date;
  readonly body: Uint8Array;
}

/** Numbered entries of some kinds, from a position on, and the position after the last that was looked at. */
export async function selectNumbered(
  db: Db,
  from: number,
  kinds: readonly string[],
  limit: number,
): Promise<{ readonly entries: NumberedEntry[]; readonly next: number }> {
  const rows = await db.$queryRaw<{ position: bigint; at: Date; body: Uint8Array | null }[]>`
    select l.position, l.at, case when e.kind = any(${[...kinds]}) then e.body end as body
    from log_leaf l left join log_entry e on e.id = l.entry_id
    where l.position >= ${from} order by l.position limit ${limit}`;
  const last = rows.at(-1);
  return {
    entries: rows.flatMap(({ at, body }) => (body === null ? [] : [{ at, body }])),
    next: last ? Number(last.position) + 1 : from,
  };
}

export interface Subscriber extends Hours {
  readonly personId: string;
  readonly channelId: string;
  readonly channelKind: ChannelKind;
  /** False: the hours say nothing. */
  readonly hasHours: boolean;
}

const HOURS = `coalesce(h.time_zone, 'UTC') as "timeZone", coalesce(h.from_minute, 0) as "fromMinute",
  coalesce(h.to_minute, 0) as "toMinute", h.person_id is not null as "hasHours"`;

/** Who asked to be told of such a thing, of this pilot or of all, each once for each of their channels. */
export async function selectSubscribers(
  db: Db,
  kind: NoticeKind,
  pilotId: string | null,
): Promise<Subscriber[]> {
  return db.$queryRawUnsafe<Subscriber[]>(
    `select distinct s.person_id as "personId", c.id as "channelId", c.kind as "channelKind", ${HOURS}
     from notice_subscription s join notice_channel c on c.id = s.channel_id and c.removed_at is null
       join person p on p.id = s.person_id and p.disabled_at is null
       left join notice_hours h on h.person_id = s.person_id
     where s.kind = $1 and (s.pilot_id = '' or s.pilot_id = $2) order by 1, 2`,
    kind,
    pilotId ?? "",
  );
}

/**
 * All channels that these people asked to be told anything by. With a pilot (empty: of none), a channel that others read
 * too counts only where they asked to be told there of that pilot, or of all.
 */
export async function selectChannelsOf(
  db: Db,
  personIds: readonly string[],
  pilotId: string | null = null,
): Promise<Subscriber[]> {
  return db.$queryRawUnsafe<Subscriber[]>(
    `select distinct s.person_id as "personId", c.id as "channelId", c.kind as "channelKind", ${HOURS}
     from notice_subscription s join notice_channel c on c.id = s.channel_id and c.removed_at is null
       left join notice_hours h on h.person_id = s.person_id
     where s.person_id = any($1) and ($2::text is null or c.kind = 'smtp' or s.pilot_id in ('', $2)) order by 1, 2`,
    [...personIds],
    pilotId,
  );
}

/** Who is told anything by a channel; with a pilot (empty: of none), anything of it, or of all. */
export async function selectPeopleOf(
  db: Db,
  channelId: string,
  pilotId: string | null = null,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select distinct person_id as id from notice_subscription where channel_id = ${channelId}
      and (${pilotId}::text is null or pilot_id in ('', ${pilotId})) order by 1`;
  return rows.map(({ id }) => id);
}

export async function selectMailChannels(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select id from notice_channel where kind = 'smtp' and removed_at is null order by created_at, id limit 1`;
  return rows.map(({ id }) => id);
}

export interface OverdueGate {
  readonly id: string;
  readonly pilotId: string | null;
  readonly runId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly roles: readonly Role[];
}

/** Open, past half of their time, and nobody else was told yet. */
export async function selectHalfOver(db: Db, now: Date): Promise<OverdueGate[]> {
  return db.$queryRaw<OverdueGate[]>`
    select g.id, g.pilot_id as "pilotId", g.run_id as "runId", g.created_at as "createdAt",
      g.expires_at as "expiresAt", g.roles
    from gate g left join notice_escalation e on e.gate_id = g.id
    where g.status = 'open' and e.gate_id is null and g.expires_at > ${now}
      and ${now} >= g.created_at + (g.expires_at - g.created_at) / 2
    order by g.expires_at limit 50`;
}

/** False when another worker was faster. */
export async function insertEscalation(db: Db, gateId: string, at: Date, told: number): Promise<boolean> {
  const count = await db.$executeRaw`
    insert into notice_escalation (gate_id, at, told) values (${gateId}, ${at}, ${told}) on conflict do nothing`;
  return count === 1;
}

interface Told {
  readonly id: string;
  /** By a channel that others read too. */
  readonly shared: boolean;
}

/** Who was told of something already: by their own address, or because they asked for it at a shared channel. */
export async function selectTold(db: Db, eventKey: string, kind: NoticeKind): Promise<Told[]> {
  return db.$queryRaw<Told[]>`
    select n.recipient as id, false as shared from notice n where n.event_key = ${eventKey} and n.recipient <> ''
    union
    select s.person_id, true from notice n join notice_subscription s on s.channel_id = n.channel_id and s.kind = ${kind}
      and (s.pilot_id = '' or s.pilot_id = n.pilot_id)
    where n.event_key = ${eventKey} and n.recipient = ''`;
}

export interface BudgetedRun {
  readonly runId: string;
  readonly pilotId: string;
  readonly timeZone: string;
}

/** Runs that are not over. */
export async function selectBudgeted(db: Db): Promise<BudgetedRun[]> {
  return db.$queryRaw<BudgetedRun[]>`
    select r.id as "runId", p.id as "pilotId", p.time_zone as "timeZone" from run r join pilot p on p.id = r.pilot_id
    where r.status in ('preparing', 'working', 'awaiting_decision', 'paused') order by r.id limit 500`;
}

export interface OverDelivery {
  readonly id: string;
  readonly channelId: string;
}

/**
 * Deliveries to PagerDuty that may have opened an incident (sent, or tried more than once), all of what they tell is over by
 * what is there now, and that was not told so far.
 */
export async function selectOver(db: Db, now: Date, limit: number): Promise<OverDelivery[]> {
  return db.$queryRaw<OverDelivery[]>`
    select d.id, d.channel_id as "channelId" from notice_delivery d
      join notice_channel c on c.id = d.channel_id and c.kind = 'pagerduty' and c.removed_at is null
    where d.purpose = 'notice' and (d.state = 'sent' or (d.state <> 'waiting' and d.attempts > 1))
      and not exists (select from notice_delivery r where r.resolves = d.id)
      and exists (select from notice n where n.delivery_id = d.id)
      and not exists (select from notice n where n.delivery_id = d.id and not coalesce(case
        when n.facts ? 'gateId' then (select g.status <> 'open' from gate g where g.id = n.facts ->> 'gateId')
        when n.kind = 'stop_pulled' then
          (select s.lifted_at is not null from stop s where s.id = n.facts ->> 'stopId')
        when n.kind = 'grave_finding' then
          (select f.state in ('mitigated', 'dismissed') from finding f where f.id = n.facts ->> 'findingId')
        when n.kind = 'pilot_paused' then (select p.status <> 'paused' from pilot p where p.id = n.pilot_id)
        when n.kind = 'deliveries_failing' then
          (select s.failing_since is null from notice_channel_state s where s.channel_id = n.facts ->> 'channelId')
        when n.kind = 'passkey_waiting' then (select k.confirmed_at is not null or k.removed_at is not null
          from passkey k where k.id = n.facts ->> 'passkeyId')
        when n.kind = 'budget_nearly_spent' then case n.facts ->> 'budget'
          when 'run' then (select r.ended_at is not null from run r where r.id = n.facts ->> 'runId')
          when 'day' then n.at < ${now}::timestamptz - interval '1 day'
          else (select p.status not in ('active', 'paused') from pilot p where p.id = n.pilot_id) end
        end, false))
    order by d.made_at limit ${limit}`;
}
