import { Injectable } from '@nestjs/common';

import type { WeekHours } from '../compliance/profile.js';
import { LEFT_SEGMENT } from '../campaigns/left-segment.js';
import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';

/** An entry that this transaction holds, with the phone that is next for it. */
export interface ClaimedEntry {
  entry_id: number;
  lead_id: number;
  bucket_id: number;
  country: string;
  attempts: number;
  owner_id: number | null;
  callback_id: number | null;
  phone_id: number | null;
  sealed: Buffer;
  match_hash: Buffer;
}

export interface ClaimedRung {
  tier: number;
  /** The campaign's share of dials for retries, where it has one. */
  retry_share: number | null;
  /** The campaign's list follows its segments. */
  is_live: boolean;
}

export interface CampaignFactsRow {
  organisation_id: number;
  state: string;
  mode: string;
  hours: WeekHours;
  max_attempts: number;
  max_attempts_per_day: number;
  /** 0: who refused lately is called all the same. */
  cool_down_days: number;
  max_lines: number;
  ring_timeout_ms: number;
  connect_timeout_ms: number;
  caller_id: string | null;
  script_id: number | null;
  /** The published one; null: none is. */
  script_version: number | null;
  fence: number | null;
  lease_until: Date | null;
  lines_in_use: number;
}

export interface NewAttempt {
  entryId: number;
  leadId: number;
  phoneId: number;
  matchHash: string;
  callbackId: number | null;
  operatorId: number | null;
  number: number;
  facts: unknown;
}

export interface PutBack {
  entryId: number;
  leadId: number;
  phoneId: number;
  state: 'ready' | 'waiting' | 'completed';
  dueAt: Date | null;
  code: string | null;
  verdict: 'defer' | 'deny';
  reasons: unknown;
  nextAt: Date | null;
  facts: unknown;
}

export interface EntryRow {
  entry_id: number;
  campaign_id: number;
  organisation_id: number;
  lead_id: number;
  bucket_id: number;
  country: string;
  attempts: number;
  max_attempts: number;
  hours: WeekHours;
  callback_id: number | null;
  callback_owner_id: number | null;
  callback_tries: number;
  has_other_phone: boolean;
}

@Injectable()
export class SchedulerRepository {
  constructor(private readonly database: Database) {}

  /** Make due entries ready. Returns how many. */
  async promoteDue(campaignId: number, at: Date, limit: number): Promise<number> {
    const rows = await this.database.query(PROMOTE_DUE, [campaignId, at, limit]);
    return rows.length;
  }

  /** Personal callbacks whose owner is not there become anybody's. Returns how many. */
  async releaseOwned(campaignId: number, dueBefore: Date): Promise<number> {
    const rows = await this.database.query(RELEASE_OWNED, [campaignId, dueBefore]);
    return rows.length;
  }

  /** The head of the list in the open buckets, locked for this transaction; entries that others hold are passed over. */
  claimReady(
    on: Queryable,
    p: {
      campaignId: number;
      buckets: readonly number[];
      owners: readonly number[];
      limit: number;
      /** What the campaign owes to retries, 0 up to 1, where it has a share for them. */
      retryCredit: number;
    },
  ): Promise<(ClaimedEntry & ClaimedRung)[]> {
    return on.query(CLAIM_READY, [p.campaignId, p.buckets, p.owners, p.limit, p.retryCredit]);
  }

  async readCampaignFacts(on: Queryable, campaignId: number): Promise<CampaignFactsRow | null> {
    const rows = await on.query<CampaignFactsRow>(READ_CAMPAIGN_FACTS, [campaignId]);
    return rows[0] ?? null;
  }

  /** When each of these leads last refused, in any campaign; by id, without those that never did. */
  async readRefusals(on: Queryable, leadIds: readonly number[]): Promise<Map<number, Date>> {
    const rows = await on.query<{ lead_id: number; refused_at: Date }>(READ_REFUSALS, [leadIds]);
    return new Map(rows.map((row) => [row.lead_id, row.refused_at]));
  }

