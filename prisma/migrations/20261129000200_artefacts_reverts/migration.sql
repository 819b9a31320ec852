-- A patch in review whose base moved, until the worker said whether it stands unchanged on the new one.
create table patch_rebase (
  run_id text primary key,
  asked_at timestamptz(3) not null
);
create constraint trigger governed after insert or update or delete on patch_rebase
  deferrable initially deferred for each row execute function require_entry('run', 'run_id');

grant select, insert on patch_rebase to ph_web, ph_worker;
grant delete on patch_rebase to ph_worker;

-- How often the worker tried in vain to make what a run waits for, and when it tries again; may be lost, and is counted anew.
create table making_try (
  run_id text primary key,
  tries integer not null check (tries >= 1),
  not_before timestamptz(3) not null
);
grant select on making_try to ph_web, ph_worker;
grant insert, update, delete on making_try to ph_worker;

alter table revert drop constraint revert_fault_check;
alter table revert add constraint revert_fault_check check (fault in ('conflict', 'nothing_left', 'not_there', 'not_made'));
create index run_reverts_asked_idx on run (pilot_id, launched_by, launched_at) where kind = 'revert';

-- An artefact begins in quarantine, or was left in the sandbox; nothing enters the table as looked into or promoted. Looking into
-- one is the worker's, and letting one out is the web's, whose gates people decide at.
create or replace function artefact_moves() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  is_looking boolean := old.state = 'quarantined' and new.state in ('scanned', 'refused');
begin
  if old.state = new.state then return new; end if;
  if not (is_looking or (old.state = 'scanned' and new.state = 'promoted') or new.state = 'deleted') then
    raise exception 'An artefact that is % never becomes %.', old.state, new.state;
  end if;
  if current_user = 'ph_web' and new.state <> 'promoted' or current_user = 'ph_worker' and new.state = 'promoted' then
    raise exception 'The role % makes no artefact %.', current_user, new.state;
  end if;
  return new;
end $$;

create function artefact_begins() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if (new.state = 'quarantined' and new.blob_id is not null or new.state = 'refused' and new.blob_id is null)
    and new.media = '' and new.tries = 0 and new.gate_id is null
    and coalesce(new.tried_at, new.scanned_at, new.promoted_at, new.deleted_at) is null then return new;
  end if;
  raise exception 'An artefact begins in quarantine, or is refused and without bytes; never %.', new.state;
end $$;
create trigger artefact_begins before insert on artefact for each row execute function artefact_begins();
