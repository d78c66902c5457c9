-- Bases, leads and their sealed phones, and the account of every import.

-- Which secret the phones here are sealed and found with. Started with another one, the engine would open no phone and
-- recognise nobody who must not be called; so it does not start.
create table key_fingerprint (
  only_row boolean primary key default true check (only_row),
  fingerprint bytea not null
);

create table bases (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  name text not null check (length(name) between 1 and 200),
  source text,
  cost numeric(14, 2),
  currency char(3),
  -- Country of numbers that are written without one (ISO 3166-1).
  country char(2) not null,
  created_by integer references users,
  created_at timestamptz not null
);
create index bases_organisation on bases (organisation_id, id desc);

-- A bucket of leads for whom the clock decides alike: the same country and the same possible time zones. A few hundred
-- serve millions of leads; the scheduler visits only those that are open now.
create table buckets (
  id smallint generated always as identity primary key,
  country char(2) not null,
  -- Possible zones (IANA), sorted; several where the lead's zone is not certain: then all of them must be open.
  zones text[] not null check (cardinality(zones) > 0),
  unique (country, zones)
);

create table imports (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  base_id integer not null references bases,
  job_id bigint references jobs,
  file_name text not null,
  -- Where the upload lies until the import has ended; null after that.
  file_path text,
  file_bytes bigint not null,
  file_sha256 bytea not null,
  options jsonb not null,
  state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  rows bigint not null default 0,
  imported bigint not null default 0,
  updated bigint not null default 0,
  duplicate bigint not null default 0,
  suppressed bigint not null default 0,
  rejected bigint not null default 0,
  bytes_read bigint not null default 0,
  problem jsonb,
  created_by integer references users,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  -- Every data row has one fate, at every commit.
  constraint imports_account check (imported + updated + duplicate + suppressed + rejected = rows)
);
create index imports_base on imports (base_id, id desc);

create table import_rejects (
  import_id integer not null references imports on delete cascade,
  -- Number of the data row, from 1, and the line of the file where it starts.
  row_number bigint not null,
  line bigint not null,
  column_name text,
  code text not null,
  detail text not null,
  -- The record as it was, sealed: it may hold a phone.
  record_sealed bytea not null,
  primary key (import_id, row_number)
);

create table leads (
  id bigint generated always as identity primary key,
  organisation_id smallint not null,
  base_id integer not null references bases,
  import_id integer not null references imports,
  external_id text,
  name text,
  region text,
  attributes jsonb not null default '{}',
  priority smallint not null default 0,
  created_at timestamptz not null
);
create index leads_base on leads (base_id, id);
create index leads_import on leads (import_id);

create table phones (
  id bigint generated always as identity primary key,
  organisation_id smallint not null,
  lead_id bigint not null references leads on delete cascade,
  base_id integer not null references bases,
  -- Order in which a lead's phones are tried, from 1.
  position smallint not null default 1,
  -- The number in E.164 under authenticated encryption; only dialing and an audited reveal open it.
  sealed bytea not null,
  -- Keyed hashes (HMAC-SHA-256 cut to 16 bytes) under two keys: one finds duplicates, the other suppressions and caps.
  dedupe_hash bytea not null check (length(dedupe_hash) = 16),
  match_hash bytea not null check (length(match_hash) = 16),
  country char(2) not null,
  line_type text not null,
  bucket_id smallint not null references buckets,
  last_digits char(2) not null
);
create unique index phones_base_dedupe on phones (base_id, dedupe_hash);
create index phones_lead on phones (lead_id, position);
create index phones_match on phones (match_hash);