  /** Reserve attempts and put other entries back, each with its decision. Returns the ids of the attempts by entry. */
  async reserve(
    on: Queryable,
    p: {
      campaignId: number;
      campaign: CampaignFactsRow;
      fence: number;
      at: Date;
      dialBefore: Date;
      attempts: readonly NewAttempt[];
      putBacks: readonly PutBack[];
    },
  ): Promise<Map<number, number>> {
    const rows = await on.query<{ id: number; entry_id: number }>(RESERVE, [
      p.campaignId,
      p.campaign.organisation_id,
      p.fence,
      p.campaign.mode,
      p.campaign.caller_id,
      p.campaign.ring_timeout_ms,
      p.campaign.connect_timeout_ms,
      p.campaign.script_version,
      p.at,
      p.dialBefore,
      JSON.stringify(p.attempts),
      JSON.stringify(p.putBacks),
      p.campaign.script_id,
    ]);
    return new Map(rows.map((row) => [row.entry_id, row.id]));
  }

  /** An entry with what its plan rests on, locked. */
  async lockEntry(on: Queryable, entryId: number): Promise<EntryRow> {
    const rows = await on.query<EntryRow>(LOCK_ENTRY, [entryId]);
    if (!rows[0]) throw new Error(`There is no calling-list entry ${entryId}`);
    return rows[0];
  }

  async updateEntry(
    on: Queryable,
    p: {
      entryId: number;
      state: 'waiting' | 'completed';
      tier: number | null;
      dueAt: Date | null;
      nextPhone: boolean;
      ownerId: number | null;
      callbackId: number | null;
      lastResult: string;
      code: string | null;
    },
  ): Promise<void> {
    await on.query(UPDATE_ENTRY, [
      p.entryId,
      p.state,
      p.tier,
      p.dueAt,
      p.nextPhone,
      p.ownerId,
      p.callbackId,
      p.lastResult,
      p.code,
    ]);
  }

  async putBack(on: Queryable, entryId: number): Promise<void> {
    await on.query(PUT_BACK, [entryId]);
  }

  /** Entries whose leads fit no segment any more. */
  async leave(on: Queryable, entryIds: readonly number[]): Promise<void> {
    await on.query(LEAVE, [entryIds, LEFT_SEGMENT]);
  }

  async findEntryOfLead(on: Queryable, campaignId: number, leadId: number): Promise<LeadEntryRow | null> {
    const rows = await on.query<LeadEntryRow>(FIND_ENTRY_OF_LEAD, [campaignId, leadId]);
    return rows[0] ?? null;
  }
}

export interface LeadEntryRow extends ClaimedEntry {
  state: string;
  due_at: Date;
  completed_code: string | null;
}

// calling_list_waiting finds them. A late callback climbs to the top of the ladder.
const PROMOTE_DUE = statement(
  'scheduler.promote_due',
  `update calling_list_entries e
   set state = 'ready',
       tier = case when e.callback_id is not null and e.due_at < $2::timestamptz - interval '10 minutes' then 0 else e.tier end
   where e.id in (
     select id from calling_list_entries
     where campaign_id = $1 and state = 'waiting' and due_at <= $2
     order by due_at, id limit $3 for update skip locked)
   returning e.id`,
);

// calling_list_owned; operator_states by primary key.
const RELEASE_OWNED = statement(
  'scheduler.release_owned',
  `update calling_list_entries e
   set owner_id = null
   where e.campaign_id = $1 and e.state = 'ready' and e.owner_id is not null and e.due_at < $2
     and not exists (
       select from operator_states o
       where o.operator_id = e.owner_id and o.campaign_id = $1 and o.state in ('ready', 'in_call', 'wrap_up'))
   returning e.id`,
);

/** As calling_list_ready has it: promises go by their time, all else by rank. */
const RANK = `(case when tier > 1 then rank end)`;
const HEAD_COLUMNS = `id, tier, ${RANK} as rank, due_at`;
const SHARED_OF_BUCKET = `campaign_id = $1 and bucket_id = b.id and state = 'ready' and owner_id is null`;
const IN_ORDER = `order by tier, ${RANK}, due_at, id`;

