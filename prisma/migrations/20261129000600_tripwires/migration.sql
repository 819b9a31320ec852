-- Tripwires over numbers. A wire is known by its line, so one that is written otherwise begins anew.
create table wire_state (
  pilot_id text not null references pilot (id),
  wire text not null check (length(wire) between 10 and 500),
  state text not null check (state in ('armed', 'tripped')),
  since timestamptz(3) not null,
  primary key (pilot_id, wire)
);
create constraint trigger governed after insert or update or delete on wire_state
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');

-- What a wire's number was when it was looked at last.
create table wire_reading (
  pilot_id text not null,
  wire text not null,
  value double precision,
  sample integer not null check (sample >= 0),
  baseline double precision,
  -- The window lies whole after the pilot began, and after people last let it go on.
  is_whole boolean not null,
  read_at timestamptz(3) not null,
  primary key (pilot_id, wire)
);

create table wire_trip (
  id text primary key,
  pilot_id text not null references pilot (id),
  wire text not null check (length(wire) between 10 and 500),
  steps text[] not null check (cardinality(steps) between 1 and 7 and steps <@ array['warn', 'pause', 'freeze_merges',
    'revoke_tokens', 'cancel_runs', 'prepare_reverts', 'escalate']),
  value double precision not null,
  sample integer not null check (sample >= 0),
  baseline double precision,
  counted_from timestamptz(3) not null,
  tripped_at timestamptz(3) not null,
  -- Rows that were counted, by their ids.
  rows text[] not null,
  -- People let the pilot go on, knowing what had happened: what was frozen is so no more, and nothing before counts again.
  lifted_at timestamptz(3)
);
create index wire_trip_pilot_idx on wire_trip (pilot_id, tripped_at desc);
create constraint trigger governed after insert or update or delete on wire_trip
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');

-- What is done beyond pausing, one row a step: once, by the worker.
create table wire_trip_step (
  trip_id text not null references wire_trip (id),
  pilot_id text not null,
  step text not null check (step in ('freeze_merges', 'revoke_tokens', 'cancel_runs', 'prepare_reverts', 'escalate')),
  done_at timestamptz(3),
  -- Runs, merges or people it reached.
  reached integer check (reached >= 0),
  primary key (trip_id, step)
);
create index wire_trip_step_waiting on wire_trip_step (trip_id) where done_at is null;
create constraint trigger governed after insert or update or delete on wire_trip_step
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');

grant select on wire_state, wire_reading, wire_trip, wire_trip_step to ph_web, ph_worker;
-- Resuming is decided at a gate, which closes in the web's transaction.
grant update (state, since) on wire_state to ph_web;
grant update (lifted_at) on wire_trip to ph_web;
grant insert, update on wire_state, wire_reading to ph_worker;
grant insert, update (lifted_at) on wire_trip to ph_worker;
grant insert, update (done_at, reached) on wire_trip_step to ph_worker;
-- A tripwire asks for reverts, where a person otherwise would.
grant insert on revert, agent to ph_worker;
