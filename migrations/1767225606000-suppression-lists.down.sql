alter table imports drop constraint imports_list_id_fkey;
drop view listed_numbers;
drop table suppression_prefixes, suppression_numbers;
-- Loads that have not come to their end have tables that are no partitions yet.
do $$
declare
  load integer;
begin
  for load in select id from suppression_loads loop
    execute format('drop table if exists suppression_numbers_%s', load);
  end loop;
end $$;
drop table suppression_loads, suppression_lists;
