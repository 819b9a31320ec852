// What is counted within a window, and when a number of a pilot may have changed. Plain SQL over facts.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { CountMeasure } from "./schema.ts";

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
    select e.run_id as id, sum((e.body ->> 'times')::int) as weight, max(e.at) as at
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

/** Instants at which a count may have changed, oldest first. */
export async function changesOf(db: Db, measure: CountMeasure, window: Window): Promise<Date[]> {
  const rows = await db.$queryRaw<{ at: Date }[]>`
    select distinct at from (${THINGS[measure](window)}) things order by at`;
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

/**
 * Instants between `from` and `to` at which a number of the pilot may have changed: something happened, or left a window of
 * that length. Oldest first; one more than `most` says that there are more.
 */
export async function selectInstants(db: Db, window: Window, hours: number, most: number): Promise<Date[]> {
  const { pilotId, from, to } = window;
  const rows = await db.$queryRaw<{ at: Date }[]>`
    with facts as (
      select unnest(array[launched_at, review_opened_at, merged_at, ended_at]) as at from run_fact where pilot_id = ${pilotId}
      union select unnest(array[reverted_at, rebroken_at, matures_at]) from merge_fact where pilot_id = ${pilotId}
      union select unnest(array[finished_at, escaped_at]) from patch_fact where pilot_id = ${pilotId}
      union select unnest(array[opened_at, decided_at]) from gate_fact where pilot_id = ${pilotId}
      union select opened_at from finding where pilot_id = ${pilotId}
      union select settled_at from model_call where pilot_id = ${pilotId}
      union select max(e.at) from run r join run_event e on e.run_id = r.id and e.kind = 'egress'
        where r.pilot_id = ${pilotId} group by e.run_id
    ), moves as (
      select at + interval '1 millisecond' as at from facts
      union select at + make_interval(hours => ${hours}) + interval '1 millisecond' from facts
    )
    select at from moves where at > ${from} and at <= ${to} order by at limit ${most + 1}`;
  return rows.map(({ at }) => at);
}
