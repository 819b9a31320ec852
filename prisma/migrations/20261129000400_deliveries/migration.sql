-- What happened outside: deployments, incidents, pull requests by people, CI runs, calls of people on duty. Everything is known by its
-- source and the id it has there; what comes again, late or out of order is settled by `as_of`, the instant it says it is about.

-- 1. What was taken in at once: a file, a call of a program or of a forge, a page of what a forge was asked for. Its entry carries
-- the digest of its rows, and every row names the import that wrote it last.
create table outside_import (
  id text primary key,
  kind text not null check (kind in ('deployment', 'incident', 'outside_change', 'outside_ci_run', 'page_call')),
  way text not null check (way in ('api', 'csv', 'github', 'github_call', 'pagerduty_call')),
  source text not null check (length(source) between 1 and 100),
  -- SHA-256 of the canonical rows.
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  rows_new integer not null check (rows_new >= 0),
  rows_changed integer not null check (rows_changed >= 0),
  -- Known already, or older than what is known.
  rows_unchanged integer not null check (rows_unchanged >= 0),
  -- Told by a forge or a pager of instants that cannot be, and left out.
  rows_refused integer not null default 0 check (rows_refused >= 0),
  -- A person or a service account; null where a forge or a pager called.
  recorded_by text,
  recorded_at timestamptz(3) not null
);
create index outside_import_recorded_at_idx on outside_import (recorded_at desc, id desc);
create constraint trigger governed after insert or update or delete on outside_import
  deferrable initially deferred for each row execute function require_entry('import', 'id');

-- 2. The rows.
create table deployment (
  id text primary key,
  source text not null check (length(source) between 1 and 100),
  external_id text not null check (length(external_id) between 1 and 200),
  repository_id text not null references repository (id),
  environment text not null check (length(environment) between 1 and 100),
  -- Whether that environment is production, by what the source says or by its name.
  production boolean not null,
  status text not null check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  head_sha text not null check (head_sha ~ '^[0-9a-f]{40}$'),
  started_at timestamptz(3) not null,
  finished_at timestamptz(3),
  -- External id of the deployment of the same source that this one takes back.
  rollback_of text check (length(rollback_of) between 1 and 200),
  as_of timestamptz(3) not null,
  import_id text not null references outside_import (id),
  check ((finished_at is not null) = (status in ('succeeded', 'failed', 'cancelled')))
);
create unique index deployment_source_external_id_key on deployment (source, external_id);
create index deployment_repository_id_idx on deployment (repository_id, environment, finished_at);
create index deployment_external_id_idx on deployment (external_id);
create index deployment_rollback_idx on deployment (source, rollback_of) where rollback_of is not null;
create index deployment_started_at_idx on deployment (started_at desc, id desc);
create index deployment_import_id_idx on deployment (import_id);

create table incident (
  id text primary key,
  source text not null check (length(source) between 1 and 100),
  external_id text not null check (length(external_id) between 1 and 200),
  service text not null check (length(service) between 1 and 200),
  repository_id text references repository (id),
  severity text not null check (severity in ('critical', 'high', 'medium', 'low', 'unknown')),
  detected_at timestamptz(3) not null,
  restored_at timestamptz(3),
  -- The deployment that it names itself; may come later than the incident.
  deployment_source text check (length(deployment_source) between 1 and 100),
  deployment_external_id text check (length(deployment_external_id) between 1 and 200),
  as_of timestamptz(3) not null,
  import_id text not null references outside_import (id),
  check (restored_at >= detected_at),
  check (deployment_source is null or deployment_external_id is not null)
);
create unique index incident_source_external_id_key on incident (source, external_id);
create index incident_repository_id_idx on incident (repository_id, detected_at);
create index incident_detected_at_idx on incident (detected_at desc, id desc);
create index incident_import_id_idx on incident (import_id);

create table outside_change (
  id text primary key,
  source text not null check (length(source) between 1 and 100),
  external_id text not null check (length(external_id) between 1 and 200),
  repository_id text not null references repository (id),
  -- Keyed hash of who wrote it: tells two people apart, and names none.
  author text check (author ~ '^[0-9a-f]{32}$'),
  opened_at timestamptz(3) not null,
  first_commit_at timestamptz(3),
  merged_at timestamptz(3),
  closed_at timestamptz(3),
  head_sha text check (head_sha ~ '^[0-9a-f]{40}$'),
  merge_sha text check (merge_sha ~ '^[0-9a-f]{40}$'),
  -- External id of the change of the same source that this one takes back.
  reverts text check (length(reverts) between 1 and 200),
  as_of timestamptz(3) not null,
  import_id text not null references outside_import (id)
);
create unique index outside_change_source_external_id_key on outside_change (source, external_id);
create index outside_change_repository_id_idx on outside_change (repository_id, merged_at);
create index outside_change_opened_at_idx on outside_change (repository_id, opened_at);
create index outside_change_reverts_idx on outside_change (source, reverts) where reverts is not null;
create index outside_change_import_id_idx on outside_change (import_id);

