-- What people say about a patch, what they have seen of it, and what changed between two of its attempts. Words, paths and
-- lines are payloads: entries hold commitments, and the salts go when the words go.

-- 1. Threads stand on lines of one side of one patch.
create table review_thread (
  id text primary key,
  run_id text not null,
  patch_id text not null,
  -- Of the patch.
  attempt integer not null,
  path text not null,
  side text not null check (side in ('old', 'new')),
  from_line integer not null check (from_line >= 1),
  to_line integer not null check (to_line >= from_line),
  -- These lines as they were.
  quote text not null,
  created_by text not null,
  created_at timestamptz(3) not null,
  resolved_by text,
  resolved_at timestamptz(3),
  check ((resolved_by is null) = (resolved_at is null))
);
create index review_thread_run_id_idx on review_thread (run_id, created_at);

create table review_comment (
  id text primary key,
  thread_id text not null references review_thread (id),
  run_id text not null,
  text text not null,
  -- What a suggestion puts in the place of the thread's lines.
  replacement text,
  is_suggestion boolean not null,
  -- The entry commits to SHA-256(salt ‖ place, text and replacement).
  salt bytea check (length(salt) = 32),
  commitment text not null,
  author_id text not null,
  request_key text not null,
  created_at timestamptz(3) not null,
  check (is_suggestion = (replacement is not null))
);
create unique index review_comment_run_id_request_key_key on review_comment (run_id, request_key);
create index review_comment_thread_id_idx on review_comment (thread_id, created_at);

-- 2. Which threads went to the agent, with which message.
create table review_sending (
  message_id text not null,
  thread_id text not null references review_thread (id),
  run_id text not null,
  primary key (message_id, thread_id)
);
create index review_sending_run_id_idx on review_sending (run_id);
alter table run_message drop constraint run_message_origin_check;
alter table run_message add constraint run_message_origin_check check (origin in ('steer', 'goal', 'review'));

-- 3. Who had a hand in what an agent makes: whoever wrote to it freely, or put code forward. The comments of a review are a
-- reviewer's work, and go to the agent as such.
create view run_steerer with (security_invoker = true) as
  select m.run_id, m.sent_by as person_id from run_message m where m.origin <> 'review'
  union
  select c.run_id, c.author_id from review_comment c where c.is_suggestion;

-- 4. What of a patch somebody has seen, for themselves. `content` is of the file before and after: another content is
-- another file to look at.
create table patch_viewed (
  run_id text not null,
  person_id text not null,
  path text not null,
  content text not null check (content ~ '^[0-9a-f]{64}$'),
  viewed_at timestamptz(3) not null,
  primary key (run_id, person_id, path)
);

-- 5. What changed from one attempt's patch to a later one's, made by the worker in its jail.
create table patch_interdiff (
  from_patch text not null,
  to_patch text not null,
  run_id text not null,
  -- Null where it could not be made.
  blob_id text,
  -- One sentence of ours.
  problem text,
  made_at timestamptz(3) not null,
  primary key (from_patch, to_patch),
  check (blob_id is null or problem is null)
);
create index patch_interdiff_run_id_idx on patch_interdiff (run_id);

-- 6. Why a run was rejected, as a closed word.
alter table run_fact add column rejected_as text
  check (rejected_as in ('wrong', 'unsafe', 'style', 'scope', 'duplicate'));

-- 7. No change without an entry.
do $$
declare
  governed text;
begin
  foreach governed in array array['review_thread', 'review_comment', 'review_sending', 'patch_interdiff'] loop
    execute format(
      'create constraint trigger governed after insert or update or delete on %I
         deferrable initially deferred for each row execute function require_entry(%L, %L)',
      governed, 'run', 'run_id'
    );
  end loop;
end $$;

-- 8. Roles. People comment through web; the worker makes interdiffs and takes words away.
grant select on review_thread, review_comment, review_sending, run_steerer, patch_viewed, patch_interdiff to ph_web, ph_worker;
grant insert on review_thread, review_comment, review_sending to ph_web;
grant update (resolved_by, resolved_at) on review_thread to ph_web;
grant insert, delete on patch_viewed to ph_web;
grant update (content, viewed_at) on patch_viewed to ph_web;
grant insert on patch_interdiff to ph_worker;
grant update (path, quote) on review_thread to ph_worker;
grant update (text, replacement, salt) on review_comment to ph_worker;
grant delete on patch_viewed to ph_worker;
