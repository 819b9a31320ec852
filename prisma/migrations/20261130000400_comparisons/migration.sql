-- Agents compared on the same tasks, base and charter, judged by people who are not told whose patch it is; and what people
-- wrote down about each agent before buying it.

create table comparison (
  id text primary key,
  pilot_id text not null references pilot (id),
  title text not null check (length(title) between 3 and 120),
  charter_id text not null,
  charter_digest text not null,
  repository_id text not null,
  base_commit text not null,
  -- Title, words and kind of each, as a launch takes them.
  tasks jsonb not null,
  agents text[] not null,
  each integer not null check (each between 1 and 20),
  -- What the order of the queue was drawn with.
  seed integer not null check (seed >= 0),
  ceiling_micros bigint not null check (ceiling_micros >= 0),
  state text not null check (state in ('planned', 'started', 'closed')),
  created_by text not null,
  created_at timestamptz(3) not null,
  started_at timestamptz(3),
  closed_at timestamptz(3),
  closed_by text,
  close_reason text,
  chosen_at timestamptz(3),
  check ((state = 'planned') = (started_at is null)),
  check ((state = 'closed') = (closed_at is not null)),
  check ((closed_at is null) = (closed_by is null))
);
create index comparison_pilot_idx on comparison (pilot_id, created_at);

create table comparison_attempt (
  id text primary key,
  comparison_id text not null references comparison (id),
  -- Its place in the queue.
  place integer not null check (place >= 1),
  agent_id text not null,
  task integer not null check (task >= 0),
  round integer not null check (round >= 1),
  -- What it is called until all is judged: `A-7f`.
  label text not null,
  run_id text unique,
  verdict text check (verdict in ('acceptable', 'wrong', 'incomplete')),
  verdict_reason text,
  judged_by text,
  judged_at timestamptz(3),
  chosen boolean not null default false,
  unique (comparison_id, place),
  unique (comparison_id, label),
  unique (comparison_id, agent_id, task, round),
  check (num_nonnulls(verdict, verdict_reason, judged_by, judged_at) in (0, 4)),
  check (verdict is null or run_id is not null),
  check (not chosen or verdict = 'acceptable')
);

create table comparison_reviewer (
  comparison_id text not null references comparison (id),
  person_id text not null,
  primary key (comparison_id, person_id)
);
create index comparison_reviewer_person_idx on comparison_reviewer (person_id);

-- Each is one statement of one day; a later one of the same subject takes its place, and both stay.
create table procurement_note (
  id text primary key,
  agent_id text not null references agent (id),
  topic text not null check (topic in
    ('api_maturity', 'session_limits', 'security_programme', 'integrations', 'price_model')),
  text text not null check (length(text) between 1 and 2000),
  source text not null check (length(source) between 1 and 500),
  as_of date not null,
  entered_by text not null,
  entered_at timestamptz(3) not null
);
create index procurement_note_agent_idx on procurement_note (agent_id, topic, as_of);

create constraint trigger governed after insert or update or delete on comparison
  deferrable initially deferred for each row execute function require_entry('comparison', 'id');
create constraint trigger governed after insert or update or delete on comparison_attempt
  deferrable initially deferred for each row execute function require_entry('comparison', 'comparison_id');
create constraint trigger governed after insert or update or delete on comparison_reviewer
  deferrable initially deferred for each row execute function require_entry('comparison', 'comparison_id');
create constraint trigger governed after insert or update or delete on procurement_note
  deferrable initially deferred for each row execute function require_entry('agent', 'agent_id');

-- The worker asks which runs are judged here before it moves them to another base.
grant select on comparison, comparison_attempt, comparison_reviewer, procurement_note to ph_web, ph_worker;
grant insert on comparison, comparison_attempt, comparison_reviewer, procurement_note to ph_web;
grant update (state, started_at, closed_at, closed_by, close_reason, chosen_at) on comparison to ph_web;
grant update (run_id, verdict, verdict_reason, judged_by, judged_at, chosen) on comparison_attempt to ph_web;
