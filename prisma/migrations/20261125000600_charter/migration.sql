-- A charter may want one of those who approve to hold a certain role.
alter table gate add column must_hold text
  constraint gate_must_hold_known check (must_hold in ('engineering_lead', 'security_lead', 'reviewer'));
