-- Weekly packs, what people said of what they sampled, and decisions that two owners sign.
create table weekly_pack (
  id text primary key,
  pilot_id text not null references pilot (id),
  number integer not null check (number >= 1),
  -- Days as 2030-12-31, in the pilot's time zone; both are of it.
  first_day text not null check (first_day ~ '^\d{4}-\d\d-\d\d$'),
  last_day text not null check (last_day ~ '^\d{4}-\d\d-\d\d$' and last_day >= first_day),
  -- Canonical JSON, never changed.
  document text not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  packed_at timestamptz(3) not null,
  decision text check (decision in ('continue', 'tighten', 'stop')),
  reason text check (length(reason) between 3 and 1000),
  decided_at timestamptz(3),
  gate_id text references gate (id),
  unique (pilot_id, number),
  check (num_nonnulls(decision, reason, decided_at, gate_id) in (0, 4))
);
create constraint trigger governed after insert or update or delete on weekly_pack
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');

-- What somebody who had not approved says of an approval that the pack sampled. Said once.
create table weekly_second_look (
  pack_id text not null references weekly_pack (id),
  approval_id text not null references approval (id),
  pilot_id text not null,
  person_id text not null,
  verdict text not null check (verdict in ('agree', 'disagree')),
  note text not null check (length(note) <= 1000),
  at timestamptz(3) not null,
  primary key (pack_id, approval_id)
);
create constraint trigger governed after insert or update or delete on weekly_second_look
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');

-- Where these alone may decide; nobody named: whoever holds one of the roles.
alter table gate add column people text[] not null default '{}';

create index gate_weekly_review_idx on gate (pilot_id) where kind = 'weekly_review' and status = 'open';

grant select on weekly_pack, weekly_second_look to ph_web, ph_worker;
grant insert on weekly_pack to ph_worker;
grant update (decision, reason, decided_at, gate_id) on weekly_pack to ph_web;
grant insert on weekly_second_look to ph_web;
-- Whether anything tells of wake-ups is a number's business, not what their calls are signed with.
grant select (repository_id, ended_at) on pager_connection to ph_worker;
