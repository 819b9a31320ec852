-- How quickly emergency stops reach what runs, drills of them, and proofs that controls hold.

-- One row per lease that a stop or a drill ended. A lease ends once.
create table stop_reach (
  lease_id text primary key,
  stop_id text,
  drill_id text,
  run_id text not null,
  attempt integer not null,
  pilot_id text not null,
  runner_id text not null,
  phase text not null check (phase in ('agent', 'verify')),
  pulled_at timestamptz(3) not null,
  -- `not_reached`: the runner never asked; `unconfirmed`: it was told and never said that the sandbox had ended, or nobody
  -- wrote down how a call of a model ended.
  outcome text not null default 'waiting' check (outcome in ('waiting', 'stopped', 'not_reached', 'unconfirmed')),
  -- Milliseconds from the pull: until the runner was told, until nothing of the run was running, until its last byte on a way
  -- out of the sandbox, until the gateway's last byte of a model's answer. Null where there was none.
  told_ms integer check (told_ms >= 0),
  ended_ms integer check (ended_ms >= 0),
  network_ms integer check (network_ms >= 0),
  model_ms integer check (model_ms >= 0),
  -- The last of the three that stop a run: what the KPI stop_time reads.
  stop_ms integer check (stop_ms >= 0),
  settled_at timestamptz(3),
  check (num_nonnulls(stop_id, drill_id) <= 1),
  check ((outcome = 'waiting') = (settled_at is null)),
  check (settled_at is null or num_nonnulls(stop_id, drill_id) = 1),
  check ((outcome = 'stopped') = (stop_ms is not null))
);
create index stop_reach_waiting_idx on stop_reach (pulled_at, lease_id) where outcome = 'waiting';
create index stop_reach_pilot_idx on stop_reach (pilot_id, pulled_at);
create index stop_reach_stop_idx on stop_reach (stop_id);
create index stop_reach_drill_idx on stop_reach (drill_id);

-- What is known of such a lease before it is settled: when its runner was told, and what it said.
create table stop_echo (
  lease_id text primary key,
  told_at timestamptz(3),
  confirmed_at timestamptz(3),
  network_at timestamptz(3)
);

create table drill (
  id text primary key,
  pilot_id text not null,
  asked_by text not null,
  asked_at timestamptz(3) not null,
  wanted integer not null check (wanted >= 1),
  state text not null check (state in ('gathering', 'pulled', 'done', 'failed')),
  fault text check (fault in ('no_runner', 'nothing_settled')),
  pulled_at timestamptz(3),
  ended_at timestamptz(3)
);
create unique index drill_open_key on drill (pilot_id) where state in ('gathering', 'pulled');
create index drill_pilot_idx on drill (pilot_id, asked_at);

-- One round of the self-test, and what each control showed in it.
create table control_test (
  id text primary key,
  asked_by text not null,
  asked_at timestamptz(3) not null,
  state text not null check (state in ('waiting', 'done')),
  ended_at timestamptz(3),
  check ((state = 'done') = (ended_at is not null))
);
create index control_test_asked_idx on control_test (asked_at);

create table control_proof (
  test_id text not null,
  control text not null,
  at timestamptz(3) not null,
  result text not null check (result in ('holds', 'failed', 'not_run')),
  sentence text not null check (length(sentence) <= 500),
  milliseconds integer not null check (milliseconds >= 0),
  primary key (test_id, control)
);
create index control_proof_control_idx on control_proof (control, at);

create constraint trigger governed after insert or update or delete on stop_reach
  deferrable initially deferred for each row execute function require_entry('run', 'run_id');
create constraint trigger governed after insert or update or delete on drill
  deferrable initially deferred for each row execute function require_entry('drill', 'id');
create constraint trigger governed after insert or update or delete on control_test
  deferrable initially deferred for each row execute function require_entry('control_test', 'id');
create constraint trigger governed after insert or update or delete on control_proof
  deferrable initially deferred for each row execute function require_entry('control_test', 'test_id');

grant select on stop_reach, stop_echo, drill, control_test, control_proof to ph_web, ph_worker;
grant insert on stop_reach, stop_echo, drill, control_test to ph_web;
grant update on stop_echo to ph_web;
grant insert on stop_reach, control_test, control_proof to ph_worker;
grant update (outcome, told_ms, ended_ms, network_ms, model_ms, stop_ms, settled_at) on stop_reach to ph_worker;
grant update (state, fault, pulled_at, ended_at) on drill to ph_worker;
grant update (state, ended_at) on control_test to ph_worker;

alter table finding drop constraint finding_source_check;
alter table finding add constraint finding_source_check
  check (source in ('patch', 'secret', 'egress', 'token', 'conduct', 'outbound', 'control'));

-- Runners that the self-test knocks with: with no phase they get no work. The worker gives these two new keys, and no others.
create function set_canary_key(canary text, canary_name text, key text, is_revoked boolean, moment timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if canary not in ('rnr_000000000se1ftest00001', 'rnr_000000000se1ftest00002') then
    raise exception '% is no canary of the self-test', canary using errcode = 'insufficient_privilege';
  end if;
  insert into public.runner (id, name, public_key, host_id, phases, registered_at, revoked_at)
    values (canary, canary_name, key, 'self-test', '{}', moment, case when is_revoked then moment end)
  on conflict (id) do update set public_key = excluded.public_key;
end $$;
revoke execute on function set_canary_key(text, text, text, boolean, timestamptz) from public;
grant execute on function set_canary_key(text, text, text, boolean, timestamptz) to ph_worker;
