drop index calling_list_ready;
create index calling_list_ready on calling_list_entries
  (campaign_id, bucket_id, tier, (case when tier > 1 then rank end), due_at, id)
  where state = 'ready' and owner_id is null;
alter table attempts
  add constraint attempts_campaign_id_fkey foreign key (campaign_id) references campaigns,
  add constraint attempts_entry_id_fkey foreign key (entry_id) references calling_list_entries;
alter table decisions add constraint decisions_attempt_id_fkey foreign key (attempt_id) references attempts;
drop trigger scripts_gate on scripts;
drop trigger suppression_lists_gate on suppression_lists;
drop trigger suppression_loads_gate on suppression_loads;
drop index attempts_live_phone;
create unique index attempts_live_phone on attempts (organisation_id, match_hash) where state <> 'ended';
drop table caller_ids;
drop function raise_gate_stamp();
drop table gate_stamps;
alter table campaigns
  drop column household_pause_hours,
  drop column phone_kinds,
  drop column spend_ceiling_daily,
  drop column spend_ceiling_total;
