drop index calling_list_recycle;
alter table calling_list_entries
  drop column rounds,
  drop column past_attempts,
  drop column completed_at;
alter table attempts drop column planned;
alter table campaigns drop column retry_plan;
