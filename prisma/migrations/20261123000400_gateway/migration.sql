-- Models through our own gateway: providers and their sealed keys, prices, budgets, calls and what was said in them.

-- 1. Providers. A key is sealed to the gateway's public key by whoever takes it in; nobody else can open it.
create table provider (
  id text primary key,
  name text not null,
  kind text not null check (kind in ('openai', 'azure_openai', 'anthropic', 'openai_compatible')),
  base_url text not null,
  settings jsonb not null,
  created_by text not null,
  created_at timestamptz(3) not null,
  disabled_at timestamptz(3)
);
create unique index provider_name_key on provider (name);

create table gateway_key (
  id text primary key,
  -- X25519, as it is.
  public_key bytea not null check (length(public_key) = 32),
  created_at timestamptz(3) not null,
  retired_at timestamptz(3)
);
create unique index gateway_key_public_key_key on gateway_key (public_key);

create table provider_key (
  id text primary key,
  provider_id text not null references provider (id),
  gateway_key_id text not null references gateway_key (id),
  -- Null once it is retired.
  sealed bytea,
  hint text not null check (length(hint) <= 4),
  set_by text not null,
  set_at timestamptz(3) not null,
  retired_at timestamptz(3),
  check (sealed is null or retired_at is null)
);
create index provider_key_provider_id_idx on provider_key (provider_id);

-- Asked by a person, answered by the gateway, which alone can open the key.
create table provider_test (
  id text primary key,
  provider_id text not null references provider (id),
  key_id text not null references provider_key (id),
  asked_by text not null,
  asked_at timestamptz(3) not null,
  answered_at timestamptz(3),
  models text[],
  latency_ms integer,
  problem text
);
create index provider_test_provider_id_idx on provider_test (provider_id);
create index provider_test_waiting on provider_test (asked_at) where answered_at is null;

-- 2. Prices: a version is never changed, a later one replaces it. Micro-units of US dollars for a million tokens.
create table model_price (
  id text primary key,
  provider_id text not null references provider (id),
  model text not null,
  version integer not null check (version >= 1),
  input bigint not null check (input >= 0),
  cached bigint not null check (cached >= 0),
  cache_write bigint not null check (cache_write >= 0),
  output bigint not null check (output >= 0),
  reasoning bigint not null check (reasoning >= 0),
  set_by text not null,
  set_at timestamptz(3) not null
);
create unique index model_price_provider_id_model_version_key on model_price (provider_id, model, version);

-- 3. Agents with a model, and what a run of theirs is told to do.
alter table agent
  add column provider_id text references provider (id),
  add column model text,
  add column settings jsonb not null default '{}',
  add constraint agent_model_whole check (num_nulls(provider_id, model) in (0, 2));
alter table run
  add column task text,
  -- The entry commits to SHA-256(salt ‖ task); the salt goes when the task goes.
  add column task_salt bytea;

-- What the holder of a lease shows the gateway; only the hash is kept.
create table lease_token (
  lease_id text primary key,
  run_id text not null,
  token_sha256 bytea not null check (length(token_sha256) = 32)
);
create unique index lease_token_token_sha256_key on lease_token (token_sha256);

-- 4. Budgets: what is spent and what open calls hold back. Can be computed again from the calls.
create table budget_use (
  kind text not null check (kind in ('run', 'day', 'pilot')),
  subject text not null,
  -- Of `day`: the pilot's day, as 2030-12-31.
  day text not null default '',
  reserved_micros bigint not null default 0 check (reserved_micros >= 0),
  spent_micros bigint not null default 0 check (spent_micros >= 0),
  primary key (kind, subject, day)
);

-- 5. Calls. What is said in them are payloads: entries hold commitments.
create table model_call (
  id text primary key,
  run_id text not null,
  pilot_id text not null,
  agent_id text not null,
  lease_id text not null,
  attempt integer not null,
  provider_id text not null,
  key_id text not null,
  price_id text not null,
  gateway text not null,
  api text not null check (api in ('responses', 'chat', 'messages')),
  state text not null check (state in ('open', 'done', 'failed', 'aborted', 'unknown')),
  requested_model text not null,
  returned_model text,
  -- Of the pilot, when the call was opened: the budget it is charged to.
  day text not null,
  opened_at timestamptz(3) not null,
  first_byte_at timestamptz(3),
  settled_at timestamptz(3),
  http_status integer,
  reserved_micros bigint not null check (reserved_micros >= 0),
  charged_micros bigint check (charged_micros >= 0),
  context_tokens integer not null,
  input_tokens bigint,
  cached_tokens bigint,
  cache_write_tokens bigint,
  output_tokens bigint,
  reasoning_tokens bigint,
  flags text[] not null default '{}',
  retries integer not null default 0,
  head_item bigint not null,
  items bigint[] not null,
  -- SHA-256 over the commitments of head and items, in order.
  request_commitment bytea not null check (length(request_commitment) = 32),
  check ((state = 'open') = (settled_at is null)),
  check ((settled_at is null) = (charged_micros is null))
);
create index model_call_run_id_idx on model_call (run_id, opened_at);
create index model_call_pilot_id_idx on model_call (pilot_id, day);
create index model_call_open on model_call (gateway) where state = 'open';

