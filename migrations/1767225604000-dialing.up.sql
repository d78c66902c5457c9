-- Attempts and what became of them, operators' states, promises, and who owns each campaign's loop.

-- One row for each campaign that is or was dialled: its owner by lease, and what its loop decided last.
create table campaign_loops (
  campaign_id integer primary key references campaigns on delete cascade,
  owner text not null,
  -- Grows at each change of owner. A reservation under an older fence is refused.
  fence bigint not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  decision jsonb
);

create table attempts (
  id bigint generated always as identity primary key,
  organisation_id smallint not null,
  campaign_id integer not null references campaigns,
  entry_id bigint not null references calling_list_entries,
  lead_id bigint not null,
  phone_id bigint not null,
  match_hash bytea not null,
  callback_id bigint,
  fence bigint not null,
  mode text not null,
  -- Which attempt at this lead in this campaign, from 1.
  number smallint not null,
  caller_id text,
  ring_timeout_ms integer not null,
  connect_timeout_ms integer not null,
  script_version integer,
  state text not null check (state in ('reserved', 'dialing', 'ringing', 'answered', 'bridged', 'ended')),
  -- The system result, once ended.
  result text check (result in
    ('answered', 'busy', 'no_answer', 'congestion', 'invalid_number', 'machine', 'fax', 'abandoned', 'cancelled',
     'blocked_by_carrier', 'failed', 'indeterminate')),
  answered_by text check (answered_by in ('person', 'machine', 'unknown')),
  ended_by text check (ended_by in ('customer', 'dialer', 'switch', 'reconciliation')),
  -- Whoever took the call, or for whom it was placed.
  operator_id integer references users,
  reserved_at timestamptz not null,
  -- Not originated by then: never originated.
  dial_before timestamptz not null,
  originated_at timestamptz,
  ringing_at timestamptz,
  answered_at timestamptz,
  bridged_at timestamptz,
  ended_at timestamptz,
  hangup_requested_at timestamptz,
  check ((state = 'ended') = (result is not null))
);
-- At most one live attempt a phone, in all campaigns of an organisation.
create unique index attempts_live_phone on attempts (organisation_id, match_hash) where state <> 'ended';
-- Serves the pacing snapshot and reconciliation.
create index attempts_live on attempts (campaign_id, state) where state <> 'ended';
-- Serves the dialer: calls that somebody asked to end.
create index attempts_hangup on attempts (hangup_requested_at) where hangup_requested_at is not null and state <> 'ended';
-- Serves caps: attempts to a phone in a window.
create index attempts_phone on attempts (match_hash, reserved_at);
create index attempts_campaign on attempts (campaign_id, reserved_at);
create index attempts_lead on attempts (lead_id, id);

-- The ledger is append-only: an attempt is never taken back.
create function refuse_delete() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never deleted', tg_table_name;
end $$;
create trigger attempts_append_only before delete on attempts for each statement execute function refuse_delete();

-- What the gate decided, and from which facts: a decision can be replayed.
create table decisions (
  id bigint generated always as identity primary key,
  attempt_id bigint references attempts,
  campaign_id integer not null,
  lead_id bigint not null,
  phone_id bigint not null,
  at timestamptz not null,
  verdict text not null check (verdict in ('allow', 'defer', 'deny')),
  -- [{ code, sentence, nextAt }], every rule that says no.
  reasons jsonb not null,
  next_at timestamptz,
  facts jsonb not null,
  check ((verdict = 'allow') = (attempt_id is not null))
);
create index decisions_lead on decisions (lead_id, id);
create unique index decisions_attempt on decisions (attempt_id) where attempt_id is not null;

create table dispositions (
  id bigint generated always as identity primary key,
  organisation_id smallint not null,
  campaign_id integer not null,
  attempt_id bigint not null references attempts,
  lead_id bigint not null,
  operator_id integer references users,
  -- An outcome of the campaign's set, or for an automatic one the system result.
  outcome_code text not null,
  category text not null,
  result text not null check (result in ('success', 'neutral', 'failure')),
  right_party boolean not null,
  refusal_reason text,
  -- { price, competitor, date, note }
  refusal_detail jsonb,
  note text,
  -- Made by the machine: no operator took the call, or the one who did was gone.
  automatic boolean not null,
  at timestamptz not null,
  corrects_id bigint references dispositions,
  superseded_at timestamptz
);
-- Every answered call has exactly one disposition in force.
create unique index dispositions_in_force on dispositions (attempt_id) where superseded_at is null;
create index dispositions_campaign on dispositions (campaign_id, at) where superseded_at is null;
create index dispositions_lead on dispositions (lead_id, id);
create index dispositions_operator on dispositions (operator_id, at) where superseded_at is null;

create table callbacks (
  id bigint generated always as identity primary key,
  organisation_id smallint not null,
  campaign_id integer not null references campaigns,
  entry_id bigint not null references calling_list_entries,
  lead_id bigint not null,
  promised_in_attempt_id bigint not null references attempts,
  -- Null: shared, any operator of the campaign.
  owner_id integer references users,
  -- As promised, in the customer's time; due_at is derived from it and derived anew when zones change.
  local_time timestamp not null,
  time_zone text not null,
  due_at timestamptz not null,
  note text,
  state text not null check (state in ('scheduled', 'kept', 'missed', 'cancelled')),
  kept_in_attempt_id bigint references attempts,
  created_at timestamptz not null,
  ended_at timestamptz
);
create unique index callbacks_open on callbacks (entry_id) where state = 'scheduled';
create index callbacks_due on callbacks (campaign_id, due_at) where state = 'scheduled';
create index callbacks_campaign on callbacks (campaign_id, id);

create table operator_states (
  operator_id integer primary key references users,
  organisation_id smallint not null,
  campaign_id integer references campaigns,
  state text not null check (state in ('offline', 'ready', 'in_call', 'wrap_up', 'break')),
  since_at timestamptz not null,
  -- The call at hand, in in_call and wrap_up.
  attempt_id bigint references attempts,
  break_requested boolean not null default false,
  wrap_up_until timestamptz,
  -- Last sign of life of the desk.
  seen_at timestamptz not null,
  check ((attempt_id is not null) = (state in ('in_call', 'wrap_up')))
);
create index operator_states_campaign on operator_states (campaign_id, state, since_at);
create unique index operator_states_attempt on operator_states (attempt_id) where attempt_id is not null;

-- How long each operator was in each state: the ground of occupancy.
create table operator_intervals (
  id bigint generated always as identity primary key,
  operator_id integer not null references users,
  campaign_id integer references campaigns,
  state text not null,
  attempt_id bigint,
  from_at timestamptz not null,
  to_at timestamptz
);
create unique index operator_intervals_open on operator_intervals (operator_id) where to_at is null;
create index operator_intervals_campaign on operator_intervals (campaign_id, from_at);
create index operator_intervals_operator on operator_intervals (operator_id, from_at);
