-- What one hand of the plane does while another one does something else, and what is kept of it.

-- 1. A call is opened only while nobody is taking its run, its pilot or its runner away. Whoever does locks the row to
-- change it, so sharing it waits for them, and they for the opening. Runs before pilots before runners, each in the order of
-- their ids, as everybody else takes them; budgets and cursors come later. The gateway may not lock rows it may not change.
create function hold_callers(leases text[]) returns void language plpgsql security definer set search_path = pg_catalog as $$
declare
  runs text[];
  runners text[];
  pilots text[];
begin
  select array_agg(distinct l.run_id), array_agg(distinct l.runner_id) into runs, runners
  from public.lease l where l.id = any(leases);
  with held as (select r.pilot_id from public.run r where r.id = any(runs) order by r.id for share)
  select array_agg(distinct pilot_id) into pilots from held;
  perform from public.pilot p where p.id = any(pilots) order by p.id for share;
  perform from public.runner w where w.id = any(runners) order by w.id for share;
end $$;

-- Each statement of a volatile function in this language looks anew: whether a call may be opened is asked after the wait.
create function open_held_calls(batch jsonb, bytes bytea) returns jsonb language plpgsql volatile as $$
begin
  perform public.hold_callers(array(select jsonb_array_elements_text(batch -> 'leases')));
  return public.open_model_calls(batch, bytes);
end $$;

revoke execute on function hold_callers(text[]), open_held_calls(jsonb, bytea) from public;
grant execute on function hold_callers(text[]), open_held_calls(jsonb, bytea) to ph_gateway;

-- 2. Entries that a follower of the log stumbled over. `skipped_at` is null while it is tried again; what was skipped stays
-- until it could be read after all.
create table follower_fault (
  follower text not null check (follower in ('findings', 'log_index')),
  position bigint not null check (position >= 0),
  tries integer not null check (tries >= 1),
  -- Masked, and never longer than a line.
  error text not null check (length(error) <= 500),
  since timestamptz(3) not null,
  skipped_at timestamptz(3),
  primary key (follower, position)
);

grant select on follower_fault to ph_web, ph_worker;
grant insert, update, delete on follower_fault to ph_worker;
-- Whether the monitor lags is said on pages.
grant select on finding_cursor to ph_web;
