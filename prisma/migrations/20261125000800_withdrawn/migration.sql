-- What somebody approved and was still open when they were deactivated counts no more, also when they come back.
alter table approval add column withdrawn_at timestamptz(3);
grant update (withdrawn_at) on approval to ph_web;

-- Rows of access are ended and renamed; whom they name, and from when, is never written over.
revoke update on role, group_grant, duty, deputy from ph_web;
grant update (name, description, permissions, retired_at) on role to ph_web;
grant update (revoked_at) on group_grant to ph_web;
grant update (removed_at) on duty to ph_web;
grant update (ended_at) on deputy to ph_web;
