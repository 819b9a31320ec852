// What is counted within a window, and when a number of a pilot may have changed. Plain SQL over facts.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { CountMeasure, ShareMeasure } from "./schema.ts";

export interface Counted {
  /** What the measure counts, in its unit. */
  readonly value: number;
  readonly sample: number;
  /** Ids of what was counted, the newest first, at most 1,000. */
  readonly rows: string[];
}

/** Half-open: from `from`, before `to`. */
export interface Window {
  readonly pilotId: string;
  readonly from: Date;
  readonly to: Date;
}

const within = (column: string, { from, to }: Window) =>
  Prisma.sql`${Prisma.raw(column)} >= ${from} and ${Prisma.raw(column)} < ${to}`;

/** One row per thing: its id, what it weighs, when. */
const THINGS: Readonly<Record<CountMeasure, (window: Window) => Prisma.Sql>> = {
  launched_runs: (window) => Prisma.sql`
    select run_id as id, 1 as weight, launched_at as at from run_fact
    where pilot_id = ${window.pilotId} and ${within("launched_at", window)}`,
  failed_runs: (window) => Prisma.sql`
    select run_id as id, 1 as weight, ended_at as at from run_fact
    where pilot_id = ${window.pilotId} and outcome = 'failed' and ${within("ended_at", window)}`,
  merges: (window) => Prisma.sql`
    select run_id as id, 1 as weight, merged_at as at from run_fact
    where pilot_id = ${window.pilotId} and ${within("merged_at", window)}`,
  reverted_merges: (window) => Prisma.sql`
    select run_id as id, 1 as weight, reverted_at as at from merge_fact
    where pilot_id = ${window.pilotId} and ${within("reverted_at", window)}`,
  critical_findings: (window) => Prisma.sql`
    select id, 1 as weight, opened_at as at from finding
    where pilot_id = ${window.pilotId} and severity = 'critical' and ${within("opened_at", window)}`,
  denied_hosts: (window) => Prisma.sql`
    select e.run_id as id, sum((e.body ->> 'times')::numeric) as weight, max(e.at) as at
    from run r join run_event e on e.run_id = r.id
    where r.pilot_id = ${window.pilotId} and (r.ended_at is null or r.ended_at >= ${window.from})
      and e.kind = 'egress' and e.body ->> 'verdict' = 'denied' and e.body ? 'times' and ${within("e.at", window)}
    group by e.run_id`,
  incidents: (window) => Prisma.sql`
    select i.id, 1 as weight, i.detected_at as at from incident i
    where i.repository_id = (select c.canonical::jsonb #>> '{scope,repositoryId}' from pilot p
      join charter c on c.id = p.active_charter_id where p.id = ${window.pilotId}) and ${within("i.detected_at", window)}`,
  spend: (window) => Prisma.sql`
    select id, charged_micros / 1e6 as weight, settled_at as at from model_call
    where pilot_id = ${window.pilotId} and ${within("settled_at", window)}`,
};

export async function countThings(db: Db, measure: CountMeasure, window: Window): Promise<Counted> {
  const [row] = await db.$queryRaw<Counted[]>`
    with things as (${THINGS[measure](window)})
    select coalesce(sum(weight), 0)::float8 as value, count(*)::int as sample,
      coalesce((select array_agg(id order by at desc, id) from (
        select id, at from things order by at desc, id limit 1000) newest), '{}') as rows
    from things`;
  if (!row) throw new Error("an aggregate gave no row");
  return row;
}

/** Merges of the window, and what became of each before its end. */
const MERGES: Readonly<Record<ShareMeasure, (window: Window) => Prisma.Sql>> = {
  revert_rate: (window) => Prisma.sql`
    select run_id as id, merged_at as at, reverted_at as hit_at from merge_fact
    where pilot_id = ${window.pilotId} and ${within("merged_at", window)}`,
  escaped_rate: (window) => Prisma.sql`
    select run_id as id, merged_at as at, least(reverted_at, rebroken_at) as hit_at from merge_fact
    where pilot_id = ${window.pilotId} and ${within("merged_at", window)}`,
};

/** In percent of the merges of the window; `rows` are those that count. */
export async function shareOfMerges(
  db: Db,
  measure: ShareMeasure,
  window: Window,
): Promise<Omit<Counted, "value"> & { readonly value: number | null }> {
  const [row] = await db.$queryRaw<{ value: number | null; sample: number; rows: string[] }[]>`
    with merges as (${MERGES[measure](window)})
    select (100.0 * count(*) filter (where hit_at < ${window.to}) / nullif(count(*), 0))::float8 as value,
      count(*)::int as sample,
      coalesce(array_agg(id order by hit_at desc, id) filter (where hit_at < ${window.to}), '{}') as rows
    from merges`;
  if (!row) throw new Error("an aggregate gave no row");
  return row;
}

/** When things of a measure took place, oldest first; one more than `most` says that there are more. */
export async function selectMoments(
  db: Db,
  measure: CountMeasure | ShareMeasure,
  window: Window,
  most: number,
): Promise<Date[]> {
  const things =
    measure === "denied_hosts"
      ? Prisma.sql`select e.at from run r join run_event e on e.run_id = r.id
          where r.pilot_id = ${window.pilotId} and e.kind = 'egress' and e.body ->> 'verdict' = 'denied' and ${within("e.at", window)}`
      : measure in MERGES
        ? Prisma.sql`select unnest(array[m.at, m.hit_at]) as at from (${MERGES[measure as ShareMeasure](window)}) m`
        : THINGS[measure as CountMeasure](window);
  const rows = await db.$queryRaw<{ at: Date }[]>`
    select distinct at from (${things}) things where at is not null order by at limit ${most + 1}`;
  return rows.map(({ at }) => at);
}

/** Runs of agents that merged in the window and were not taken back since, the newest first. */
export async function selectStanding(
  db: Db,
  { pilotId, from, to }: Window,
  limit: number,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select run_id as id from merge_fact
    where pilot_id = ${pilotId} and merged_at >= ${from} and merged_at <= ${to} and reverted_at is null
    order by merged_at desc, run_id limit ${limit}`;
  return rows.map(({ id }) => id);
}
