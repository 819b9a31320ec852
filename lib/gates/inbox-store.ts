// The inbox in SQL: a page by deadline, and how many there are. The conditions say what `refusalToApprove` says, by rows.
import { Prisma } from "#generated/prisma/client.ts";
import type { RoleKey } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import type { GateKind } from "./schema.ts";
import type { GateRow } from "./store.ts";

/** Roles that decide, as they stand. */
export interface Held {
  readonly organisation: readonly string[];
  readonly onPilots: readonly { readonly pilotId: string; readonly role: string }[];
}

/** Somebody with their own roles, and those of each absent person whose deputy they are. */
export interface Decider {
  readonly personId: string;
  readonly own: Held;
  readonly absent: readonly { readonly personId: string; readonly held: Held }[];
}

export interface InboxFilter {
  readonly pilotIds: "all" | readonly string[];
  /** Null: everybody's. */
  readonly mine: Decider | null;
  readonly kind: GateKind | null;
  readonly pilotId: string | null;
  /** The last gate of the page before. */
  readonly after: { readonly expiresAt: Date; readonly id: string } | null;
  readonly limit: number;
  readonly now: Date;
}

const open = (pilotIds: InboxFilter["pilotIds"]): Prisma.Sql =>
  pilotIds === "all"
    ? Prisma.sql`g.status = 'open'`
    : Prisma.sql`g.status = 'open' and g.pilot_id = any(${[...pilotIds]}::text[])`;

const matches = ({ organisation, onPilots }: Held): Prisma.Sql => {
  const everywhere = Prisma.sql`g.roles && ${[...organisation]}::text[]`;
  if (onPilots.length === 0) return everywhere;
  const pilots = onPilots.map(({ pilotId }) => pilotId);
  const roles = onPilots.map(({ role }) => role);
  return Prisma.sql`(${everywhere} or (g.pilot_id is not null and exists (
    select from unnest(${pilots}::text[], ${roles}::text[]) as held (pilot_id, role)
    where held.pilot_id = g.pilot_id and held.role = any(g.roles))))`;
};

/** Not barred, neither from the beginning nor by what they wrote to the agent since. */
const isUnbarred = (personId: string): Prisma.Sql =>
  Prisma.sql`not (${personId} = any(g.barred))
    and (g.kind = 'merge' and g.run_id in (
      select s.run_id from run_steerer s where s.person_id = ${personId}
      union select r.run_id from run_reporter r where r.person_id = ${personId})) is not true`;

/** They decided, or a deputy did for them; what was withdrawn was never said. */
const isHeard = (personId: string): Prisma.Sql =>
  Prisma.sql`g.id in (select a.gate_id from approval a where a.person_id = ${personId} and a.withdrawn_at is null
    union all select a.gate_id from approval a where a.deputy_of = ${personId} and a.withdrawn_at is null)`;

function decidable({ personId, own, absent }: Decider, now: Date): Prisma.Sql {
  const forAbsent = absent.map(
    (other) =>
      Prisma.sql`(${matches(other.held)} and ${isUnbarred(other.personId)}
        and not ${isHeard(other.personId)})`,
  );
  return Prisma.sql`(g.expires_at > ${now} or g.kind = 'break_glass')
    and (${Prisma.join([matches(own), ...forAbsent], " or ")})
    and (g.people = '{}' or ${personId} = any(g.people))
    and ${isUnbarred(personId)} and not ${isHeard(personId)}`;
}

export async function selectInbox(db: Db, filter: InboxFilter): Promise<GateRow[]> {
  const { pilotIds, mine, kind, pilotId, after, limit, now } = filter;
  const conditions = [open(pilotIds)];
  if (mine) conditions.push(decidable(mine, now));
  if (kind) conditions.push(Prisma.sql`g.kind = ${kind}`);
  if (pilotId) conditions.push(Prisma.sql`g.pilot_id = ${pilotId}`);
  if (after) conditions.push(Prisma.sql`(g.expires_at, g.id) > (${after.expiresAt}, ${after.id})`);
  const page = await db.$queryRaw<{ id: string }[]>`
    select g.id from gate g where ${Prisma.join(conditions, " and ")}
    order by g.expires_at, g.id limit ${limit}`;
  const gates = await db.gate.findMany({
    where: { id: { in: page.map(({ id }) => id) } },
    include: { approvals: { orderBy: [{ createdAt: "asc" }, { id: "asc" }] } },
    orderBy: [{ expiresAt: "asc" }, { id: "asc" }],
  });
  return gates as GateRow[];
}

export async function countOpen(
  db: Db,
  pilotIds: InboxFilter["pilotIds"],
  mine: Decider,
  now: Date,
): Promise<{ readonly mine: number; readonly team: number }> {
  const [row] = await db.$queryRaw<{ mine: number; team: number }[]>`
    select (count(*) filter (where ${decidable(mine, now)}))::int as mine, count(*)::int as team
    from gate g where ${open(pilotIds)}`;
  return row ?? { mine: 0, team: 0 };
}

/** Roles that may decide something that is open on the pilot. */
export async function selectRolesAsked(db: Db, pilotId: string): Promise<RoleKey[]> {
  const rows = await db.$queryRaw<{ role: RoleKey }[]>`
    select distinct unnest(g.roles) as role from gate g where g.status = 'open' and g.pilot_id = ${pilotId}`;
  return rows.map(({ role }) => role);
}

/** How many decisions each person took at the pilot's gates, approvals and denials alike. */
export async function countTaken(db: Db, pilotId: string): Promise<{ personId: string; taken: number }[]> {
  return db.$queryRaw`
    select a.person_id as "personId", count(*)::int as taken
    from approval a join gate g on g.id = a.gate_id where g.pilot_id = ${pilotId} group by a.person_id`;
}
