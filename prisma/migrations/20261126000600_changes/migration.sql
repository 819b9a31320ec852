-- What was read in the contents of a patch lies beside its diff, as a payload of its own. Patches from before have none.
alter table patch add column analysis_blob_id text;
