-- How far runs have strayed. Counted from events, and countable again from them at any time, so no entry goes with a
-- point; that a run was paused by its score has one. No text of a run stands here: numbers, closed words, event numbers.
create table run_drift (
  run_id text not null,
  -- Number of the event after which the score was this.
  seq integer not null check (seq >= 1),
  at timestamptz(3) not null,
  score integer not null check (score between 0 and 100),
  parts jsonb not null,
  -- The run was paused for it.
  paused boolean not null default false,
  primary key (run_id, seq)
);

-- How far the worker has come in a run's events.
create table drift_cursor (
  run_id text primary key,
  seq integer not null check (seq >= 0),
  -- The score at which the run was paused last; null again once it was below the threshold.
  seen integer,
  -- The point at which the run is to be paused and was not yet.
  pausing integer,
  -- The run has ended, and all its events were taken in.
  is_over boolean not null default false
);

grant select on run_drift, drift_cursor to ph_web;
grant select, insert on run_drift, drift_cursor to ph_worker;
grant update (seq, seen, pausing, is_over) on drift_cursor to ph_worker;
