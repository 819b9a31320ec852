-- 1. The fact of a gate is found by its index: with a text that may be null, every decision read all gates.
create function gate_facts(only_gates text[]) returns setof gate_fact
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
  from public.gate g where g.id = any (only_gates)
$$;
drop function gate_facts(text);
create function gate_facts() returns setof gate_fact
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select * from public.gate_facts(array(select g.id from public.gate g))
$$;
create or replace function move_gate_fact() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moved text;
begin
  if tg_table_name = 'gate' then moved := new.id; else moved := new.gate_id; end if;
  delete from public.gate_fact f where f.gate_id = moved;
  insert into public.gate_fact select * from public.gate_facts(array[moved]);
  return null;
end $$;

-- 2. A run that moves between two states of which its fact knows neither moves no fact.
drop trigger fact on run;
create trigger fact after insert on run for each row execute function move_run_facts();
create trigger fact_moved after update on run for each row
  when ((old.attempt, old.launched_at, old.review_opened_at, old.ended_at, old.no_change, old.rejected_as,
      case when old.status in ('merged', 'rejected', 'failed', 'cancelled') then old.status end)
    is distinct from (new.attempt, new.launched_at, new.review_opened_at, new.ended_at, new.no_change, new.rejected_as,
      case when new.status in ('merged', 'rejected', 'failed', 'cancelled') then new.status end))
  execute function move_run_facts();