// A personal callback goes before all that is shared. calling_list_ready gives the head of each open bucket,
// calling_list_owned that of each ready owner; only the chosen rows are locked, by primary key. The campaign's shared lock
// makes a pause wait for this transaction and bind the next.
//
// Where the campaign has a share for retries, the heads of retries and of new leads are read apart, and their n-th goes to
// the place at which it is due: the i-th retry to the first place n with credit + n * share >= i, new leads to the others.
// Where there is none, those two reads are never begun.
const CLAIM_READY = statement(
  'scheduler.claim_ready',
  `with campaign_lock as materialized (select pg_advisory_xact_lock_shared(1, $1::integer)),
   blend as materialized (
     select retry_share::float8 as share, list_mode = 'live' as is_live from campaigns where id = $1),
   owned as (
     select e.*, 0 as rung
     from unnest($3::integer[]) as o(id)
     cross join lateral (
       select ${HEAD_COLUMNS} from calling_list_entries
       where campaign_id = $1 and owner_id = o.id and state = 'ready' and bucket_id = any($2)
       order by tier, due_at, id limit 1) e
   ),
   common as (
     select e.*, 1 as rung
     from unnest($2::smallint[]) as b(id)
     cross join lateral (
       (select ${HEAD_COLUMNS} from calling_list_entries
        where ${SHARED_OF_BUCKET} and tier <= (case when (select share from blend) is null then 5 else 3 end)
        ${IN_ORDER} limit $4)
       union all
       (select ${HEAD_COLUMNS} from calling_list_entries
        where ${SHARED_OF_BUCKET} and tier = 4 and (select share from blend) is not null
        ${IN_ORDER} limit $4)
       union all
       (select ${HEAD_COLUMNS} from calling_list_entries
        where ${SHARED_OF_BUCKET} and tier = 5 and (select share from blend) is not null
        ${IN_ORDER} limit $4)) e
   ),
   numbered as (
     select h.*, row_number() over (partition by h.rung, h.tier order by h.rank, h.due_at, h.id) as number
     from (select * from owned union all select * from common) h
   ),
   head as materialized (
     select n.id,
       row_number() over (order by n.rung,
         case when n.tier < 4 or blend.share is null then n.tier else 4 end,
         case when n.tier < 4 then null
           when n.tier = 4 then ceil((n.number - $5::float8) / nullif(blend.share, 0))
           else floor((n.number - 1 + $5::float8) / nullif(1 - blend.share, 0)) + 1 end,
         n.tier, n.rank, n.due_at, n.id) as place
     from numbered n, blend, campaign_lock
     order by place limit $4
   ),
   claimed as materialized (
     select e.id, e.lead_id, e.bucket_id, e.attempts, e.owner_id, e.callback_id, e.phone_position, e.tier
     from calling_list_entries e
     where e.id = any(array(select id from head)) and e.state = 'ready'
     for update skip locked
   )
   select c.id as entry_id, c.lead_id, coalesce(p.bucket_id, c.bucket_id) as bucket_id, c.attempts, c.owner_id, c.callback_id,
     c.tier, blend.share as retry_share, blend.is_live, p.id as phone_id, p.sealed, p.match_hash, p.country
   from claimed c
   join head using (id)
   cross join blend
   left join phones p on p.lead_id = c.lead_id and p.position = c.phone_position
   order by head.place`,
);

// Primary keys, and attempts_live for the lines.
const READ_CAMPAIGN_FACTS = statement(
  'scheduler.read_campaign_facts',
  `select c.organisation_id, c.state, c.mode, c.hours, c.max_attempts, c.max_attempts_per_day,
     c.cool_down_days, c.max_lines,
     c.ring_timeout_ms, c.connect_timeout_ms, c.caller_id, c.script_id, s.published_version as script_version,
     l.fence, l.expires_at as lease_until,
     (select count(*) from attempts a where a.campaign_id = c.id and a.state <> 'ended') as lines_in_use
   from campaigns c
   left join campaign_loops l on l.campaign_id = c.id
   left join scripts s on s.id = c.script_id
   where c.id = $1`,
);

// The primary key of the history.
const READ_REFUSALS = statement(
  'scheduler.read_refusals',
  `select lead_id, refused_at from lead_history where lead_id = any($1::bigint[]) and refused_at is not null`,
);

