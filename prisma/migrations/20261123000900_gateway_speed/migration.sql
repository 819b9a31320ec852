-- Calls of models opened and settled in one statement each: one round trip, one commit.

-- 1. A note is made only where the entry is not there yet. What undoes the entry undoes what came after it, too.
create or replace function touch_runs() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into public.touched (subject)
  select subject from (select distinct 'run:' || run_id as subject from changed) t
  where not exists (
    select from public.log_entry e where e.xid = pg_current_xact_id() and e.about @> array[t.subject])
  on conflict do nothing;
  return null;
end $$;

-- 2. RFC 6962's root over hashes of leaves: level by level, the odd one goes up as it is.
create function event_root(hashes bytea[]) returns bytea language plpgsql immutable as $$
declare
  level bytea[] := hashes;
  above bytea[];
begin
  while cardinality(level) > 1 loop
    above := '{}';
    for i in 1..cardinality(level) by 2 loop
      above := above || case when i = cardinality(level) then level[i]
        else sha256('\x01'::bytea || level[i] || level[i + 1]) end;
    end loop;
    level := above;
  end loop;
  return level[1];
end $$;

-- 3. Entries and events that the gateway prepared. Only numbers, and what follows from them, are filled in here. What was
-- changed must be locked; entries come before the rows they are about, so that these need no note. Expressions instead of
-- queries where one row is meant: starting a query costs more than running it.
create function append_prepared(entries jsonb, timelines jsonb) returns void language plpgsql as $$
declare
  line jsonb;
  event jsonb;
  total integer;
  first integer;
  firsts integer[] := '{}';
  leaves bytea[];
  said jsonb := entries;
begin
  for at in 0..jsonb_array_length(timelines) - 1 loop
    line := timelines -> at;
    total := jsonb_array_length(line -> 'events');
    update public.run_cursor set seq = seq + total where run_id = line ->> 'run' returning seq - total + 1 into first;
    if first is null then
      raise exception 'run % has no cursor', line ->> 'run';
    end if;
    firsts := firsts || first;
    leaves := '{}';
    for place in 0..total - 1 loop
      event := line -> 'events' -> place;
      leaves := leaves || sha256('\x00'::bytea || convert_to((event ->> 'leaf') || (first + place) || '}', 'UTF8'));
    end loop;
    said := said || jsonb_build_object('id', line ->> 'entry', 'kind', 'run.events_appended',
      'about', jsonb_build_array('run:' || (line ->> 'run')),
      'body', (line ->> 'before_from') || first || (line ->> 'before_root') || encode(public.event_root(leaves), 'hex')
        || (line ->> 'before_to') || (first + total - 1) || (line ->> 'after_to'));
  end loop;
  insert into public.log_entry (id, kind, about, body)
  select id, kind, about, convert_to(body, 'UTF8')
  from rows from (jsonb_to_recordset(said) as (id text, kind text, about text[], body text))
    with ordinality as e (id, kind, about, body, place)
  order by place;
  for at in 0..jsonb_array_length(timelines) - 1 loop
    line := timelines -> at;
    insert into public.run_event (run_id, seq, attempt, at, observed_by, kind, body, salt)
    select line ->> 'run', firsts[at + 1] + place::integer - 1, (line ->> 'attempt')::integer, (e ->> 'at')::timestamptz, 'gateway',
      e ->> 'kind', e -> 'body', decode(e ->> 'salt', 'hex')
    from jsonb_array_elements(line -> 'events') with ordinality as x (e, place);
  end loop;
end $$;

-- 4. All of the calls are opened, or none, and the verdict says why. Budgets first: their rows, taken in the order given, put
-- all that are opened in one order. `most`: what may be in use of a budget before these calls hold back theirs.
create function open_model_calls(batch jsonb, bytes bytea) returns jsonb language plpgsql set enable_seqscan = off as $$
declare
  live text[];
  caps jsonb := batch -> 'budgets';
  cap jsonb;
  ids bigint[];
