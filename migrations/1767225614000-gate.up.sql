-- What the gate further looks at: numbers that we may show, what a campaign may spend, households, kinds of phones. And the
-- claim's index: retries and those whom we abandoned go by their time.

alter table campaigns
  -- After a conversation, others who share the phone are left alone for so many hours; 0: they are not.
  add column household_pause_hours smallint not null default 24 check (household_pause_hours between 0 and 720),
  -- { "first": "mobile" | "fixed", "hours": { "mobile": { "mon": [["18:00", "20:00"]], … }, "fixed": … } }, each of it
  -- optional: which phone of a lead is tried first, and when each kind is called. Null: in their order, at the campaign's hours.
  add column phone_kinds jsonb check (jsonb_typeof(phone_kinds) = 'object'),
  -- In the campaign's currency, by cost_per_dial and cost_per_minute. A day is one of UTC.
  add column spend_ceiling_daily numeric(14, 2) check (spend_ceiling_daily > 0),
  add column spend_ceiling_total numeric(14, 2) check (spend_ceiling_total > 0);

-- Numbers that we may show to whom we call, and by what right.
create table caller_ids (
  id integer generated always as identity primary key,
  organisation_id smallint not null references organisations,
  -- In E.164. Our own, not a person's: it is no secret.
  number text not null check (number ~ '^\+[1-9][0-9]{6,14}$'),
  -- Of whom it is.
  name text not null check (length(name) between 1 and 100),
  -- owned: assigned to us · contract: lent by a carrier · mandate: of the client for whom we call.
  authority text not null check (authority in ('owned', 'contract', 'mandate')),
  -- By what that is shown, such as a contract's number.
  evidence text not null default '' check (length(evidence) <= 500),
  -- Where it may be shown (ISO 3166-1); empty: everywhere.
  countries char(2)[] not null default '{}',
  line_type text not null,
  -- What the carrier shows beside it; null: nothing is registered there.
  label text check (length(label) between 1 and 32),
  -- From then on it may not be shown.
  valid_to timestamptz,
  version integer not null default 1,
  created_by integer references users,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  removed_at timestamptz
);
-- Serves the gate.
create unique index caller_ids_number on caller_ids (organisation_id, number) where removed_at is null;

-- At most one live attempt a phone, as before. Of a column that is never null: so that who asks for the live calls of a
-- campaign is not thought to ask for this index, which has those of all campaigns, and all that ended since it was last swept.
drop index attempts_live_phone;
create unique index attempts_live_phone on attempts (organisation_id, match_hash)
  where state <> 'ended' and match_hash is not null;

-- Raised by whatever the gate need not read each time: numbers that we may show, published scripts, lists of registries.
create table gate_stamps (
  only_row boolean primary key default true check (only_row),
  stamp bigint not null
);
insert into gate_stamps (stamp) values (1);
create function raise_gate_stamp() returns trigger language plpgsql as $$
begin
  update gate_stamps set stamp = stamp + 1;
  return null;
end $$;
create trigger caller_ids_gate after insert or update or delete on caller_ids
  for each statement execute function raise_gate_stamp();
create trigger scripts_gate after update of published_version on scripts
  for each statement execute function raise_gate_stamp();
create trigger suppression_lists_gate after insert or update on suppression_lists
  for each statement execute function raise_gate_stamp();
create trigger suppression_loads_gate after insert or update on suppression_loads
  for each statement execute function raise_gate_stamp();

-- One place inserts attempts and their decisions, and it has just locked the entry and read the campaign, which are never
-- deleted: three checks a dial took a tenth of its time, and all dials of a campaign met at its row.
alter table attempts drop constraint attempts_campaign_id_fkey, drop constraint attempts_entry_id_fkey;
alter table decisions drop constraint decisions_attempt_id_fkey;

-- Serves the claim: the head of each open bucket. Promises, those whom we abandoned and retries go by their time, hot and new
-- leads by rank. Measured: leaving the bucket out costs 16 ms a claim, keeping entries that are not due in it 92 ms, against
-- 1 ms.
drop index calling_list_ready;
create index calling_list_ready on calling_list_entries
  (campaign_id, bucket_id, tier, (case when tier in (3, 5) then rank end), due_at, id)
  where state = 'ready' and owner_id is null;
