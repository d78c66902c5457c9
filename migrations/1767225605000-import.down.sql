drop table import_kept, import_changes, saved_mappings, uploads, consents, base_attributes;
delete from imports where kind <> 'leads';
alter table imports
  drop constraint imports_target,
  drop constraint imports_state_check,
  drop column kind, drop column list_id, drop column first_lead_id, drop column last_lead_id,
  drop column removed, drop column restored, drop column kept, drop column undone_by,
  alter column base_id set not null;
update imports set state = 'done' where state in ('undoing', 'undone');
alter table imports
  add constraint imports_state_check check (state in ('queued', 'running', 'done', 'failed', 'cancelled'));
drop index leads_external_id;
alter table leads
  drop column row_number, drop column owner_id, drop column consent_id,
  alter column external_id type text,
  add constraint leads_base_id_fkey foreign key (base_id) references bases,
  add constraint leads_import_id_fkey foreign key (import_id) references imports;
create index leads_import on leads (import_id);
drop index phones_match;
-- The second hash can't be had back without the numbers: the one that is left stands for it. Two leads of a base may have
-- one number since; the older one keeps it.
delete from phones p using phones q where p.base_id = q.base_id and p.match_hash = q.match_hash and p.id > q.id;
alter table phones
  drop constraint phones_pkey,
  add column dedupe_hash bytea;
update phones set dedupe_hash = match_hash;
alter table phones
  alter column dedupe_hash set not null,
  add constraint phones_dedupe_hash_check check (length(dedupe_hash) = 16),
  add primary key (id),
  add constraint phones_lead_id_fkey foreign key (lead_id) references leads on delete cascade,
  add constraint phones_base_id_fkey foreign key (base_id) references bases,
  add constraint phones_bucket_id_fkey foreign key (bucket_id) references buckets;
create unique index phones_base_dedupe on phones (base_id, dedupe_hash);
create index phones_lead on phones (lead_id, position);
create index phones_match on phones (match_hash);
