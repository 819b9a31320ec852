-- The log: numbering, checkpoints, what it is found by, who may follow it, and what was taken out of it.

-- 1. Found by terms from here on; the record itself is written with as few indexes as it can be.
drop index log_entry_about_idx;
-- An entry bundle says the length of each entry in 16 bits.
alter table log_entry add constraint log_entry_body_length check (length(body) <= 65535);
-- What stands beside the bytes is what the bytes say, or a process of ours cannot write it. The owner may: it takes back
-- what was damaged, as it is.
alter table log_entry enable row level security;
create policy readable on log_entry for select using (true);
create policy says_its_bytes on log_entry for insert with check (
  (select (e.says ->> 'id', e.says ->> 'kind', e.says -> 'about') = (id, kind, to_jsonb(about))
   from (select convert_from(body, 'UTF8')::jsonb as says offset 0) e)
);

-- 2. The notary's own. The application reads them and writes none of them.
create table log_epoch (
  epoch integer primary key,
  origin text not null,
  started_at timestamptz(3) not null,
  -- Of each older epoch how many of its first entries stand, as {"1": 260}: they are signed, and the same here.
  kept jsonb not null default '{}'
);
create unique index log_epoch_origin_key on log_epoch (origin);

create table log_leaf (
  position bigint primary key,
  epoch integer not null,
  index bigint not null,
  entry_id text not null,
  at timestamptz(6) not null,
  hash bytea not null check (length(hash) = 32)
);
create unique index log_leaf_entry_id_key on log_leaf (entry_id);
create unique index log_leaf_epoch_index_key on log_leaf (epoch, index);
create index log_leaf_at_position_idx on log_leaf (at, position);
-- An entry's place is for ever, unless it is under no checkpoint: what an altered database numbered beyond the signed part
-- moves to the epoch that an operator began after that, once, and keeps its position.
create function leaf_stays() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if tg_op = 'UPDATE' and (new.position, new.entry_id, new.at) = (old.position, old.entry_id, old.at) and exists (
    select from public.log_epoch e where e.epoch = new.epoch and e.epoch = (select max(epoch) from public.log_epoch)
      and old.epoch < e.epoch and old.index >= coalesce((e.kept ->> old.epoch::text)::bigint, 0)
  ) then
    return new;
  end if;
  raise exception 'log_leaf is append-only: % refused', tg_op using errcode = 'PH002';
end $$;
create trigger append_only before update or delete on log_leaf for each row execute function leaf_stays();
create trigger no_truncate before truncate on log_leaf for each statement execute function log_is_append_only();

create table notary_state (
  id integer primary key check (id = 1),
  epoch integer not null,
  size bigint not null,
  position bigint not null,
  -- Numbered is every entry up to the sequence number `floor` but those of the transactions `open`. Next comes, in
  -- pieces, what `next_floor` and `next_open` say in the same way; of that everything up to `taken` is numbered.
  floor bigint not null,
  open xid8[] not null,
  next_floor bigint,
  next_open xid8[],
  taken bigint,
  at timestamptz(3) not null,
  check (num_nulls(next_floor, next_open, taken) in (0, 3))
);

create table log_checkpoint (
  epoch integer not null,
  size bigint not null,
  root bytea not null,
  note text not null,
  signed_at timestamptz(3) not null,
  primary key (epoch, size)
);

create table log_witness (
  name text primary key,
  url text not null,
  verifier text not null,
  epoch integer,
  size bigint,
  cosigned text,
  cosigned_at timestamptz(3),
  refusal text,
  refused_at timestamptz(3)
);

create table notary_alarm (
  kind text primary key,
  detail text not null,
  since timestamptz(3) not null
);

-- 3. What entries and events are found by; rebuilt at any time.
create table log_term (
  term text collate "C" not null,
  at timestamptz(6) not null,
  position bigint not null,
  primary key (term, at, position)
);

create table log_index_cursor (
  id integer primary key check (id = 1),
  position bigint not null
);
insert into log_index_cursor (id, position) values (1, 0);

