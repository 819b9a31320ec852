-- What the worker says, signed, about evidence as it was recorded: which runner reported what. One each, never changed.
create table evidence_statement (
  evidence_id text primary key references evidence (id),
  run_id text not null references run (id),
  -- Ed25519, as it is; known by its SHA-256.
  public_key bytea not null check (length(public_key) = 32),
  -- A DSSE envelope.
  envelope text not null,
  -- Of the envelope.
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  made_at timestamptz(3) not null
);
create index evidence_statement_run_id_idx on evidence_statement (run_id);
create constraint trigger governed after insert or update or delete on evidence_statement
  deferrable initially deferred for each row execute function require_entry('run', 'run_id');
grant select on evidence_statement to ph_web, ph_worker;
grant insert on evidence_statement to ph_worker;
