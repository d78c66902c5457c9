drop table calling_list_marks, calling_list_numbered, calling_list_batches, calling_lists;
drop index calling_list_ready;
alter table calling_list_entries add column priority smallint not null default 0;
update calling_list_entries e set priority = l.priority from leads l where l.id = e.lead_id;
alter table calling_list_entries drop column rank;
create index calling_list_ready on calling_list_entries (campaign_id, bucket_id, tier, priority desc, due_at, id)
  where state = 'ready' and owner_id is null;
drop table lead_change_ranges, lead_changes;
drop index callbacks_lead;
drop table lead_history;
