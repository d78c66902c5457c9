-- Every job is a row first; Redis or an in-process signal only wakes a worker to look here.

create table jobs (
  id bigint generated always as identity primary key,
  organisation_id smallint not null references organisations,
  kind text not null,
  payload jsonb not null,
  state text not null check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  progress jsonb not null default '{}',
  problem jsonb,
  attempts integer not null default 0,
  max_attempts integer not null default 5,
  run_at timestamptz not null,
  locked_by text,
  locked_until timestamptz,
  cancel_requested_at timestamptz,
  created_by integer references users,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz
);
-- Serves the claim: the oldest due job of the kinds that a worker handles.
create index jobs_queued on jobs (kind, run_at, id) where state = 'queued';
-- Serves the sweeper: jobs whose worker has died.
create index jobs_running on jobs (locked_until) where state = 'running';
