-- Passkeys: what people sign decisions with. One counts once somebody else has confirmed it; the log has its key.

-- 1. Credentials. Their public key is no secret; nothing here can sign.
create table passkey (
  id text primary key,
  person_id text not null references person (id),
  name text not null,
  -- As the authenticator calls it, base64url.
  credential_id text not null,
  -- COSE_Key (RFC 9052), as the authenticator gave it.
  public_key bytea not null,
  -- ES256, EdDSA, RS256.
  algorithm integer not null check (algorithm in (-7, -8, -257)),
  transports text[] not null,
  -- The domain it is bound to.
  rp_id text not null,
  created_at timestamptz(3) not null,
  confirmed_by text,
  confirmed_at timestamptz(3),
  removed_by text,
  removed_at timestamptz(3),
  check ((confirmed_by is null) = (confirmed_at is null)),
  check ((removed_by is null) = (removed_at is null)),
  check (confirmed_by <> person_id)
);
create unique index passkey_credential_id_key on passkey (credential_id);
create index passkey_person_id_idx on passkey (person_id) where removed_at is null;

-- When it was used last, and what its own counter stood at.
create table passkey_use (
  passkey_id text primary key references passkey (id),
  sign_count bigint not null check (sign_count >= 0),
  last_used_at timestamptz(3)
);

-- 2. Questions put to an authenticator. Each is taken once, whatever becomes of the answer.
create table passkey_challenge (
  id text primary key,
  person_id text not null references person (id),
  purpose text not null check (purpose in ('enrol', 'approve', 'sign_in')),
  -- base64url; of an approval the SHA-256 of its statement.
  challenge text not null,
  statement text,
  expires_at timestamptz(3) not null,
  check ((purpose = 'approve') = (statement is not null))
);
create index passkey_challenge_person_id_idx on passkey_challenge (person_id);

-- 3. What an approval was signed with: canonical JSON, known to its entry by SHA-256.
alter table approval add column passkey_id text references passkey (id);
alter table approval add column assertion text;
alter table approval add constraint approval_assertion_check check ((passkey_id is null) = (assertion is null));

-- 4. No change without an entry.
create constraint trigger governed after insert or update or delete on passkey
  deferrable initially deferred for each row execute function require_entry('passkey', 'id');

-- 5. Roles. Nobody but web asks and confirms; a key that was written down stays as it is.
grant select on passkey to ph_web, ph_worker;
grant insert on passkey to ph_web;
grant update (name, confirmed_by, confirmed_at, removed_by, removed_at) on passkey to ph_web;
grant select, insert, delete on passkey_challenge to ph_web;
grant select, insert on passkey_use to ph_web;
grant update (sign_count, last_used_at) on passkey_use to ph_web;
