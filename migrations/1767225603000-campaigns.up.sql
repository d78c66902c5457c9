-- What is called, to whom, under which settings; and who may not be called.

create table segments (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  name text not null check (length(name) between 1 and 200),
  version integer not null default 1,
  rule jsonb not null,
  created_by integer references users,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table offers (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  name text not null check (length(name) between 1 and 200),
  description text not null default '',
  price numeric(14, 2),
  currency char(3),
  created_at timestamptz not null
);

create table scripts (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  name text not null,
  version integer not null default 1,
  -- [{ title, text }], read in this order; {{name}} and other fields of the lead are filled in.
  steps jsonb not null,
  created_at timestamptz not null
);

create table outcome_sets (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  name text not null
);

create table outcomes (
  id integer generated always as identity primary key,
  outcome_set_id integer not null references outcome_sets on delete cascade,
  code text not null,
  -- Null for a standard code, which the console names in each language.
  label text,
  position smallint not null,
  category text not null check (category in
    ('success', 'callback', 'refusal', 'wrong_person', 'bad_data', 'do_not_call', 'complaint', 'silent')),
  -- Effects, see outcomes-and-metrics in docs/architecture.md.
  right_party boolean not null,
  result text not null check (result in ('success', 'neutral', 'failure')),
  is_final boolean not null,
  retry_after_minutes integer,
  suppress_scope text check (suppress_scope in ('campaign', 'client', 'company', 'global')),
  opens_complaint boolean not null default false,
  offer_again boolean not null default false,
  -- What the operator must give with it.
  asks text not null default 'nothing' check (asks in ('nothing', 'refusal_reason', 'callback')),
  unique (outcome_set_id, code)
);

create table refusal_reasons (
  id integer generated always as identity primary key,
  outcome_set_id integer not null references outcome_sets on delete cascade,
  code text not null,
  parent_code text,
  label text,
  position smallint not null,
  -- The detail that belongs to it.
  asks text not null default 'nothing' check (asks in ('nothing', 'price', 'competitor', 'date', 'note')),
  offer_again boolean not null default false,
  unique (outcome_set_id, code)
);

create table campaigns (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  name text not null check (length(name) between 1 and 200),
  offer_id integer references offers,
  script_id integer references scripts,
  outcome_set_id integer not null references outcome_sets,
  state text not null default 'draft' check (state in
    ('draft', 'ready', 'running', 'paused', 'finished', 'archived')),
  mode text not null default 'progressive' check (mode in ('progressive', 'ratio')),
  -- Calls in flight for each operator who waits, in mode `ratio`.
  ratio numeric(4, 2) not null default 1 check (ratio between 1 and 5),
  -- The campaign's own calling hours in the called person's time; the profile's hours narrow them further.
  -- { "mon": [["09:00", "20:00"]], … }: windows, as in a profile; a day that is absent is closed.
  hours jsonb not null,
  max_attempts smallint not null default 5 check (max_attempts between 1 and 50),
  max_attempts_per_day smallint not null default 2 check (max_attempts_per_day between 1 and 10),
  max_lines smallint not null default 100 check (max_lines between 1 and 2000),
  ring_timeout_ms integer not null default 22000 check (ring_timeout_ms between 15000 and 60000),
  -- An answered call that meets no operator within this time is abandoned.
  connect_timeout_ms integer not null default 2000,
  wrap_up_ms integer not null default 60000 check (wrap_up_ms between 5000 and 1800000),
  caller_id text,
  -- Operators who are simulated sign in by themselves when it starts.
  simulated_operators smallint not null default 0 check (simulated_operators between 0 and 200),
  version integer not null default 1,
  created_by integer references users,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz
);
create index campaigns_organisation on campaigns (organisation_id, id desc);
create index campaigns_running on campaigns (id) where state = 'running';

create table campaign_segments (
  campaign_id integer not null references campaigns on delete cascade,
  segment_id integer not null references segments,
  weight smallint not null default 1 check (weight between 1 and 100),
  primary key (campaign_id, segment_id)
);

-- The calling list: a campaign's entries, one for each lead. Kept narrow: ten million of them live here.
create table calling_list_entries (
  id bigint generated always as identity primary key,
  campaign_id integer not null references campaigns,
  lead_id bigint not null references leads,
  segment_id integer not null,
  bucket_id smallint not null,
  -- ready: may be claimed now · waiting: due later · in_progress: an attempt is alive, or its outcome is awaited ·
  -- completed: not called again in this campaign, see completed_code.
  state text not null check (state in ('ready', 'waiting', 'in_progress', 'completed')),
  -- Rung of the priority ladder: 0 callback overdue, 1 callback due, 2 abandoned, 3 hot lead, 4 retry, 5 new.
  tier smallint not null,
  priority smallint not null default 0,
  due_at timestamptz not null,
  attempts smallint not null default 0,
  -- Which of the lead's phones is next.
  phone_position smallint not null default 1,
  -- Only this operator may have the call: a personal callback.
  owner_id integer references users,
  callback_id bigint,
  last_result text,
  completed_code text,
  check ((state = 'completed') = (completed_code is not null)),
  unique (campaign_id, lead_id)
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02);
-- Serves the claim: the head of each open bucket. Measured: leaving the bucket out costs 16 ms a claim, keeping entries
-- that are not due in it 92 ms, against 1 ms.
create index calling_list_ready on calling_list_entries (campaign_id, bucket_id, tier, priority desc, due_at, id)
  where state = 'ready' and owner_id is null;
create index calling_list_owned on calling_list_entries (campaign_id, owner_id, tier, due_at, id)
  where state = 'ready' and owner_id is not null;
-- Serves the promotion of due entries.
create index calling_list_waiting on calling_list_entries (campaign_id, due_at, id) where state = 'waiting';
create index calling_list_lead on calling_list_entries (lead_id);

create table suppressions (
  id bigint generated always as identity primary key,
  organisation_id smallint not null references organisations,
  scope text not null check (scope in ('campaign', 'client', 'company', 'global')),
  -- Set for scope campaign only.
  campaign_id integer references campaigns,
  match_hash bytea not null check (length(match_hash) = 16),
  reason text not null check (reason in
    ('request', 'refusal_cooldown', 'registry', 'wrong_person', 'carrier_block', 'erasure', 'reassigned', 'complaint', 'imported')),
  -- Where it came from: a disposition, an import, a person.
  source text not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  revoked_at timestamptz,
  created_by integer references users,
  created_at timestamptz not null,
  check ((scope = 'campaign') = (campaign_id is not null))
);
create index suppressions_match on suppressions (match_hash) where revoked_at is null;
