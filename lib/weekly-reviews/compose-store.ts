// The rows of a week.
import type { Db } from "../db.ts";
import type { WeighedApproval } from "./rules.ts";
import type { PackDocument } from "./schema.ts";

export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** From the first day's first instant to the end of the last one, where the time zone is. */
export async function weekSpan(db: Db, timeZone: string, firstDay: string, lastDay: string): Promise<Span> {
  const [span] = await db.$queryRaw<Span[]>`
    select ${firstDay}::date::timestamp at time zone ${timeZone} as from,
      (${lastDay}::date + 1)::timestamp at time zone ${timeZone} as to`;
  if (!span) throw new Error("a row without a table was not there");
  return span;
}

/** So many rows of a list stand in a pack; beyond, their number. */
export const MOST_LISTED = 20;

const iso = (at: Date): string => at.toISOString();
const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null;

export async function selectIncidents(
  db: Db,
  repositoryId: string,
  { from, to }: Span,
): Promise<PackDocument["incidents"]> {
  const where = { repositoryId, detectedAt: { gte: from, lt: to } };
  const rows = await db.incident.findMany({
    where,
    orderBy: [{ detectedAt: "asc" }, { id: "asc" }],
    take: MOST_LISTED,
    select: { id: true, severity: true, detectedAt: true, restoredAt: true },
  });
  return {
    count: await db.incident.count({ where }),
    rows: rows.map(({ id, severity, detectedAt, restoredAt }) => ({
      ...{ id, severity, detectedAt: iso(detectedAt), restoredAt: isoOrNull(restoredAt) },
    })),
  };
}

interface TripRow {
  readonly id: string;
  readonly wire: string;
  readonly at: Date;
  readonly value: number;
  readonly rows: number;
  readonly liftedAt: Date | null;
}

/** Those over numbers, and those of failed runs in a row. */
export async function selectTrips(
  db: Db,
  pilotId: string,
  { from, to }: Span,
): Promise<PackDocument["trips"]> {
  const trips = await db.$queryRaw<TripRow[]>`
    select id, wire, tripped_at as at, value, sample as rows, lifted_at as "liftedAt"
    from wire_trip where pilot_id = ${pilotId} and tripped_at >= ${from} and tripped_at < ${to}
    union all
    select id, 'failed runs in a row', tripped_at, 0, 0, null
    from pilot_trip where pilot_id = ${pilotId} and tripped_at >= ${from} and tripped_at < ${to}
    order by at, id`;
  return {
    count: trips.length,
    rows: trips.slice(0, MOST_LISTED).map(({ at, liftedAt, value, ...trip }) => ({
      ...trip,
      ...{ value: Math.round(value * 1e4) / 1e4, at: iso(at), liftedAt: isoOrNull(liftedAt) },
    })),
  };
}

/** Approvals of the week that count; of a merge with the patch that was approved. Ordered by id. */
export async function selectApprovals(
  db: Db,
  pilotId: string,
  { from, to }: Span,
): Promise<WeighedApproval[]> {
  const rows = await db.$queryRaw<(Omit<WeighedApproval, "at"> & { at: Date })[]>`
    select a.id as approval, g.id as gate, g.kind, g.run_id as run, a.person_id as person, a.created_at as at,
      greatest(0, round(extract(epoch from a.created_at - g.created_at) * 1000))::float8 as milliseconds,
      coalesce(jsonb_array_length(p.files), 0) as files, coalesce(jsonb_array_length(p.flags), 0) as flags,
      (select count(distinct v.path)::int from patch_viewed v where v.run_id = g.run_id and v.person_id = a.person_id
        and v.viewed_at <= a.created_at
        and p.files @> jsonb_build_array(jsonb_build_object('path', v.path))) as opened,
      coalesce(p.added + p.removed, 0) as lines,
      coalesce(p.flags @> '[{"rule": "protected_path"}]', false) as "isProtected"
    from approval a join gate g on g.id = a.gate_id
    left join lateral (select files::jsonb, flags::jsonb, added, removed from patch
      where run_id = g.run_id and created_at <= a.created_at and g.kind in ('merge', 'break_glass')
      order by created_at desc, id desc limit 1) p on true
    where g.pilot_id = ${pilotId} and a.decision = 'approve' and a.withdrawn_at is null
      and g.kind <> 'weekly_review' and a.created_at >= ${from} and a.created_at < ${to}
    order by a.id`;
  return rows.map((row) => ({ ...row, at: iso(row.at) }));
}

