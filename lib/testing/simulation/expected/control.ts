// What numbers of gates, findings, stops and money rest on, from the rows that the services wrote. $1 pilot, $2 from, $3 to,
// $4 what is known, $5 agent or null.
const within = (at: string): string =>
  `(${at} >= $2::timestamptz and ${at} < $3::timestamptz and ${at} <= $4::timestamptz)`;

/** Where one agent is asked for, only what belongs to a run of its. */
const byAgent = (run: string): string =>
  `($5::text is null or ${run} in (select r.id from run r where r.agent_id = $5 and r.kind not in ('revert', 'drill')))`;

const SETTLED = "false as maturing, false as provisional";

const gates = (columns: string): string => `
  select ${columns}, false as censored, ${SETTLED}
  from gate g where g.pilot_id = $1 and g.status = any (array['approved', 'denied']) and ${within("g.decided_at")} and ${byAgent("g.run_id")}`;

/** The last thing a person said of each finding, and whether it was taken back since. */
const FINDINGS = `
  with told as (
    select f.id, f.opened_at, f.run_id, f.suppression_id, c.first_at,
      (select max(s.number) from finding_step s where s.finding_id = f.id and s.to_state = 'open') as reopened,
      (select max(s.number) from finding_step s where s.finding_id = f.id and s.to_state in ('validated', 'dismissed')) as decided
    from finding f left join finding_count c on c.finding_id = f.id
    where f.pilot_id = $1 and ${byAgent("f.run_id")}
  ),
  judged as (
    select told.*, s.to_state, s.at as decided_at from told
      left join finding_step s on s.finding_id = told.id and s.number = told.decided and told.decided > coalesce(told.reopened, 0)
  )`;

export const CONTROL = {
  decision_time: gates(
    "(extract(epoch from g.decided_at) - extract(epoch from g.created_at))::float8 / 3600 as value, null::boolean as hit",
  ),
  gate_usefulness: gates(`null::float8 as value, g.status = 'approved' and not exists (
    select from gate b where b.run_id = g.run_id and b.kind = g.kind and b.status = 'void' and b.created_at < g.created_at) as hit`),
  findings_validated: `${FINDINGS}
    select null::float8 as value, null::boolean as hit, false as censored, ${SETTLED}
    from judged where to_state = 'validated' and ${within("decided_at")}`,
  finding_precision: `${FINDINGS}
    select null::float8 as value, coalesce(to_state = 'validated' and decided_at <= $4::timestamptz, false) as hit,
      coalesce(decided_at > $4::timestamptz, true) as censored, ${SETTLED}
    from judged where ${within("opened_at")} and (to_state is not null or suppression_id is null)`,
  time_to_detect: `${FINDINGS}
    select (extract(epoch from opened_at) - extract(epoch from first_at))::float8 as value, null::boolean as hit, false as censored, ${SETTLED}
    from judged where first_at is not null and ${within("opened_at")}`,
  stop_time: `
    select case when e.confirmed_at is null then extract(epoch from $4::timestamptz - s.pulled_at)
        else extract(epoch from greatest(e.confirmed_at, e.network_at) - s.pulled_at) end::float8 as value,
      null::boolean as hit, e.confirmed_at is null as censored, ${SETTLED}
    from stop s join lease l on l.ended_at = s.pulled_at join run r on r.id = l.run_id and r.pilot_id = s.pilot_id
      left join stop_echo e on e.lease_id = l.id
    where s.pilot_id = $1 and ${within("s.pulled_at")} and ${byAgent("r.id")}`,
} as const;

/** Money by the day on which a call was opened, as the clocks of the pilot showed it. */
export const BURN = `
  select (100 * sum(c.charged_micros) / $5)::float8 as value, (sum(c.charged_micros) / 1e6)::float8 as numerator
  from model_call c join pilot p on p.id = c.pilot_id
  where c.pilot_id = $1 and (c.opened_at at time zone p.time_zone)::date
    <= (least($3::timestamptz - interval '1 millisecond', $4::timestamptz) at time zone p.time_zone)::date
    and $2::timestamptz is not null`;
