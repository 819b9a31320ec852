-- Minutes of people, which nobody reads but the person; their weeks, which name nobody; what people say things cost; and scores
-- of documents.

-- 1. Minutes. No role reads these rows: a person's own come by a function, everybody's by the weeks below.
create table human_minute (
  person_id text not null,
  -- In the pilot's time zone, as 2030-12-31.
  day text not null,
  run_id text not null,
  purpose text not null check (purpose in ('review', 'run', 'finding')),
  -- Of a merged run within its 14 days, or of one that takes a merge back.
  after_merge boolean not null,
  pilot_id text not null,
  milliseconds integer not null check (milliseconds between 0 and 90000000),
  primary key (person_id, day, run_id, purpose, after_merge)
);
create index human_minute_pilot_idx on human_minute (pilot_id, day);

-- Until when a person's time is accounted for: one instant for all their pages, so two of them never count twice.
create table human_beat (
  person_id text primary key,
  at timestamptz(3) not null
);

create table human_choice (
  person_id text primary key,
  is_off boolean not null,
  at timestamptz(3) not null
);

-- The question of the day, at most one; no minutes where it was waved away.
create table human_sample (
  person_id text not null,
  day text not null,
  pilot_id text not null,
  minutes integer check (minutes between 0 and 960),
  at timestamptz(3) not null,
  primary key (person_id, day)
);
create index human_sample_pilot_idx on human_sample (pilot_id, day);

-- 2. Weeks that are over. Where fewer than three people were counted nothing stands here, in no column.
create table human_week (
  pilot_id text not null,
  -- Its Monday, and its end, in the pilot's time zone.
  week text not null,
  ends_at timestamptz(3) not null,
  milliseconds bigint check (milliseconds >= 0),
  after_merge_milliseconds bigint check (after_merge_milliseconds between 0 and milliseconds),
  off_tool_minutes integer check (off_tool_minutes >= 0),
  primary key (pilot_id, week)
);
create index human_week_ends_idx on human_week (pilot_id, ends_at);

create function human_weeks(until timestamptz) returns setof human_week
  language sql stable set search_path = pg_catalog, pg_temp as $$
  with counted as (
    select m.pilot_id, date_trunc('week', m.day::date)::date as monday, m.person_id,
      sum(m.milliseconds) as all_ms, sum(m.milliseconds) filter (where m.after_merge) as after_ms,
      sum(m.milliseconds) filter (where not m.after_merge) as before_ms
    from public.human_minute m group by 1, 2, 3
  ), weeks as (
    -- Who was there for less than five minutes hides nobody.
    select pilot_id, monday, count(*) filter (where all_ms >= 300000) as people,
      count(*) filter (where after_ms >= 300000) as after_people, count(*) filter (where before_ms >= 300000) as before_people,
      coalesce(sum(before_ms), 0)::bigint as before_ms,
      sum(all_ms)::bigint as all_ms, coalesce(sum(after_ms), 0)::bigint as after_ms
    from counted group by 1, 2
  ), asked as (
    select s.pilot_id, date_trunc('week', s.day::date)::date as monday, sum(s.minutes)::int as minutes
    from public.human_sample s where s.minutes > 0
    group by 1, 2 having count(distinct s.person_id) >= 3
  )
  select w.pilot_id, w.monday::text, e.at,
    case when w.people >= 3 then w.all_ms end,
    -- A part is told only where the rest would name nobody either.
    case when w.people >= 3 and (w.after_ms = 0 or w.after_people >= 3) and (w.before_ms = 0 or w.before_people >= 3)
      then w.after_ms end,
    a.minutes
  from weeks w
    join public.pilot p on p.id = w.pilot_id
    cross join lateral (select (w.monday + 7)::timestamp at time zone p.time_zone as at) e
    left join asked a on a.pilot_id = w.pilot_id and a.monday = w.monday
  where e.at <= until
$$;
revoke execute on function human_weeks(timestamptz) from public;

