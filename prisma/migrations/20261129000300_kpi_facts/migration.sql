-- Facts that follow from rows: of runs, proposed patches, merges and findings. For each one function says how; triggers
-- move them in the transaction that moves their rows, and anybody may compute them again and compare.

-- 1. What only the fact knew of a run's end stands in the run. Told once, as it ends.
alter table run
  add column no_change boolean not null default false,
  add column rejected_as text constraint run_rejected_as_known
    check (rejected_as in ('wrong', 'unsafe', 'style', 'scope', 'duplicate'));
alter table run disable trigger governed;
update run r set no_change = f.outcome is not distinct from 'no_change', rejected_as = f.rejected_as
from run_fact f where f.run_id = r.id and (f.outcome = 'no_change' or f.rejected_as is not null);
alter table run enable trigger governed;

-- 2. The facts. A run that undoes a merge has none: it is no work of an agent.
drop table run_fact;
create table run_fact (
  run_id text primary key,
  pilot_id text not null,
  agent_id text not null,
  repository_id text not null,
  kind text not null,
  outcome text check (outcome in ('merged', 'rejected', 'no_change', 'failed', 'cancelled')),
  attempts integer not null,
  launched_at timestamptz(3) not null,
  review_opened_at timestamptz(3),
  merged_at timestamptz(3),
  ended_at timestamptz(3),
  rejected_as text
);
create index run_fact_launched_idx on run_fact (pilot_id, launched_at);
create index run_fact_ended_idx on run_fact (pilot_id, ended_at);
create index run_fact_merged_idx on run_fact (pilot_id, merged_at) where merged_at is not null;

-- One per merge that moved a branch.
create table merge_fact (
  merge_id text primary key,
  run_id text not null,
  pilot_id text not null,
  agent_id text not null,
  repository_id text not null,
  kind text not null,
  patch_id text not null,
  -- As the branch got it.
  commit text,
  -- Of the newest evidence of what was merged.
  verdict text,
  merged_at timestamptz(3) not null,
  -- When it was first seen that the branch took it back, or that its history was written anew without it.
  reverted_at timestamptz(3),
  -- When a check of it was first seen to fail.
  rebroken_at timestamptz(3),
  -- As its watch stands; null where none was begun.
  ended_as text check (ended_as in ('watching', 'held', 'reverted', 'rewritten')),
  settled_at timestamptz(3),
  -- Fourteen days after the merge.
  matures_at timestamptz(3) not null,
  -- The same, where it held all that time, no check failed, and its evidence was green.
  confirmed_at timestamptz(3)
);
create index merge_fact_pilot_idx on merge_fact (pilot_id, merged_at);
create index merge_fact_run_idx on merge_fact (run_id);
create index merge_fact_commit_idx on merge_fact (commit);

-- One per patch that an attempt proposed.
create table patch_fact (
  patch_id text primary key,
  run_id text not null,
  pilot_id text not null,
  agent_id text not null,
  repository_id text not null,
  kind text not null,
  attempt integer not null,
  proposed_at timestamptz(3) not null,
  verdict text,
  verified_at timestamptz(3),
  -- It was the last of its run, and a person rejected it.
  rejected_at timestamptz(3),
  rejected_as text,
  merge_id text,
  merged_at timestamptz(3),
  matures_at timestamptz(3),
  settled_at timestamptz(3),
  -- Reverted or broken again, whichever was seen first.
  escaped_at timestamptz(3),
  -- When there was nothing left to wait for but what becomes of a merge.
  finished_at timestamptz(3)
);
create index patch_fact_pilot_idx on patch_fact (pilot_id, finished_at);
create index patch_fact_run_idx on patch_fact (run_id);

create table finding_fact (
  finding_id text primary key,
  pilot_id text,
  run_id text,
  repository_id text,
  rule text not null,
  severity text not null,
  -- When what was found took place.
  event_at timestamptz(3),
  opened_at timestamptz(3) not null,
  detect_ms bigint check (detect_ms >= 0),
  -- What a person made of it; null while it waits, and where an earlier decision dismissed it as it came.
  decided_as text check (decided_as in ('validated', 'dismissed')),
  decided_at timestamptz(3)
);
create index finding_fact_opened_idx on finding_fact (pilot_id, opened_at);

-- 3. How they follow, of the runs or findings that are named: an array is found by its index whatever the plan, and none is
-- planned for all of them.
create function run_facts(only_runs text[]) returns setof run_fact
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select r.id, r.pilot_id, r.agent_id, r.repository_id, r.kind,
    case when r.status = 'failed' and r.no_change then 'no_change'
      when r.status in ('merged', 'rejected', 'failed', 'cancelled') then r.status end,
    r.attempt, r.launched_at, r.review_opened_at, case when r.status = 'merged' then r.ended_at end, r.ended_at,
    r.rejected_as
  from public.run r where r.kind not in ('revert', 'drill') and r.id = any (only_runs)
