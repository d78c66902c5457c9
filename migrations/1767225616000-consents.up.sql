-- Consent as a ledger, suppressions with evidence, complaints, and the erasure of people.

-- What an import says its people agreed to, word for word. The ledger below says who did, and how that is proved.
alter table consents rename to consent_texts;
alter table consent_texts rename constraint consents_pkey to consent_texts_pkey;
alter table consent_texts rename constraint consents_organisation_id_fkey to consent_texts_organisation_id_fkey;
alter table consent_texts rename constraint consents_created_by_fkey to consent_texts_created_by_fkey;
alter sequence consents_id_seq rename to consent_texts_id_seq;
alter table consent_texts
  -- SHA-256 of organisation, source, wording and proof, where a text is used again.
  add column text_hash bytea,
  -- Its import was undone: what it says proves nothing.
  add column voided_at timestamptz;
create unique index consent_texts_hash on consent_texts (organisation_id, text_hash) where text_hash is not null;

-- Who agreed to be called, and who took it back: one row a change, by number. Nothing here is ever changed or deleted;
-- what holds at an instant is a fold over a number's rows (currentConsent).
create table consents (
  id bigint generated always as identity primary key,
  organisation_id smallint not null references organisations,
  match_hash bytea not null check (length(match_hash) = 16),
  -- Whose number it was then, where that is known.
  lead_id bigint,
  kind text not null check (kind in ('granted', 'renewed', 'withdrawn', 'expired')),
  -- prior: said yes before the call · written: signed, on paper or by machine.
  form text check (form in ('prior', 'written')),
  scope text not null check (scope in ('campaign', 'client', 'company')),
  -- Set for scope campaign only.
  campaign_id integer references campaigns,
  -- Null: whatever the purpose.
  purpose text check (purpose in ('sales', 'service')),
  channel text not null default 'voice' check (channel = 'voice'),
  -- What was agreed to.
  text_id integer references consent_texts,
  -- { kind: import_row | recording | web_form | paper, reference, hash }: by what it can be shown.
  proof jsonb,
  -- Where it came from: a disposition, an import, a person.
  source text not null,
  -- The call in which it was given or taken back.
  attempt_id bigint references attempts,
  at timestamptz not null,
  valid_to timestamptz,
  recorded_by integer references users,
  created_at timestamptz not null,
  check ((scope = 'campaign') = (campaign_id is not null)),
  -- A claim without proof is no consent.
  check ((kind in ('granted', 'renewed')) = (proof is not null and text_id is not null and form is not null)),
  check (proof is null or (proof ->> 'kind' in ('import_row', 'recording', 'web_form', 'paper')
    and length(proof ->> 'reference') > 0))
);
-- Serves the gate, segments, the import and the dossier: everything of a number.
create index consents_match on consents (match_hash, at);
-- Serves segments: what ends a consent, of which there is little.
create index consents_ended on consents (match_hash, at) where kind in ('withdrawn', 'expired');

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed', tg_table_name;
end $$;
create trigger consents_append_only before update or delete on consents for each statement execute function refuse_change();

-- Consents that nobody took back, by purpose, as segments and counts read them. Which of them count now, their dates tell;
-- the gate folds the ledger itself.
create view standing_consents as
select c.id, c.organisation_id, c.match_hash, c.campaign_id, u.purpose, c.form, c.at, c.valid_to
from consents c
join consent_texts t on t.id = c.text_id and t.voided_at is null
cross join (values ('sales'), ('service')) as u (purpose)
where c.kind in ('granted', 'renewed') and (c.purpose is null or c.purpose = u.purpose)
  and not exists (
    select from consents w
    where w.match_hash = c.match_hash and w.organisation_id = c.organisation_id and w.kind in ('withdrawn', 'expired')
      and w.at >= c.at and (w.purpose is null or w.purpose = u.purpose)
      and (w.scope <> 'campaign' or w.campaign_id = c.campaign_id));

