-- What an identity provider says of people counts where somebody here said that it may, and no longer than it says so.

-- 1. A group called as one of the provider's is filled by it only where an administrator said so of it.
alter table person_group add column from_sso boolean not null default false;

-- 2. When the provider last said no of a person: from then on, to their next sign-in by it, no token opens anything for them
-- or for the service accounts they answer for. `sso_identity` is governed: there is an entry with every change.
alter table sso_identity add column refused_at timestamptz(3);
grant update (refused_at) on sso_identity to ph_web;