-- Runs of a CI on the default branch.
create table outside_ci_run (
  id text primary key,
  source text not null check (length(source) between 1 and 100),
  -- Another attempt of the same run is another one here.
  external_id text not null check (length(external_id) between 1 and 200),
  repository_id text not null references repository (id),
  workflow text not null check (length(workflow) between 1 and 200),
  started_at timestamptz(3) not null,
  finished_at timestamptz(3),
  conclusion text check (conclusion in ('success', 'failure', 'cancelled', 'neutral')),
  head_sha text not null check (head_sha ~ '^[0-9a-f]{40}$'),
  as_of timestamptz(3) not null,
  import_id text not null references outside_import (id),
  check ((finished_at is null) = (conclusion is null)),
  check (finished_at >= started_at)
);
create unique index outside_ci_run_source_external_id_key on outside_ci_run (source, external_id);
create index outside_ci_run_repository_id_idx on outside_ci_run (repository_id, workflow, started_at);
create index outside_ci_run_started_at_idx on outside_ci_run (repository_id, started_at);
create index outside_ci_run_import_id_idx on outside_ci_run (import_id);

-- Somebody on duty was called.
create table page_call (
  id text primary key,
  source text not null check (length(source) between 1 and 100),
  external_id text not null check (length(external_id) between 1 and 200),
  service text not null check (length(service) between 1 and 200),
  repository_id text references repository (id),
  about text not null check (about in ('tests', 'releases', 'other')),
  called_at timestamptz(3) not null,
  -- Of the same source, where it is known.
  incident_external_id text check (length(incident_external_id) between 1 and 200),
  as_of timestamptz(3) not null,
  import_id text not null references outside_import (id)
);
create unique index page_call_source_external_id_key on page_call (source, external_id);
create index page_call_repository_id_idx on page_call (repository_id, called_at);
create index page_call_import_id_idx on page_call (import_id);

create function touch_imports() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.touched (subject) select distinct 'import:' || import_id from changed on conflict do nothing;
  return null;
end $$;
revoke execute on function touch_imports() from public;

do $$
declare
  name text;
