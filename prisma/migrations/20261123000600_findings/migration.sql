-- Findings: what the monitor saw, what people made of it, and what they agreed not to be told again for a while.

-- 1. Something was seen. `subject` is SHA-256 of what it is about: the same rule, run and subject is one finding.
create table finding (
  id text collate "C" primary key,
  -- Null for what no run is known of: a request of a runner, a token that was never given.
  run_id text,
  pilot_id text,
  repository_id text,
  rule text not null,
  source text not null check (source in ('patch', 'secret', 'egress', 'token', 'conduct', 'outbound')),
  severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
  state text not null check (state in ('open', 'validated', 'mitigated', 'dismissed')),
  subject bytea not null check (length(subject) = 32),
  -- Where it was seen first.
  attempt integer,
  seq integer,
  call_id text,
  patch_id text,
  lease_id text,
  -- Secrets are masked before it is kept; the entry holds the commitment. Goes with the salt.
  evidence jsonb,
  salt bytea check (length(salt) = 32),
  commitment bytea not null check (length(commitment) = 32),
  -- What holds it dismissed.
  suppression_id text,
  opened_at timestamptz(3) not null,
  check (num_nulls(evidence, salt) in (0, 2)),
  check ((state = 'dismissed') = (suppression_id is not null)),
  check (run_id is null or pilot_id is not null)
);
create unique index finding_same on finding (coalesce(run_id, ''), rule, subject);
create index finding_run_id_idx on finding (run_id);
create index finding_waiting on finding (id) where state in ('open', 'validated');
create index finding_suppression_id_idx on finding (suppression_id);

-- How often, and when last: counted from events and entries, so it can be counted again.
create table finding_count (
  finding_id text primary key,
  times integer not null check (times >= 1),
  first_at timestamptz(3) not null,
  last_at timestamptz(3) not null,
  last_seq integer
);

-- 2. What people decided, with their words.
create table finding_step (
  finding_id text not null,
  number integer not null check (number >= 1),
  at timestamptz(3) not null,
  -- As entries name the actor.
  actor text not null,
  from_state text not null,
  to_state text not null,
  -- Empty where a rule did it.
  reason text not null,
  suppression_id text,
  primary key (finding_id, number)
);

create table suppression (
  id text primary key,
  -- The finding it was made from.
  finding_id text not null,
  scope text not null check (scope in ('finding', 'run', 'pilot', 'path')),
  rule text not null,
  run_id text,
  pilot_id text,
  repository_id text,
  path text,
  owner_id text not null,
  reason text not null,
  made_by text not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3)
);
create index suppression_rule on suppression (rule) where ended_at is null;

-- 3. How far the log was followed: in the transaction that opens what was found.
create table finding_cursor (
  id integer primary key check (id = 1),
  position bigint not null
);
insert into finding_cursor (id, position) values (1, 0);

-- 4. No change without an entry.
do $$
declare
  rule record;
begin
  for rule in
    select * from (values
      ('finding', 'id'),
      ('finding_step', 'finding_id'),
      ('suppression', 'finding_id')
    ) as t(table_name, id_column)
  loop
    execute format(
      'create constraint trigger governed after insert or update or delete on %I
         deferrable initially deferred for each row execute function require_entry(''finding'', %L)',
      rule.table_name, rule.id_column
    );
  end loop;
end $$;

-- 5. Roles. Web decides, the worker sees; neither takes back what was seen.
grant select on finding, finding_count, finding_step, suppression to ph_web, ph_worker;
grant select on finding_cursor to ph_worker;
grant insert on finding_step, suppression to ph_web;
grant update (state, suppression_id) on finding to ph_web, ph_worker;
grant update (ended_at) on suppression to ph_web, ph_worker;
grant insert on finding, finding_count, finding_step to ph_worker;
grant update on finding_count, finding_cursor to ph_worker;
-- A redaction takes the text, its salt, and what the text could be guessed by.
grant update (evidence, salt, subject) on finding to ph_worker;
