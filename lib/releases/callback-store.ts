import type { Db } from "../db.ts";
import type { CredentialKind, TakenCallback } from "./callbacks/schema.ts";
import type { CallbackView, SettledState } from "./schema.ts";

export interface CallbackRow {
  readonly id: string;
  readonly releaseId: string;
  readonly url: string;
  readonly host: string;
  readonly askedBy: string;
  readonly askedAt: Date;
}

/** Whether it was new. */
export async function insertCallback(db: Db, row: CallbackRow): Promise<boolean> {
  const { id, releaseId, url, host, askedBy, askedAt } = row;
  const inserted = await db.$executeRaw`
    insert into release_callback (id, release_id, url, host, asked_by, asked_at)
    values (${id}, ${releaseId}, ${url}, ${host}, ${askedBy}, ${askedAt})
    on conflict (release_id, url) do nothing`;
  return inserted > 0;
}

export const countCallbacks = async (db: Db, releaseId: string): Promise<number> => {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from release_callback where release_id = ${releaseId}`;
  return row?.count ?? 0;
};

/** Oldest first. */
export async function selectCallbacks(db: Db, releaseIds: readonly string[]): Promise<CallbackView[]> {
  return db.$queryRaw<CallbackView[]>`
    select c.id, c.release_id as "releaseId", c.host,
      case when g.status = 'open' then 'undecided'
        when s.state <> 'waiting' then s.state
        when k.id is null then 'no_credential' else 'waiting' end as state,
      coalesce(s.attempts, 0) as attempts, s.next_at as "nextAt", s.reason, s.done_at as "doneAt"
    from release_callback c join release r on r.id = c.release_id join gate g on g.id = r.gate_id
      left join release_callback_state s on s.callback_id = c.id
      left join release_credential k on k.pilot_id = r.pilot_id and k.host = c.host and k.removed_at is null
    where c.release_id = any(${[...releaseIds]}) order by c.asked_at, c.id`;
}

/** Those that may be told now: decided, with a credential, and nobody else at it. They are moved on to `until`. */
export async function claimCallbacks(
  db: Db,
  now: Date,
  until: Date,
  limit: number,
): Promise<TakenCallback[]> {
  const claimed = await db.$queryRaw<{ callback_id: string }[]>`
    insert into release_callback_state (callback_id, state, attempts, next_at)
    select c.id, 'waiting', 1, ${until}
    from release_callback c join release r on r.id = c.release_id join gate g on g.id = r.gate_id
      join release_credential k on k.pilot_id = r.pilot_id and k.host = c.host and k.removed_at is null
      left join release_callback_state s on s.callback_id = c.id
    where g.status <> 'open' and (s.callback_id is null or (s.state = 'waiting' and s.next_at <= ${now}))
    order by c.id limit ${limit}
    on conflict (callback_id) do update
      set attempts = release_callback_state.attempts + 1, next_at = excluded.next_at
      where release_callback_state.state = 'waiting' and release_callback_state.next_at <= ${now}
    returning callback_id`;
  const ids = claimed.map(({ callback_id: id }) => id);
  return db.$queryRaw<TakenCallback[]>`
    select c.id, c.release_id as "releaseId", r.pilot_id as "pilotId", r.gate_id as "gateId", c.url, c.host, r.commit,
      r.environment, s.attempts, greatest(c.asked_at, g.decided_at, k.set_at) as since, k.id as "credentialId", k.sealed
    from release_callback c join release r on r.id = c.release_id join gate g on g.id = r.gate_id
      join release_callback_state s on s.callback_id = c.id
      join release_credential k on k.pilot_id = r.pilot_id and k.host = c.host and k.removed_at is null
    where c.id = any(${ids}) order by c.id`;
}

/** Tried again at `nextAt`. `isTried`: else it was taken without being tried, and does not count. */
export async function postpone(
  db: Db,
  id: string,
  { nextAt, reason, isTried }: { readonly nextAt: Date; readonly reason: string; readonly isTried: boolean },
): Promise<void> {
  await db.$executeRaw`
    update release_callback_state
    set next_at = ${nextAt}, reason = ${reason}, attempts = attempts - ${isTried ? 0 : 1}
    where callback_id = ${id} and state = 'waiting'`;
}

/** Whether it still waited. */
export async function settle(
  db: Db,
  id: string,
  { state, reason, at }: { readonly state: SettledState; readonly reason: string | null; readonly at: Date },
): Promise<boolean> {
  const settled = await db.$executeRaw`
    update release_callback_state set state = ${state}, reason = ${reason}, done_at = ${at}
    where callback_id = ${id} and state = 'waiting'`;
  return settled > 0;
}

export interface CredentialRow {
  readonly id: string;
  readonly pilotId: string;
  readonly host: string;
  readonly kind: CredentialKind;
  readonly noticeKeyId: string;
  readonly sealed: Uint8Array;
  readonly setBy: string;
  readonly setAt: Date;
}

export async function insertCredential(db: Db, row: CredentialRow): Promise<void> {
  const { id, pilotId, host, kind, noticeKeyId, sealed, setBy, setAt } = row;
  await db.$executeRaw`
    insert into release_credential (id, pilot_id, host, kind, notice_key_id, sealed, set_by, set_at)
    values (${id}, ${pilotId}, ${host}, ${kind}, ${noticeKeyId}, ${sealed}, ${setBy}, ${setAt})`;
}

/** The pilot's, by host. */
export async function selectCredentials(
  db: Db,
  pilotId: string,
): Promise<Omit<CredentialRow, "sealed" | "noticeKeyId" | "pilotId">[]> {
  return db.$queryRaw`
    select id, host, kind, set_by as "setBy", set_at as "setAt" from release_credential
    where pilot_id = ${pilotId} and removed_at is null order by host`;
}

/** What is sealed is deleted. Whether it was there. */
export async function removeSealed(db: Db, pilotId: string, id: string, at: Date): Promise<boolean> {
  const removed = await db.$executeRaw`
    update release_credential set sealed = null, removed_at = ${at}
    where id = ${id} and pilot_id = ${pilotId} and removed_at is null`;
  return removed > 0;
}
