-- What a charter is measured by, where it may work, and what follows when it goes wrong.

-- 1. Labels of repositories, by which charters name them or stay out of them.
alter table repository add column labels text[] not null default '{}';

-- 2. A tripwire that tripped: what its charter does then, once. What cannot be done where it was seen is done soon after.
create table pilot_trip (
  id text primary key,
  pilot_id text not null references pilot (id),
  tripwire text not null check (tripwire in ('failed_runs')),
  action text not null check (action in ('warn', 'pause', 'stop', 'cancel')),
  tripped_at timestamptz(3) not null,
  done_at timestamptz(3)
);
create index pilot_trip_waiting on pilot_trip (tripped_at) where done_at is null;
create constraint trigger governed after insert or update or delete on pilot_trip
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');
grant select, insert on pilot_trip to ph_web;
grant select, insert, update (done_at) on pilot_trip to ph_worker;

-- 3. A review that is due, and a tripwire that only warns.
alter table notice_subscription drop constraint notice_subscription_kind_check;
alter table notice_subscription add constraint notice_subscription_kind_check check (kind in ('gate_waiting',
  'run_finished', 'run_failed', 'pilot_paused', 'stop_pulled', 'grave_finding', 'budget_nearly_spent',
  'deliveries_failing', 'emergency_sign_in', 'glass_broken', 'review_due', 'pilot_tripped'));

-- 4. The worker pulls a pilot's emergency stop where its charter says so.
grant insert on stop to ph_worker;