$$;

create function merge_facts(only_runs text[]) returns setof merge_fact
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select f.*, case when f.ended_as = 'held' and f.rebroken_at is null and f.verdict = 'verified' then f.matures_at end
  from (
    select m.id, m.run_id, r.pilot_id, r.agent_id, r.repository_id, r.kind, m.patch_id,
      coalesce(w.commit, m.new_commit),
      (select e.verdict from public.evidence e where e.run_id = m.run_id and e.patch_id = m.patch_id order by e.created_at desc, e.id desc limit 1)
        as verdict,
      coalesce(w.merged_at, m.settled_at) as merged_at,
      (select min(s.at) from public.merge_sighting s where s.merge_id = m.id
        and s.kind in ('reverted_here', 'reverted_by_hand', 'rewritten')) as reverted_at,
      (select min(s.at) from public.merge_sighting s where s.merge_id = m.id and s.kind = 'check_failed') as rebroken_at,
      w.state as ended_as, w.settled_at, coalesce(w.until, m.settled_at + interval '336 hours') as matures_at
    from public.merge m join public.run r on r.id = m.run_id left join public.merge_watch w on w.merge_id = m.id
    where m.state = 'moved' and r.kind not in ('revert', 'drill') and m.run_id = any (only_runs)
  ) f
$$;

create function patch_facts(only_runs text[]) returns setof patch_fact
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select p.id, p.run_id, r.pilot_id, r.agent_id, r.repository_id, r.kind, p.attempt, p.created_at, e.verdict, e.created_at,
    case when l.is_last and r.status = 'rejected' then r.ended_at end,
    case when l.is_last and r.status = 'rejected' then r.rejected_as end,
    m.merge_id, m.merged_at, m.matures_at, m.settled_at, least(m.reverted_at, m.rebroken_at),
    case when l.is_last then coalesce(m.merged_at, r.ended_at) else coalesce(m.merged_at, e.created_at, l.next_at) end
  from public.patch p
    join public.run r on r.id = p.run_id
    left join lateral (select v.verdict, v.created_at from public.evidence v where v.run_id = p.run_id and v.patch_id = p.id
      order by v.created_at desc, v.id desc limit 1) e on true
    left join lateral (select f.* from public.merge_facts(array[p.run_id]) f where f.patch_id = p.id
      order by f.merged_at desc, f.merge_id desc limit 1) m on true
    cross join lateral (select count(n.id) = 0 as is_last, min(n.created_at) as next_at from public.patch n
      where n.run_id = p.run_id and (n.created_at, n.id) > (p.created_at, p.id)) l
  where r.kind not in ('revert', 'drill') and p.run_id = any (only_runs)
$$;

create function finding_facts(only_findings text[]) returns setof finding_fact
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select f.id, f.pilot_id, f.run_id, f.repository_id, f.rule, f.severity, c.first_at, f.opened_at,
    case when c.first_at is not null
      then greatest(0, round(extract(epoch from f.opened_at - c.first_at) * 1000))::bigint end,
    d.decided_as, d.at
  from public.finding f
    left join public.finding_count c on c.finding_id = f.id
    left join lateral (
      select s.to_state as decided_as, s.at from public.finding_step s
      where s.finding_id = f.id and s.to_state in ('validated', 'dismissed') and f.state <> 'open'
        and not exists (select from public.finding_step o
          where o.finding_id = f.id and o.to_state = 'open' and o.number > s.number)
      order by s.number desc limit 1) d on true
  where f.id = any (only_findings)
$$;

-- 4. Whatever writes a row moves its facts, so that none is forgotten. Two transactions that move the facts of one subject do
-- so one after the other: the second sees what the first wrote.
create function move_run_facts() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moved text;
begin
  if tg_table_name = 'run' then
    moved := new.id;
    delete from public.run_fact f where f.run_id = moved;
    insert into public.run_fact select * from public.run_facts(array[moved]);
    -- Before it proposed anything, nothing else follows from a run's move.
    if not exists (select from public.patch_fact f where f.run_id = moved) then return null; end if;
  else
    moved := new.run_id;
    perform from public.run r where r.id = moved for no key update;
  end if;
  if tg_table_name in ('evidence', 'merge', 'merge_watch', 'merge_sighting') then
    delete from public.merge_fact f where f.run_id = moved;
    insert into public.merge_fact select * from public.merge_facts(array[moved]);
  end if;
  delete from public.patch_fact f where f.run_id = moved;
  insert into public.patch_fact select * from public.patch_facts(array[moved]);
  return null;
end $$;
create function move_finding_fact() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moved text;
begin
  if tg_table_name = 'finding' then moved := new.id; else moved := new.finding_id; end if;
  perform from public.finding f where f.id = moved for no key update;
  delete from public.finding_fact f where f.finding_id = moved;
  insert into public.finding_fact select * from public.finding_facts(array[moved]);
  return null;
