-- Forges: where a repository's approved commits go by a pull request instead of by a push.

-- 1. What a repository is connected with. The credential is sealed to the worker; what GitHub signs its calls with is kept
-- by web for itself.
create table forge_connection (
  id text primary key,
  repository_id text not null references repository (id),
  -- As people write it: https://github.com/owner/name.
  address text not null check (length(address) <= 500),
  kind text not null check (kind in ('github_app', 'token')),
  notice_key_id text not null references notice_key (id),
  -- Both null once it is ended.
  sealed bytea,
  hook_secret bytea,
  -- Of a token, as whoever set it said.
  expires_at timestamptz(3),
  connected_by text not null,
  connected_at timestamptz(3) not null,
  ended_at timestamptz(3),
  check (ended_at is null or (sealed is null and hook_secret is null)),
  check (kind = 'token' or expires_at is null)
);
create unique index forge_connection_one on forge_connection (repository_id) where ended_at is null;
create constraint trigger governed after insert or update or delete on forge_connection
  deferrable initially deferred for each row execute function require_entry('repository', 'repository_id');

-- 2. Where the pull request of a merge stands, for people to see. The forge's own word counts, and can be asked again.
create table forge_pull (
  merge_id text primary key references merge (id),
  run_id text not null,
  repository_id text not null references repository (id),
  number integer check (number >= 1),
  url text check (length(url) <= 2000),
  step text not null check (step in ('queued', 'opened', 'checked', 'waits', 'merged', 'closed')),
  -- One sentence of ours about what it waits for.
  problem text check (length(problem) <= 2000),
  tries integer not null default 1 check (tries >= 1),
  seen_at timestamptz(3) not null
);
create index forge_pull_repository_id_idx on forge_pull (repository_id);
create index forge_pull_run_id_idx on forge_pull (run_id);

-- 3. Calls of the forge that were signed with our secret, each once. They say that there is something to look at, and nothing more.
create table forge_delivery (
  connection_id text not null references forge_connection (id),
  delivery_id text not null check (delivery_id ~ '^[0-9A-Za-z-]{1,100}$'),
  event text not null check (event ~ '^[a-z_]{1,60}$'),
  taken_at timestamptz(3) not null,
  primary key (connection_id, delivery_id)
);

-- 4. Roles. Web writes what is sealed and may not read it; the worker may not read what calls are signed with.
grant select (id, repository_id, address, kind, notice_key_id, hook_secret, expires_at, connected_by, connected_at, ended_at),
  insert, update (sealed, hook_secret, ended_at) on forge_connection to ph_web;
grant select (id, repository_id, address, kind, notice_key_id, sealed, expires_at, connected_by, connected_at, ended_at)
  on forge_connection to ph_worker;
grant select on forge_pull to ph_web;
grant select, insert on forge_delivery to ph_web;
grant select, insert, update on forge_pull to ph_worker;
