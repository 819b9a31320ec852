-- The brief of a morning, told once a day.

-- 1. When a person is told, in their own time zone; without a row their role says whether at all.
create table daily_digest (
  person_id text primary key,
  is_on boolean not null,
  time_zone text not null check (length(time_zone) between 1 and 64),
  minute integer not null check (minute between 0 and 1439),
  -- A time that had passed by then is told from the next day on.
  chosen_at timestamptz(3) not null
);
create constraint trigger governed after insert or update or delete on daily_digest
  deferrable initially deferred for each row execute function require_entry('person', 'person_id');
grant select on daily_digest to ph_web, ph_worker;
grant insert, update on daily_digest to ph_web;

-- 2. That a person's day was told, or had nothing to tell: once, whoever looks and however often.
create table daily_digest_day (
  person_id text not null,
  -- By the person's own calendar, as 2030-12-31.
  day text not null check (day ~ '^\d{4}-\d{2}-\d{2}$'),
  at timestamptz(3) not null,
  told integer not null check (told >= 0),
  primary key (person_id, day)
);
grant select, insert on daily_digest_day to ph_worker;

-- 3. Which home page somebody with several roles looks at.
create table home_view (
  person_id text primary key,
  view text not null check (view in ('engineering', 'security', 'overview'))
);
grant select, insert, update on home_view to ph_web;

-- 4. A kind of notice that people can ask for by a channel.
alter table notice_subscription drop constraint notice_subscription_kind_check;
alter table notice_subscription add constraint notice_subscription_kind_check check (kind in ('gate_waiting',
  'run_finished', 'run_failed', 'pilot_paused', 'stop_pulled', 'grave_finding', 'budget_nearly_spent',
  'deliveries_failing', 'emergency_sign_in', 'glass_broken', 'review_due', 'pilot_tripped', 'passkey_waiting',
  'administrator_kept', 'account_owner_changed', 'daily_digest'));
