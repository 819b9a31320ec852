-- So many different people have to deny a gate before it is denied. Those that were opened before close with the first one.
alter table gate add column denials integer not null default 1;
alter table gate add constraint gate_denials_known check (denials between 1 and 5);

-- Launches that were refused, with the sentence that whoever asked was told: what a rule did is to be found afterwards.
create table launch_refusal (
  id text primary key,
  pilot_id text not null references pilot (id),
  agent_id text not null,
  person_id text not null,
  reason text not null check (length(reason) <= 2000),
  at timestamptz(3) not null
);
create index launch_refusal_newest on launch_refusal (pilot_id, at desc);
create constraint trigger governed after insert or update or delete on launch_refusal
  deferrable initially deferred for each row execute function require_entry('pilot', 'pilot_id');
grant select, insert on launch_refusal to ph_web;
