import { Prisma } from "#generated/prisma/client.ts";
import type { LiveGrantRow } from "../authz/rules.ts";
import type { RoleKey } from "../authz/schema.ts";
import type { Db } from "../db.ts";
import type { CharterVersion, Member, PilotStatus, PilotView } from "./schema.ts";

export interface PilotState {
  readonly id: string;
  readonly name: string;
  readonly status: PilotStatus;
  readonly timeZone: string;
  readonly demo: boolean;
  readonly activeCharterId: string | null;
  readonly baselineUntil: Date | null;
  /** Why it was paused, completed, ended or returned to a draft. */
  readonly statusReason: string | null;
}

export async function findPilot(db: Db, pilotId: string): Promise<PilotState | null> {
  const select = {
    ...{ id: true, name: true, status: true, timeZone: true, demo: true, activeCharterId: true },
    ...{ baselineUntil: true, statusReason: true },
  };
  return (await db.pilot.findUnique({ where: { id: pilotId }, select })) as PilotState | null;
}

/** The row, locked until the transaction ends. */
export async function lockPilot(db: Db, pilotId: string): Promise<PilotState | null> {
  await db.$queryRaw`select from pilot where id = ${pilotId} for update`;
  return findPilot(db, pilotId);
}

export interface NewPilotRow {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  readonly demo: boolean;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export async function insertPilot(db: Db, pilot: NewPilotRow): Promise<void> {
  await db.pilot.create({ data: { ...pilot, status: "draft" } });
}

export interface PilotChange {
  readonly statusReason?: string | null;
  readonly activeCharterId?: string;
  readonly activatedAt?: Date;
  readonly baselineUntil?: Date | null;
  readonly endedAt?: Date;
}

/** False when the pilot is not in the expected status. */
export async function updatePilotStatus(
  db: Db,
  pilotId: string,
  from: PilotStatus,
  to: PilotStatus,
  change: PilotChange,
): Promise<boolean> {
  const { count } = await db.pilot.updateMany({
    where: { id: pilotId, status: from },
    data: { status: to, ...change },
  });
  return count === 1;
}

/** False when another charter is in force. */
export async function updateActiveCharter(
  db: Db,
  pilotId: string,
  from: string,
  to: string,
): Promise<boolean> {
  const { count } = await db.pilot.updateMany({
    where: { id: pilotId, activeCharterId: from },
    data: { activeCharterId: to },
  });
  return count === 1;
}

export interface CharterRow {
  readonly id: string;
  readonly pilotId: string;
  readonly version: number;
  readonly canonical: string;
  readonly digest: string;
}

export async function findCharter(db: Db, charterId: string): Promise<CharterRow | null> {
  return db.charter.findUnique({ where: { id: charterId } });
}

export async function findLatestCharter(db: Db, pilotId: string): Promise<CharterRow | null> {
  return db.charter.findFirst({ where: { pilotId }, orderBy: { version: "desc" } });
}

export async function insertCharter(
  db: Db,
  charter: CharterRow & { createdBy: string; createdAt: Date },
): Promise<void> {
  await db.charter.create({ data: charter });
}

const VIEW = Prisma.sql`
  select p.id, p.name, p.status, p.status_reason as "statusReason", p.time_zone as "timeZone", p.demo,
    p.created_by as "createdBy", coalesce(author.name, p.created_by) as "createdByName",
    p.created_at as "createdAt", p.activated_at as "activatedAt", p.baseline_until as "baselineUntil", p.ended_at as "endedAt",
    p.active_charter_id as "activeCharterId", active.version as "activeVersion", latest.version as "latestVersion",
    r.id as "repositoryId", r.name as "repositoryName",
    coalesce((
      select jsonb_object_agg(status, runs) from (
        select status, count(*)::int as runs from run where run.pilot_id = p.id group by status
      ) as by_status
    ), '{}') as runs
  from pilot p
    left join person author on author.id = p.created_by
    left join charter active on active.id = p.active_charter_id
    left join lateral (
      select version, canonical from charter c where c.pilot_id = p.id order by version desc limit 1
    ) as latest on true
    left join repository r on r.id = coalesce(active.canonical, latest.canonical)::jsonb #>> '{scope,repositoryId}'`;

/** Pilots with what a list shows, newest first. */
export async function selectPilots(
  db: Db,
  visible: "all" | readonly string[],
  ids?: readonly string[],
): Promise<PilotView[]> {
  const seen = visible === "all" ? Prisma.sql`true` : Prisma.sql`p.id = any(${[...visible]})`;
  const asked = ids ? Prisma.sql`p.id = any(${[...ids]})` : Prisma.sql`true`;
  return db.$queryRaw<PilotView[]>`${VIEW} where ${seen} and ${asked} order by p.created_at desc, p.id desc`;
}

export async function selectVersions(db: Db, pilotId: string): Promise<Omit<CharterVersion, "active">[]> {
  return db.$queryRaw`
    select c.id, c.version, c.digest, c.created_by as "createdBy", coalesce(author.name, c.created_by) as "createdByName",
      c.created_at as "createdAt"
    from charter c left join person author on author.id = c.created_by
    where c.pilot_id = ${pilotId} order by c.version desc`;
}

/** Who has a role on the pilot, by its own grants and by the organisation's. */
export async function selectMembers(db: Db, pilotId: string): Promise<Member[]> {
  return db.$queryRaw<Member[]>`
    select distinct p.id as "personId", p.name, g.role, g.role_name as "roleName", g.pilot_id is null as "byOrganisation"
    from live_grant g join person p on p.id = g.person_id
    where g.how <> 'deputy' and (g.pilot_id is null or g.pilot_id = ${pilotId})
    order by p.name, g.role`;
}

/** The open gate that would put another version of the charter in force. */
export async function findOpenAmendGate(
  db: Db,
  pilotId: string,
): Promise<{ gateId: string; charterId: string | null } | null> {
  const gate = await db.gate.findFirst({
    where: { kind: "amend", status: "open", pilotId },
    select: { id: true, charterId: true },
  });
  return gate && { gateId: gate.id, charterId: gate.charterId };
}

/** The open gate that would let a paused pilot go on. */
export async function findOpenResumeGate(db: Db, pilotId: string): Promise<string | null> {
  const gate = await db.gate.findFirst({
    where: { kind: "resume", status: "open", pilotId, stopId: null },
    select: { id: true },
  });
  return gate?.id ?? null;
}

/** How many people other than `except` hold one of the roles, on the organisation or on the pilot. */
export async function countHolders(
  db: Db,
  roles: readonly RoleKey[],
  pilotId: string | null,
  except: string,
): Promise<number> {
  const [row] = await db.$queryRaw<{ people: number }[]>`
    select count(distinct g.person_id)::int as people from live_grant g join person p on p.id = g.person_id
    where p.kind = 'person' and g.how <> 'deputy' and g.person_id <> ${except} and g.role = any(${[...roles]})
      and (g.permissions is null or 'gate.decide' = any(g.permissions))
      and (g.pilot_id is null or g.pilot_id = ${pilotId})`;
  return row?.people ?? 0;
}

/** Every live grant of a person that covers the pilot, or the organisation where there is none yet, but what deputies borrow. */
export async function selectHolders(
  db: Db,
  pilotId: string | null,
): Promise<(LiveGrantRow & { readonly personId: string })[]> {
  return db.$queryRaw`
    select g.person_id as "personId", g.role, g.pilot_id as "pilotId", g.permissions, g.how, g.via
    from live_grant g join person p on p.id = g.person_id and p.kind = 'person'
    where g.how <> 'deputy' and (g.pilot_id is null or g.pilot_id = ${pilotId}) order by g.person_id, g.role`;
}

/** How many runs of the pilot a person launched, and how many have not ended. */
export async function countRunsFor(
  db: Db,
  pilotId: string,
  personId: string,
): Promise<{ launched: number; open: number }> {
  const [row] = await db.$queryRaw<{ launched: number; open: number }[]>`
    select count(*) filter (where launched_by = ${personId}
        or exists (select from person a where a.id = launched_by and a.owner_id = ${personId}))::int as launched,
      count(*) filter (where status <> all(${ENDED}))::int as open
    from run where pilot_id = ${pilotId}`;
  return row ?? { launched: 0, open: 0 };
}

const ENDED = ["merged", "rejected", "failed", "cancelled"];
