-- Roles as rows, groups, deputies and duty rotas; and the one place that says which grants are live.

-- 1. Roles. The built-in ones are fixed: what they include is the product's own table (lib/authz/rules.ts), and no row of
-- theirs is ever changed. The others include what stands in `permissions`.
create table role (
  id text primary key,
  name text not null,
  description text not null default '',
  built_in boolean not null default false,
  permissions text[] not null default '{}',
  created_by text not null,
  created_at timestamptz(3) not null,
  retired_at timestamptz(3),
  constraint role_built_in_known check (built_in = (id in
    ('administrator', 'engineering_lead', 'security_lead', 'reviewer', 'auditor', 'viewer'))),
  constraint role_built_in_plain check (not built_in or (permissions = '{}' and retired_at is null))
);
create unique index role_name_live on role (lower(name)) where retired_at is null;
insert into role (id, built_in, name, description, created_by, created_at) values
  ('administrator', true, 'Administrator', 'Runs the place: people, repositories, providers, runners. Decides nothing about pilots.', 'system:migration', now()),
  ('engineering_lead', true, 'Engineering lead', 'Writes charters, launches and steers runs, decides at gates.', 'system:migration', now()),
  ('security_lead', true, 'Security lead', 'As an engineering lead, and keeps the log, providers and runners.', 'system:migration', now()),
  ('reviewer', true, 'Reviewer', 'Steers, pauses and cancels runs, decides at gates.', 'system:migration', now()),
  ('auditor', true, 'Auditor', 'Reads everything, the log and what stands behind it included; changes nothing.', 'system:migration', now()),
  ('viewer', true, 'Viewer', 'Reads pilots and runs; changes nothing.', 'system:migration', now());

create function built_in_role_is_fixed() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'built-in role % is fixed: % refused', old.id, tg_op using errcode = 'PH002';
end $$;
create trigger built_in_is_fixed before update or delete on role
  for each row when (old.built_in) execute function built_in_role_is_fixed();

-- 2. Grants may end by themselves, and may be of any role there is.
alter table role_grant drop constraint role_known;
alter table role_grant add constraint role_grant_role_fkey foreign key (role) references role (id);
alter table role_grant add column ends_at timestamptz(3);

-- 3. Groups. A member came in by hand, or by what single sign-on said of them.
create table person_group (
  id text primary key,
  name text not null,
  description text not null default '',
  created_by text not null,
  created_at timestamptz(3) not null,
  removed_at timestamptz(3)
);
create unique index person_group_name_live on person_group (lower(name)) where removed_at is null;

create table group_member (
  group_id text not null references person_group (id),
  person_id text not null references person (id),
  source text not null constraint group_member_source_known check (source in ('hand', 'sso')),
  added_by text not null,
  added_at timestamptz(3) not null,
  primary key (group_id, person_id, source)
);
create index group_member_person on group_member (person_id);

create table group_grant (
  id text primary key,
  group_id text not null references person_group (id),
  role text not null references role (id),
  pilot_id text,
  granted_by text not null,
  created_at timestamptz(3) not null,
  ends_at timestamptz(3),
  revoked_at timestamptz(3)
);
create index group_grant_group on group_grant (group_id);

-- 4. Who is on duty for a pilot, and who stands in for whom: a person, or whoever is on duty on the pilot (deputy_id null).
create table duty (
  id text primary key,
  pilot_id text not null,
  person_id text not null references person (id),
  starts_at timestamptz(3) not null,
  ends_at timestamptz(3) not null,
  created_by text not null,
  created_at timestamptz(3) not null,
  removed_at timestamptz(3)
);
create index duty_pilot on duty (pilot_id, ends_at);

create table deputy (
  id text primary key,
  person_id text not null references person (id),
  deputy_id text references person (id),
  pilot_id text,
  starts_at timestamptz(3) not null,
  ends_at timestamptz(3) not null,
  created_by text not null,
  created_at timestamptz(3) not null,
  ended_at timestamptz(3),
  constraint deputy_is_another check (deputy_id <> person_id)
);
create index deputy_person on deputy (person_id);
create index deputy_ends on deputy (ends_at);

