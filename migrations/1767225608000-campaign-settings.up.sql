-- How a campaign's list is kept and ordered, when it starts and ends by itself, what it is to reach and what it may cost.

alter table campaigns
  -- snapshot: as it was when it was built · live: leads enter and leave as they begin and cease to fit.
  add column list_mode text not null default 'snapshot' check (list_mode in ('snapshot', 'live')),
  -- { "by": "priority" | "oldest" | "newest" | "attribute" | "random" | "score", "attribute", "descending", "seed" }
  add column list_order jsonb not null default '{"by": "priority"}' check (list_order ? 'by'),
  -- Share of dials that go to leads tried before, where there are both; null: retries first, as the ladder has it.
  add column retry_share numeric(3, 2) check (retry_share between 0 and 1),
  add column starts_at timestamptz,
  add column ends_at timestamptz,
  -- What becomes of it at ends_at.
  add column end_action text not null default 'finish' check (end_action in ('finish', 'pause')),
  -- The schedule has done its part: it does it once. Unset when its instant is changed.
  add column started_by_schedule_at timestamptz,
  add column ended_by_schedule_at timestamptz,
  -- Codes of what kept it from starting at starts_at; empty: nothing did.
  add column start_held_by text[] not null default '{}',
  -- { "sales", "contacts", "budget", "action": "finish" | "alert" }
  add column goals jsonb,
  -- When the first of them was reached, and { "sales": { "at", "value" }, … } of each.
  add column goal_reached_at timestamptz,
  add column goals_reached jsonb not null default '{}',
  add column cost_per_dial numeric(12, 4) check (cost_per_dial >= 0),
  add column cost_per_minute numeric(12, 4) check (cost_per_minute >= 0),
  add column currency char(3) check (currency ~ '^[A-Z]{3}$'),
  -- Names that the linter of advertising law takes for comparisons.
  add column competitors text[] not null default '{}',
  -- The campaign whose settings it was made from.
  add column cloned_from_id integer references campaigns,
  add column archived_at timestamptz,
  add check (ends_at > starts_at),
  add check ((goal_reached_at is null) = (goals_reached = '{}'));
-- Serve the pass over schedules and goals: as many rows as there are open campaigns with either.
create index campaigns_starting on campaigns (starts_at)
  where state = 'ready' and starts_at is not null and started_by_schedule_at is null;
create index campaigns_ending on campaigns (ends_at)
  where state in ('running', 'paused') and ends_at is not null and ended_by_schedule_at is null;
create index campaigns_with_goals on campaigns (id) where state in ('running', 'paused') and goals is not null;

-- What a campaign's old attempts add up to, so that its goals need not count them again. They change no more.
create table campaign_tallies (
  campaign_id integer primary key references campaigns on delete cascade,
  -- Attempts that were reserved before this instant are in it.
  up_to timestamptz not null,
  dials bigint not null,
  contacts bigint not null,
  talk_ms bigint not null
);

-- Serves the count of sales, which corrections may change at any time.
create index dispositions_successes on dispositions (campaign_id) where superseded_at is null and result = 'success';
