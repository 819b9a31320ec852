-- Gates: attestations of merges, facts of gates, and an inbox that is read a page at a time.

-- 1. What the worker says, signed, about a merge that took place. One per merge, never changed but for its note.
create table attestation (
  merge_id text primary key references merge (id),
  run_id text not null references run (id),
  commit text not null check (commit ~ '^[0-9a-f]{40}$'),
  tree text not null check (tree ~ '^[0-9a-f]{40}$'),
  -- Ed25519, as it is; known by its SHA-256.
  public_key bytea not null check (length(public_key) = 32),
  -- One DSSE envelope a line.
  envelopes text not null,
  -- Of these lines.
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  made_at timestamptz(3) not null,
  note_state text not null check (note_state in ('waiting', 'written', 'refused')),
  -- Why the authority did not take the note.
  note_reason text,
  noted_at timestamptz(3),
  check ((note_state = 'waiting') = (noted_at is null))
);
create index attestation_run_id_idx on attestation (run_id);
create index attestation_waiting on attestation (made_at) where note_state = 'waiting';
create constraint trigger governed after insert or update or delete on attestation
  deferrable initially deferred for each row execute function require_entry('run', 'run_id');
grant select on attestation to ph_web, ph_worker;
grant insert on attestation to ph_worker;
grant update (note_state, note_reason, noted_at) on attestation to ph_worker;
create index merge_moved on merge (settled_at) where state = 'moved';

-- 2. One row per gate for the KPIs, moved in the transaction that moves the gate.
create table gate_fact (
  gate_id text primary key,
  kind text not null,
  pilot_id text,
  opened_at timestamptz(3) not null,
  decided_at timestamptz(3),
  outcome text check (outcome in ('approved', 'denied', 'expired', 'void')),
  -- Opening until the decision that closed it, milliseconds.
  latency_ms bigint check (latency_ms >= 0),
  decisions integer not null default 0 check (decisions >= 0),
  -- Of those, made within ten seconds of its opening.
  hasty integer not null default 0 check (hasty between 0 and decisions),
  -- How whoever closed it came to it; null where time or something else did.
  source text check (source in ('web', 'notice', 'token')),
  -- Approved without another gate having stood for the same before it.
  unchanged boolean
);
create index gate_fact_pilot_id_idx on gate_fact (pilot_id, opened_at);
alter table approval add column source text not null default 'web'
  constraint approval_source_known check (source in ('web', 'notice', 'token'));

-- Facts follow from the rows; this is the one place that says how. Called with no id it recomputes all of them.
create function gate_facts(only_gate text default null) returns setof gate_fact
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select g.id, g.kind, g.pilot_id, g.created_at, g.decided_at,
    case when g.status <> 'open' then g.status end,
    case when g.decided_at is not null
      then greatest(0, round(extract(epoch from g.decided_at - g.created_at) * 1000))::bigint end,
    (select count(*)::int from public.approval a where a.gate_id = g.id),
    (select count(*)::int from public.approval a
      where a.gate_id = g.id and a.created_at < g.created_at + interval '10 seconds'),
    case when g.status in ('approved', 'denied') then
      (select a.source from public.approval a where a.gate_id = g.id order by a.created_at desc, a.id desc limit 1) end,
    case when g.status = 'approved' then g.run_id is null or not exists (
      select from public.gate b where b.run_id = g.run_id and b.kind = g.kind and b.status = 'void'
        and b.created_at < g.created_at) end
  from public.gate g where only_gate is null or g.id = only_gate
$$;
-- A fact is no decision: whatever writes the gate or an approval moves it, so that none is forgotten.
create function move_gate_fact() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  id text := case tg_table_name when 'gate' then to_jsonb(new) ->> 'id' else to_jsonb(new) ->> 'gate_id' end;
begin
  delete from public.gate_fact f where f.gate_id = id;
  insert into public.gate_fact select * from public.gate_facts(id);
  return null;
end $$;
revoke execute on function move_gate_fact() from public;
create trigger fact after insert or update on gate for each row execute function move_gate_fact();
create trigger fact after insert or update on approval for each row execute function move_gate_fact();
insert into gate_fact select * from gate_facts();
grant select on gate_fact to ph_web, ph_worker;

-- 3. The inbox is read by deadline, a page at a time.
create index gate_open_by_deadline on gate (expires_at, id) where status = 'open';
create index gate_closed_lately on gate (decided_at desc, id desc) where status <> 'open';
create index gate_waiting_run on gate (run_id, kind, created_at);
