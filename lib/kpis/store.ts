// Plain SQL over run_fact, in the pilot's time zone.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import type { GateFactRow } from "./gate-rules.ts";
import type { OutcomeCount } from "./rules.ts";
import type { FactRow, Kpi, KpiWeek, Outcome } from "./schema.ts";

export interface FactFilter {
  readonly pilotId: string;
  readonly agentId: string | null;
  readonly kpi: Kpi | null;
  readonly outcome: Outcome | null;
  /** Monday of a week, by the time the number counts a run at. */
  readonly week: string | null;
}

type Fact = Omit<FactRow, "provisional">;

const milliseconds = (from: Prisma.Sql, to: Prisma.Sql) =>
  Prisma.sql`(extract(epoch from ${to} - ${from}) * 1000)::float8`;
const LEAD = milliseconds(Prisma.sql`f.launched_at`, Prisma.sql`f.merged_at`);
const REVIEW = milliseconds(Prisma.sql`f.review_opened_at`, Prisma.sql`f.merged_at`);

/** Newest first. */
export async function selectFacts(db: Db, filter: FactFilter): Promise<Fact[]> {
  const { pilotId, agentId, kpi, outcome, week } = filter;
  const conditions = [Prisma.sql`f.pilot_id = ${pilotId}`];
  if (agentId !== null) conditions.push(Prisma.sql`f.agent_id = ${agentId}`);
  if (outcome !== null) conditions.push(Prisma.sql`f.outcome = ${outcome}`);
  if (kpi === "outcomes") conditions.push(Prisma.sql`f.outcome is not null`);
  else if (kpi !== null) conditions.push(Prisma.sql`f.merged_at is not null`);
  if (kpi === "review_to_merge") conditions.push(Prisma.sql`f.review_opened_at is not null`);
  if (week !== null) {
    const at = kpi === "outcomes" ? Prisma.sql`f.ended_at` : Prisma.sql`f.merged_at`;
    conditions.push(Prisma.sql`date_trunc('week', ${at} at time zone p.time_zone) = ${week}::timestamp`);
  }
  return db.$queryRaw<Fact[]>`
    select f.run_id as "runId", r.title, f.agent_id as "agentId", a.name as "agentName", f.outcome, f.attempts,
      f.launched_at as "launchedAt", f.review_opened_at as "reviewOpenedAt", f.merged_at as "mergedAt",
      f.ended_at as "endedAt", ${LEAD} as "leadTime", ${REVIEW} as "reviewToMerge"
    from run_fact f join pilot p on p.id = f.pilot_id join run r on r.id = f.run_id join agent a on a.id = f.agent_id
    where ${Prisma.join(conditions, " and ")}
    order by coalesce(f.ended_at, f.launched_at) desc, f.run_id desc`;
}

/** Runs by how they ended; those that have not are there too. */
export function selectOutcomes(db: Db, pilotId: string, agentId: string | null): Promise<OutcomeCount[]> {
  const agent = agentId === null ? Prisma.sql`true` : Prisma.sql`f.agent_id = ${agentId}`;
  return db.$queryRaw<OutcomeCount[]>`
    select f.outcome, count(*)::int as count, sum(f.attempts)::int as attempts
    from run_fact f where f.pilot_id = ${pilotId} and ${agent} group by f.outcome`;
}

/** One row per calendar week of the pilot from `from` to `to`, oldest first. Empty weeks are rows too. */
export async function selectWeeks(
  db: Db,
  pilotId: string,
  agentId: string | null,
  from: Date,
  to: Date,
): Promise<KpiWeek[]> {
  const agent = agentId === null ? Prisma.sql`true` : Prisma.sql`f.agent_id = ${agentId}`;
  const ended = (outcome: string) =>
    Prisma.sql`count(*) filter (where f.outcome = ${outcome} and f.ended_week = w.monday)::int`;
  const median = (duration: Prisma.Sql) =>
    Prisma.sql`percentile_cont(0.5) within group (order by ${duration}) filter (where f.merged_week = w.monday)`;
  return db.$queryRaw<KpiWeek[]>`
    with zone as (select time_zone as name from pilot where id = ${pilotId}),
    span as (select ${from}::timestamptz at time zone zone.name as first, ${to}::timestamptz at time zone zone.name as last from zone),
    weeks as (
      select generate_series(date_trunc('week', span.first), date_trunc('week', span.last), interval '1 week') as monday from span
    ),
    facts as (
      select f.*, date_trunc('week', f.launched_at at time zone zone.name) as launched_week,
        date_trunc('week', f.merged_at at time zone zone.name) as merged_week,
        date_trunc('week', f.ended_at at time zone zone.name) as ended_week
      from run_fact f, zone where f.pilot_id = ${pilotId} and ${agent}
    )
    select to_char(w.monday, 'YYYY-MM-DD') as week,
      count(*) filter (where f.launched_week = w.monday)::int as launched,
      ${ended("merged")} as merged, ${ended("rejected")} as rejected, ${ended("no_change")} as "noChange",
      ${ended("failed")} as failed, ${ended("cancelled")} as cancelled,
      ${median(LEAD)} as "leadTime", ${median(REVIEW)} as "reviewToMerge",
      w.monday < span.first or w.monday + interval '1 week' > span.last as partial
    from weeks w cross join span left join facts f on w.monday in (f.launched_week, f.merged_week, f.ended_week)
    group by w.monday, span.first, span.last
    order by w.monday`;
}

/** One row per gate of a pilot, the oldest first. */
export const selectGateFacts = (db: Db, pilotId: string): Promise<GateFactRow[]> =>
  db.$queryRaw<GateFactRow[]>`
    select kind, opened_at as "openedAt", outcome, latency_ms::float8 as "latencyMs", decisions, hasty, unchanged
    from gate_fact where pilot_id = ${pilotId} order by opened_at`;
