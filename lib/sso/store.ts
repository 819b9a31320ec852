import type { Db } from "../db.ts";
import type { Invited } from "./rules.ts";

interface InvitedRow {
  readonly personId: string;
  readonly disabled: boolean;
  readonly subject: string | null;
  readonly identityId: string | null;
}

export interface KnownPerson extends Invited {
  readonly identityId: string;
}

/** Who came by this issuer and subject before. */
export async function findBySubject(db: Db, issuer: string, subject: string): Promise<KnownPerson | null> {
  const [row] = await db.$queryRaw<KnownPerson[]>`
    select p.id as "personId", p.disabled_at is not null as disabled, i.subject, i.id as "identityId"
    from sso_identity i join person p on p.id = i.person_id
    where i.issuer = ${issuer} and i.subject = ${subject}`;
  return row ?? null;
}

/** Who was invited under the address, locked: two first sign-ins at once are one after the other. */
export async function findByEmail(db: Db, issuer: string, email: string): Promise<Invited | null> {
  await db.$queryRaw`select from person where email = ${email} for update`;
  const [row] = await db.$queryRaw<InvitedRow[]>`
    select p.id as "personId", p.disabled_at is not null as disabled, i.subject, i.id as "identityId"
    from person p left join sso_identity i on i.person_id = p.id and i.issuer = ${issuer}
    where p.email = ${email}`;
  return row ? { personId: row.personId, disabled: row.disabled, subject: row.subject } : null;
}

export interface IdentityRow {
  readonly id: string;
  readonly personId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly createdAt: Date;
}

export async function insertIdentity(db: Db, identity: IdentityRow): Promise<void> {
  await db.ssoIdentity.create({ data: identity });
}

/** The provider said no: no token opens anything for the person until it said yes at a sign-in. */
export async function markRefused(db: Db, identityId: string, at: Date): Promise<void> {
  await db.ssoIdentity.update({ where: { id: identityId }, data: { refusedAt: at } });
}

/** They signed in by the provider in force, whichever said no before. */
export async function clearRefused(db: Db, personId: string): Promise<void> {
  await db.ssoIdentity.updateMany({
    where: { personId, refusedAt: { not: null } },
    data: { refusedAt: null },
  });
}

export interface Checked {
  readonly identityId: string;
  readonly refreshSealed: Uint8Array<ArrayBuffer> | null;
  /** Null: it cannot be asked again; past `checkBy` the browser has to go there itself. */
  readonly checkDueAt: Date | null;
  readonly checkBy: Date;
}

export async function saveChecked(db: Db, sessionId: string, checked: Checked): Promise<void> {
  await db.session.updateMany({
    where: { id: sessionId, revokedAt: null },
    data: { method: "sso", ...checked },
  });
}

export interface DueSession {
  readonly personId: string;
  readonly identityId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly refreshSealed: Uint8Array;
}

/** Takes the check upon itself where it is due; whoever comes second gets null, until `again`. */
export async function claimCheck(
  db: Db,
  sessionId: string,
  now: Date,
  again: Date,
): Promise<DueSession | null> {
  const [row] = await db.$queryRaw<DueSession[]>`
    update session s set check_due_at = ${again} from sso_identity i
    where s.id = ${sessionId} and i.id = s.identity_id and s.revoked_at is null and s.expires_at > ${now}
      and s.check_due_at <= ${now} and s.refresh_sealed is not null
    returning s.person_id as "personId", i.id as "identityId", i.issuer, i.subject, s.refresh_sealed as "refreshSealed"`;
  return row ?? null;
}

export interface GroupChange {
  readonly groupId: string;
  readonly joins: boolean;
}

/**
 * Groups filled by single sign-on and named as the provider's that the person is not in by it, and those they are in by it
 * that are not both; in one order, as they are locked. Nobody gets by a group what they gave to it: whoever may make groups could call one as theirs at the provider.
 */
export async function selectGroupChanges(
  db: Db,
  personId: string,
  names: readonly string[],
): Promise<GroupChange[]> {
  return db.$queryRaw<GroupChange[]>`
    select g.id as "groupId", m.person_id is null as joins
    from person_group g
      left join group_member m on m.group_id = g.id and m.person_id = ${personId} and m.source = 'sso'
    where g.removed_at is null and (m.person_id is null) = (g.from_sso and lower(g.name) = any(${names.map((name) => name.toLowerCase())}))
      and (m.person_id is not null or not exists (
        select from group_grant o where o.group_id = g.id and o.revoked_at is null and o.granted_by = ${personId}))
    order by g.id`;
}
