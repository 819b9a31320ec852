-- A board of numbers marks what may explain a change of them: a handful among all entries, and the first call of each model.
create index log_entry_board_note on log_entry (at)
  where kind in ('pilot.amended', 'pilot.paused', 'pilot.resumed', 'pilot.tripped', 'pilot.wire_tripped', 'stop.pulled');
create index model_call_first_idx on model_call (pilot_id, requested_model, opened_at);
