import { grantOf, type LiveGrantRow, type Permission } from "../authz/rules.ts";
import type { RoleGrant, RoleKey } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import type { Holder } from "./rules.ts";
import type { PersonView, WithdrawnApproval } from "./schema.ts";

export interface PersonRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly createdAt: Date;
}

export async function insertPerson(db: Db, person: PersonRow): Promise<void> {
  await db.person.create({ data: person });
}

export async function findPerson(db: Db, personId: string): Promise<PersonView | null> {
  const [person] = await selectPeople(db, [personId]);
  return person ?? null;
}

/** The person, locked until the transaction ends. */
export async function lockPerson(db: Db, personId: string): Promise<PersonView | null> {
  await db.$queryRaw`select from person where id = ${personId} for update`;
  return findPerson(db, personId);
}

/** People with their live grants, by name; all of them, or those of `ids`. */
export async function selectPeople(db: Db, ids: "all" | readonly string[]): Promise<PersonView[]> {
  const rows = await db.person.findMany({
    where: ids === "all" ? {} : { id: { in: [...ids] } },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  const held = await selectLive(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map(({ id, kind, email, name, passwordHash, disabledAt }) => ({
    id,
    kind: kind === "service" ? "service" : "person",
    email,
    name,
    hasPassword: passwordHash !== null,
    disabledAt,
    grants: held.flatMap((grant) => (grant.personId === id ? [grantOf(grant)] : [])),
  }));
}

export async function selectNames(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db.person.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, name: true },
  });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** What people hold now, by whatever way they came to it; nothing of the disabled. */
export async function selectLive(
  db: Db,
  people: readonly string[],
): Promise<(LiveGrantRow & { readonly personId: string })[]> {
  return db.$queryRaw<(LiveGrantRow & { readonly personId: string })[]>`
    select person_id as "personId", role, pilot_id as "pilotId", permissions, how, via from live_grant
    where person_id = any(${[...people]}) order by person_id, grant_id, how, via, pilot_id`;
}

/** Live grants of a person who is not disabled. */
export async function selectGrants(db: Db, personId: string): Promise<RoleGrant[]> {
  return (await selectLive(db, [personId])).map(grantOf);
}

export interface GrantRow {
  readonly id: string;
  readonly personId: string;
  readonly role: RoleKey;
  readonly pilotId: string | null;
  readonly grantedBy: string;
  readonly createdAt: Date;
  readonly endsAt: Date | null;
}

/** Whether they were given exactly this by name, and it has not ended. */
export async function holdsDirectly(
  db: Db,
  personId: string,
  role: RoleKey,
  pilotId: string | null,
): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    select from live_grant where person_id = ${personId} and how = 'direct' and role = ${role}
      and pilot_id is not distinct from ${pilotId}`;
  return rows.length > 0;
}

export async function insertGrant(db: Db, grant: GrantRow): Promise<void> {
  await db.grant.create({ data: grant });
}

/** Who has the permission by one of the built-in `roles` or by a role that includes it, there or on the organisation. */
export async function selectHolders(
  db: Db,
  roles: readonly RoleKey[],
  permission: Permission | null,
  pilotId: string | null,
): Promise<Holder[]> {
  return db.$queryRaw<Holder[]>`
    select p.name, g.role_name as "roleName" from live_grant g join person p on p.id = g.person_id
    where (g.role = any(${[...roles]}) or ${permission}::text = any(g.permissions))
      and (g.how <> 'deputy' or ${permission}::text is not distinct from 'gate.decide')
      and (g.pilot_id is null or g.pilot_id = ${pilotId}) order by p.name, p.id limit 200`;
}

/** Ids of people who have the permission on everything. */
export async function selectWhoMay(
  db: Db,
  roles: readonly RoleKey[],
  permission: Permission,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select distinct p.id from live_grant g join person p on p.id = g.person_id
    where p.kind = 'person' and g.how <> 'deputy' and g.pilot_id is null
      and (g.role = any(${[...roles]}) or ${permission} = any(g.permissions)) order by p.id limit 200`;
  return rows.map(({ id }) => id);
}

