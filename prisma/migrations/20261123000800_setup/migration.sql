-- Whom runs reached and were kept from: few events among very many, found for the page of a pilot's hosts.
create index run_event_reach on run_event (run_id) where kind in ('egress', 'relay_refused');
