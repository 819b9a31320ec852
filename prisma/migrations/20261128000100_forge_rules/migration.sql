-- What a forge's own rules hold, as it was read last; when the next try of a merge is; and what is kept of calls.

-- 1. Changed only where what was read is another than before, with an entry.
create table forge_rules (
  repository_id text primary key references repository (id),
  connection_id text not null references forge_connection (id),
  branch text not null check (length(branch) between 1 and 200),
  verdict text not null check (verdict in ('held', 'bypassed', 'bypass_hidden', 'loose', 'other_app', 'not_held', 'unreadable')),
  -- Whether merges that we did not check are kept out, as far as this connection can have it.
  held boolean not null,
  -- Null where the credential may not read the rules.
  seen jsonb check (length(seen::text) <= 100000),
  changed_at timestamptz(3) not null
);
create constraint trigger governed after insert or update or delete on forge_rules
  deferrable initially deferred for each row execute function require_entry('repository', 'repository_id');

-- 2. When it was looked at, and what kept the last look from coming to anything.
create table forge_look (
  connection_id text primary key references forge_connection (id),
  -- At its rules.
  looked_at timestamptz(3),
  problem text check (length(problem) <= 2000),
  -- Days before the end of a token that people were told of last.
  told_days integer check (told_days >= 0)
);

-- 3. When a merge that did not come about is tried again.
alter table forge_pull add column next_at timestamptz(3);

-- 4. Roles. Calls that were taken are forgotten by the worker.
create index forge_delivery_taken_at_idx on forge_delivery (taken_at);
grant select on forge_rules, forge_look to ph_web;
grant select, insert, update on forge_rules, forge_look to ph_worker;
grant select, delete on forge_delivery to ph_worker;
