-- What programs outside say about patches: kept as they said it, under their own names, never part of a verdict of ours.
create table outside_check (
  id text primary key,
  run_id text not null,
  patch_id text not null,
  -- In the order they came, by run.
  number integer not null check (number >= 1),
  source text not null,
  verdict text not null check (verdict in ('passed', 'failed', 'incomplete')),
  -- What it said; the entry commits to SHA-256(salt ‖ canonical).
  canonical text not null,
  salt bytea check (length(salt) = 32),
  commitment text not null check (commitment ~ '^[0-9a-f]{64}$'),
  -- A person, or a service account.
  reported_by text not null,
  token_id text not null,
  reported_at timestamptz(3) not null
);
create unique index outside_check_run_id_number_key on outside_check (run_id, number);
create index outside_check_patch_id_idx on outside_check (patch_id, number);
create index outside_check_reported_by_idx on outside_check (reported_by);

-- Patches are found by what was tested.
create index patch_commit_idx on patch (commit);
create index patch_tree_idx on patch (tree);
create index merge_new_commit_idx on merge (new_commit) where new_commit is not null;

-- Who reported about the patches of a run, and who answers for them where it was a service account: none of them is the second
-- person who decides on what they reported.
create view run_reporter with (security_invoker = true) as
  select c.run_id, c.reported_by as person_id from outside_check c
  union
  select c.run_id, p.owner_id from outside_check c join person p on p.id = c.reported_by where p.owner_id is not null
  union
  select c.run_id, o.owner_id from outside_check c join service_past_owner o on o.account_id = c.reported_by;

create constraint trigger governed after insert or update or delete on outside_check
  deferrable initially deferred for each row execute function require_entry('run', 'run_id');

grant select on outside_check, run_reporter to ph_web, ph_worker;
grant insert on outside_check to ph_web;
grant update (canonical, salt) on outside_check to ph_worker;
