-- Invitations by mail: the one-time link, sealed to the worker for as long as its delivery waits.

-- 1. A delivery that carries a link to the person it invites.
alter table notice_delivery drop constraint notice_delivery_purpose_check;
alter table notice_delivery add constraint notice_delivery_purpose_check
  check (purpose in ('notice', 'test', 'resolve', 'invitation') and (purpose = 'resolve') = (resolves is not null));

create table invitation_mail (
  delivery_id text primary key references notice_delivery (id) on delete cascade,
  link_id text not null references one_time_link (id),
  person_id text not null references person (id),
  invited_by text not null,
  notice_key_id text not null references notice_key (id),
  -- The path of the link. Null once the delivery waits no longer.
  sealed bytea
);
create index invitation_mail_person_id_idx on invitation_mail (person_id);
create index invitation_mail_link_id_idx on invitation_mail (link_id);

-- 2. However a delivery ends (sent, failed, given up, dropped), the link goes in the same statement.
create function forget_invitation_link() returns trigger language plpgsql security definer
  set search_path = pg_catalog, pg_temp as $$
begin
  update public.invitation_mail set sealed = null where delivery_id = new.id and sealed is not null;
  return null;
end $$;
create trigger forget_invitation_link after update of state on notice_delivery for each row
  when (new.purpose = 'invitation' and new.state <> 'waiting') execute function forget_invitation_link();

-- 3. Web writes what is sealed and may not read it; the worker, which can open it, may not write it.
grant insert on invitation_mail to ph_web;
grant select (delivery_id, link_id, person_id, invited_by, notice_key_id) on invitation_mail to ph_web;
grant select on invitation_mail to ph_worker;
-- Whether the link still lets somebody in; not what it is.
grant select (id, expires_at, used_at) on one_time_link to ph_worker;