/** Who holds one of `roles` for deciding, deputies included, with their ids: one row for each role somebody holds. */
export async function selectHolderIds(
  db: Db,
  roles: readonly RoleKey[],
  pilotId: string,
): Promise<(Holder & { readonly personId: string })[]> {
  return db.$queryRaw<(Holder & { readonly personId: string })[]>`
    select p.id as "personId", p.name, g.role_name as "roleName" from live_grant g join person p on p.id = g.person_id
    where p.kind = 'person' and g.role = any(${[...roles]})
      and (g.permissions is null or 'gate.decide' = any(g.permissions))
      and (g.pilot_id is null or g.pilot_id = ${pilotId}) order by p.name, p.id limit 1000`;
}

export async function findPilotName(db: Db, pilotId: string): Promise<string | null> {
  const pilot = await db.pilot.findUnique({ where: { id: pilotId }, select: { name: true } });
  return pilot?.name ?? null;
}

/** These people, and whoever answers for those of them that are accounts of programs. */
export async function selectWithOwners(db: Db, people: readonly string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select distinct unnest(array[id, owner_id]) as id from person where id = any(${[...people]})`;
  return rows.flatMap(({ id }) => id ?? []);
}

/** A person's own grant that was not taken back. */
export async function findLiveGrant(
  db: Db,
  grantId: string,
): Promise<{ readonly personId: string; readonly role: string; readonly pilotId: string | null } | null> {
  return db.grant.findFirst({ where: { id: grantId, revokedAt: null } });
}

/** False where somebody else was faster. */
export async function revokeGrant(db: Db, grantId: string, at: Date): Promise<boolean> {
  const { count } = await db.grant.updateMany({
    where: { id: grantId, revokedAt: null },
    data: { revokedAt: at },
  });
  return count === 1;
}

/** Whoever may end an administrator waits here for whoever else does. */
export async function lockAdministrators(db: Db): Promise<void> {
  await db.$queryRaw`select pg_advisory_xact_lock(hashtext('pilothouse administrators'))::text`;
}

/** People, not accounts of programs, who are administrators of everything, and of no day's end. */
export async function selectAdministrators(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select distinct g.person_id as id from live_grant g join person p on p.id = g.person_id
    where g.role = 'administrator' and g.pilot_id is null and g.ends_at is null and g.how <> 'deputy'
      and p.kind = 'person'`;
  return rows.map(({ id }) => id);
}

/** Whether somebody stays one where the person is in the group no longer by single sign-on. */
export async function hasAdministratorBeside(
  db: Db,
  { groupId, personId }: { readonly groupId: string; readonly personId: string },
): Promise<boolean> {
  const [row] = await db.$queryRaw<{ found: boolean }[]>`
    select exists (select from live_grant g join person p on p.id = g.person_id
      where g.role = 'administrator' and g.pilot_id is null and g.ends_at is null and g.how <> 'deputy'
        and p.kind = 'person' and not (g.person_id = ${personId} and g.how = 'group' and g.via = ${groupId}
          and not exists (select from group_member m
            where m.group_id = ${groupId} and m.person_id = ${personId} and m.source = 'hand'))) as found`;
  return row?.found ?? false;
}

export async function setDisabled(db: Db, personId: string, at: Date | null): Promise<void> {
  await db.person.update({ where: { id: personId }, data: { disabledAt: at } });
}

/** Takes back what they approved at gates that are still open: it counts no more, whatever becomes of them. */
export async function withdrawApprovals(db: Db, personId: string, at: Date): Promise<WithdrawnApproval[]> {
  const rows = await db.$queryRaw<WithdrawnApproval[]>`
    update approval a set withdrawn_at = ${at} from gate g
    where g.id = a.gate_id and a.person_id = ${personId} and a.decision = 'approve' and a.withdrawn_at is null
      and g.status = 'open'
    returning a.id, a.gate_id as "gateId", g.pilot_id as "pilotId", g.run_id as "runId"`;
  return rows.toSorted((one, other) => one.id.localeCompare(other.id));
}

/** Whether anybody ever signed in as this person. */
export async function hasSignedIn(db: Db, personId: string): Promise<boolean> {
  return (await db.session.findFirst({ where: { personId }, select: { id: true } })) !== null;
}
