-- Exit reviews, the reports of independent reviewers, what two owners decided, and the closing of a pilot.
create table exit_review (
  id text primary key,
  pilot_id text not null references pilot (id),
  stage text not null check (stage in ('review', 'confirmation')),
  -- As 2030-12-31, in the pilot's time zone: its numbers are those of when this day began.
  due_on text not null check (due_on ~ '^\d{4}-\d\d-\d\d$'),
  -- Canonical JSON, never changed.
  document text not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  written_at timestamptz(3) not null,
  unique (pilot_id, stage)
);
create constraint trigger governed after insert or update or delete on exit_review
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');

create table exit_report (
  id text primary key,
  pilot_id text not null references pilot (id),
  person_id text not null,
  verdict text not null check (verdict in ('fit', 'fit_with_reservations', 'not_fit')),
  statement text not null check (length(statement) between 10 and 1000),
  -- As the file was called, which may be anything.
  name text not null check (length(name) between 1 and 200),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  -- Its bytes; or, where only its digest was given, where it is kept.
  contents bytea check (octet_length(contents) between 1 and 5242880),
  kept_at text check (length(kept_at) between 3 and 500),
  stated_at timestamptz(3) not null,
  check (num_nonnulls(contents, kept_at) = 1)
);
create index exit_report_pilot_idx on exit_report (pilot_id, stated_at desc);
create constraint trigger governed after insert or update or delete on exit_report
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');

create table exit_decision (
  gate_id text primary key references gate (id),
  pilot_id text not null references pilot (id),
  decision text not null check (decision in ('scale_up', 'extend', 'end')),
  reason text not null check (length(reason) between 3 and 1000),
  -- Of the newest review that it was decided on.
  review_digest text not null check (review_digest ~ '^[0-9a-f]{64}$'),
  decided_at timestamptz(3) not null
);
create index exit_decision_pilot_idx on exit_decision (pilot_id, decided_at desc);
create constraint trigger governed after insert or update or delete on exit_decision
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');

create index gate_exit_review_idx on gate (pilot_id) where kind = 'exit_review' and status = 'open';

create table pilot_closing (
  pilot_id text primary key references pilot (id),
  begun_at timestamptz(3) not null,
  closed_at timestamptz(3),
  -- One DSSE envelope, and the key it was signed with.
  receipt text,
  public_key bytea check (octet_length(public_key) = 32),
  check (num_nonnulls(closed_at, receipt, public_key) in (0, 3))
);
create index pilot_closing_open_idx on pilot_closing (begun_at) where closed_at is null;
create constraint trigger governed after insert or update or delete on pilot_closing
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');

-- What was done, once each, in the transaction that did it or right after.
create table pilot_closing_step (
  pilot_id text not null references pilot_closing (pilot_id),
  step text not null check (step in ('runs', 'tokens', 'ledger', 'mirrors', 'log', 'receipt')),
  -- Canonical JSON.
  result text not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  milliseconds integer not null check (milliseconds >= 0),
  done_at timestamptz(3) not null,
  primary key (pilot_id, step)
);
create constraint trigger governed after insert or update or delete on pilot_closing_step
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');

-- Mirrors that nothing fetches again while no pilot is open on their repository; what was there before they were deleted.
create table mirror_release (
  repository_id text primary key references repository (id),
  pilot_id text not null,
  bytes bigint not null check (bytes >= 0),
  files integer not null check (files >= 0),
  released_at timestamptz(3) not null
);

grant select on exit_review, exit_report, exit_decision, pilot_closing, pilot_closing_step, mirror_release to ph_web, ph_worker;
grant insert on exit_review to ph_worker;
grant insert on exit_report, exit_decision, pilot_closing to ph_web;
grant insert on pilot_closing_step, pilot_closing to ph_worker;
grant update (closed_at, receipt, public_key) on pilot_closing to ph_worker;
grant insert, update, delete on mirror_release to ph_worker;
grant delete on mirror_release to ph_web;
grant delete on base_bundle to ph_worker;
-- Tokens that are for closed pilots alone are revoked by the worker, who never learns what they are known by.
grant select (id, person_id, pilot_ids, revoked_at), update (revoked_at) on api_token to ph_worker;
