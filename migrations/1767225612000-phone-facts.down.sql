alter table calling_list_entries
  add constraint calling_list_entries_campaign_id_fkey foreign key (campaign_id) references campaigns;
drop index callbacks_entry;
drop index attempts_entry;
alter table phones
  drop constraint phones_pkey,
  add primary key (lead_id, position);
