drop table competitors, advertising_claims;
alter table attempts drop column script_id;

alter table scripts add column steps jsonb;
update scripts set
  version = coalesce(published_version, 1),
  steps = (
    select coalesce(jsonb_agg(jsonb_build_object(
      'title', step.item ->> 'title',
      'text', coalesce(step.item ->> 'text', (select value from jsonb_each_text(step.item -> 'texts') limit 1), '')
    ) order by step.place), '[]')
    from jsonb_array_elements(content -> 'steps') with ordinality as step (item, place));
alter table scripts
  drop constraint scripts_id_published_version_fkey,
  drop column content,
  drop column published_version,
  drop column created_by,
  drop column updated_at,
  alter column steps set not null;
drop table script_versions;
