-- What Prisma cannot say: the record and its guards, partitions of run events, closed words, roles.

-- 1. The record. The application may set id, kind, about and body; the rest is the database's own.
-- The transaction id finds an entry for the governed triggers and for sequencing by snapshot.
create index log_entry_xid on log_entry (xid);

create function log_is_append_only() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  raise exception 'log_entry is append-only: % refused', tg_op using errcode = 'PH002';
end $$;
create trigger append_only before update or delete on log_entry for each row execute function log_is_append_only();
create trigger no_truncate before truncate on log_entry for each statement execute function log_is_append_only();

-- 2. No change without an entry about it in the same transaction.
-- Arguments: noun, column holding its id. Deferred, so the entry may be the last statement.
create function require_entry() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
declare
  changed jsonb := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  subject text := tg_argv[0] || ':' || coalesce(changed ->> tg_argv[1], 'unknown');
begin
  if not exists (
    select from public.log_entry e where e.xid = pg_current_xact_id() and e.about @> array[subject]
  ) then
    raise exception 'ungoverned change: % on % (%) has no log entry', tg_op, tg_table_name, subject
      using errcode = 'PH001';
  end if;
  return null;
end $$;
revoke execute on function require_entry() from public;

do $$
declare
  rule record;
begin
  for rule in
    select * from (values
      ('person', 'person', 'id'),
      ('one_time_link', 'person', 'person_id'),
      ('role_grant', 'person', 'person_id'),
      ('repository', 'repository', 'id'),
      ('pilot', 'pilot', 'id'),
      ('charter', 'pilot', 'pilot_id'),
      ('agent', 'agent', 'id'),
      ('enrolment', 'enrolment', 'id'),
      ('runner', 'runner', 'id'),
      ('run', 'run', 'id'),
      ('lease', 'run', 'run_id'),
      ('blob', 'run', 'run_id'),
      ('patch', 'run', 'run_id'),
      ('evidence', 'run', 'run_id'),
      ('gate', 'gate', 'id'),
      ('approval', 'gate', 'gate_id'),
      ('merge', 'run', 'run_id'),
      ('stop', 'stop', 'id')
    ) as t(table_name, noun, id_column)
  loop
    execute format(
      'create constraint trigger governed after insert or update or delete on %I
         deferrable initially deferred for each row execute function require_entry(%L, %L)',
      rule.table_name, rule.noun, rule.id_column
    );
  end loop;
end $$;

-- Batch form for run events: one note per touched run, one deferred check per note.
create table touched (
  xid xid8 not null default pg_current_xact_id(),
  subject text not null,
  primary key (xid, subject)
);

create function touch_runs() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into public.touched (subject) select distinct 'run:' || run_id from changed on conflict do nothing;
  return null;
end $$;
revoke execute on function touch_runs() from public;

create function check_touched() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  if not exists (
    select from public.log_entry e where e.xid = new.xid and e.about @> array[new.subject]
  ) then
    raise exception 'ungoverned change of % has no log entry', new.subject using errcode = 'PH001';
  end if;
  delete from public.touched where xid = new.xid and subject = new.subject;
  return null;
end $$;
revoke execute on function check_touched() from public;
create constraint trigger checked after insert on touched
  deferrable initially deferred for each row execute function check_touched();

-- 3. Run events, partitioned by month of the run's id. No default partition: a missing month is an alarm.
create table run_event (
  run_id text collate "C" not null,
  seq integer not null,
  attempt integer not null,
  at timestamptz(3) not null,
  observed_by text not null check (observed_by in ('runner', 'worker', 'gateway')),
  kind text not null,
  body jsonb not null,
  primary key (run_id, seq)
) partition by range (run_id);

create trigger governed_insert after insert on run_event
  referencing new table as changed for each statement execute function touch_runs();
create trigger governed_update after update on run_event
  referencing new table as changed for each statement execute function touch_runs();
create trigger governed_delete after delete on run_event
  referencing old table as changed for each statement execute function touch_runs();

-- `run_` and nine Crockford base-32 digits of milliseconds, as lib/ids.ts writes them.
create function run_id_bound(at timestamptz) returns text language plpgsql immutable set search_path = pg_catalog as $$
declare
  rest bigint := floor(extract(epoch from at) * 1000)::bigint;
  digits text := '';
