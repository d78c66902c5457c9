-- Import at the speed of COPY: rows go straight into leads and phones, so those keep only what is read by.

-- One keyed hash finds a number: the import used to hold a second one beside it, which doubled the most expensive index
-- and protected nothing, since whoever has the one has the other in the same row.
drop index phones_base_dedupe;
drop index phones_match;
drop index phones_lead;
alter table phones
  drop column dedupe_hash,
  -- One place writes leads and phones, in one transaction under the base's lock. Checking each row against five tables
  -- once more took half of the time of an import.
  drop constraint phones_lead_id_fkey,
  drop constraint phones_base_id_fkey,
  drop constraint phones_bucket_id_fkey,
  drop constraint phones_pkey,
  add primary key (lead_id, position);
-- Duplicates in a base, in all bases, and the history of a number.
create index phones_match on phones (match_hash, base_id);

drop index leads_import;
alter table leads
  drop constraint leads_base_id_fkey,
  drop constraint leads_import_id_fkey,
  alter column external_id type text collate "C",
  -- Data row of the file that the lead came from, from 1.
  add column row_number bigint not null default 0,
  -- The operator whose customer this is (users).
  add column owner_id integer,
  -- What the person has agreed to (consents); null: nothing that we know of.
  add column consent_id integer;
create index leads_external_id on leads (external_id, base_id) where external_id is not null;

-- Custom attributes of a base and their types, as its imports declared them.
create table base_attributes (
  base_id integer not null references bases on delete cascade,
  name text not null,
  type text not null check (type in ('text', 'number', 'date', 'boolean', 'list')),
  primary key (base_id, name)
);

-- What people agreed to, and how that can be shown.
create table consents (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  -- Where it was given, such as the name of a form.
  source text not null,
  -- What was agreed to, word for word.
  wording text not null,
  -- Where the proof lies.
  proof text,
  created_by integer references users,
  created_at timestamptz not null
);

-- Files that were dropped and wait for somebody to say how they are to be imported.
create table uploads (
  id uuid primary key,
  organisation_id smallint not null references organisations,
  file_name text not null,
  file_path text not null,
  file_bytes bigint not null,
  created_by integer references users,
  created_at timestamptz not null
);
create index uploads_created on uploads (created_at);

-- How a file with this header was imported last.
create table saved_mappings (
  organisation_id smallint not null references organisations,
  -- SHA-256 of the header's names.
  signature bytea not null,
  mapping jsonb not null,
  used_at timestamptz not null,
  primary key (organisation_id, signature)
);

alter table imports
  drop constraint imports_state_check,
  add constraint imports_state_check check
    (state in ('queued', 'running', 'done', 'failed', 'cancelled', 'undoing', 'undone')),
  add column kind text not null default 'leads' check (kind in ('leads', 'suppression_list')),
  alter column base_id drop not null,
  add column list_id integer,
  -- All leads that it made have ids from first to last; others may have ids between.
  add column first_lead_id bigint,
  add column last_lead_id bigint,
  -- What an undo took out, put back as it was, and left alone.
  add column removed bigint not null default 0,
  add column restored bigint not null default 0,
  add column kept bigint not null default 0,
  add column undone_by integer references users,
  add constraint imports_target check ((kind = 'leads') = (base_id is not null));
create index imports_list on imports (list_id, id desc) where list_id is not null;

-- Leads that an import found and changed, as they were: what an undo puts back.
create table import_changes (
  import_id integer not null references imports on delete cascade,
  row_number bigint not null,
  lead_id bigint not null,
  -- Null: this import had made or changed it before, by an earlier row.
  before jsonb,
  primary key (import_id, row_number)
);
create index import_changes_lead on import_changes (lead_id, import_id);

-- Leads that an undo left alone, and why.
create table import_kept (
  import_id integer not null references imports on delete cascade,
  lead_id bigint not null,
  row_number bigint not null,
  reason text not null check (reason in ('called', 'changed_since')),
  primary key (import_id, lead_id)
);
