drop table callback_settings;
drop table callback_events;

drop index callbacks_list;
drop index callbacks_open_list;
drop index callbacks_overdue;
drop index callbacks_waiting;
drop index callbacks_coming;
drop index callbacks_owner;
drop index callbacks_lead;
drop index callbacks_due;
drop index callbacks_open;
alter table callbacks drop constraint callbacks_check, drop constraint callbacks_state_check;
-- The states that there were.
update callbacks set state = case state when 'moved' then 'cancelled' else 'scheduled' end
where state in ('reminded', 'due', 'offered', 'moved');
alter table callbacks
  drop column end_reason,
  drop column moved_from_id,
  drop column escalated_at,
  drop column handed_over_at,
  drop column late_reason,
  drop column offered_at,
  drop column reminded_at,
  drop column call_at,
  drop column phone_id,
  drop column promised_to_id,
  add check (state in ('scheduled', 'kept', 'missed', 'cancelled'));
create unique index callbacks_open on callbacks (entry_id) where state = 'scheduled';
create index callbacks_due on callbacks (campaign_id, due_at) where state = 'scheduled';
create index callbacks_lead on callbacks (lead_id) where state = 'scheduled';
