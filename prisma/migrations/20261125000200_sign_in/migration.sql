-- Sign-in: people known by an identity provider, sessions that idle and are checked again, and second factors.

-- 1. How a session was opened, and how long it may be believed.
alter table session
  add column method text not null default 'password' check (method in ('password', 'link', 'sso')),
  -- Written at most once a minute; null: not since it was opened.
  add column last_seen_at timestamptz(3),
  -- Of a session opened by single sign-on, and of no other.
  add column identity_id text,
  -- The provider's refresh token, sealed by a key derived from the web process's secret; null: it gave none.
  add column refresh_sealed bytea,
  -- When the provider is to be asked again whether the person is still there.
  add column check_due_at timestamptz(3),
  -- Past this the session counts for nothing until the provider has answered.
  add column check_by timestamptz(3),
  add constraint session_is_checked check ((method = 'sso') = (identity_id is not null and check_by is not null));

-- 2. Who a person is at a provider. One subject for each person and provider: an e-mail address given to somebody new
-- does not lead into an old account.
create table sso_identity (
  id text primary key,
  person_id text not null references person (id),
  issuer text not null,
  subject text not null,
  created_at timestamptz(3) not null
);
create unique index sso_identity_issuer_subject_key on sso_identity (issuer, subject);
create unique index sso_identity_person_id_issuer_key on sso_identity (person_id, issuer);

-- 3. What was used once and is not taken again: the state of a sign-in, a ticket to the second step.
create table spent_ticket (
  hash text primary key,
  expires_at timestamptz(3) not null
);

-- 4. Second factors.
create table totp (
  person_id text primary key references person (id),
  sealed bytea not null,
  -- Each step of time is taken once.
  last_step bigint not null,
  created_at timestamptz(3) not null
);
create table recovery_code (
  person_id text not null references person (id),
  hash text not null,
  used_at timestamptz(3),
  primary key (person_id, hash)
);

-- 5. No change without an entry.
do $$
declare
  rule record;
begin
  for rule in
    select * from (values
      ('sso_identity', 'person', 'person_id'),
      ('totp', 'person', 'person_id'),
      ('recovery_code', 'person', 'person_id')
    ) as t(table_name, noun, id_column)
  loop
    execute format(
      'create constraint trigger governed after insert or update or delete on %I
         deferrable initially deferred for each row execute function require_entry(%L, %L)',
      rule.table_name, rule.noun, rule.id_column
    );
  end loop;
end $$;

-- 6. Roles: the web process alone.
grant select, insert on sso_identity to ph_web;
grant select, insert, delete on spent_ticket, recovery_code to ph_web;
grant select, insert, delete on totp to ph_web;
grant update (last_step) on totp to ph_web;
grant update (used_at) on recovery_code to ph_web;

-- 7. Whoever leads is told when somebody signs in past the identity provider.
alter table notice_subscription drop constraint notice_subscription_kind_check;
alter table notice_subscription add constraint notice_subscription_kind_check check (kind in ('gate_waiting',
  'run_finished', 'run_failed', 'pilot_paused', 'stop_pulled', 'grave_finding', 'budget_nearly_spent',
  'deliveries_failing', 'emergency_sign_in'));