-- Which consent an attempt rests on. The statement that reserves the attempt (scheduler.reserve) writes it, in the
-- transaction of the decision. An attempt that never left us (originated_at is null) made no use of it.
create table consent_uses (
  attempt_id bigint primary key references attempts,
  consent_id bigint not null references consents,
  at timestamptz not null
);
-- Serves the dossier: uses of a consent.
create index consent_uses_consent on consent_uses (consent_id);
create trigger consent_uses_append_only before update or delete on consent_uses
  for each statement execute function refuse_change();

insert into consents
  (organisation_id, match_hash, lead_id, kind, form, scope, text_id, proof, source, at, recorded_by, created_at)
select l.organisation_id, p.match_hash, l.id, 'granted', 'prior', 'company', t.id,
  jsonb_build_object('kind', 'import_row', 'reference', format('import %s, row %s', l.import_id, l.row_number)),
  format('import %s', l.import_id), t.created_at, t.created_by, t.created_at
from leads l join consent_texts t on t.id = l.consent_id join phones p on p.lead_id = l.id
where t.proof is not null;

-- Suppressions say by what they are proved, about whom they are, and who took them back and why.
drop index suppressions_match;
alter table suppressions
  add column channel text not null default 'voice' check (channel = 'voice'),
  add column evidence text,
  -- Whose number it was then; a request holds for all numbers of the person.
  add column lead_id bigint,
  add column attempt_id bigint references attempts,
  add column revoked_by integer references users,
  add column revoke_evidence text,
  add constraint suppressions_revoked check (revoked_at is not null or (revoked_by is null and revoke_evidence is null));
-- Serves the gate, the import and, with those that were taken back, the dossier.
create index suppressions_match on suppressions (match_hash);
create trigger suppressions_append_only before delete on suppressions for each statement execute function refuse_delete();

-- Why somebody says no drives what follows.
alter table refusal_reasons
  -- cool_down: left alone for as long as the profile and the campaign say.
  add column effect text not null default 'none' check (effect in ('none', 'cool_down'));
update refusal_reasons set effect = 'cool_down'
where label is null and code in ('no_need', 'distrust', 'bad_experience', 'not_by_phone', 'hung_up_early');

-- Who complained: each is looked into by somebody.
create table complaints (
  id bigint generated always as identity primary key,
  organisation_id smallint not null references organisations,
  lead_id bigint,
  match_hash bytea not null check (length(match_hash) = 16),
  attempt_id bigint references attempts,
  campaign_id integer references campaigns,
  state text not null default 'open' check (state in ('open', 'closed')),
  note text,
  opened_by integer references users,
  opened_at timestamptz not null,
  closed_by integer references users,
  closed_at timestamptz,
  resolution text,
  check ((state = 'closed') = (closed_at is not null))
);
create unique index complaints_attempt on complaints (attempt_id) where attempt_id is not null;
create index complaints_match on complaints (match_hash);
create index complaints_open on complaints (organisation_id, id) where state = 'open';

-- People who were erased. What stays of them are keyed hashes of their numbers, so that these can't come back.
create table erasures (
  id bigint generated always as identity primary key,
  organisation_id smallint not null references organisations,
  state text not null check (state in ('queued', 'running', 'done', 'failed')),
  job_id bigint references jobs,
  evidence text not null,
  -- People, numbers, and rows of files that were set aside.
  leads integer not null default 0,
  phones integer not null default 0,
  rejects integer not null default 0,
  requested_by integer references users,
  requested_at timestamptz not null,
  finished_at timestamptz
);
create table erasure_numbers (
  erasure_id bigint not null references erasures,
  match_hash bytea not null check (length(match_hash) = 16),
  -- Whoever has this number is erased; the others are the other numbers of those people.
  asked boolean not null,
  -- While it is under way: rows of files are searched for the number itself.
  sealed bytea,
  primary key (erasure_id, match_hash)
);
create index erasure_numbers_match on erasure_numbers (match_hash);

-- Serves the dossier: promises made in calls to a number.
create index callbacks_attempt on callbacks (promised_in_attempt_id);

-- A person goes; that there was an entry, and calls to it, stays.
alter table calling_list_entries drop constraint calling_list_entries_lead_id_fkey;
-- Rows of files that held somebody who was erased.
alter table import_rejects alter column record_sealed drop not null;
