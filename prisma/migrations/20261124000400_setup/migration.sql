-- What git sent to a repository's host and got from it, counted on the wire by the worker. `pilot_id` is empty for what is done
-- for all pilots that work on the repository.
create table repository_traffic (
  repository_id text not null references repository (id),
  pilot_id text not null,
  host text not null,
  port integer not null check (port between 0 and 65535),
  way text not null check (way in ('fetch', 'push')),
  up bigint not null check (up >= 0),
  down bigint not null check (down >= 0),
  connections bigint not null check (connections > 0),
  first timestamptz(3) not null,
  last timestamptz(3) not null,
  primary key (repository_id, pilot_id, host, port, way)
);
grant select on repository_traffic to ph_web;
grant select, insert, update on repository_traffic to ph_worker;
