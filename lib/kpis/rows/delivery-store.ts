// Rows of numbers that are told of what happened outside. They are about the pilot's repository; its pilots share them.
import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../../db.ts";
import {
  hours,
  IS_OVER,
  IS_SETTLED,
  inWindow,
  NO_HIT,
  NO_VALUE,
  type RowsQuery,
  type RowsWindow,
} from "./window-store.ts";

const NO_RUN = Prisma.sql`null::text as run_id`;

const ofRepository = (column: Prisma.Sql, { repositoryId, split }: RowsWindow): Prisma.Sql =>
  split.repositoryId === undefined || split.repositoryId === repositoryId
    ? Prisma.sql`${column} = ${repositoryId}`
    : Prisma.sql`false`;

/** What a deployment brought: merges of ours, changes of people. One of which nothing is known brought neither. */
function byAuthor({ split }: RowsWindow): Prisma.Sql {
  if (split.author === undefined) return Prisma.sql`true`;
  const kind = split.author === "agent" ? "merge" : "change";
  return Prisma.sql`exists (select from deployment_carries y where y.deployment_id = d.id and y.kind = ${kind})`;
}

const released = (window: RowsWindow): Prisma.Sql =>
  Prisma.sql`d.production and d.status = 'succeeded' and ${ofRepository(Prisma.sql`d.repository_id`, window)}
    and ${inWindow(Prisma.sql`d.finished_at`, window)} and ${byAuthor(window)}`;

/** Each change by the first deployment that brought it. Its run is named to its own pilot alone: others share the repository. */
const changes: RowsQuery = (window) => Prisma.sql`
  select c.kind || ':' || c.subject_id as id, c.at, ${hours(Prisma.sql`c.committed_at`, Prisma.sql`c.at`)} as value, ${NO_HIT},
    ${IS_OVER}, ${IS_SETTLED}, c.run_id
  from (
    select distinct on (y.kind, y.subject_id) y.kind, y.subject_id, d.finished_at as at,
      coalesce(m.merged_at, o.first_commit_at, o.opened_at) as committed_at,
      case when m.pilot_id = ${window.pilotId} then m.run_id end as run_id
    from deployment_carries y
      join deployment d on d.id = y.deployment_id
      left join merge_fact m on y.kind = 'merge' and m.merge_id = y.subject_id
      left join outside_change o on y.kind = 'change' and o.id = y.subject_id
    where d.production and d.status = 'succeeded' and ${ofRepository(Prisma.sql`d.repository_id`, window)}
    order by y.kind, y.subject_id, d.finished_at, d.id
  ) c
  where ${inWindow(Prisma.sql`c.at`, window)} and c.committed_at <= c.at
    and ${
      window.split.author === undefined
        ? Prisma.sql`true`
        : Prisma.sql`c.kind = ${window.split.author === "agent" ? "merge" : "change"}`
    }`;

const deployments =
  (hit: (asOf: Date) => Prisma.Sql): RowsQuery =>
  (window) =>
    Prisma.sql`
    select d.id, d.finished_at as at, ${NO_VALUE}, ${hit(window.asOf)} as hit, ${IS_OVER}, ${IS_SETTLED}, ${NO_RUN}
    from deployment d where ${released(window)}`;

/** Of a deployment once: from its first failure seen until the last of its incidents is over, or it was taken back. */
const recoveries: RowsQuery = (window) => Prisma.sql`
  select f.id, f.at, ${hours(Prisma.sql`f.at`, Prisma.sql`coalesce(f.restored_at, ${window.asOf}::timestamptz)`)} as value,
    ${NO_HIT}, f.restored_at is null as censored, ${IS_SETTLED}, ${NO_RUN}
  from (
    select d.id, min(x.detected_at) as at,
      case when bool_or(x.because = 'incident' and (x.restored_at is null or x.restored_at > ${window.asOf})) then null
        else max(x.restored_at) filter (where x.restored_at <= ${window.asOf}) end as restored_at
    from deployment_failure x join deployment d on d.id = x.deployment_id
    where d.production and ${ofRepository(Prisma.sql`d.repository_id`, window)} and x.detected_at <= ${window.asOf}
      and ${byAuthor(window)}
    group by d.id
  ) f where ${inWindow(Prisma.sql`f.at`, window)}`;

/**
 * A stretch of red: failed runs of a workflow one after the other, up to the next that passes. Runs overlap: one begun later
 * may pass before the failed one is over, and then it was red for no time.
 */
const redStretches: RowsQuery = (window) => Prisma.sql`
  select s.id, s.at, ${hours(Prisma.sql`s.at`, Prisma.sql`greatest(s.at, coalesce(s.green_at, ${window.asOf}::timestamptz))`)} as value,
    ${NO_HIT}, s.green_at is null as censored, ${IS_SETTLED}, ${NO_RUN}
  from (
    select c.id, c.finished_at as at, c.conclusion,
      lead(c.conclusion) over (partition by c.source, c.workflow order by c.started_at desc, c.id desc) as before,
      -- Of those begun later: walked from the last one back, each is looked at once.
      min(c.finished_at) filter (where c.conclusion = 'success') over (partition by c.source, c.workflow
        order by c.started_at desc groups between unbounded preceding and 1 preceding) as green_at
    from outside_ci_run c
    where ${ofRepository(Prisma.sql`c.repository_id`, window)} and c.conclusion in ('success', 'failure')
      and c.finished_at <= ${window.asOf}
  ) s
  where s.conclusion = 'failure' and s.before is distinct from 'failure' and ${inWindow(Prisma.sql`s.at`, window)}`;

