-- A message that its sender takes back before the agent has it.
alter table run_message drop constraint run_message_status_check;
alter table run_message add constraint run_message_status_check
  check (status in ('queued', 'delivered', 'undeliverable', 'withdrawn'));
-- When its sender asked for it back; who may have it says what became of it.
alter table run_message add column withdraw_at timestamptz(3);
grant update (withdraw_at) on run_message to ph_web;

alter table run_inbox drop constraint run_inbox_kind_check;
alter table run_inbox add constraint run_inbox_kind_check
  check (kind in ('message', 'answer', 'pause', 'withdraw'));
