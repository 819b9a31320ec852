-- How people and an agent at work reach each other. What they write are payloads: entries hold commitments, and the
-- salts go when the texts go.

-- 1. Messages to an agent.
create table run_message (
  id text primary key,
  run_id text not null,
  mode text not null check (mode in ('now', 'queue', 'interrupt')),
  origin text not null check (origin in ('steer', 'goal')),
  text text not null,
  -- The entry commits to SHA-256(salt ‖ text).
  salt bytea check (length(salt) = 32),
  commitment text not null,
  status text not null check (status in ('queued', 'delivered', 'undeliverable')),
  effect text check (effect in ('preempt', 'tool_boundary', 'after_turn')),
  -- Of the attempt that got it.
  attempt integer,
  -- Why it is undeliverable.
  reason text,
  sent_by text not null,
  request_key text not null,
  sent_at timestamptz(3) not null,
  settled_at timestamptz(3),
  check ((status = 'queued') = (settled_at is null)),
  check ((status = 'delivered') = (effect is not null))
);
create unique index run_message_run_id_request_key_key on run_message (run_id, request_key);

-- 2. What an agent asked before it went on. The gate's document commits to the ask as a whole.
create table run_ask (
  id text primary key,
  run_id text not null,
  attempt integer not null,
  -- The runner's own, inside the attempt.
  number integer not null check (number >= 1),
  item integer,
  what text not null check (what in ('command', 'change', 'network')),
  title text not null,
  text text not null,
  cwd text not null,
  reason text not null,
  salt bytea check (length(salt) = 32),
  commitment text not null,
  -- Of what would be done; finds the same ask again, and goes with the text.
  digest text,
  gate_id text,
  status text not null check (status in ('open', 'allowed', 'declined', 'expired')),
  decided_by text check (decided_by in ('policy', 'person', 'unattended', 'crash')),
  -- In words, for the agent: what the person wrote, or why nobody decided.
  answer text,
  opened_at timestamptz(3) not null,
  -- From then on nobody is waited for.
  due_at timestamptz(3) not null,
  -- The runner was told to put the run away until somebody decides.
  parked_at timestamptz(3),
  settled_at timestamptz(3),
  -- Decided while no runner had the run: the next attempt gets the decision, once.
  is_carried boolean not null default false,
  used_at timestamptz(3),
  check ((status = 'open') = (settled_at is null)),
  check ((status = 'open') = (decided_by is null))
);
create unique index run_ask_run_id_attempt_number_key on run_ask (run_id, attempt, number);
create unique index run_ask_gate_id_key on run_ask (gate_id);
create index run_ask_open on run_ask (due_at) where status = 'open';

-- 3. What the plane has to say to whoever has the run. Numbers have no gaps.
create table run_inbox (
  run_id text not null,
  number integer not null check (number >= 1),
  kind text not null check (kind in ('message', 'answer', 'pause')),
  -- The message or the ask.
  ref text,
  -- Good for this attempt alone; null: for whichever is next.
  attempt integer,
  -- Of a pause: why, as a closed word; the words are the run's reason.
  why text check (why in ('pause', 'ask')),
  created_at timestamptz(3) not null,
  settled_at timestamptz(3),
  primary key (run_id, number),
  check ((kind = 'pause') = (why is not null)),
  check (kind <> 'pause' or ref is null)
);
create index run_inbox_waiting on run_inbox (run_id) where settled_at is null;

-- 4. Where an attempt can be taken up again. The bytes are a blob; the two newest are kept while the run goes on.
create table run_snapshot (
  blob_id text primary key,
  run_id text not null,
  attempt integer not null,
  native text not null,
  driver text not null,
  turn integer not null check (turn >= 0),
  tree text not null,
  base_commit text not null,
  why text not null check (why in ('turn', 'time', 'pause', 'ask')),
  at timestamptz(3) not null
);
create index run_snapshot_run_id_idx on run_snapshot (run_id, at);
create index blob_kept_snapshots on blob (run_id) where kind = 'snapshot' and deleted_at is null;

-- 5. No change without an entry.
do $$
declare
  governed text;
begin
  foreach governed in array array['run_message', 'run_ask', 'run_inbox', 'run_snapshot'] loop
    execute format(
      'create constraint trigger governed after insert or update or delete on %I
         deferrable initially deferred for each row execute function require_entry(%L, %L)',
      governed, 'run', 'run_id'
    );
  end loop;
end $$;

-- 6. Roles. People write through web, and runners' events arrive there; the worker lets time pass and takes texts away.
grant select on run_message, run_ask, run_inbox, run_snapshot to ph_web, ph_worker;
grant insert on run_message, run_ask, run_snapshot to ph_web;
grant insert on run_inbox to ph_web, ph_worker;
grant update (status, effect, attempt, reason, settled_at) on run_message to ph_web, ph_worker;
grant update (text, salt) on run_message to ph_worker;
grant update (gate_id, status, decided_by, answer, parked_at, settled_at, is_carried, used_at) on run_ask to ph_web, ph_worker;
grant update (title, text, cwd, reason, salt, digest) on run_ask to ph_worker;
grant update (settled_at) on run_inbox to ph_web, ph_worker;
grant update (native) on run_snapshot to ph_worker;
