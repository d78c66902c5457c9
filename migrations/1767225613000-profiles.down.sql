drop table numbering_plans;
drop table holiday_changes;
drop table rule_overrides;
drop table profile_versions;
drop table rules_stamps;
alter table campaigns drop column purpose;

-- Buckets that differ by region alone become one again.
create temporary table merged on commit drop as
  select id, min(id) over (partition by country, zones) as kept from buckets;
update phones p set bucket_id = m.kept from merged m where m.id = p.bucket_id and m.id <> m.kept;
update calling_list_entries e set bucket_id = m.kept from merged m where m.id = e.bucket_id and m.id <> m.kept;
delete from buckets b using merged m where m.id = b.id and m.id <> m.kept;
drop table merged;
alter table buckets drop constraint buckets_place_key;
alter table buckets drop column zone_source;
alter table buckets drop column regions;
alter table buckets add constraint buckets_country_zones_key unique (country, zones);
