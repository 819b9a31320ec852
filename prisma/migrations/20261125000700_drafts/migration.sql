-- What somebody began to write of a charter: theirs alone, no part of the record, gone once it is sent.
create table charter_draft (
  id text primary key,
  person_id text not null references person (id),
  pilot_id text references pilot (id),
  step text not null,
  form jsonb not null check (jsonb_typeof(form) = 'object' and pg_column_size(form) <= 524288),
  version integer not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create index charter_draft_person_id_idx on charter_draft (person_id);
grant select, insert, delete on charter_draft to ph_web;
grant update (step, form, version, updated_at) on charter_draft to ph_web;
