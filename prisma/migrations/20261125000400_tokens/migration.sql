-- API tokens, service accounts, and releases that people were asked about.

-- 1. Service accounts: rows of `person` that no one can be. Owned by a named person; without a password, and nothing lets
-- them in.
alter table person
  add column kind text not null default 'person' constraint person_kind_known check (kind in ('person', 'service')),
  add column owner_id text references person (id),
  add constraint service_has_owner check ((kind = 'service') = (owner_id is not null)),
  add constraint service_has_no_password check (kind = 'person' or password_hash is null);
create index person_owner on person (owner_id) where owner_id is not null;
grant select (kind, owner_id) on person to ph_worker;

create function only_people_sign_in() returns trigger language plpgsql security definer
  set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from public.person p where p.id = new.person_id and p.kind <> 'person') then
    raise exception 'a service account cannot sign in' using errcode = 'PH004';
  end if;
  return new;
end $$;
revoke execute on function only_people_sign_in() from public;
create trigger only_people before insert on session for each row execute function only_people_sign_in();
create trigger only_people before insert on one_time_link for each row execute function only_people_sign_in();

-- 2. Tokens. Only the SHA-256 of each is kept, and its first characters to find it by.
create table api_token (
  id text primary key,
  -- Whom it acts for: a person or a service account.
  person_id text not null references person (id),
  label text not null,
  prefix text not null check (length(prefix) = 12),
  token_hash text not null,
  permissions text[] not null,
  -- Null: all that its owner may see.
  pilot_ids text[],
  made_by text not null,
  made_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  constraint api_token_ends check (expires_at > made_at and expires_at <= made_at + interval '366 days')
);
create unique index api_token_hash_key on api_token (token_hash);
create index api_token_prefix on api_token (prefix);
create index api_token_person on api_token (person_id);

-- When it was used last, to the minute.
create table api_token_use (
  token_id text primary key,
  used_at timestamptz(3) not null
);

-- 3. Releases: what a pipeline asked to deploy. Asked again in the same words it is the same release.
create table release (
  id text primary key,
  pilot_id text not null references pilot (id),
  repository_id text not null references repository (id),
  commit text not null check (commit ~ '^[0-9a-f]{40}$'),
  artifact text not null check (artifact ~ '^[0-9a-f]{64}$'),
  environment text not null,
  gate_id text not null unique references gate (id),
  asked_by text not null,
  asked_at timestamptz(3) not null
);
create index release_asked on release (pilot_id, commit, artifact, environment, asked_at);
create index release_pilot on release (pilot_id, asked_at);

-- 4. Every lead is told of a merge by broken glass.
alter table notice_subscription drop constraint notice_subscription_kind_check;
alter table notice_subscription add constraint notice_subscription_kind_check check (kind in ('gate_waiting',
  'run_finished', 'run_failed', 'pilot_paused', 'stop_pulled', 'grave_finding', 'budget_nearly_spent',
  'deliveries_failing', 'emergency_sign_in', 'glass_broken'));

-- 5. No change without an entry.
do $$
declare
  rule record;
begin
  for rule in
    select * from (values ('api_token', 'token', 'id'), ('release', 'release', 'id')) as t(table_name, noun, id_column)
  loop
    execute format(
      'create constraint trigger governed after insert or update or delete on %I
         deferrable initially deferred for each row execute function require_entry(%L, %L)',
      rule.table_name, rule.noun, rule.id_column
    );
  end loop;
end $$;

-- 6. Roles. Nobody but web reads what tokens are known by.
grant select, insert on api_token, api_token_use, release to ph_web;
grant update (revoked_at) on api_token to ph_web;
grant update on api_token_use to ph_web;
grant select on release to ph_worker;