export async function selectSpend(
  db: Db,
  pilotId: string,
  { from, to }: Span,
): Promise<{ micros: number; byAgent: ReadonlyMap<string, number> }> {
  const rows = await db.$queryRaw<{ agent: string; micros: number }[]>`
    select agent_id as agent, sum(charged_micros)::float8 as micros from model_call
    where pilot_id = ${pilotId} and settled_at >= ${from} and settled_at < ${to} and charged_micros > 0
    group by agent_id`;
  return {
    micros: rows.reduce((sum, { micros }) => sum + micros, 0),
    byAgent: new Map(rows.map(({ agent, micros }) => [agent, micros])),
  };
}

/** Agents of runs up to the week's end, the busiest of the week first. */
export const selectAgents = (
  db: Db,
  pilotId: string,
  { from, to }: Span,
): Promise<{ id: string; runs: number }[]> =>
  db.$queryRaw`
    select agent_id as id, count(*) filter (where launched_at >= ${from})::int as runs from run_fact
    where pilot_id = ${pilotId} and launched_at < ${to}
    group by agent_id order by runs desc, agent_id limit 8`;

export async function selectFindings(db: Db, pilotId: string): Promise<PackDocument["findings"]> {
  const where = { pilotId, state: { in: ["open", "validated"] } };
  const rows = await db.finding.findMany({
    where,
    orderBy: [{ openedAt: "asc" }, { id: "asc" }],
    take: MOST_LISTED,
    select: { id: true, rule: true, source: true, severity: true, state: true, openedAt: true },
  });
  return {
    count: await db.finding.count({ where }),
    rows: rows.map(({ openedAt, ...finding }) => ({ ...finding, openedAt: iso(openedAt) })),
  };
}

export async function selectGates(db: Db, pilotId: string): Promise<PackDocument["gates"]> {
  const where = { pilotId, status: "open", kind: { not: "weekly_review" } };
  const rows = await db.gate.findMany({
    where,
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: MOST_LISTED,
    select: { id: true, kind: true, createdAt: true, expiresAt: true },
  });
  return {
    count: await db.gate.count({ where }),
    rows: rows.map(({ id, kind, createdAt, expiresAt }) => ({
      ...{ id, kind, openedAt: iso(createdAt), expiresAt: iso(expiresAt) },
    })),
  };
}

/** The newest proof of each control. */
export async function selectControls(db: Db): Promise<PackDocument["controls"]> {
  const rows = await db.$queryRaw<{ control: string; result: string; at: Date }[]>`
    select distinct on (control) control, result, at from control_proof
    order by control, at desc, test_id desc`;
  return rows.map(({ at, ...proof }) => ({ ...proof, at: iso(at) }));
}

/** Versions that came into force in the week. */
export async function selectCharters(
  db: Db,
  pilotId: string,
  { from, to }: Span,
): Promise<PackDocument["charters"]> {
  const rows = await db.$queryRaw<{ version: number; digest: string; at: Date }[]>`
    select c.version, c.digest, g.decided_at as at from gate g join charter c on c.id = g.charter_id
    where g.pilot_id = ${pilotId} and g.kind in ('activate', 'amend') and g.status = 'approved'
      and g.decided_at >= ${from} and g.decided_at < ${to} order by g.decided_at, c.version`;
  return rows.map(({ at, ...charter }) => ({ ...charter, at: iso(at) }));
}

export const selectSigned = (db: Db, pilotId: string, { from, to }: Span): Promise<PackDocument["signed"]> =>
  db.$queryRaw`
    select a.person_id as person, count(*) filter (where a.decision = 'approve')::int as approvals,
      count(*) filter (where a.decision = 'deny')::int as denials
    from approval a join gate g on g.id = a.gate_id
    where g.pilot_id = ${pilotId} and a.withdrawn_at is null and a.created_at >= ${from} and a.created_at < ${to}
    group by a.person_id order by a.person_id`;
