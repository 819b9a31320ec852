import type { Role, RoleGrant } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import type { Holder } from "./rules.ts";
import type { PersonView } from "./schema.ts";

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
    include: { grants: { where: { revokedAt: null }, orderBy: { id: "asc" } } },
  });
  return rows.map(({ id, email, name, passwordHash, disabledAt, grants }) => ({
    id,
    email,
    name,
    hasPassword: passwordHash !== null,
    disabledAt,
    grants: grants.map(({ role, pilotId }) => ({ role: role as Role, pilotId })),
  }));
}

export async function selectNames(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db.person.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, name: true },
  });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Live grants of a person who is not disabled. */
export async function selectGrants(db: Db, personId: string): Promise<RoleGrant[]> {
  return db.$queryRaw<RoleGrant[]>`
    select g.role, g.pilot_id as "pilotId" from role_grant g join person p on p.id = g.person_id
    where g.person_id = ${personId} and g.revoked_at is null and p.disabled_at is null order by g.id`;
}

export interface GrantRow extends RoleGrant {
  readonly id: string;
  readonly personId: string;
  readonly grantedBy: string;
  readonly createdAt: Date;
}

export async function insertGrant(db: Db, grant: GrantRow): Promise<void> {
  await db.grant.create({ data: grant });
}

/** Who holds one of `roles` on the organisation, or on the pilot where one is named. */
export async function selectHolders(
  db: Db,
  roles: readonly Role[],
  pilotId: string | null,
): Promise<Holder[]> {
  return db.$queryRaw<Holder[]>`
    select p.name, g.role from role_grant g join person p on p.id = g.person_id
    where g.revoked_at is null and p.disabled_at is null and g.role = any(${[...roles]})
      and (g.pilot_id is null or g.pilot_id = ${pilotId}) order by p.name, p.id limit 200`;
}

/** The same with their ids: one row for each role somebody holds. */
export async function selectHolderIds(
  db: Db,
  roles: readonly Role[],
  pilotId: string,
): Promise<(Holder & { readonly personId: string })[]> {
  return db.$queryRaw<(Holder & { readonly personId: string })[]>`
    select p.id as "personId", p.name, g.role from role_grant g join person p on p.id = g.person_id
    where g.revoked_at is null and p.disabled_at is null and g.role = any(${[...roles]})
      and (g.pilot_id is null or g.pilot_id = ${pilotId}) order by p.name, p.id limit 1000`;
}
