alter table calling_list_entries drop column held_by;