begin
  foreach name in array array['deployment', 'incident', 'outside_change', 'outside_ci_run', 'page_call'] loop
    execute format('create trigger governed_insert after insert on %I
      referencing new table as changed for each statement execute function touch_imports()', name);
    execute format('create trigger governed_update after update on %I
      referencing new table as changed for each statement execute function touch_imports()', name);
    execute format('create trigger governed_delete after delete on %I
      referencing old table as changed for each statement execute function touch_imports()', name);
  end loop;
end $$;

-- 3. What a person said about the cause of an incident; no deployment means: none of them was.
create table incident_link (
  incident_id text primary key references incident (id),
  deployment_id text references deployment (id),
  decided_by text not null,
  decided_at timestamptz(3) not null
);
create index incident_link_deployment_id_idx on incident_link (deployment_id);
create constraint trigger governed after insert or update or delete on incident_link
  deferrable initially deferred for each row execute function require_entry('incident', 'incident_id');

-- The deployment that counts as an incident's cause: a person's word, else the id that the incident itself names, where one
-- deployment alone has it: of the incident's repository, or of any where the incident names none.
create view incident_cause with (security_invoker = true) as
  select i.id as incident_id, coalesce(l.deployment_id, named.id) as deployment_id,
    case when l.incident_id is null then 'id' else 'person' end as because
  from incident i
  left join incident_link l on l.incident_id = i.id
  left join lateral (
    select min(d.id) as id from deployment d
    where l.incident_id is null and d.external_id = i.deployment_external_id
      and (i.deployment_source is null or d.source = i.deployment_source)
      and (i.repository_id is null or d.repository_id = i.repository_id)
    having count(*) = 1
  ) named on true
  where coalesce(l.deployment_id, named.id) is not null;

-- What failed in production, by an incident it caused or by a deployment that takes it back; several rows of one deployment are
-- possible. Restored is null while it is not.
create view deployment_failure with (security_invoker = true) as
  select c.deployment_id, d.repository_id, 'incident' as because, i.id as subject_id, i.detected_at, i.restored_at
  from incident_cause c join incident i on i.id = c.incident_id join deployment d on d.id = c.deployment_id
  union all
  select d.id, d.repository_id, 'rollback', r.id, r.started_at, r.finished_at
  from deployment r join deployment d on d.source = r.source and d.external_id = r.rollback_of
  where r.status = 'succeeded' and d.id <> r.id;

-- 4. What a successful deployment brought that the one before it in its environment had not: found by the worker in the mirror's
-- commits, and can be found again.
create table deployment_contents (
  deployment_id text primary key references deployment (id),
  -- As they were when it was looked at.
  head_sha text not null,
  -- Null where no earlier one is known: then everything up to its head counts as brought.
  previous_sha text,
  state text not null check (state in ('found', 'not_here', 'failed')),
  tries integer not null default 1 check (tries >= 1),
  looked_at timestamptz(3) not null
);
create table deployment_carries (
  deployment_id text not null references deployment (id),
  -- A merge of ours, or a change by people.
  kind text not null check (kind in ('merge', 'change')),
  subject_id text not null,
  primary key (deployment_id, kind, subject_id)
);
create index deployment_carries_subject_idx on deployment_carries (kind, subject_id);

-- 5. What a forge was asked for, by a person; how far it has come stands apart, and can be gone through again.
create table outside_fetch (
  id text primary key,
  repository_id text not null references repository (id),
  kind text not null check (kind in ('deployment', 'outside_change', 'outside_ci_run')),
  since timestamptz(3) not null,
  until timestamptz(3) not null check (until > since),
  asked_by text not null,
  asked_at timestamptz(3) not null
);
create index outside_fetch_repository_id_idx on outside_fetch (repository_id, asked_at desc);
create constraint trigger governed after insert or update or delete on outside_fetch
  deferrable initially deferred for each row execute function require_entry('repository', 'repository_id');

create table outside_fetch_progress (
  fetch_id text primary key references outside_fetch (id),
  state text not null check (state in ('queued', 'running', 'waiting', 'done', 'failed')),
  -- The next page of the forge's answer.
  page integer not null default 1 check (page >= 1),
  rows_taken integer not null default 0 check (rows_taken >= 0),
  rows_passed_over integer not null default 0 check (rows_passed_over >= 0),
  tries integer not null default 0 check (tries >= 0),
  -- One sentence of ours.
  problem text check (length(problem) <= 2000),
  next_at timestamptz(3),
  seen_at timestamptz(3) not null
);

-- 6. Pagers that call: which repository they are about, and what their calls are signed with.
create table pager_connection (
  id text primary key,
  repository_id text not null references repository (id),
  kind text not null check (kind in ('pagerduty')),
  about text not null check (about in ('tests', 'releases', 'other')),
  -- Null once it is ended.
  hook_secret bytea,
  connected_by text not null,
  connected_at timestamptz(3) not null,
  ended_at timestamptz(3),
  check (ended_at is null or hook_secret is null)
);
create index pager_connection_repository_id_idx on pager_connection (repository_id) where ended_at is null;
create constraint trigger governed after insert or update or delete on pager_connection
  deferrable initially deferred for each row execute function require_entry('repository', 'repository_id');

-- 7. The key authors are hashed with, one for the installation.
create table author_key (
  one boolean primary key default true check (one),
  key bytea not null check (length(key) = 32)
);
insert into author_key (key)
values (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

grant select, insert on outside_import to ph_web, ph_worker;
grant select, insert, update on deployment, incident, outside_change, outside_ci_run, page_call to ph_web, ph_worker;
grant select, insert, update on incident_link to ph_web;
grant select on incident_link to ph_worker;
grant select on incident_cause, deployment_failure to ph_web, ph_worker;
grant select on deployment_contents, deployment_carries to ph_web;
grant select, insert, update, delete on deployment_contents, deployment_carries to ph_worker;
grant select, insert on outside_fetch, outside_fetch_progress to ph_web;
grant select on outside_fetch to ph_worker;
grant select, update on outside_fetch_progress to ph_worker;
grant select, insert, update (hook_secret, ended_at) on pager_connection to ph_web;
grant select on author_key to ph_web, ph_worker;
