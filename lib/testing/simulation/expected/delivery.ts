// What numbers of deliveries rest on, from the rows that imports wrote. $1 repository, $2 from, $3 to, $4 what is known.
const within = (at: string): string =>
  `(${at} >= $2::timestamptz and ${at} < $3::timestamptz and ${at} <= $4::timestamptz)`;

const COUNTED = "false as censored, false as maturing, false as provisional";

/** Deployments that reached production, and what is known to have failed of any. */
const FAILED = `
  with live as (
    select * from deployment where repository_id = $1 and production and status = 'succeeded'
  ),
  blamed as (
    select i.id, i.detected_at, i.restored_at,
      case when exists (select from incident_link l where l.incident_id = i.id)
        then (select l.deployment_id from incident_link l where l.incident_id = i.id)
        else (select d.id from deployment d where d.external_id = i.deployment_external_id and d.repository_id = $1) end as deployment_id
    from incident i where i.repository_id = $1
  ),
  broke as (
    select deployment_id as id, detected_at, restored_at, true as by_incident from blamed where deployment_id is not null
    union all
    select d.id, b.started_at, b.finished_at, false from deployment b join deployment d
      on d.source = b.source and d.external_id = b.rollback_of where b.status = 'succeeded' and b.repository_id = $1
  ),
  seen as (select * from broke where detected_at <= $4::timestamptz)`;

/** A workflow's runs one after the other; red from where none before it was red. */
const RED = `
  with runs as (
    select *, row_number() over (partition by source, workflow order by started_at, id) as place
    from outside_ci_run where repository_id = $1 and conclusion in ('success', 'failure') and finished_at <= $4::timestamptz
  ),
  red as (
    select r.*, (select min(g.finished_at) from runs g where g.source = r.source and g.workflow = r.workflow
      and g.conclusion = 'success' and g.started_at > r.started_at) as green_at
    from runs r where r.conclusion = 'failure' and not exists (select from runs b where b.source = r.source
      and b.workflow = r.workflow and b.place = r.place - 1 and b.conclusion = 'failure')
  )`;

const people = (value: string, hit = "null::boolean", maturing = "false"): string => `
  select ${value}::float8 as value, ${hit} as hit, false as censored, ${maturing} as maturing,
    o.merged_at + make_interval(hours => 336) > $4::timestamptz as provisional
  from outside_change o
  where o.repository_id = $1 and ${within("o.merged_at")}
    and not exists (select from merge m where m.state = 'moved' and m.new_commit in (o.merge_sha, o.head_sha))`;

const hoursTo = (from: string, to: string): string => `extract(epoch from ${to} - ${from}) / 3600`;

export const DELIVERY = {
  change_lead_time: `
    with brought as (
      select y.kind, y.subject_id, min(d.finished_at) as at
      from deployment_carries y join deployment d on d.id = y.deployment_id
      where d.repository_id = $1 and d.production and d.status = 'succeeded' group by y.kind, y.subject_id
    ),
    made as (
      select b.at, coalesce(w.merged_at, o.first_commit_at, o.opened_at) as began
      from brought b left join merge_watch w on b.kind = 'merge' and w.merge_id = b.subject_id
        left join outside_change o on b.kind = 'change' and o.id = b.subject_id
    )
    select (${hoursTo("began", "at")})::float8 as value, null::boolean as hit, ${COUNTED} from made where began <= at and ${within("at")}`,
  deployment_frequency: `${FAILED} select null::float8 as value, null::boolean as hit, ${COUNTED} from live where ${within("finished_at")}`,
  failed_deployment_rate: `${FAILED}
    select null::float8 as value, id in (select s.id from seen s) as hit, ${COUNTED} from live where ${within("finished_at")}`,
  recovery_time: `${FAILED},
    once as (
      select s.id, min(s.detected_at) as at, bool_or(s.by_incident and coalesce(s.restored_at > $4::timestamptz, true)) as lasts,
        max(s.restored_at) filter (where s.restored_at <= $4::timestamptz) as over_at
      from seen s join deployment d on d.id = s.id where d.production group by s.id
    )
    select (extract(epoch from case when lasts or over_at is null then $4::timestamptz else over_at end - at) / 3600)::float8 as value,
      null::boolean as hit, lasts or over_at is null as censored, false as maturing, false as provisional
    from once where ${within("at")}`,
  red_to_green: `${RED}
    select (greatest(0, ${hoursTo("finished_at", "coalesce(green_at, $4::timestamptz)")}))::float8 as value, null::boolean as hit,
      green_at is null as censored, false as maturing, false as provisional
    from red where ${within("finished_at")}`,
  wakeups: `select null::float8 as value, null::boolean as hit, ${COUNTED}
    from page_call where repository_id = $1 and about <> 'other' and ${within("called_at")}`,
} as const;

/** The same numbers of agents' work as they are told of changes by people. */
export const PEOPLE = {
  throughput: people("null"),
  agent_lead_time: people(hoursTo("coalesce(o.first_commit_at, o.opened_at)", "o.merged_at")),
  review_to_merge: people(hoursTo("o.opened_at", "o.merged_at")),
  revert_rate: people(
    "null",
    `exists (select from outside_change b where b.reverts = o.external_id and b.source = o.source
      and b.merged_at <= least($4::timestamptz, o.merged_at + make_interval(hours => 336)))`,
    "o.merged_at + make_interval(hours => 336) > $4::timestamptz",
  ),
} as const;

const LIVE = "exists (select from deployment where repository_id = $1 and production)";
const FAILURES = `${LIVE} and (exists (select from incident where repository_id = $1)
  or exists (select from deployment where repository_id = $1 and rollback_of is not null))`;

/** Whether anybody ever told of what a number rests on; what nobody tells of is not connected. */
export const IS_TOLD_OF: Readonly<Record<keyof typeof DELIVERY, string>> = {
  ...{ change_lead_time: LIVE, deployment_frequency: LIVE },
  ...{ failed_deployment_rate: FAILURES, recovery_time: FAILURES },
  red_to_green: "exists (select from outside_ci_run where repository_id = $1)",
  wakeups: "exists (select from page_call where repository_id = $1)",
};
export const ARE_PEOPLE_TOLD_OF = "exists (select from outside_change where repository_id = $1)";