create table event_text (
  run_id text collate "C" not null,
  seq integer not null,
  field text not null check (field in ('command', 'path', 'host', 'prompt', 'output')),
  pilot_id text not null,
  position bigint not null,
  at timestamptz(3) not null,
  text text not null,
  words tsvector not null,
  primary key (run_id, seq, field)
);
create index event_text_words_idx on event_text using gin (words);

-- 4. Each event is committed to with a salt of its own, so that a body that was taken away cannot be guessed.
alter table run_event add column salt bytea, add column commitment bytea;

-- 5. Access, exports, redaction, retention.
create table log_access (
  id text primary key,
  token_hash text not null,
  label text not null,
  pilot_id text,
  with_blobs boolean not null,
  given_by text not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  withdrawn_at timestamptz(3)
);
create unique index log_access_token_hash_key on log_access (token_hash);

create table log_export (
  id text primary key,
  access_id text,
  person_id text,
  -- Null: of everything. A dossier is the export of one run.
  pilot_id text,
  run_id text,
  epoch integer not null,
  size bigint not null,
  note text not null,
  with_blobs boolean not null,
  -- Redactions that were done when it began; one more, and its payloads are no longer what they were.
  redactions integer not null,
  created_at timestamptz(3) not null
);

create table redaction (
  id text primary key,
  run_id text not null,
  what jsonb not null,
  reason text not null,
  ordered_by text not null,
  created_at timestamptz(3) not null,
  copies jsonb,
  finished_at timestamptz(3)
);
create index redaction_run_id_idx on redaction (run_id);

create table payload_showing (
  id text primary key,
  run_id text not null,
  what jsonb not null,
  reason text not null,
  shown_to text not null,
  created_at timestamptz(3) not null
);
create index payload_showing_run_id_idx on payload_showing (run_id);

create table retention (
  pilot_id text primary key,
  days integer check (days between 1 and 36500),
  is_held boolean not null,
  hold_reason text,
  set_by text not null,
  set_at timestamptz(3) not null
);

do $$
declare
  rule record;
begin
  for rule in
    select * from (values
      ('log_access', 'access', 'id'),
      ('log_export', 'export', 'id'),
      ('payload_showing', 'run', 'run_id'),
      ('redaction', 'redaction', 'id'),
      ('retention', 'pilot', 'pilot_id')
    ) as t(table_name, noun, id_column)
  loop
    execute format(
      'create constraint trigger governed after insert or update or delete on %I
         deferrable initially deferred for each row execute function require_entry(%L, %L)',
      rule.table_name, rule.noun, rule.id_column
    );
  end loop;
end $$;

-- 6. Roles. The notary reads entries and writes what it numbered and signed; it can write nothing else.
do $$
begin
  if not exists (select from pg_roles where rolname = 'ph_notary') then
    create role ph_notary nologin;
  end if;
end $$;

grant usage on schema public to ph_notary;
grant select on log_entry, log_epoch, log_leaf, notary_state, log_checkpoint, log_witness, notary_alarm to ph_notary;
grant insert on log_epoch, log_leaf, notary_state, log_checkpoint, log_witness, notary_alarm to ph_notary;
grant update on notary_state, log_witness, notary_alarm to ph_notary;
grant update (epoch, index, hash) on log_leaf to ph_notary; -- leaf_stays says which
grant update (note) on log_checkpoint to ph_notary; -- cosignatures arrive later
grant delete on log_checkpoint, log_witness, notary_alarm to ph_notary;

grant select on log_epoch, log_leaf, notary_state, log_checkpoint, log_witness, notary_alarm, log_term,
  log_index_cursor, event_text, log_access, log_export, redaction, retention, payload_showing to ph_web, ph_worker;
grant insert on log_access, log_export, redaction, retention, payload_showing to ph_web;
grant update on log_access, retention to ph_web;

grant insert, delete on log_term, event_text to ph_worker;
grant update on log_index_cursor, redaction, blob, run_event to ph_worker;
grant insert on redaction to ph_worker;
-- A redaction takes texts out of these and leaves what the log commits to.
grant update (canonical) on evidence to ph_worker;
grant update (files, flags) on patch to ph_worker;
