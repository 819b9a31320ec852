-- When the first token of an answer had come, beside its first byte: a stream may be open long before its model says a word.

-- 1. Null for an answer that is no stream, and for calls from before.
alter table model_call add column first_token_at timestamptz(3);
grant update (first_token_at) on model_call to ph_gateway;

-- 2. As it was, and with that column. Its owner and who may call it stay as they are.
create or replace function settle_model_calls(batch jsonb, bytes bytea) returns boolean language plpgsql set enable_seqscan = off as $$
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
    first_byte_at = to_timestamp(e.first_byte / 1000.0), first_token_at = to_timestamp(e.first_token / 1000.0),
    http_status = e.status, returned_model = e.returned, charged_micros = e.micros, input_tokens = e.input,
    cached_tokens = e.cached, cache_write_tokens = e.cache_write, output_tokens = e.output, reasoning_tokens = e.reasoning,
    retries = e.retries, flags = e.flags
  from jsonb_to_recordset(batch -> 'calls') as e (id text, state text, settled bigint, first_byte bigint,
    first_token bigint, status integer, returned text, micros bigint, input bigint, cached bigint, cache_write bigint,
    output bigint, reasoning bigint, retries integer, flags text[])
  where c.id = e.id;
  insert into public.model_output (call_id, run_id, size, salt, bytes, commitment, chunk_offsets, chunk_ms)
  select call, run, size, decode(salt, 'hex'), substr(settle_model_calls.bytes, start + 1, size), decode(commitment, 'hex'),
    offsets, ms
  from jsonb_to_recordset(batch -> 'outputs') as o (call text, run text, start integer, size integer, salt text,
    commitment text, offsets integer[], ms integer[]);
  return true;
end $$;