-- 3. Ways in. What is believed is never more than the time that passed since the person's time was last accounted for.
create function count_human_time(person text, run text, looked_at text, claimed integer, moment timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known record;
  last_at timestamptz;
  credited integer;
begin
  if exists (select from public.human_choice c where c.person_id = person and c.is_off) then return 0; end if;
  select r.pilot_id, (moment at time zone p.time_zone)::date::text as day,
    exists (select from public.merge_fact m where m.run_id in (r.id, (select v.of_run_id from public.revert v where v.run_id = r.id))
      and m.merged_at <= moment and m.merged_at > moment - interval '336 hours') as after_merge
  into known
  from public.run r join public.pilot p on p.id = r.pilot_id where r.id = run;
  if not found then raise exception 'no such run' using errcode = 'no_data_found'; end if;
  insert into public.human_beat (person_id, at) values (person, moment) on conflict do nothing;
  if found then return 0; end if;
  select b.at into last_at from public.human_beat b where b.person_id = person for update;
  -- A page speaks up every twenty seconds; what comes sooner is not counted.
  if moment < last_at + interval '3 seconds' then return 0; end if;
  credited := greatest(0, least(claimed, 60000, floor(extract(epoch from moment - last_at) * 1000)::bigint))::integer;
  update public.human_beat set at = moment where person_id = person;
  if credited = 0 then return 0; end if;
  insert into public.human_minute as h (person_id, day, run_id, purpose, after_merge, pilot_id, milliseconds)
    values (person, known.day, run, looked_at, known.after_merge, known.pilot_id, credited)
  on conflict (person_id, day, run_id, purpose, after_merge)
    do update set milliseconds = least(90000000, h.milliseconds + excluded.milliseconds);
  return credited;
end $$;

-- Nobody else's come by it: the service asks for the person who is signed in.
create function own_human_time(person text, since text)
returns table (day text, run_id text, purpose text, after_merge boolean, pilot_id text, milliseconds integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.day, m.run_id, m.purpose, m.after_merge, m.pilot_id, m.milliseconds
  from public.human_minute m where m.person_id = person and m.day >= since
  order by m.day desc, m.milliseconds desc, m.run_id, m.purpose, m.after_merge
$$;

create function own_human_sample(person text, today text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from public.human_sample s where s.person_id = person and s.day = today)
$$;

create function answer_human_sample(person text, today text, pilot text, said integer, moment timestamptz) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into public.human_sample (person_id, day, pilot_id, minutes, at) values (person, today, pilot, said, moment)
  on conflict do nothing
$$;

-- The worker settles weeks that are over, an hour after their end, and takes away what was kept long enough.
create function settle_human_weeks(moment timestamptz, keep_days integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare settled integer;
begin
  if keep_days < 15 then raise exception 'a week is settled before its rows go' using errcode = 'check_violation'; end if;
  insert into public.human_week select * from public.human_weeks(moment - interval '1 hour') on conflict do nothing;
  get diagnostics settled = row_count;
  delete from public.human_minute m where m.day < ((moment at time zone 'UTC')::date - keep_days)::text;
  delete from public.human_sample s where s.day < ((moment at time zone 'UTC')::date - keep_days)::text;
  return settled;
end $$;

revoke execute on function count_human_time(text, text, text, integer, timestamptz), own_human_time(text, text),
  own_human_sample(text, text), answer_human_sample(text, text, text, integer, timestamptz),
  settle_human_weeks(timestamptz, integer) from public;
grant execute on function count_human_time(text, text, text, integer, timestamptz), own_human_time(text, text),
  own_human_sample(text, text), answer_human_sample(text, text, text, integer, timestamptz) to ph_web;
grant execute on function settle_human_weeks(timestamptz, integer) to ph_worker;
grant select on human_week to ph_web, ph_worker;
grant select, insert on human_choice to ph_web;
grant update (is_off, at) on human_choice to ph_web;

-- 4. What people say: what a fix of a kind of run took before (minutes), what an hour of a runner and of a person costs
-- (micro-units of a US dollar). A row is never changed; of those that hold on a day the one said last counts.
create table pilot_rate (
  id text primary key,
  pilot_id text not null,
  what text not null check (what in ('fix', 'runner_hour', 'person_hour')),
  kind text not null default '',
  low bigint not null check (low between 0 and 1000000000),
  high bigint not null check (high between low and 1000000000),
  from_day text not null check (from_day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  source text not null check (length(source) between 1 and 500),
  set_by text not null,
  set_at timestamptz(3) not null,
  check ((what = 'fix') = (kind <> '')),
  check (what = 'fix' or low = high)
);
create index pilot_rate_pilot_idx on pilot_rate (pilot_id, what, kind);
create constraint trigger governed after insert or update or delete on pilot_rate
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');

-- 5. What a reviewer makes of a document, once.
create table document_score (
  run_id text not null,
  person_id text not null,
  accuracy integer not null check (accuracy between 1 and 5),
  completeness integer not null check (completeness between 1 and 5),
  clarity integer not null check (clarity between 1 and 5),
  at timestamptz(3) not null,
  primary key (run_id, person_id)
);
create constraint trigger governed after insert or update or delete on document_score
  deferrable initially deferred for each row execute function require_entry('run', 'run_id');

grant select, insert on pilot_rate, document_score to ph_web;
grant select on pilot_rate, document_score to ph_worker;