-- Whose role an approval was given with, where it was not the approver's own.
alter table approval add column deputy_of text;

-- 5. The one source of live grants, by the clock all processes share. A condition on person_id reaches the tables where it is
-- a constant, or a subquery that is one. Deputies stand in for what somebody holds themselves or by a group, never for
-- what they hold as a deputy.
create view held_grant with (security_invoker = true) as
  select g.id, g.person_id, g.role, g.pilot_id, g.ends_at, 'direct' as how, null::text as via
  from role_grant g where g.revoked_at is null
  union all
  select g.id, m.person_id, g.role, g.pilot_id, g.ends_at, 'group', g.group_id
  from group_grant g
    join person_group o on o.id = g.group_id and o.removed_at is null
    join (select distinct group_id, person_id from group_member) m on m.group_id = g.group_id
  where g.revoked_at is null;

create view live_grant with (security_invoker = true) as
  select h.person_id, h.role, h.pilot_id, case when r.built_in then null else r.permissions end as permissions,
    r.name as role_name, h.how, h.via, h.id as grant_id, h.ends_at
  from held_grant h
    join person p on p.id = h.person_id and p.disabled_at is null
    join role r on r.id = h.role and r.retired_at is null
  where h.ends_at is null or h.ends_at > statement_timestamp()
  union all
  -- Deputies are few: they are looked for first (`offset 0` keeps the planner from turning it around), then what those hold for
  -- whom they stand in.
  select d.stand_in, h.role, coalesce(h.pilot_id, d.pilot_id), case when r.built_in then null else r.permissions end,
    r.name, 'deputy', d.person_id, h.id, least(h.ends_at, d.ends_at)
  from (
      select d.person_id, d.pilot_id, s.id as stand_in, least(d.ends_at, u.ends_at) as ends_at
      from deputy d
        left join duty u on d.deputy_id is null and u.pilot_id = d.pilot_id and u.removed_at is null
          and u.starts_at <= statement_timestamp() and u.ends_at > statement_timestamp()
        join person s on s.id = coalesce(d.deputy_id, u.person_id) and s.disabled_at is null and s.id <> d.person_id
        join person a on a.id = d.person_id and a.disabled_at is null
      where d.ended_at is null and d.starts_at <= statement_timestamp() and d.ends_at > statement_timestamp()
      offset 0
    ) d
    cross join lateral (
      select h.id, h.role, h.pilot_id, h.ends_at from held_grant h
      where h.person_id = d.person_id and (h.ends_at is null or h.ends_at > statement_timestamp())
        and (h.pilot_id is null or d.pilot_id is null or h.pilot_id = d.pilot_id)
      offset 0
    ) h
    join role r on r.id = h.role and r.retired_at is null;

-- 6. No change without its entry.
do $$
declare
  rule record;
begin
  for rule in
    select * from (values
      ('role', 'role', 'id'),
      ('person_group', 'group', 'id'),
      ('group_member', 'group', 'group_id'),
      ('group_grant', 'group', 'group_id'),
      ('duty', 'pilot', 'pilot_id'),
      ('deputy', 'person', 'person_id')
    ) as t(table_name, noun, id_column)
  loop
    execute format(
      'create constraint trigger governed after insert or update or delete on %I
         deferrable initially deferred for each row execute function require_entry(%L, %L)',
      rule.table_name, rule.noun, rule.id_column
    );
  end loop;
end $$;

-- 7. Rights.
grant select on role, person_group, group_member, group_grant, duty, deputy, held_grant, live_grant to ph_web, ph_worker;
grant insert on role, person_group, group_member, group_grant, duty, deputy to ph_web;
grant update on role, person_group, group_grant, duty, deputy to ph_web;
grant delete on group_member to ph_web;
