-- Callbacks as promises: a life with every step on record, handed over when their owner is not there, never dropped.

drop index callbacks_open;
drop index callbacks_due;
drop index callbacks_lead;
alter table callbacks drop constraint callbacks_state_check;
alter table callbacks
  -- Who promised it in person, whoever has it now; null: shared from the start.
  add column promised_to_id integer references users,
  -- The phone to call, where it is not the one of the call it was promised in (phones.id).
  add column phone_id bigint,
  -- When the call is planned next. due_at is what was promised, and stays; this moves on when nobody answers, or when a
  -- rule allows the call only later.
  add column call_at timestamptz,
  add column reminded_at timestamptz,
  -- When the first call was reserved for it.
  add column offered_at timestamptz,
  -- The rule that let the call be made only later than promised.
  add column late_reason text,
  -- From then on it is the campaign's: its owner was not there.
  add column handed_over_at timestamptz,
  -- From then on it is on the managers' list.
  add column escalated_at timestamptz,
  -- The promise that this one replaces.
  add column moved_from_id bigint references callbacks,
  -- Why it ended as it did: a rule, a result, or who ended it.
  add column end_reason text,
  add check (state in ('scheduled', 'reminded', 'due', 'offered', 'kept', 'missed', 'cancelled', 'moved')),
  add check ((ended_at is null) = (state in ('scheduled', 'reminded', 'due', 'offered')));
update callbacks k set promised_to_id = k.owner_id, call_at = coalesce(e.due_at, k.due_at)
from calling_list_entries e where e.id = k.entry_id;
alter table callbacks alter column call_at set not null;
-- Those that have been tried, and those that are being called.
update callbacks k set offered_at = a.offered_at from (
  select callback_id, min(originated_at) as offered_at from attempts where callback_id is not null group by callback_id
) a where a.callback_id = k.id;
update callbacks k set state = 'offered' from calling_list_entries e
where e.id = k.entry_id and e.callback_id = k.id and e.state = 'in_progress' and k.state = 'scheduled';

-- One open promise an entry.
create unique index callbacks_open on callbacks (entry_id) where ended_at is null;
-- Serves pacing: what is to be called soon; and the end of a campaign.
create index callbacks_due on callbacks (campaign_id, call_at) where ended_at is null;
create index callbacks_lead on callbacks (lead_id) where ended_at is null;
-- Serves operators' own lists, and the choice of who takes a call: whoever has promised one soon goes last.
create index callbacks_owner on callbacks (owner_id, call_at) where ended_at is null and owner_id is not null;
-- Serve the watch: who is to be reminded, what comes due.
create index callbacks_coming on callbacks (due_at) where ended_at is null and state in ('scheduled', 'reminded');
-- Serves the watch: what is due and still has an owner.
create index callbacks_waiting on callbacks (due_at) where ended_at is null and state = 'due' and owner_id is not null;
-- Serves the watch: what is overdue and was not offered.
create index callbacks_overdue on callbacks (due_at) where ended_at is null and offered_at is null and escalated_at is null;
-- Serves managers' lists: what is open, and all of it.
create index callbacks_open_list on callbacks (organisation_id, due_at) where ended_at is null;
create index callbacks_list on callbacks (organisation_id, due_at desc, id desc);

-- Each step in the life of a promise. What changed without a new state has the same state twice.
create table callback_events (
  id bigint generated always as identity primary key,
  callback_id bigint not null references callbacks,
  at timestamptz not null,
  event text not null check (event in
    ('promised', 'reminded', 'due', 'offered', 'put_back', 'not_reached', 'deferred', 'handed_over', 'reassigned', 'escalated',
     'derived_anew', 'kept', 'missed', 'cancelled', 'moved')),
  from_state text,
  to_state text not null,
  -- Null: the engine.
  actor_id integer references users,
  attempt_id bigint,
  -- A rule, a result, or why somebody did it.
  reason text,
  detail jsonb
);
create index callback_events_callback on callback_events (callback_id, id);
create trigger callback_events_append_only before delete on callback_events
  for each statement execute function refuse_delete();
-- What is known of those that were there before.
insert into callback_events (callback_id, at, event, from_state, to_state, attempt_id)
select id, created_at, 'promised', null, 'scheduled', promised_in_attempt_id from callbacks order by id;
insert into callback_events (callback_id, at, event, from_state, to_state, attempt_id)
select id, ended_at, state, 'scheduled', state, kept_in_attempt_id from callbacks where ended_at is not null order by id;

-- How long we wait, remind and look away, by organisation.
create table callback_settings (
  organisation_id smallint primary key references organisations,
  -- The owner is reminded so long before.
  reminder_minutes smallint not null default 5 check (reminder_minutes between 0 and 120),
  -- Kept up to so long after the promised time, a promise was kept on time.
  on_time_minutes smallint not null default 10 check (on_time_minutes between 0 and 240),
  -- Once due, so long it waits for an owner who is not signed in, on a break, or busy; then anybody keeps it.
  away_grace_seconds integer not null default 30 check (away_grace_seconds between 0 and 3600),
  break_grace_seconds integer not null default 45 check (break_grace_seconds between 0 and 3600),
  busy_grace_seconds integer not null default 300 check (busy_grace_seconds between 0 and 3600),
  -- Overdue by so much and not offered: it is shown to managers.
  escalate_minutes smallint not null default 15 check (escalate_minutes between 1 and 1440),
  updated_by integer references users,
  updated_at timestamptz
);
insert into callback_settings (organisation_id) select id from organisations;
