// What numbers of runs, patches and merges rest on, from the rows that the services wrote and never from facts. $1 pilot,
// $2 from, $3 to, $4 what is known, $5 agent or null. Written by the definitions of docs/kpis.md, apart from lib/kpis/rows.

/** Runs of agents of the pilot, or of one agent. */
const RUNS = `
  own as (
    select * from run where pilot_id = $1 and kind = any (array['repair', 'triage', 'security', 'document', 'monitor'])
      and agent_id = coalesce($5, agent_id)
  )`;

/** When each merge moved the branch, and what was seen of it until $4. */
const MERGES = `${RUNS},
  moved as (
    select m.id, m.run_id, m.patch_id, own.launched_at, w.merged_at,
      (select max(e.created_at) from evidence e where e.run_id = m.run_id) as reviewed_at,
      w.merged_at + make_interval(hours => 336) <= $4::timestamptz
        and w.state <> 'watching' and w.settled_at <= $4::timestamptz as is_over,
      exists (select from merge_sighting s where s.merge_id = m.id and s.at <= $4::timestamptz
        and s.kind = any (array['reverted_here', 'reverted_by_hand', 'rewritten'])) as is_back,
      exists (select from merge_sighting s where s.merge_id = m.id and s.at <= $4::timestamptz
        and s.kind = 'check_failed') as is_broken,
      w.state = 'held' as has_held,
      'verified' = (select e.verdict from evidence e where e.patch_id = m.patch_id order by e.created_at desc limit 1) as is_green
    from merge m join own on own.id = m.run_id join merge_watch w on w.merge_id = m.id
    where m.state = 'moved'
  )`;

const HELD_BACK = "false as censored, false as maturing, false as provisional";
const within = (at: string): string =>
  `(${at} >= $2::timestamptz and ${at} < $3::timestamptz and ${at} <= $4::timestamptz)`;

const paced = (value: string): string => `with ${MERGES}
  select ${value}::float8 as value, null::boolean as hit, false as censored, false as maturing,
    merged_at + make_interval(hours => 336) > $4::timestamptz as provisional
  from moved where ${within("merged_at")}`;

/** By the last word of the log about each run, not by the run's row. */
const ended = (hit: string): string => `with ${RUNS},
  last_word as (
    select own.id,
      (select l.kind from log_entry l where l.about @> array['run:' || own.id]
         and l.kind = any (array['run.merged', 'run.rejected', 'run.failed', 'run.cancelled', 'run.agent_finished'])
       order by l.seq desc limit 1) as kind,
      own.ended_at
    from own where own.ended_at is not null
  )
  select null::float8 as value, ${hit} as hit, ${HELD_BACK} from last_word where ${within("ended_at")}`;

const COSTS = `with ${RUNS}
  select coalesce((select sum(c.charged_micros) from model_call c where c.run_id = own.id), 0)::float8 / 1e6 as value,
    null::boolean as hit, ${HELD_BACK}
  from own where own.ended_at is not null and ${within("own.ended_at")}`;

const fixes = (value: string): string => `with ${MERGES}
  select ${value} as value, (is_over and has_held and is_green and not is_broken) as hit, false as censored,
    not is_over as maturing, not is_over as provisional
  from moved where ${within("merged_at")}`;

/** An attempt is finished by its merge, else by the end of its run, else when it was verified or the next one came. */
const PATCHES = `${MERGES},
  proposed as (
    select p.id, p.run_id, p.created_at, m.id as merge_id, m.is_over, m.is_back, m.is_broken, own.status, own.rejected_as, own.ended_at,
      v.verdict, v.created_at as judged_at,
      lead(p.created_at) over (partition by p.run_id order by p.created_at, p.id) as next_at, m.merged_at
    from patch p join own on own.id = p.run_id left join moved m on m.patch_id = p.id
      left join lateral (select e.verdict, e.created_at from evidence e where e.patch_id = p.id order by e.created_at desc limit 1) v on true
  ),
  finished as (
    select *, coalesce(merged_at, case when next_at is null then ended_at else coalesce(judged_at, next_at) end) as at from proposed
  )`;

const patches = (hit: string, maturing = "false"): string => `with ${PATCHES}
  select null::float8 as value, coalesce(${hit}, false) as hit, false as censored, ${maturing} as maturing,
    merge_id is not null and not is_over as provisional
  from finished where ${within("at")}`;

export const AGENTS_WORK = {
  throughput: paced("null"),
  agent_lead_time: paced("extract(epoch from merged_at) / 3600 - extract(epoch from launched_at) / 3600"),
  review_to_merge: paced("extract(epoch from merged_at) / 3600 - extract(epoch from reviewed_at) / 3600"),
  merged_share: ended("kind = 'run.merged'"),
  rejected_share: ended("kind = 'run.rejected'"),
  failed_share: ended("kind = 'run.failed'"),
  cost_per_run: COSTS,
  validated_fixes: fixes("null::float8"),
  revert_rate: `with ${MERGES}
    select null::float8 as value, is_back as hit, false as censored, not is_over as maturing, not is_over as provisional
    from moved where ${within("merged_at")}`,
  caught_rate: patches("verdict <> all (array['verified', 'incomplete']) and judged_at <= $4::timestamptz"),
  rejected_rate: patches(
    "next_at is null and status = 'rejected' and rejected_as = 'wrong' and ended_at <= $4::timestamptz",
  ),
  escaped_rate: patches("is_back or is_broken", "merge_id is not null and not is_over"),
  cost_per_fix: `${COSTS} union all (${fixes("null::float8")})`,
} as const;
