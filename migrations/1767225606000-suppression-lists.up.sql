-- Files of numbers that may not be called: downloads of national registries, lists of others, and prefixes.

create table suppression_lists (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  name text not null check (length(name) between 1 and 200),
  kind text not null check (kind in ('do_not_call', 'registry', 'prefixes')),
  -- Code of a national registry, such as TPS.
  registry text,
  -- Country that the list speaks of (ISO 3166-1).
  country char(2),
  created_by integer references users,
  created_at timestamptz not null,
  -- From then on it binds nobody.
  retired_at timestamptz,
  check ((kind = 'registry') = (registry is not null))
);
create index suppression_lists_organisation on suppression_lists (organisation_id, id desc);
-- The gate asks for a registry by its code.
create unique index suppression_lists_registry on suppression_lists (organisation_id, registry) where retired_at is null;

-- One file that went into a list.
create table suppression_loads (
  id integer generated always as identity primary key,
  list_id integer not null references suppression_lists,
  import_id integer references imports,
  mode text not null check (mode in ('replace', 'add')),
  -- loading: binds nobody yet · active: its numbers may not be called · replaced: a later load stands for it ·
  -- discarded: given up, or its list was retired.
  state text not null check (state in ('loading', 'active', 'replaced', 'discarded')),
  -- Distinct numbers and prefixes in it, once active.
  numbers bigint not null default 0,
  -- When the registry or whoever else gave the file out: its age counts from there.
  dated_at timestamptz not null,
  activated_at timestamptz,
  check (state <> 'loading' or activated_at is null),
  check (state <> 'active' or activated_at is not null)
);
create index suppression_loads_list on suppression_loads (list_id, id);

-- Keyed hashes of numbers. Each load fills a table of its own, suppression_numbers_<load>, which becomes a partition of
-- this one at its end: ten million numbers bind at once, and go again without a row being deleted.
create table suppression_numbers (
  load_id integer not null,
  match_hash bytea not null
) partition by list (load_id);
create index suppression_numbers_match on suppression_numbers (match_hash);

-- First digits of numbers, in E.164 without the plus.
create table suppression_prefixes (
  load_id integer not null references suppression_loads,
  prefix text not null check (prefix ~ '^[0-9]{2,14}$')
);
create index suppression_prefixes_load on suppression_prefixes (load_id, prefix);

-- The numbers that bind now. A number may be in several lists, and in one list more than once.
create view listed_numbers as
select s.organisation_id, n.match_hash, s.id as list_id, s.kind, s.registry, s.name
from suppression_numbers n
join suppression_loads l on l.id = n.load_id and l.state = 'active'
join suppression_lists s on s.id = l.list_id and s.retired_at is null;

alter table imports add constraint imports_list_id_fkey foreign key (list_id) references suppression_lists;
