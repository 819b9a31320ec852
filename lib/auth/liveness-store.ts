import type { Db } from "../db.ts";

/** What decides how long a session is still believed, besides its absolute end. */
export interface Liveness {
  readonly lastSeenAt: Date;
  /** Of single sign-on: when its provider is to be asked again; null: it cannot be, or it is no such session. */
  readonly checkDueAt: Date | null;
  readonly checkBy: Date | null;
  readonly method: "password" | "link" | "sso";
  /** Whether its person has a second step: a passkey counts for sessions opened since it was confirmed, for none that waited for it. */
  readonly hasSecondStep: boolean;
}

export async function findLiveness(db: Db, sessionId: string): Promise<Liveness | null> {
  const [row] = await db.$queryRaw<Liveness[]>`
    select coalesce(last_seen_at, created_at) as "lastSeenAt", check_due_at as "checkDueAt", check_by as "checkBy", method,
      exists (select from totp t where t.person_id = session.person_id)
        or exists (select from passkey p where p.person_id = session.person_id and p.confirmed_at <= session.created_at
          and p.removed_at is null) as "hasSecondStep"
    from session where id = ${sessionId}`;
  return row ?? null;
}

export async function touchSession(db: Db, sessionId: string, at: Date): Promise<void> {
  await db.$executeRaw`
    update session set last_seen_at = ${at}
    where id = ${sessionId} and revoked_at is null and coalesce(last_seen_at, created_at) < ${at}`;
}

export interface ListedSession {
  readonly id: string;
  readonly personId: string;
  readonly personName: string;
  readonly method: "password" | "link" | "sso";
  readonly address: string;
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastSeenAt: Date;
  readonly checkBy: Date | null;
}

/** Sessions that neither ended nor were ended, of one person or of all. */
export async function selectSessions(db: Db, personId: string | null, now: Date): Promise<ListedSession[]> {
  return db.$queryRaw<ListedSession[]>`
    select s.id, s.person_id as "personId", p.name as "personName", s.method, s.address, s.user_agent as "userAgent",
      s.created_at as "createdAt", s.expires_at as "expiresAt", s.check_by as "checkBy",
      coalesce(s.last_seen_at, s.created_at) as "lastSeenAt"
    from session s join person p on p.id = s.person_id
    where s.revoked_at is null and s.expires_at > ${now} and p.disabled_at is null
      and (${personId}::text is null or s.person_id = ${personId})
    order by s.created_at desc, s.id desc limit 500`;
}

export async function findOwner(db: Db, sessionId: string): Promise<string | null> {
  const row = await db.session.findUnique({ where: { id: sessionId }, select: { personId: true } });
  return row?.personId ?? null;
}

/** A session of single sign-on that only its provider's yes is missing for, and that the browser has to fetch. */
export async function isRenewable(db: Db, sessionId: string, now: Date): Promise<boolean> {
  const count = await db.session.count({
    where: { id: sessionId, method: "sso", revokedAt: null, expiresAt: { gt: now }, refreshSealed: null },
  });
  return count === 1;
}
