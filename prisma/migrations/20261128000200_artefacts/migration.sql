-- Files a run hands in beside its patch. They lie in quarantine until a person promoted them by name and digest, and nothing of
-- a run ever reads them.
create table artefact (
  id text primary key,
  run_id text not null,
  attempt integer not null check (attempt >= 1),
  -- In the order they came, by run.
  number integer not null check (number >= 1),
  -- Null for what was never taken: a link, a device, a file beyond the caps.
  blob_id text references blob (id),
  -- As the sandbox named it, relative to the checkout; redaction takes it.
  path text not null check (length(path) <= 1000),
  size bigint not null check (size >= 0),
  -- Stays when the bytes go, unless a redaction takes the run's payloads.
  sha256 text not null check (sha256 = '' or sha256 ~ '^[0-9a-f]{64}$'),
  state text not null check (state in ('quarantined', 'scanned', 'refused', 'promoted', 'deleted')),
  -- By its content, never by its name; empty until it was scanned.
  media text not null default '' check (length(media) <= 100),
  findings jsonb not null default '[]',
  -- Why the last scan brought nothing, and how many there were.
  problem text check (length(problem) <= 1000),
  tries integer not null default 0 check (tries >= 0),
  tried_at timestamptz(3),
  scanned_at timestamptz(3),
  gate_id text references gate (id),
  promoted_at timestamptz(3),
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null,
  check (blob_id is not null or state in ('refused', 'deleted')),
  check (state <> 'promoted' or (gate_id is not null and promoted_at is not null and scanned_at is not null)),
  check (state <> 'deleted' or deleted_at is not null)
);
create unique index artefact_run_id_number_key on artefact (run_id, number);
create unique index artefact_blob_id_key on artefact (blob_id);
create index artefact_waiting on artefact (created_at) where state = 'quarantined';
create index artefact_kept on artefact (created_at) where state <> 'deleted';

-- What was refused, promoted or deleted never comes back; a refused one is never promoted.
create function artefact_moves() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.state = new.state then return new; end if;
  if (old.state, new.state) in (('quarantined', 'scanned'), ('quarantined', 'refused'), ('scanned', 'promoted'))
    or new.state = 'deleted' then return new;
  end if;
  raise exception 'An artefact that is % never becomes %.', old.state, new.state;
end $$;
create trigger artefact_moves before update on artefact for each row execute function artefact_moves();

create constraint trigger governed after insert or update or delete on artefact
  deferrable initially deferred for each row execute function require_entry('run', 'run_id');

grant select on artefact to ph_web, ph_worker;
grant insert, update (state, gate_id, promoted_at) on artefact to ph_web;
grant update (state, media, findings, problem, tries, tried_at, scanned_at, deleted_at, path, sha256) on artefact to ph_worker;
