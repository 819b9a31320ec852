-- Functions that run as the owner look for what is temporary last. Every role may make temporary types, and where pg_temp is
-- not named it is searched first: a domain called `text` brought its own code into each of them, with the owner's rights.
do $$
declare
  definer regprocedure;
begin
  for definer in select p.oid from pg_proc p where p.prosecdef and p.pronamespace = 'public'::regnamespace loop
    execute format('alter function %s set search_path = pg_catalog, pg_temp', definer);
  end loop;
end $$;