begin
  for i in 1..9 loop
    digits := substr('0123456789abcdefghjkmnpqrstvwxyz', (rest % 32)::int + 1, 1) || digits;
    rest := rest / 32;
  end loop;
  return 'run_' || digits;
end $$;

-- Makes the partitions of last month, this month and the three months ahead. Returns how many were new.
create function ensure_run_event_partitions() returns integer
  language plpgsql security definer set search_path = pg_catalog as $$
declare
  month timestamptz;
  name text;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('ensure_run_event_partitions'));
  for i in -1..3 loop
    month := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i)) at time zone 'UTC';
    name := 'run_event_' || to_char(month at time zone 'UTC', 'YYYY_MM');
    if to_regclass('public.' || quote_ident(name)) is null then
      execute format(
        'create table public.%I partition of public.run_event for values from (%L) to (%L)',
        name, public.run_id_bound(month),
        public.run_id_bound(((month at time zone 'UTC') + interval '1 month') at time zone 'UTC')
      );
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
revoke execute on function ensure_run_event_partitions() from public;
select ensure_run_event_partitions();

-- 4. Closed words.
alter table run add constraint run_status_known check (status in (
  'queued', 'preparing', 'working', 'awaiting_decision', 'paused', 'verifying', 'in_review', 'merging',
  'merged', 'rejected', 'failed', 'cancelled'));
alter table pilot add constraint pilot_status_known check (status in (
  'draft', 'activating', 'active', 'paused', 'completed', 'rolled_back', 'abandoned'));
alter table gate add constraint gate_status_known check (status in ('open', 'approved', 'denied', 'expired', 'void'));
alter table merge add constraint merge_state_known check (state in ('intent', 'moved', 'refused'));
alter table role_grant add constraint role_known check (role in (
  'administrator', 'engineering_lead', 'security_lead', 'reviewer', 'auditor', 'viewer'));
-- One live lease per run, one merge in flight per run, one open merge gate per run.
create unique index lease_one_live on lease (run_id) where ended_at is null;
create unique index merge_one_in_flight on merge (run_id) where state <> 'refused';
create unique index gate_one_open_merge on gate (run_id) where status = 'open' and kind = 'merge';
create unique index stop_one_live on stop (scope, coalesce(pilot_id, '')) where lifted_at is null;

-- 5. One role per process, each with the least it needs. Passwords and LOGIN are the installer's.
do $$
declare
  role_name text;
begin
  foreach role_name in array array['ph_web', 'ph_worker'] loop
    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I nologin', role_name);
    end if;
  end loop;
end $$;

revoke all on schema public from public;
grant usage on schema public to ph_web, ph_worker;
grant usage on sequence log_entry_seq_seq to ph_web, ph_worker;
grant select on log_entry to ph_web, ph_worker;
grant insert (id, kind, about, body) on log_entry to ph_web, ph_worker;

grant select on person, one_time_link, session, sign_in_throttle, role_grant, repository, base_bundle, pilot,
  charter, agent, enrolment, runner, runner_contact, run, run_cursor, lease, lease_heartbeat, process_beacon,
  run_event, blob, patch, evidence, gate, approval, merge, stop, run_fact to ph_web;
grant insert on person, one_time_link, session, sign_in_throttle, role_grant, repository, pilot, charter, agent,
  enrolment, runner, runner_contact, run, run_cursor, lease, lease_heartbeat, process_beacon, run_event, blob,
  evidence, gate, approval, merge, stop, run_fact to ph_web;
grant update on person, one_time_link, session, sign_in_throttle, role_grant, repository, pilot, enrolment, runner,
  runner_contact, run, run_cursor, lease, lease_heartbeat, process_beacon, gate, stop, run_fact to ph_web;
grant delete on sign_in_throttle to ph_web;

grant select (id, email, name, created_at, disabled_at) on person to ph_worker;
grant select on role_grant, repository, base_bundle, pilot, charter, agent, runner, runner_contact, run, run_cursor,
  lease, lease_heartbeat, process_beacon, run_event, blob, patch, evidence, gate, approval, merge, stop, run_fact
  to ph_worker;
grant insert on base_bundle, run, run_cursor, process_beacon, run_event, blob, patch, gate, run_fact to ph_worker;
grant update on repository, base_bundle, pilot, run, run_cursor, lease, process_beacon, gate, merge, run_fact to ph_worker;
grant delete on base_bundle to ph_worker;
grant execute on function ensure_run_event_partitions() to ph_worker;