export const DELIVERY_ROWS = {
  change_lead_time: changes,
  deployment_frequency: deployments(() => Prisma.sql`null::boolean`),
  failed_deployment_rate: deployments(
    (asOf) => Prisma.sql`exists (select from deployment_failure x
      where x.deployment_id = d.id and x.detected_at <= ${asOf})`,
  ),
  recovery_time: recoveries,
  red_to_green: redStretches,
  wakeups: (window) => Prisma.sql`
    select f.id, f.called_at as at, ${NO_VALUE}, ${NO_HIT}, ${IS_OVER}, ${IS_SETTLED}, ${NO_RUN}
    from page_call f
    where f.about in ('tests', 'releases') and ${ofRepository(Prisma.sql`f.repository_id`, window)}
      and ${inWindow(Prisma.sql`f.called_at`, window)}`,
} as const satisfies Record<string, RowsQuery>;

/** Merged changes that no run of ours brought. */
const changesOfPeople =
  (columns: (asOf: Date) => Prisma.Sql): RowsQuery =>
  (window) =>
    Prisma.sql`
    select f.id, f.merged_at as at, ${columns(window.asOf)}, ${IS_OVER}, ${NO_RUN}
    from outside_change f
    where ${ofRepository(Prisma.sql`f.repository_id`, window)} and ${inWindow(Prisma.sql`f.merged_at`, window)}
      and not exists (select from merge_fact m where m.commit = f.merge_sha or m.commit = f.head_sha)`;

const FOURTEEN_DAYS = Prisma.sql`interval '336 hours'`;
const isYoung = (asOf: Date) => Prisma.sql`f.merged_at > ${asOf}::timestamptz - ${FOURTEEN_DAYS}`;
const since = (from: Prisma.Sql) =>
  changesOfPeople(
    (asOf) =>
      Prisma.sql`${hours(from, Prisma.sql`f.merged_at`)} as value, ${NO_HIT}, false as maturing, ${isYoung(asOf)} as provisional`,
  );

/** Numbers of agents' work as the same is told of changes by people. */
export const PEOPLE_ROWS = {
  throughput: since(Prisma.sql`f.merged_at`),
  agent_lead_time: since(Prisma.sql`coalesce(f.first_commit_at, f.opened_at)`),
  review_to_merge: since(Prisma.sql`f.opened_at`),
  revert_rate: changesOfPeople(
    (asOf) => Prisma.sql`${NO_VALUE}, exists (select from outside_change b
        where b.source = f.source and b.reverts = f.external_id and b.merged_at <= ${asOf}
          and b.merged_at <= f.merged_at + ${FOURTEEN_DAYS}) as hit,
      ${isYoung(asOf)} as maturing, ${isYoung(asOf)} as provisional`,
  ),
} as const satisfies Record<string, RowsQuery>;

export type DeliveryKpi = keyof typeof DELIVERY_ROWS;

const hasDeployments = (repositoryId: string) =>
  Prisma.sql`exists (select from deployment d where d.repository_id = ${repositoryId} and d.production)`;
/** Deployments alone say that none failed only to who is told of those that do: of this repository, not of any. */
const hasFailures = (repositoryId: string) =>
  Prisma.sql`${hasDeployments(repositoryId)} and (
    exists (select from incident i where i.repository_id = ${repositoryId})
    or exists (select from deployment_failure x where x.repository_id = ${repositoryId})
    or exists (select from deployment d where d.repository_id = ${repositoryId} and d.rollback_of is not null))`;

const SOURCES: Readonly<Record<DeliveryKpi, (repositoryId: string) => Prisma.Sql>> = {
  change_lead_time: hasDeployments,
  deployment_frequency: hasDeployments,
  failed_deployment_rate: hasFailures,
  recovery_time: hasFailures,
  red_to_green: (id) => Prisma.sql`exists (select from outside_ci_run r where r.repository_id = ${id})`,
  wakeups: (id) => Prisma.sql`(exists (select from page_call p where p.repository_id = ${id})
    or exists (select from pager_connection p where p.repository_id = ${id} and p.ended_at is null))`,
};

/** Of which kinds anything ever came, and whether changes by people did. What nobody sends is not connected, and not nothing. */
export type Fed = Readonly<Record<DeliveryKpi | "changes", boolean>>;

const FED: Readonly<Record<DeliveryKpi | "changes", (repositoryId: string) => Prisma.Sql>> = {
  ...SOURCES,
  changes: (id) => Prisma.sql`exists (select from outside_change c where c.repository_id = ${id})`,
};

/** In one statement, for all that a board asks. */
export async function selectFed(db: Db, repositoryId: string): Promise<Fed> {
  const columns = Object.entries(FED).map(
    ([name, isFed]) => Prisma.sql`${isFed(repositoryId)} as ${Prisma.raw(`"${name}"`)}`,
  );
  const [row] = await db.$queryRaw<[Fed]>`select ${Prisma.join(columns)}`;
  return row;
}
