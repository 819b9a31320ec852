-- Figures of a provider are counted over its newest calls, of the pilots that somebody may see: read from the newest on,
-- those of other pilots passed over inside the index.
create index model_call_provider_id_opened_at_pilot_id_idx on model_call (provider_id, opened_at, pilot_id);
