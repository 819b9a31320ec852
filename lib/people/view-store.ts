// People as the pages about them show them.
import { grantOf, permissionsOf } from "../authz/rules.ts";
import type { RoleKey } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import type { HeldGrant, ListedPerson, PersonDetails } from "./schema.ts";

interface HeldRow extends Omit<HeldGrant, "permissions" | "role"> {
  readonly personId: string;
  readonly role: string;
  readonly permissions: readonly string[] | null;
  readonly via: string | null;
}

/** Live grants of one person, or of everybody: their own first, then by groups, then as deputies. */
async function selectHeld(db: Db, personId: string | null): Promise<HeldRow[]> {
  return db.$queryRaw<HeldRow[]>`
    select g.person_id as "personId", g.grant_id as id, g.role, g.role_name as "roleName", g.permissions, g.how, g.via,
      g.pilot_id as "pilotId", l.name as "pilotName", g.ends_at as "endsAt", coalesce(o.name, a.name) as "viaName"
    from live_grant g left join pilot l on l.id = g.pilot_id
      left join person_group o on g.how = 'group' and o.id = g.via
      left join person a on g.how = 'deputy' and a.id = g.via
    where ${personId}::text is null or g.person_id = ${personId}
    order by array_position(array['direct', 'group', 'deputy'], g.how), g.pilot_id nulls first, g.grant_id, g.via`;
}

const heldOf = ({ personId: _, via, permissions, ...row }: HeldRow): HeldGrant => ({
  ...row,
  role: row.role as RoleKey,
  permissions: permissionsOf(grantOf({ ...row, via, permissions })),
});

interface PersonRow extends Omit<ListedPerson, "grants" | "state"> {
  readonly disabledAt: Date | null;
  readonly sessions: number;
}

async function selectRows(db: Db, personId: string | null, at: Date): Promise<PersonRow[]> {
  return db.$queryRaw<PersonRow[]>`
    select p.id, p.name, p.email, p.kind, p.disabled_at as "disabledAt", s.seen as "lastSeenAt",
      coalesce(s.live, 0)::int as sessions
    from person p left join (
      select person_id, max(coalesce(last_seen_at, created_at)) as seen,
        count(*) filter (where revoked_at is null and expires_at > ${at}) as live
      from session where ${personId}::text is null or person_id = ${personId} group by person_id
    ) s on s.person_id = p.id
    where ${personId}::text is null or p.id = ${personId} order by p.disabled_at is not null, lower(p.name), p.id`;
}

const listed = ({ disabledAt, sessions: _, ...row }: PersonRow, held: readonly HeldRow[]): ListedPerson => ({
  ...row,
  state:
    disabledAt !== null ? "deactivated" : row.lastSeenAt || row.kind === "service" ? "active" : "invited",
  grants: held.filter(({ personId }) => personId === row.id).map(heldOf),
});

export async function selectListed(db: Db, at: Date): Promise<ListedPerson[]> {
  const held = await selectHeld(db, null);
  return (await selectRows(db, null, at)).map((row) => listed(row, held));
}

export async function findDetails(db: Db, personId: string, at: Date): Promise<PersonDetails | null> {
  const [row] = await selectRows(db, personId, at);
  if (!row) return null;
  const groups = await db.$queryRaw<{ id: string; name: string; source: string }[]>`
    select g.id, g.name, m.source from group_member m join person_group g on g.id = m.group_id and g.removed_at is null
    where m.person_id = ${personId} order by g.name, m.source`;
  return { ...listed(row, await selectHeld(db, personId)), sessions: row.sessions, groups };
}
