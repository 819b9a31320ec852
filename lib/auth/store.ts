import { grantOf, type LiveGrantRow } from "../authz/rules.ts";
import type { RoleGrant } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import type { Throttle } from "./rules.ts";

export interface Credentials {
  readonly personId: string;
  readonly passwordHash: string | null;
  readonly disabled: boolean;
}

export async function findCredentials(db: Db, email: string): Promise<Credentials | null> {
  const row = await db.person.findUnique({ where: { email } });
  return row && { personId: row.id, passwordHash: row.passwordHash, disabled: row.disabledAt !== null };
}

export async function updatePassword(db: Db, personId: string, passwordHash: string): Promise<void> {
  await db.person.update({ where: { id: personId }, data: { passwordHash } });
}

/** The throttle's row, locked until the transaction ends; made where there is none, so that parallel tries line up. */
export async function lockThrottle(db: Db, key: string): Promise<Throttle | null> {
  await db.$executeRaw`
    insert into sign_in_throttle (key, failures, blocked_until) values (${key}, 0, to_timestamp(0))
    on conflict do nothing`;
  const [row] = await db.$queryRaw<{ failures: number; blocked_until: Date }[]>`
    select failures, blocked_until from sign_in_throttle where key = ${key} for update`;
  return row && row.failures > 0
    ? { failures: row.failures, blockedUntil: row.blocked_until.getTime() }
    : null;
}

export async function saveThrottle(db: Db, key: string, { failures, blockedUntil }: Throttle): Promise<void> {
  await db.signInThrottle.update({
    where: { key },
    data: { failures, blockedUntil: new Date(blockedUntil) },
  });
}

/** Forgets the key, and every key whose last try was before `stale`. */
export async function deleteThrottles(db: Db, key: string, stale: Date): Promise<void> {
  await db.signInThrottle.deleteMany({ where: { OR: [{ key }, { blockedUntil: { lt: stale } }] } });
}

export interface SessionRow {
  readonly id: string;
  readonly personId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly address: string;
  readonly userAgent: string;
  /** Single sign-on says so of its own. */
  readonly method: "password" | "link";
}

/** Whether the person is not disabled; they are not until the transaction ends. */
export async function holdActive(db: Db, personId: string): Promise<boolean> {
  const [row] = await db.$queryRaw<{ active: boolean }[]>`
    select disabled_at is null as active from person where id = ${personId} for share`;
  return row?.active ?? false;
}

export async function insertSession(db: Db, session: SessionRow): Promise<void> {
  await db.session.create({ data: session });
}

export interface LiveSession {
  readonly sessionId: string;
  readonly expiresAt: Date;
  readonly person: { readonly id: string; readonly name: string; readonly email: string };
  readonly grants: readonly RoleGrant[];
  /** What the roles are called, each once. */
  readonly roleNames: readonly string[];
  /** When the first of the grants ends by itself; null: none does. */
  readonly grantsUntil: Date | null;
}

interface SessionGrantRow extends Omit<LiveGrantRow, "role"> {
  expires_at: Date;
  person_id: string;
  name: string;
  email: string;
  role: string | null;
  role_name: string | null;
  ends_at: Date | null;
}

/** A session that is neither revoked nor expired, of a person who is not disabled, with the grants of this moment. */
export async function findLiveSession(db: Db, sessionId: string, now: Date): Promise<LiveSession | null> {
  const rows = await db.$queryRaw<SessionGrantRow[]>`
    select s.expires_at, p.id as person_id, p.name, p.email, g.role, g.pilot_id as "pilotId",
      g.permissions, g.how, g.via, g.role_name, g.ends_at
    from session s
      join person p on p.id = s.person_id
      left join live_grant g on g.person_id = (select person_id from session where id = ${sessionId})
    where s.id = ${sessionId} and s.revoked_at is null and s.expires_at > ${now} and p.disabled_at is null
    order by g.grant_id, g.how, g.via, g.pilot_id`;
  const [first] = rows;
  if (!first) return null;
  const ends = rows.flatMap(({ ends_at }) => ends_at?.getTime() ?? []);
  return {
    sessionId,
    grantsUntil: ends.length === 0 ? null : new Date(Math.min(...ends)),
    expiresAt: first.expires_at,
    person: { id: first.person_id, name: first.name, email: first.email },
    grants: rows.flatMap(({ role, ...grant }) => (role === null ? [] : [grantOf({ ...grant, role })])),
    roleNames: [...new Set(rows.flatMap(({ role_name }) => role_name ?? []))],
  };
}

/** Ends one live session of a person, or all of them, and forgets their tokens; returns the ids of those that were live. */
export async function revokeSessions(
  db: Db,
  personId: string,
  sessionId: string | null,
  at: Date,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    update session set revoked_at = ${at}, refresh_sealed = null
    where person_id = ${personId} and revoked_at is null and (${sessionId}::text is null or id = ${sessionId})
    returning id`;
  return rows.map(({ id }) => id);
}

export interface LinkRow {
  readonly id: string;
  readonly personId: string;
  readonly tokenHash: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export async function insertLink(db: Db, link: LinkRow): Promise<void> {
  await db.oneTimeLink.create({ data: link });
}

/** Only the newest link of a person works. */
export async function endOpenLinks(db: Db, personId: string, at: Date): Promise<void> {
  await db.oneTimeLink.updateMany({
    where: { personId, usedAt: null, expiresAt: { gt: at } },
    data: { expiresAt: at },
  });
}

export interface FoundLink extends LinkRow {
  readonly usedAt: Date | null;
  readonly name: string;
  readonly email: string;
  readonly disabled: boolean;
}

/** The link, locked until the transaction ends where `lock` says so. */
export async function findLink(db: Db, tokenHash: string, lock: boolean): Promise<FoundLink | null> {
  if (lock) await db.$queryRaw`select from one_time_link where token_hash = ${tokenHash} for update`;
  const link = await db.oneTimeLink.findUnique({ where: { tokenHash } });
  const person = link && (await db.person.findUnique({ where: { id: link.personId } }));
  return (
    link &&
    person && { ...link, name: person.name, email: person.email, disabled: person.disabledAt !== null }
  );
}

export async function useUpLink(db: Db, linkId: string, at: Date): Promise<void> {
  await db.oneTimeLink.update({ where: { id: linkId }, data: { usedAt: at } });
}