begin
  select coalesce(array_agg(l.id), '{}') into live
  from public.lease l join public.runner w on w.id = l.runner_id join public.run r on r.id = l.run_id
    join public.pilot p on p.id = r.pilot_id
  where l.id = any(array(select jsonb_array_elements_text(batch -> 'leases')))
    and l.ended_at is null and w.revoked_at is null and l.phase = 'agent'
    and r.status = any(array(select jsonb_array_elements_text(batch -> 'calling'))) and p.status = 'active'
    and not exists (select from public.stop s where s.lifted_at is null
      and (s.pilot_id is null or s.pilot_id = r.pilot_id));
  if cardinality(live) < jsonb_array_length(batch -> 'leases') then
    return jsonb_build_object('verdict', 'not_live', 'live', to_jsonb(live));
  end if;

  for at in 0..jsonb_array_length(caps) - 1 loop
    cap := caps -> at;
    loop
      update public.budget_use b set reserved_micros = b.reserved_micros + (cap ->> 'micros')::bigint
      where b.kind = cap ->> 'kind' and b.subject = cap ->> 'subject' and b.day = cap ->> 'day'
        and b.reserved_micros + b.spent_micros <= (cap ->> 'most')::bigint;
      exit when found;
      insert into public.budget_use (kind, subject, day) values (cap ->> 'kind', cap ->> 'subject', cap ->> 'day')
      on conflict do nothing;
      continue when found and (cap ->> 'most')::bigint >= 0;
      -- It does not fit: what the others hold back already is taken back.
      for before in 0..at - 1 loop
        cap := caps -> before;
        update public.budget_use b set reserved_micros = b.reserved_micros - (cap ->> 'micros')::bigint
        where b.kind = cap ->> 'kind' and b.subject = cap ->> 'subject' and b.day = cap ->> 'day';
      end loop;
      return jsonb_build_object('verdict', 'short', 'uses', (
        select coalesce(jsonb_agg(jsonb_build_object('kind', b.kind, 'subject', b.subject, 'day', b.day,
          'reserved', b.reserved_micros, 'spent', b.spent_micros)), '[]')
        from jsonb_to_recordset(caps) as k (kind text, subject text, day text)
          join public.budget_use b using (kind, subject, day)));
    end loop;
  end loop;

  perform public.append_prepared(batch -> 'entries', batch -> 'timelines');
  if jsonb_array_length(batch -> 'pieces') > 0 then
    -- Ids are drawn in the order of the pieces.
    with stored as (
      insert into public.model_item (run_id, first_call, role, size, digest, salt, bytes, commitment)
      select run, call, role, size, decode(digest, 'hex'), decode(salt, 'hex'), substr(open_model_calls.bytes, start + 1, size),
        decode(commitment, 'hex')
      from rows from (jsonb_to_recordset(batch -> 'pieces') as (run text, call text, role text, start integer, size integer,
          digest text, salt text, commitment text))
        with ordinality as p (run, call, role, start, size, digest, salt, commitment, place)
      order by place
      on conflict (run_id, digest) do nothing returning id)
    select array_agg(id order by id) into ids from stored;
    if coalesce(cardinality(ids), 0) < jsonb_array_length(batch -> 'pieces') then
      raise exception 'a piece is stored already' using errcode = 'PH010';
    end if;
  end if;
  -- A piece below 0 is one of those above; every other number is the id of a row.
  insert into public.model_call (id, run_id, pilot_id, agent_id, lease_id, attempt, provider_id, key_id, price_id, gateway,
    api, state, requested_model, day, opened_at, reserved_micros, context_tokens, head_item, items, request_commitment)
  select id, run, pilot, agent, lease, attempt, provider, key, price, gateway, api, 'open', model, day,
    to_timestamp(opened / 1000.0), reserved, context, case when head < 0 then ids[-head] else head end,
    array(select case when item < 0 then ids[-item] else item end from unnest(items) with ordinality as i (item, place)
      order by place),
    decode(commitment, 'hex')
  from jsonb_to_recordset(batch -> 'calls') as c (id text, run text, pilot text, agent text, lease text, attempt integer,
    provider text, key text, price text, gateway text, api text, model text, day text, opened bigint, reserved bigint,
    context integer, head bigint, items bigint[], commitment text);
  return jsonb_build_object('verdict', 'opened', 'items', to_jsonb(ids));
end $$;

-- 5. All of the calls are settled, or none, where one is not open any more or is not the one that is meant: then false. They
-- are locked in the order of their ids, then the budgets in the order given.
create function settle_model_calls(batch jsonb, bytes bytea) returns boolean language plpgsql set enable_seqscan = off as $$
declare
  caps jsonb := batch -> 'budgets';
  cap jsonb;
  locked integer;
begin
  select count(*) into locked from (
    select from public.model_call c
      join jsonb_to_recordset(batch -> 'calls') as g (id text, run text, attempt integer, reserved bigint) on c.id = g.id
    where c.state = 'open' and c.run_id = g.run and c.attempt = g.attempt and c.reserved_micros = g.reserved
    order by c.id for update of c) t;
  if locked < jsonb_array_length(batch -> 'calls') then
    return false;
  end if;
  for at in 0..jsonb_array_length(caps) - 1 loop
    cap := caps -> at;
    update public.budget_use b set reserved_micros = b.reserved_micros + (cap ->> 'reserved')::bigint,
      spent_micros = b.spent_micros + (cap ->> 'spent')::bigint
    where b.kind = cap ->> 'kind' and b.subject = cap ->> 'subject' and b.day = cap ->> 'day';
    if not found then
      raise exception 'nothing is held back of %', cap;
    end if;
  end loop;
  perform public.append_prepared(batch -> 'entries', batch -> 'timelines');
  update public.model_call c set state = e.state, settled_at = to_timestamp(e.settled / 1000.0),
    first_byte_at = to_timestamp(e.first_byte / 1000.0), http_status = e.status, returned_model = e.returned,
    charged_micros = e.micros, input_tokens = e.input, cached_tokens = e.cached, cache_write_tokens = e.cache_write,
    output_tokens = e.output, reasoning_tokens = e.reasoning, retries = e.retries, flags = e.flags
  from jsonb_to_recordset(batch -> 'calls') as e (id text, state text, settled bigint, first_byte bigint, status integer,
    returned text, micros bigint, input bigint, cached bigint, cache_write bigint, output bigint, reasoning bigint,
    retries integer, flags text[])
  where c.id = e.id;
  insert into public.model_output (call_id, run_id, size, salt, bytes, commitment, chunk_offsets, chunk_ms)
  select call, run, size, decode(salt, 'hex'), substr(settle_model_calls.bytes, start + 1, size), decode(commitment, 'hex'),
    offsets, ms
  from jsonb_to_recordset(batch -> 'outputs') as o (call text, run text, start integer, size integer, salt text,
    commitment text, offsets integer[], ms integer[]);
  return true;
end $$;

-- They do nothing that their caller may not do: no definer, and the policy of log_entry holds.
revoke execute on function event_root(bytea[]), append_prepared(jsonb, jsonb), open_model_calls(jsonb, bytea),
  settle_model_calls(jsonb, bytea) from public;
grant execute on function event_root(bytea[]), append_prepared(jsonb, jsonb), open_model_calls(jsonb, bytea),
  settle_model_calls(jsonb, bytea) to ph_gateway;

-- 6. Refused keys are looked for by the worker, which pauses the pilots whose calls they were.
create index model_call_unauthorized on model_call (settled_at) where 'provider_unauthorized' = any(flags);
