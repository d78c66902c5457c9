-- When people are tried again, as data of the campaign; why each next try is when it is; and further rounds of a list.

alter table campaigns
  -- See RetryPlan; null: the standard one.
  add column retry_plan jsonb check (jsonb_typeof(retry_plan) = 'object');

alter table attempts
  -- What was planned after it: { "code", "sentence", "because", "time", "limit", "attempt", "maxAttempts", "held", "dueAt" }.
  add column planned jsonb;

alter table calling_list_entries
  -- How often it came back after it was completed, and its attempts up to then: limits count from there.
  add column rounds smallint not null default 0,
  add column past_attempts smallint not null default 0,
  -- Since when a result, an outcome or a limit has kept it completed.
  add column completed_at timestamptz;
-- Serves recycling: whose calls ended so, by round, the longest ago first. Where tries were used up, by how the last one ended.
create index calling_list_recycle on calling_list_entries
  (campaign_id,
   (case when completed_code in ('attempts_exhausted', 'retries_exhausted') then last_result else completed_code end),
   rounds, completed_at, id)
  where state = 'completed' and completed_at is not null;

-- What was completed before, by its last attempt.
update calling_list_entries e set completed_at = a.at
from (
  select entry_id, max(coalesce(ended_at, reserved_at)) as at from attempts where state = 'ended' group by entry_id
) a
where a.entry_id = e.id and e.state = 'completed';
