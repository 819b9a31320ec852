-- Upstreams over ssh, and what is known of a forge's rules and of merges that wait on it.

-- 1. What the worker shows to an ssh upstream, sealed to it, and the host keys that it takes there. Those are in what was
-- sealed, too: here they are for people to see.
create table upstream_key (
  id text primary key,
  repository_id text not null references repository (id),
  -- Of the deploy key: as it is given to the host.
  public_key text not null check (length(public_key) <= 3000),
  -- Type and key, as ssh writes them.
  host_keys text[] not null check (cardinality(host_keys) between 1 and 8),
  notice_key_id text not null references notice_key (id),
  -- Null once it is ended.
  sealed bytea,
  set_by text not null,
  set_at timestamptz(3) not null,
  ended_at timestamptz(3),
  check ((ended_at is null) = (sealed is not null))
);
create unique index upstream_key_one on upstream_key (repository_id) where ended_at is null;
create constraint trigger governed after insert or update or delete on upstream_key
  deferrable initially deferred for each row execute function require_entry('repository', 'repository_id');

-- 2. When a forge's rules were read, which is not when they were looked at; and whether the forge says that what was looked
-- at is gone for good.
alter table forge_look add column read_at timestamptz(3);
alter table forge_look add column gone boolean not null default false;
update forge_look set read_at = looked_at where problem is null;

-- 3. Roles. Web writes what is sealed and may not read it.
grant select (id, repository_id, public_key, host_keys, notice_key_id, set_by, set_at, ended_at), insert,
  update (sealed, ended_at) on upstream_key to ph_web;
grant select on upstream_key to ph_worker;
