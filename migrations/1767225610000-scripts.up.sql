-- Scripts with branches, objections and forms; drafts that change, and published versions that do not.

alter table scripts
  -- The draft: { purpose, seller, languages, steps, objections, forms, printed }, see script-content.ts.
  add column content jsonb,
  -- The one that calls use; null: none yet.
  add column published_version integer,
  add column created_by integer references users,
  add column updated_at timestamptz;

-- What was read step by step becomes a chain: each step has one answer, which leads to the next.
update scripts s set
  updated_at = created_at,
  published_version = 1,
  version = 1,
  content = jsonb_build_object(
    'purpose', 'sale', 'seller', null, 'languages', '[]'::jsonb,
    'objections', '[]'::jsonb, 'forms', '[]'::jsonb, 'printed', '[]'::jsonb,
    'steps', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', 's' || step.place, 'title', step.item ->> 'title', 'text', step.item ->> 'text',
        'answers', jsonb_build_array(jsonb_build_object('label', '→', 'goto',
          case when step.place = jsonb_array_length(s.steps) then 'end' else 's' || (step.place + 1) end))
      ) order by step.place), '[]')
      from jsonb_array_elements(s.steps) with ordinality as step (item, place)));

alter table scripts
  drop column steps,
  alter column content set not null,
  alter column updated_at set not null;

-- Never changed: a call names the version that was read in it.
create table script_versions (
  script_id integer not null references scripts,
  version integer not null,
  content jsonb not null,
  published_by integer references users,
  published_at timestamptz not null,
  primary key (script_id, version)
);
insert into script_versions (script_id, version, content, published_by, published_at)
select id, 1, content, null, created_at from scripts;
alter table scripts add foreign key (id, published_version) references script_versions (script_id, version);

-- Which script the version is of: a campaign may change its script.
alter table attempts add column script_id integer;

-- What may be claimed in advertising, because it has been shown to be so.
create table advertising_claims (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  -- The claim as it is said.
  text text not null check (length(text) between 1 and 500),
  -- By which measure it is true, and where the proof lies.
  criterion text not null,
  proof text not null,
  -- Its last day; null: no end.
  valid_until date,
  created_by integer references users,
  created_at timestamptz not null,
  -- From then on it allows nothing.
  withdrawn_at timestamptz
);
create index advertising_claims_organisation on advertising_claims (organisation_id, id desc);

-- Names that advertising may not be compared with; a campaign may add its own.
create table competitors (
  organisation_id smallint not null references organisations,
  name text not null check (length(name) between 1 and 100),
  primary key (organisation_id, name)
);
