import type { Db } from "../db.ts";
import type { GroupGrantView, GroupMemberView, GroupView, MemberSource } from "./schema.ts";

export interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly fromSso: boolean;
}

/** The group, locked until the transaction ends; null where it is removed or was never there. */
export async function lockGroup(db: Db, groupId: string): Promise<GroupRow | null> {
  await db.$queryRaw`select from person_group where id = ${groupId} for update`;
  return db.personGroup.findFirst({ where: { id: groupId, removedAt: null } });
}

export async function insertGroup(
  db: Db,
  group: GroupRow & { readonly createdBy: string; readonly createdAt: Date },
): Promise<void> {
  await db.personGroup.create({ data: group });
}

export async function isFromSso(db: Db, groupId: string): Promise<boolean> {
  const row = await db.personGroup.findUnique({ where: { id: groupId }, select: { fromSso: true } });
  return row?.fromSso ?? false;
}

export async function updateFromSso(db: Db, groupId: string, fromSso: boolean): Promise<void> {
  await db.personGroup.update({ where: { id: groupId }, data: { fromSso } });
}

/** Whom single sign-on put in. */
export async function selectSsoMembers(db: Db, groupId: string): Promise<string[]> {
  const rows = await db.groupMember.findMany({
    where: { groupId, source: "sso" },
    select: { personId: true },
    orderBy: { personId: "asc" },
  });
  return rows.map(({ personId }) => personId);
}

export async function markRemoved(db: Db, groupId: string, at: Date): Promise<void> {
  await db.personGroup.update({ where: { id: groupId }, data: { removedAt: at } });
}

/** Ids of its members, each once. */
export async function selectMemberIds(db: Db, groupId: string): Promise<string[]> {
  const rows = await db.groupMember.findMany({
    where: { groupId },
    select: { personId: true },
    distinct: ["personId"],
    orderBy: { personId: "asc" },
  });
  return rows.map(({ personId }) => personId);
}

/** False where they were put in that way already. */
export async function insertMember(
  db: Db,
  member: {
    readonly groupId: string;
    readonly personId: string;
    readonly source: MemberSource;
    readonly addedBy: string;
    readonly addedAt: Date;
  },
): Promise<boolean> {
  const { count } = await db.groupMember.createMany({ data: [member], skipDuplicates: true });
  return count === 1;
}

/** False where they were not in it that way. */
export async function deleteMember(
  db: Db,
  groupId: string,
  personId: string,
  source: MemberSource,
): Promise<boolean> {
  const { count } = await db.groupMember.deleteMany({ where: { groupId, personId, source } });
  return count === 1;
}

export interface GroupGrantRow {
  readonly id: string;
  readonly groupId: string;
  readonly role: string;
  readonly pilotId: string | null;
}

export async function insertGroupGrant(
  db: Db,
  grant: GroupGrantRow & {
    readonly grantedBy: string;
    readonly createdAt: Date;
    readonly endsAt: Date | null;
  },
): Promise<void> {
  await db.groupGrant.create({ data: grant });
}

/** Grants of a group that were not taken back and have not ended. */
export async function selectGroupGrants(db: Db, groupId: string, at: Date): Promise<GroupGrantRow[]> {
  return db.groupGrant.findMany({
    where: { groupId, revokedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: at } }] },
    orderBy: { id: "asc" },
  });
}

export async function findGroupGrant(db: Db, grantId: string): Promise<GroupGrantRow | null> {
  return db.groupGrant.findFirst({ where: { id: grantId, revokedAt: null } });
}

/** False where somebody else was faster. */
export async function revokeGroupGrant(db: Db, grantId: string, at: Date): Promise<boolean> {
  const { count } = await db.groupGrant.updateMany({
    where: { id: grantId, revokedAt: null },
    data: { revokedAt: at },
  });
  return count === 1;
}

export async function selectGroups(db: Db): Promise<GroupView[]> {
  const groups = await db.personGroup.findMany({
    where: { removedAt: null },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  const members = await db.$queryRaw<(GroupMemberView & { groupId: string })[]>`
    select m.group_id as "groupId", m.person_id as "personId", p.name, m.source
    from group_member m join person p on p.id = m.person_id order by p.name, p.id, m.source`;
  const grants = await db.$queryRaw<(GroupGrantView & { groupId: string })[]>`
    select g.group_id as "groupId", g.id, g.role, r.name as "roleName", g.pilot_id as "pilotId", l.name as "pilotName",
      g.ends_at as "endsAt"
    from group_grant g join role r on r.id = g.role and r.retired_at is null left join pilot l on l.id = g.pilot_id
    where g.revoked_at is null and (g.ends_at is null or g.ends_at > statement_timestamp()) order by g.id`;
  return groups.map(({ id, name, description, fromSso }) => ({
    ...{ id, name, description, fromSso },
    members: members.filter(({ groupId }) => groupId === id).map(({ groupId: _, ...member }) => member),
    grants: grants.filter(({ groupId }) => groupId === id).map(({ groupId: _, ...grant }) => grant),
  }));
}
