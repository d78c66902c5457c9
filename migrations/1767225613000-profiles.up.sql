-- Rules of jurisdictions that an organisation adds to those that are shipped, what it was allowed to depart from, holidays
-- that the calendar does not know, and where ranges of numbers belong.

-- A rule may hold in a part of a country: the number's, and the one where the person is said to live (ISO 3166-2, sorted).
alter table buckets add column regions text[] not null default '{}';
-- What told the zones: see leads/whereabouts.ts.
alter table buckets add column zone_source text not null default 'country'
  check (zone_source in ('file_zone', 'file_region', 'stated', 'area_code', 'range', 'country'));
alter table buckets drop constraint buckets_country_zones_key;
alter table buckets add constraint buckets_place_key unique (country, zones, regions, zone_source);

-- What the calls are for: the law asks less of those that serve a contract.
alter table campaigns add column purpose text not null default 'sales' check (purpose in ('sales', 'service'));

-- Raised by each change below. A gate that reads another one than it has compiled reads the rules anew.
create table rules_stamps (
  organisation_id smallint primary key references organisations,
  stamp bigint not null default 1
);

-- Never changed: a new version is a new row, and the newest of a code binds.
create table profile_versions (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  code text not null check (code ~ '^[a-z][a-z0-9-]{1,39}$'),
  version text not null check (length(version) between 1 and 40),
  -- SHA-256 of the canonical JSON: what was read is what was uploaded.
  hash bytea not null check (length(hash) = 32),
  document jsonb not null,
  created_by integer references users,
  created_at timestamptz not null,
  -- From then on no version of the code up to this one binds.
  retired_at timestamptz,
  unique (organisation_id, code, version)
);

-- A cell of a profile that is replaced for a while, because a legal opinion says so.
create table rule_overrides (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  profile text not null,
  cell text not null,
  value jsonb not null,
  -- Who says that it is lawful, where, and when.
  opinion text not null check (length(opinion) between 10 and 2000),
  valid_from timestamptz not null,
  valid_to timestamptz not null check (valid_to > valid_from),
  -- HMAC-SHA-256 over all of the above, under a key that is not in the database: a row that was written past the engine
  -- does not bind.
  signature bytea not null check (length(signature) = 32),
  created_by integer references users,
  created_at timestamptz not null,
  revoked_at timestamptz,
  revoked_by integer references users
);
create index rule_overrides_organisation on rule_overrides (organisation_id, id);

-- Days that the calendar does not know: further holidays, and holidays that are worked, as when days are moved.
create table holiday_changes (
  organisation_id smallint not null references organisations,
  country char(2) not null,
  -- ISO 3166-2; empty for the whole country.
  region text not null default '',
  day date not null,
  kind text not null check (kind in ('holiday', 'working')),
  name text not null default '',
  created_by integer references users,
  created_at timestamptz not null,
  primary key (organisation_id, country, region, day)
);

-- Where ranges of numbers belong, from the registers of numbering plans. A register comes in files by the numbers' first
-- digits; a new file replaces the one with the same.
create table numbering_plans (
  country char(2) not null,
  series text not null,
  -- Of the file.
  sha256 bytea not null,
  file_name text not null,
  ranges integer not null,
  -- As the reader of imports takes it: see leads/number-ranges.ts.
  compact bytea not null,
  loaded_by integer references users,
  loaded_at timestamptz not null,
  primary key (country, series)
);
