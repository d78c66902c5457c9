delete from import_rejects where record_sealed is null;
alter table import_rejects alter column record_sealed set not null;
-- Entries of people who were erased can't be kept apart from nobody.
insert into leads (id, organisation_id, base_id, import_id, created_at) overriding system value
select distinct on (e.lead_id) e.lead_id, c.organisation_id, 0, 0, c.created_at
from calling_list_entries e join campaigns c on c.id = e.campaign_id
where not exists (select from leads l where l.id = e.lead_id);
alter table calling_list_entries add constraint calling_list_entries_lead_id_fkey foreign key (lead_id) references leads;
drop index callbacks_attempt;
drop table erasure_numbers, erasures, complaints;
alter table refusal_reasons drop column effect;
drop trigger suppressions_append_only on suppressions;
drop index suppressions_match;
alter table suppressions
  drop constraint suppressions_revoked,
  drop column channel, drop column evidence, drop column lead_id, drop column attempt_id, drop column revoked_by,
  drop column revoke_evidence;
create index suppressions_match on suppressions (match_hash) where revoked_at is null;
drop view standing_consents;
drop table consent_uses, consents;
drop function refuse_change();
update leads set consent_id = null where consent_id in (select id from consent_texts where text_hash is not null);
delete from consent_texts where text_hash is not null;
alter table consent_texts drop column text_hash, drop column voided_at;
alter sequence consent_texts_id_seq rename to consents_id_seq;
alter table consent_texts rename constraint consent_texts_pkey to consents_pkey;
alter table consent_texts rename constraint consent_texts_organisation_id_fkey to consents_organisation_id_fkey;
alter table consent_texts rename constraint consent_texts_created_by_fkey to consents_created_by_fkey;
alter table consent_texts rename to consents;
