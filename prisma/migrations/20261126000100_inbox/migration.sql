-- What every page counts and names: gates that wait for somebody, and the newest runs.

create index approval_person_id_gate_id_idx on approval (person_id, gate_id);
create index approval_given_for on approval (deputy_of, gate_id) where deputy_of is not null;
create index run_message_sent_by_run_id_idx on run_message (sent_by, run_id);
create index run_launched_at_id_idx on run (launched_at desc, id desc);