-- A piece of a request, kept once a run. The digest finds it again, and goes with the bytes.
create table model_item (
  id bigint generated always as identity primary key,
  run_id text not null,
  -- The call that brought it; later ones only name it.
  first_call text not null,
  role text not null,
  size integer not null,
  digest bytea check (length(digest) = 32),
  salt bytea check (length(salt) = 32),
  bytes bytea,
  commitment bytea not null check (length(commitment) = 32),
  check (num_nulls(digest, salt, bytes) in (0, 3))
);
create unique index model_item_run_id_digest_key on model_item (run_id, digest);

create table model_output (
  call_id text primary key,
  run_id text not null,
  size integer not null,
  salt bytea check (length(salt) = 32),
  bytes bytea,
  commitment bytea not null check (length(commitment) = 32),
  -- Where each piece begins, and when it came after the call was opened, milliseconds. Lengths of pieces tell of
  -- their words, so they go with the bytes.
  chunk_offsets integer[] not null,
  chunk_ms integer[] not null,
  check (num_nulls(salt, bytes) in (0, 2))
);
create index model_output_run_id_idx on model_output (run_id);

-- 6. No change without an entry.
do $$
declare
  rule record;
  batch text;
begin
  for rule in
    select * from (values
      ('provider', 'provider', 'id'),
      ('provider_key', 'provider', 'provider_id'),
      ('provider_test', 'provider', 'provider_id'),
      ('gateway_key', 'gateway', 'id'),
      ('model_price', 'price', 'id'),
      ('lease_token', 'run', 'run_id')
    ) as t(table_name, noun, id_column)
  loop
    execute format(
      'create constraint trigger governed after insert or update or delete on %I
         deferrable initially deferred for each row execute function require_entry(%L, %L)',
      rule.table_name, rule.noun, rule.id_column
    );
  end loop;
  foreach batch in array array['model_call', 'model_item', 'model_output'] loop
    execute format('create trigger governed_insert after insert on %I
      referencing new table as changed for each statement execute function touch_runs()', batch);
    execute format('create trigger governed_update after update on %I
      referencing new table as changed for each statement execute function touch_runs()', batch);
    execute format('create trigger governed_delete after delete on %I
      referencing old table as changed for each statement execute function touch_runs()', batch);
  end loop;
end $$;

-- 7. Roles. The gateway reads who may call and writes calls; it moves no run, lease, pilot or charter.
do $$
begin
  if not exists (select from pg_roles where rolname = 'ph_gateway') then
    create role ph_gateway nologin;
  end if;
end $$;

grant usage on schema public to ph_gateway;
grant usage on sequence log_entry_seq_seq to ph_gateway;
grant select on log_entry to ph_gateway;
grant insert (id, kind, about, body) on log_entry to ph_gateway;
grant select on lease, lease_token, pilot, charter, agent, runner, stop, provider, provider_key, provider_test,
  gateway_key, model_price, budget_use, model_call, model_item, model_output, run_cursor, process_beacon to ph_gateway;
grant select (id, pilot_id, agent_id, charter_id, charter_digest, status, attempt) on run to ph_gateway;
grant insert on gateway_key, budget_use, model_call, model_item, model_output, run_event, process_beacon to ph_gateway;
grant update on budget_use, process_beacon to ph_gateway;
-- Of a call only how it ended: what was intended stays.
grant update (state, returned_model, first_byte_at, settled_at, http_status, charged_micros, input_tokens, cached_tokens,
  cache_write_tokens, output_tokens, reasoning_tokens, flags, retries) on model_call to ph_gateway;
grant update (seq) on run_cursor to ph_gateway;
grant update (retired_at) on gateway_key to ph_gateway;
grant update (answered_at, models, latency_ms, problem) on provider_test to ph_gateway;

-- Keys are written by web and never read back: neither what is sealed, nor the hash of a token.
grant select on provider, provider_test, gateway_key, model_price, budget_use, model_call, model_item, model_output
  to ph_web;
grant select (id, provider_id, gateway_key_id, hint, set_by, set_at, retired_at) on provider_key to ph_web;
grant insert on provider, provider_key, provider_test, model_price, lease_token to ph_web;
grant update (disabled_at) on provider to ph_web;
grant update (sealed, retired_at) on provider_key to ph_web;

grant select on provider, model_price, budget_use, model_call, model_item, model_output to ph_worker;
-- A redaction takes what was said and leaves what the log commits to.
grant update (digest, salt, bytes) on model_item to ph_worker;
grant update (salt, bytes, chunk_offsets, chunk_ms) on model_output to ph_worker;
