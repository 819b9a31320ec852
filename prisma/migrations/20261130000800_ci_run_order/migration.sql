-- Stretches of red are walked from the last run of each workflow back: with this there is nothing to sort.
create index outside_ci_run_order_idx on outside_ci_run (repository_id, source, workflow, started_at desc, id desc)
  include (finished_at, conclusion);