// One round trip for the whole outcome of a gate: attempts, entries and decisions.
const RESERVE = statement(
  'scheduler.reserve',
  `with wanted as materialized (
     select w.* from rows from (jsonb_to_recordset($11::jsonb) as
       ("entryId" bigint, "leadId" bigint, "phoneId" bigint, "matchHash" text, "callbackId" bigint, "operatorId" integer,
        "number" smallint, "facts" jsonb)) with ordinality as
       w("entryId", "leadId", "phoneId", "matchHash", "callbackId", "operatorId", "number", "facts", place)
   ),
   reserved as (
     insert into attempts
       (organisation_id, campaign_id, entry_id, lead_id, phone_id, match_hash, callback_id, fence, mode, number, caller_id,
        ring_timeout_ms, connect_timeout_ms, script_version, script_id, state, operator_id, reserved_at, dial_before)
     select $2, $1, "entryId", "leadId", "phoneId", decode("matchHash", 'hex'), "callbackId", $3, $4, "number", $5,
       $6, $7, $8, $13::integer, 'reserved', "operatorId", $9, $10
     from wanted order by place
     returning id, entry_id, lead_id, phone_id
   ),
   taken as (
     update calling_list_entries e set state = 'in_progress', attempts = e.attempts + 1
     from reserved r where e.id = r.entry_id
   ),
   back as materialized (
     select * from jsonb_to_recordset($12::jsonb) as
       b("entryId" bigint, "leadId" bigint, "phoneId" bigint, "state" text, "dueAt" timestamptz, "code" text,
         "verdict" text, "reasons" jsonb, "nextAt" timestamptz, "facts" jsonb)
   ),
   returned as (
     update calling_list_entries e
     set state = b."state", due_at = coalesce(b."dueAt", e.due_at), completed_code = b."code"
     from back b where e.id = b."entryId"
   ),
   decided as (
     insert into decisions (attempt_id, campaign_id, lead_id, phone_id, at, verdict, reasons, next_at, facts)
     select r.id, $1::integer, r.lead_id, r.phone_id, $9::timestamptz, 'allow', '[]'::jsonb, null::timestamptz, w."facts"
     from reserved r join wanted w on w."entryId" = r.entry_id
     union all
     select null, $1, b."leadId", b."phoneId", $9, b."verdict", b."reasons", b."nextAt", b."facts" from back b
   )
   select id, entry_id from reserved`,
);

const LOCK_ENTRY = statement(
  'scheduler.lock_entry',
  `select e.id as entry_id, e.campaign_id, c.organisation_id, e.lead_id, e.bucket_id, b.country, e.attempts,
     c.max_attempts, c.hours, e.callback_id, k.owner_id as callback_owner_id,
     (select count(*) from attempts a where a.lead_id = e.lead_id and a.callback_id = e.callback_id
        and (a.originated_at is not null or a.state <> 'ended')) as callback_tries,
     exists (select from phones p where p.lead_id = e.lead_id and p.position > e.phone_position) as has_other_phone
   from calling_list_entries e
   join campaigns c on c.id = e.campaign_id
   join buckets b on b.id = e.bucket_id
   left join callbacks k on k.id = e.callback_id
   where e.id = $1
   for update of e`,
);

// phones_lead for the next phone, which may live by another clock than the one before.
const UPDATE_ENTRY = statement(
  'scheduler.update_entry',
  `update calling_list_entries e
   set state = $2, tier = coalesce($3, tier), due_at = coalesce($4, due_at),
     (phone_position, bucket_id) = (
       select coalesce(min(p.position), e.phone_position), coalesce((array_agg(p.bucket_id order by p.position))[1], e.bucket_id)
       from phones p where $5 and p.lead_id = e.lead_id and p.position > e.phone_position),
     owner_id = $6, callback_id = $7, last_result = $8, completed_code = $9
   where id = $1`,
);

const PUT_BACK = statement(
  'scheduler.put_back',
  `update calling_list_entries set state = 'ready', attempts = attempts - 1 where id = $1 and state = 'in_progress'`,
);

const LEAVE = statement(
  'scheduler.leave',
  `update calling_list_entries set state = 'completed', completed_code = $2 where id = any($1::bigint[])`,
);

// The unique key (campaign_id, lead_id).
const FIND_ENTRY_OF_LEAD = statement(
  'scheduler.find_entry_of_lead',
  `select e.id as entry_id, e.lead_id, coalesce(p.bucket_id, e.bucket_id) as bucket_id, e.attempts, e.owner_id, e.callback_id, e.state, e.due_at, e.completed_code,
     p.id as phone_id, p.sealed, p.match_hash, p.country
   from calling_list_entries e
   left join phones p on p.lead_id = e.lead_id and p.position = e.phone_position
   where e.campaign_id = $1 and e.lead_id = $2`,
);
