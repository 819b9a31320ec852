import type { Db } from "../db.ts";

export interface RoleRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly builtIn: boolean;
  readonly permissions: readonly string[];
}

/** Roles that are not retired, the built-in ones first. */
export async function selectRoles(db: Db): Promise<(RoleRow & { readonly holders: number })[]> {
  return db.$queryRaw<(RoleRow & { readonly holders: number })[]>`
    select r.id, r.name, r.description, r.built_in as "builtIn", r.permissions,
      (select count(distinct g.person_id) from live_grant g where g.role = r.id)::int as holders
    from role r where r.retired_at is null
    order by r.built_in desc, array_position(array['administrator', 'engineering_lead', 'security_lead', 'reviewer',
      'auditor', 'viewer'], r.id), lower(r.name)`;
}

/** The role, locked until the transaction ends; null where it is retired or was never there. */
export async function lockRole(db: Db, roleId: string): Promise<RoleRow | null> {
  await db.$queryRaw`select from role where id = ${roleId} for share`;
  return db.role.findFirst({ where: { id: roleId, retiredAt: null } });
}

export async function insertRole(
  db: Db,
  role: Omit<RoleRow, "builtIn"> & { readonly createdBy: string; readonly createdAt: Date },
): Promise<void> {
  await db.role.create({ data: { ...role, permissions: [...role.permissions] } });
}

export async function updateRole(db: Db, { id, name, description, permissions }: RoleRow): Promise<void> {
  await db.role.update({ where: { id }, data: { name, description, permissions: [...permissions] } });
}

export async function retire(db: Db, roleId: string, at: Date): Promise<void> {
  await db.role.update({ where: { id: roleId }, data: { retiredAt: at } });
}

/** Who holds the role by whatever way, an account of a program for whoever answers for it. */
export async function selectHoldersOf(db: Db, roleId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select distinct coalesce(p.owner_id, p.id) as id from live_grant g join person p on p.id = g.person_id
    where g.role = ${roleId} order by 1`;
  return rows.map(({ id }) => id);
}

/** Roles that were made here, by name, retired ones too; all of them, or those with these ids. */
export async function selectMade(db: Db, ids: readonly string[] | null) {
  return db.role.findMany({
    where: { builtIn: false, ...(ids === null ? {} : { id: { in: [...ids] } }) },
    select: { id: true, name: true, permissions: true, retiredAt: true },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
}
