-- Deliveries after they were tried: sent again, told to be over, and removed with time.

-- 1. When somebody last asked for it to be sent again: what is given up and removed counts from then.
alter table notice_delivery add column again_at timestamptz(3);
grant update (next_at, again_at) on notice_delivery to ph_web;

-- 2. PagerDuty is told that what an earlier delivery was about is over: by that one's id, once.
alter table notice_delivery add column resolves text;
alter table notice_delivery drop constraint notice_delivery_purpose_check;
alter table notice_delivery add constraint notice_delivery_purpose_check
  check (purpose in ('notice', 'test', 'resolve') and (purpose = 'resolve') = (resolves is not null));
create unique index notice_delivery_resolves_key on notice_delivery (resolves);

-- 3. What is no longer waiting is removed by the worker.
grant delete on notice, notice_delivery to ph_worker;
create index notice_delivery_old on notice_delivery (made_at) where state <> 'waiting';
