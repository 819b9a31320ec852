-- One decision a person at a gate that counts: whose approval was withdrawn may be asked again.
drop index approval_gate_id_person_id_key;
create unique index approval_one_that_counts on approval (gate_id, person_id) where withdrawn_at is null;
create index approval_gate_id_idx on approval (gate_id);

-- What is open is found by its deadline, what is closed by when it was; this one was never the better choice.
drop index gate_status_idx;

-- The inbox walks what is open by deadline only where the statistics know how much that is: they follow sooner.
alter table gate set (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
