-- Who somebody is, and what stands on it.

-- 1. What whoever broke the glass signed, where a charter wants it signed: canonical JSON, known to its entry by SHA-256.
create table glass_signature (
  gate_id text primary key references gate (id),
  passkey_id text not null references passkey (id),
  assertion text not null
);
create constraint trigger governed after insert or update or delete on glass_signature
  deferrable initially deferred for each row execute function require_entry('gate', 'gate_id');
grant select, insert on glass_signature to ph_web;

-- 2. Where the decision of a release is told, as whoever asked for it named it, and what came of that.
create table release_callback (
  id text primary key,
  release_id text not null references release (id),
  url text not null check (length(url) <= 500),
  host text not null,
  asked_by text not null,
  asked_at timestamptz(3) not null
);
create unique index release_callback_once on release_callback (release_id, url);

-- The worker's own count of tries; what came of them in the end is an entry.
create table release_callback_state (
  callback_id text primary key references release_callback (id),
  state text not null check (state in ('waiting', 'delivered', 'refused', 'given_up')),
  attempts integer not null default 0 check (attempts >= 0),
  -- Whoever tries it moves it on first, so that a crash is tried again.
  next_at timestamptz(3) not null,
  reason text,
  done_at timestamptz(3),
  check ((state = 'waiting') = (done_at is null))
);
create index release_callback_waiting on release_callback_state (next_at) where state = 'waiting';

-- What a pilot's releases are told with at a host, sealed to the worker. Without one nothing is sent there.
create table release_credential (
  id text primary key,
  pilot_id text not null references pilot (id),
  host text not null,
  kind text not null check (kind in ('github_app', 'token')),
  notice_key_id text not null references notice_key (id),
  -- Null once it is removed.
  sealed bytea,
  set_by text not null,
  set_at timestamptz(3) not null,
  removed_at timestamptz(3),
  check (sealed is null or removed_at is null)
);
create unique index release_credential_one on release_credential (pilot_id, host) where removed_at is null;

create constraint trigger governed after insert or update or delete on release_callback
  deferrable initially deferred for each row execute function require_entry('release', 'release_id');
create constraint trigger governed after insert or update or delete on release_credential
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');
-- Web writes what is sealed and may not read it; the worker, which can open it, may not write it.
grant select, insert on release_callback to ph_web;
grant select on release_callback_state to ph_web;
grant select (id, pilot_id, host, kind, notice_key_id, set_by, set_at, removed_at), insert,
  update (sealed, removed_at) on release_credential to ph_web;
grant select on release_callback, release_credential to ph_worker;
grant select, insert, update on release_callback_state to ph_worker;

-- 3. Who answered for a service account before: what it launched is theirs too, for whoever wants to be the second person.
create table service_past_owner (
  account_id text not null references person (id),
  owner_id text not null references person (id),
  until timestamptz(3) not null,
  primary key (account_id, owner_id)
);
create constraint trigger governed after insert or update or delete on service_past_owner
  deferrable initially deferred for each row execute function require_entry('person', 'account_id');
grant select, insert on service_past_owner to ph_web;
grant select on service_past_owner to ph_worker;

-- 4. People are told of passkeys that wait, of a last administrator who stays, and of who answers for an account.
alter table notice_subscription drop constraint notice_subscription_kind_check;
alter table notice_subscription add constraint notice_subscription_kind_check check (kind in ('gate_waiting',
  'run_finished', 'run_failed', 'pilot_paused', 'stop_pulled', 'grave_finding', 'budget_nearly_spent',
  'deliveries_failing', 'emergency_sign_in', 'glass_broken', 'review_due', 'pilot_tripped', 'passkey_waiting',
  'administrator_kept', 'account_owner_changed'));

-- 5. Of a group nothing is changed but what there are ways to change.
revoke update on person_group from ph_web;
grant update (removed_at, from_sso) on person_group to ph_web;
