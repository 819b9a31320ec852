-- Merges that a run of their own undoes, made by the worker from the trees, and what became of merges afterwards.
create table revert (
  run_id text primary key,
  of_run_id text not null,
  merge_id text not null,
  -- What is undone, as the branch got it.
  commit text not null check (commit ~ '^[0-9a-f]{40}$'),
  -- Why it could not be made; null before it was tried, and where it could.
  fault text check (fault in ('conflict', 'nothing_left', 'not_there')),
  -- Paths at which the branch went on from what is undone.
  conflicts jsonb not null default '[]'
);
create index revert_of_run_id_idx on revert (of_run_id);
create index run_revert_waiting_idx on run (launched_at, id) where kind = 'revert' and status = 'queued';

create constraint trigger governed after insert or update or delete on revert
  deferrable initially deferred for each row execute function require_entry('run', 'run_id');

-- One row per merge that took place: what is looked at until it ends, and what was seen.
create table merge_watch (
  merge_id text primary key,
  run_id text not null,
  repository_id text not null,
  target_ref text not null,
  -- As the branch got it.
  commit text not null check (commit ~ '^[0-9a-f]{40}$'),
  merged_at timestamptz(3) not null,
  until timestamptz(3) not null,
  state text not null check (state in ('watching', 'held', 'reverted', 'rewritten')),
  settled_at timestamptz(3)
);
create index merge_watch_run_id_idx on merge_watch (run_id);
create index merge_watch_open_idx on merge_watch (repository_id, merge_id) where state = 'watching';

-- How far a merge's branch was looked at; can be found again by looking anew.
create table merge_watch_cursor (
  merge_id text primary key,
  -- Head of the branch that was looked at last.
  head text not null,
  looked_at timestamptz(3) not null
);

create table merge_sighting (
  id text primary key,
  merge_id text not null,
  run_id text not null,
  kind text not null check (kind in ('reverted_here', 'reverted_by_hand', 'rewritten', 'changed_again', 'check_failed')),
  -- Commit at which it was seen.
  commit text not null check (commit ~ '^[0-9a-f]{40}$'),
  -- By what it was found: trees, lines of a file, ancestry, a run of ours, a check from outside.
  source text not null check (source in ('trees', 'lines', 'ancestry', 'run', 'check')),
  -- Of the lines the merge brought, how many were changed; null where that is not what was seen.
  lines integer check (lines >= 0),
  of_lines integer check (of_lines >= 0),
  -- The reverting run, or the check from outside.
  subject text,
  at timestamptz(3) not null
);
create unique index merge_sighting_once_key on merge_sighting (merge_id, kind, commit);
create index merge_sighting_run_id_idx on merge_sighting (run_id);

create constraint trigger governed after insert or update or delete on merge_watch
  deferrable initially deferred for each row execute function require_entry('run', 'run_id');
create constraint trigger governed after insert or update or delete on merge_sighting
  deferrable initially deferred for each row execute function require_entry('run', 'run_id');

grant select on revert, merge_watch, merge_sighting, merge_watch_cursor to ph_web, ph_worker;
grant insert on revert to ph_web;
grant update (fault, conflicts) on revert to ph_worker;
grant insert on merge_watch, merge_sighting, merge_watch_cursor to ph_worker;
grant update (state, settled_at) on merge_watch to ph_worker;
grant update on merge_watch_cursor to ph_worker;