end $$;
revoke execute on function move_run_facts(), move_finding_fact() from public;

create trigger fact after insert or update of status, attempt, launched_at, review_opened_at, ended_at, no_change, rejected_as
  on run for each row execute function move_run_facts();
create trigger fact after insert on patch for each row execute function move_run_facts();
create trigger fact after insert on evidence for each row execute function move_run_facts();
create trigger fact after insert or update on merge for each row execute function move_run_facts();
create trigger fact after insert or update on merge_watch for each row execute function move_run_facts();
create trigger fact after insert or update on merge_sighting for each row execute function move_run_facts();
create trigger fact after insert or update of state on finding for each row execute function move_finding_fact();
create trigger fact after insert or update of first_at on finding_count for each row execute function move_finding_fact();
create trigger fact after insert or update on finding_step for each row execute function move_finding_fact();

insert into run_fact select * from run_facts(array(select id from run));
insert into merge_fact select * from merge_facts(array(select id from run));
insert into patch_fact select * from patch_facts(array(select id from run));
insert into finding_fact select * from finding_facts(array(select id from finding));
grant select on run_fact, merge_fact, patch_fact, finding_fact to ph_web, ph_worker;

create index gate_fact_decided_idx on gate_fact (pilot_id, decided_at);

-- 5. What a fact says beside what it should. All from one snapshot: facts move with their rows, so whatever differs is wrong.
create function fact_differences() returns table (fact text, id text, what text)
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select d.fact, d.id, case when not d.is_held then 'missing' when not d.is_made then 'left_over' else 'differs' end
  from (
    select 'run' as fact, coalesce(h.run_id, m.run_id) as id, h.run_id is not null as is_held, m.run_id is not null as is_made
    from public.run_fact h full join public.run_facts(array(select r.id from public.run r)) m on m.run_id = h.run_id where h is distinct from m
    union all
    select 'gate', coalesce(h.gate_id, m.gate_id), h.gate_id is not null, m.gate_id is not null
    from public.gate_fact h full join public.gate_facts() m on m.gate_id = h.gate_id where h is distinct from m
    union all
    select 'merge', coalesce(h.merge_id, m.merge_id), h.merge_id is not null, m.merge_id is not null
    from public.merge_fact h full join public.merge_facts(array(select r.id from public.run r)) m on m.merge_id = h.merge_id where h is distinct from m
    union all
    select 'patch', coalesce(h.patch_id, m.patch_id), h.patch_id is not null, m.patch_id is not null
    from public.patch_fact h full join public.patch_facts(array(select r.id from public.run r)) m on m.patch_id = h.patch_id where h is distinct from m
    union all
    select 'finding', coalesce(h.finding_id, m.finding_id), h.finding_id is not null, m.finding_id is not null
    from public.finding_fact h full join public.finding_facts(array(select f.id from public.finding f)) m on m.finding_id = h.finding_id where h is distinct from m
  ) d
  order by 1, 2
$$;

-- Makes them what they should be, and says what was not. Nothing moves a fact meanwhile.
create function mend_facts() returns table (fact text, id text, what text)
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  each record;
begin
  lock table public.run_fact, public.gate_fact, public.merge_fact, public.patch_fact, public.finding_fact
    in share row exclusive mode;
  for each in select * from public.fact_differences() loop
    fact := each.fact;
    id := each.id;
    what := each.what;
    return next;
    if fact = 'run' then delete from public.run_fact f where f.run_id = each.id;
    elsif fact = 'gate' then delete from public.gate_fact f where f.gate_id = each.id;
    elsif fact = 'merge' then delete from public.merge_fact f where f.merge_id = each.id;
    elsif fact = 'patch' then delete from public.patch_fact f where f.patch_id = each.id;
    else delete from public.finding_fact f where f.finding_id = each.id;
    end if;
  end loop;
  insert into public.run_fact select m.* from public.run_facts(array(select r.id from public.run r)) m
    where not exists (select from public.run_fact h where h.run_id = m.run_id);
  insert into public.gate_fact select m.* from public.gate_facts() m
    where not exists (select from public.gate_fact h where h.gate_id = m.gate_id);
  insert into public.merge_fact select m.* from public.merge_facts(array(select r.id from public.run r)) m
    where not exists (select from public.merge_fact h where h.merge_id = m.merge_id);
  insert into public.patch_fact select m.* from public.patch_facts(array(select r.id from public.run r)) m
    where not exists (select from public.patch_fact h where h.patch_id = m.patch_id);
  insert into public.finding_fact select m.* from public.finding_facts(array(select f.id from public.finding f)) m
    where not exists (select from public.finding_fact h where h.finding_id = m.finding_id);
end $$;
revoke execute on function mend_facts() from public;
grant execute on function mend_facts() to ph_worker;

-- 6. Until then a pilot is measured without agents, and nothing is launched.
alter table pilot add column baseline_until timestamptz(3);
