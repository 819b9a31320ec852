-- Notices: what people asked to be told outside of the product, by which channel, and what became of it.

-- 1. What channels' secrets are sealed to. Whoever takes one in cannot open it again.
create table notice_key (
  id text primary key,
  -- X25519, as it is.
  public_key bytea not null check (length(public_key) = 32),
  created_at timestamptz(3) not null,
  retired_at timestamptz(3)
);
create unique index notice_key_public_key_key on notice_key (public_key);

-- 2. Channels. Settings hold nothing secret: a host, a port, a sender.
create table notice_channel (
  id text primary key,
  kind text not null check (kind in ('smtp', 'slack', 'pagerduty', 'webhook')),
  name text not null,
  settings jsonb not null,
  created_by text not null,
  created_at timestamptz(3) not null,
  removed_at timestamptz(3)
);
create unique index notice_channel_name_key on notice_channel (name) where removed_at is null;

create table notice_secret (
  id text primary key,
  channel_id text not null references notice_channel (id),
  notice_key_id text not null references notice_key (id),
  part text not null check (part in ('password', 'url', 'routing_key', 'signing')),
  -- Null once it is retired.
  sealed bytea,
  set_by text not null,
  set_at timestamptz(3) not null,
  retired_at timestamptz(3),
  check (sealed is null or retired_at is null)
);
create index notice_secret_channel_id_idx on notice_secret (channel_id);

-- How it goes with a channel: counted by the worker from what it tried.
create table notice_channel_state (
  channel_id text primary key,
  -- Since when nothing goes through; null while it works or was never tried.
  failing_since timestamptz(3),
  failures integer not null default 0 check (failures >= 0),
  -- Not tried again before this.
  retry_at timestamptz(3),
  reason text,
  last_sent_at timestamptz(3),
  -- The entry that it is down was written.
  told boolean not null default false
);

-- 3. What people asked for. `pilot_id` is empty for all the pilots they may see.
create table notice_subscription (
  person_id text not null,
  channel_id text not null references notice_channel (id),
  pilot_id text not null,
  kind text not null check (kind in ('gate_waiting', 'run_finished', 'run_failed', 'pilot_paused', 'stop_pulled',
    'grave_finding', 'budget_nearly_spent', 'deliveries_failing')),
  primary key (person_id, channel_id, pilot_id, kind)
);
create index notice_subscription_channel_id_idx on notice_subscription (channel_id, kind);

-- Minutes of the day in the person's own time zone; what is not grave waits until they end.
create table notice_hours (
  person_id text primary key,
  time_zone text not null,
  from_minute integer not null check (from_minute between 0 and 1439),
  to_minute integer not null check (to_minute between 0 and 1439),
  check (from_minute <> to_minute)
);

-- 4. What is to be told: once for each channel and recipient. `recipient` is a person, or empty where the channel is
-- one place that many read.
create table notice_delivery (
  -- The same at every try: webhook-id, Message-ID, dedup_key.
  id text primary key,
  channel_id text not null references notice_channel (id),
  recipient text not null,
  purpose text not null check (purpose in ('notice', 'test')),
  state text not null check (state in ('waiting', 'sent', 'failed', 'given_up', 'dropped')),
  attempts integer not null default 0 check (attempts >= 0),
  made_at timestamptz(3) not null,
  -- While it waits: not before this. Whoever tries it moves it on first, so that a crash is tried again.
  next_at timestamptz(3) not null,
  sent_at timestamptz(3),
  reason text,
  check ((state = 'sent') = (sent_at is not null))
);
create index notice_delivery_waiting on notice_delivery (next_at) where state = 'waiting';
create index notice_delivery_channel_id_idx on notice_delivery (channel_id, made_at);

create table notice (
  id text primary key,
  channel_id text not null references notice_channel (id),
  recipient text not null,
  kind text not null,
  pilot_id text,
  -- What happened, opaque: an entry, or a gate that waits.
  event_key text not null,
  facts jsonb not null,
  grave boolean not null,
  at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  delivery_id text references notice_delivery (id)
);
create unique index notice_once on notice (channel_id, recipient, event_key);
create index notice_due on notice (due_at) where delivery_id is null;
create index notice_delivery_id_idx on notice (delivery_id);
create index notice_lately on notice (channel_id, recipient, kind, at);

-- A gate that went on waiting: the others who may decide were told, once.
create table notice_escalation (
  gate_id text primary key,
  at timestamptz(3) not null,
  told integer not null check (told >= 0)
);

-- 5. How far the log was followed: in the transaction that writes what is to be told. It begins where the log ends now.
create table notice_cursor (
  id integer primary key check (id = 1),
  position bigint not null
);
insert into notice_cursor (id, position) select 1, coalesce(max(position) + 1, 0) from log_leaf;

-- 6. No change without an entry.
do $$
declare
  rule record;
begin
  for rule in
    select * from (values
      ('notice_key', 'channel', 'id'),
      ('notice_channel', 'channel', 'id'),
      ('notice_secret', 'channel', 'channel_id'),
      ('notice_subscription', 'person', 'person_id'),
      ('notice_hours', 'person', 'person_id'),
      ('notice_escalation', 'gate', 'gate_id')
    ) as t(table_name, noun, id_column)
  loop
    execute format(
      'create constraint trigger governed after insert or update or delete on %I
         deferrable initially deferred for each row execute function require_entry(%L, %L)',
      rule.table_name, rule.noun, rule.id_column
    );
  end loop;
end $$;

-- 7. Roles. Web writes what is sealed and may not read it; the worker, which can open it, may not write it.
grant select on notice_key, notice_channel, notice_channel_state, notice_subscription, notice_hours, notice,
  notice_delivery, notice_escalation to ph_web, ph_worker;
grant select (id, channel_id, notice_key_id, part, set_by, set_at, retired_at) on notice_secret to ph_web;
grant select on notice_secret, notice_cursor to ph_worker;
grant insert on notice_channel, notice_secret, notice_subscription, notice_hours, notice_delivery to ph_web;
grant update (removed_at) on notice_channel to ph_web;
grant update (sealed, retired_at) on notice_secret to ph_web;
grant update on notice_hours to ph_web;
grant delete on notice_subscription, notice_hours to ph_web;
-- What waits for a channel ends with it.
grant update (state, reason) on notice_delivery to ph_web;
grant insert on notice_key, notice_channel_state, notice, notice_delivery, notice_escalation to ph_worker;
grant update on notice_channel_state, notice_cursor, notice_delivery to ph_worker;
grant update (delivery_id) on notice to ph_worker;
