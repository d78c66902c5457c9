import { Injectable } from '@nestjs/common';

import type { Purpose, WeekHours } from '../compliance/profile.js';
import { LEFT_SEGMENT } from '../campaigns/left-segment.js';
import { DEAD_RESULTS, type RetryPlan } from '../campaigns/retry-settings.js';
import type { PhoneKinds } from '../compliance/phone-kinds.js';
import { Database, type PipelinedTx, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { Head } from './order.js';
import type { EntryAttempt } from './retry-plan.js';
import type { UsageSince } from './spending.js';

/** Namespace of the locks of persons: a hash of the lead's id with this seed. Those of phones are hashes too. */
const PERSON_LOCK = 5;

/** An entry that this transaction holds, with the phone that is next for it. */
export interface ClaimedEntry {
  entry_id: number;
  lead_id: number;
  /** Of the phone. */
  bucket_id: number;
  country: string;
  line_type: string;
  attempts: number;
  /** Those of earlier rounds among them. */
  past_attempts: number;
  owner_id: number | null;
  callback_id: number | null;
  phone_id: number | null;
  phone_position: number;
  sealed: Buffer;
  match_hash: Buffer;
  tier: number;
  /** This transaction has the locks of phone and person. */
  locked: boolean;
}

/** An entry that may be next, and the campaign's share of dials for retries, where it has one of its own. */
export interface HeadRow extends Head {
  retry_share: number | null;
}

/** Which buckets are open, and which phone of a lead that was never tried is taken. */
export interface OpenBuckets {
  all: readonly number[];
  /** Where the campaign has hours for kinds of phones: buckets that are open for each. */
  byKind: { mobile: readonly number[]; fixed: readonly number[] } | null;
  first: 'mobile' | 'fixed' | null;
}

/** The campaign as the attempt keeps it. */
export interface AttemptSettings {
  organisation_id: number;
  mode: string;
  ring_timeout_ms: number;
  connect_timeout_ms: number;
  caller_id: string | null;
  script_id: number | null;
  script_version: number | null;
}

export interface NewAttempt {
  entryId: number;
  leadId: number;
  phoneId: number;
  matchHash: string;
  callbackId: number | null;
  operatorId: number | null;
  number: number;
  phonePosition: number;
  bucketId: number;
  /** The consent that it rests on, where one is asked for. */
  consentId: number | null;
  facts: unknown;
}

export interface PutBack {
  entryId: number;
  leadId: number;
  phoneId: number;
  state: 'ready' | 'waiting' | 'completed';
  dueAt: Date | null;
  code: string | null;
  /** The rule that holds it back until it is due. */
  heldBy: string | null;
  verdict: 'defer' | 'deny';
  reasons: unknown;
  nextAt: Date | null;
  phonePosition: number;
  bucketId: number;
  facts: unknown;
}

interface Reserved {
  id: number;
  entry_id: number;
}

export interface EntryRow {
  entry_id: number;
  campaign_id: number;
  organisation_id: number;
  lead_id: number;
  bucket_id: number;
  attempts: number;
  past_attempts: number;
  phone_position: number;
  max_attempts: number;
  hours: WeekHours;
  purpose: Purpose;
  phone_kinds: PhoneKinds | null;
  /** Null: the standard one. */
  retry_plan: RetryPlan | null;
  callback_id: number | null;
  callback_owner_id: number | null;
  callback_tries: number;
  /** By position. */
  phones: { id: number; position: number; bucketId: number; lineType: string }[];
  /** Those that ended or are up, the oldest first. */
  tried: EntryAttempt[];
}

@Injectable()
export class SchedulerRepository {
  constructor(private readonly database: Database) {}

  /** Make due entries ready. Returns how many. */
  async promoteDue(campaignId: number, at: Date, limit: number): Promise<number> {
    const rows = await this.database.query(PROMOTE_DUE, [campaignId, at, limit]);
    return rows.length;
  }

  /** Promises due before that are ready become overdue ones. Returns how many. */
  async climbOverdue(campaignId: number, dueBefore: Date): Promise<number> {
    const rows = await this.database.query(CLIMB_OVERDUE, [campaignId, dueBefore]);
    return rows.length;
  }

  /**
   * What may be called next, without locks: the first of each class of the ladder, in no order; and the campaign's lock, which
   * a pause waits for.
   */
  readHeads(
    on: Queryable,
    p: {
      campaignId: number;
      buckets: readonly number[];
      owners: readonly number[];
      /** Of each class. */
      limit: number;
      /** New leads, too. */
      fresh: boolean;
    },
  ): Promise<HeadRow[]> {
    return on.query<HeadRow>(READ_HEADS, [p.campaignId, p.buckets, p.owners, p.limit, p.fresh]);
  }

  /**
   * Some of these entries, in their order, locked for this transaction with their phones and persons; those that others hold
   * are passed over. `compliance.read_dial_facts` reads whom it took.
   */
  claim(on: Queryable, entryIds: readonly number[], limit: number, buckets: OpenBuckets): Promise<ClaimedEntry[]> {
    const { all, byKind, first } = buckets;
    if (!byKind && !first) return on.query(CLAIM, [entryIds, limit]);
    return on.query(CLAIM_BY_KIND, [entryIds, limit, first, byKind?.mobile ?? all, byKind?.fixed ?? all]);
  }

  /** Dials and talk of a campaign, of attempts reserved from an instant on, and of those since the day began. */
  async readSpending(on: Queryable, campaignId: number, since: Date, day: Date, at: Date): Promise<UsageSince> {
    const [row] = await on.query<UsageSince>(READ_SPENDING, [campaignId, since, day, at]);
    return row!;
  }

  /** Reserve attempts, each with its decision; and commit, if that is the last of it. Returns their ids by entry. */
  async reserve(
    tx: PipelinedTx,
    p: {
      campaignId: number;
      campaign: AttemptSettings;
      fence: number;
      at: Date;
      dialBefore: Date;
      attempts: readonly NewAttempt[];
    },
    isLast: boolean,
  ): Promise<Map<number, number>> {
    const { campaign, attempts } = p;
    const what = attempts.some((attempt) => attempt.consentId !== null) ? RESERVE_BY_CONSENT : RESERVE;
    const values = [
      ...[p.campaignId, campaign.organisation_id, p.fence, campaign.mode, campaign.caller_id, campaign.ring_timeout_ms],
      ...[campaign.connect_timeout_ms, campaign.script_version, campaign.script_id, JSON.stringify(attempts)],
      ...[p.at, p.dialBefore],
    ];
    const rows = await (isLast ? tx.finish<Reserved>(what, values) : tx.query<Reserved>(what, values));
    return new Map(rows.map((row) => [row.entry_id, row.id]));
  }

  /** Put entries back or end them, each with the decision that says why. */
  async refuse(on: Queryable, campaignId: number, at: Date, putBacks: readonly PutBack[]): Promise<void> {
    await on.query(REFUSE, [campaignId, at, JSON.stringify(putBacks)]);
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
      /** The phone that is next, which may live by another clock than the one before. */
      phonePosition: number;
      bucketId: number;
      ownerId: number | null;
      callbackId: number | null;
      lastResult: string;
      code: string | null;
      attemptId: number;
      /** Why so, for the attempt that it follows. */
      planned: unknown;
      at: Date;
    },
  ): Promise<void> {
    await on.query(UPDATE_ENTRY, [
      ...[p.entryId, p.state, p.tier, p.dueAt, p.phonePosition, p.bucketId, p.ownerId, p.callbackId],
      ...[p.lastResult, p.code, p.at, p.attemptId, JSON.stringify(p.planned)],
    ]);
  }

  /** Returns the promise that it carries, if any. */
  async putBack(on: Queryable, entryId: number): Promise<number | null> {
    const rows = await on.query<{ callback_id: number | null }>(PUT_BACK, [entryId]);
    return rows[0]?.callback_id ?? null;
  }

  /** The next call goes to this phone of the lead. */
  async usePhone(on: Queryable, entryId: number, phoneId: number): Promise<void> {
    await on.query(USE_PHONE, [entryId, phoneId]);
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

export interface LeadEntryRow extends Omit<ClaimedEntry, 'tier' | 'locked'> {
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

// callbacks_due: few are overdue, and of those few are on the lower rung still. The promise's own time counts, not the retry's.
const CLIMB_OVERDUE = statement(
  'scheduler.climb_overdue',
  `update calling_list_entries e set tier = 0
   where e.id = any(array(
     select c.id from callbacks k join calling_list_entries c on c.id = k.entry_id and c.callback_id = k.id
     where k.campaign_id = $1 and k.ended_at is null and k.call_at < $2 and k.due_at < $2 and c.state = 'ready' and c.tier = 1
     limit 1000 for update of c skip locked))
   returning e.id`,
);

/** As calling_list_ready has it: hot and new leads go by rank, all else by its time. */
const RANK = `(case when tier in (3, 5) then rank end)`;
/** The first of the shared entries of some tiers in the open buckets: the head of each, and the first of those. */
const headsOf = (tiers: string, more = '') => `(
     select e.id, e.tier, e.rank, e.due_at, false as owned
     from unnest($2::smallint[]) as b(id)
     cross join lateral (
       select id, tier, rank, due_at from calling_list_entries
       where campaign_id = $1 and bucket_id = b.id and state = 'ready' and owner_id is null and ${tiers}
       order by tier, ${RANK}, due_at, id limit $4::integer) e
     ${more}
     order by e.tier, (case when e.tier in (3, 5) then e.rank end), e.due_at, e.id limit $4::integer)`;

// calling_list_ready gives the head of each open bucket, for each class of the ladder; calling_list_owned that of each ready
// owner. The campaign's shared lock makes a pause wait for this transaction and bind the next. The other lock all gates share:
// a suppression list comes into force under it alone, and what a gate reads after this statement is the list as it was before
// or as it is after. Both come before those of entries and phones: nobody who has one of these waits for them.
const READ_HEADS = statement(
  'scheduler.read_heads',
  `select h.id, h.tier, h.rank, (extract(epoch from h.due_at) * 1000)::bigint as due_at, h.owned, c.retry_share
   from (
     select retry_share::float8, pg_advisory_xact_lock_shared(1, $1::integer), pg_advisory_xact_lock_shared(2, 0)
     from campaigns where id = $1 offset 0) c
   cross join (
     select e.*, true as owned
     from unnest($3::integer[]) as o(id)
     cross join lateral (
       select id, tier, rank, due_at from calling_list_entries
       where campaign_id = $1 and owner_id = o.id and state = 'ready' and bucket_id = any($2)
       order by tier, due_at, id limit 1) e
     union all ${headsOf('tier <= 3')}
     union all ${headsOf('tier = 4')}
     union all ${headsOf('tier = 5', 'where $5::boolean')}) h`,
);

/** Key of a phone's lock, as lockKey has it. */
const PHONE_KEY = `('x' || encode(substr(p.match_hash, 1, 8), 'hex'))::bit(64)::bigint`;

// By primary key, one after another until there are enough. Of phones and persons that somebody else has, another transaction
// is calling them right now.
const claim = (phone: string) => `with locked as materialized (
     select c.id as entry_id, c.lead_id, coalesce(p.bucket_id, c.bucket_id) as bucket_id, c.attempts, c.past_attempts, c.owner_id, c.callback_id,
       c.tier, coalesce(p.position, c.phone_position) as phone_position, p.id as phone_id, p.sealed, p.match_hash, p.country,
       p.line_type,
       p.id is not null and pg_try_advisory_xact_lock(${PHONE_KEY})
         and pg_try_advisory_xact_lock(hashint8extended(c.lead_id, ${PERSON_LOCK})) as locked
     from (
       select e.* from unnest($1::bigint[]) as h(id)
       cross join lateral (
         select id, lead_id, bucket_id, attempts, past_attempts, owner_id, callback_id, phone_position, tier
         from calling_list_entries where id = h.id and state = 'ready'
         for update skip locked) e
       limit $2::integer) c
     left join ${phone}
   ),
   noted as materialized (
     select set_config('zvon.leads', array_agg(lead_id)::text, true), set_config('zvon.hashes', array_agg(match_hash)::text, true)
     from locked
   )
   select l.* from locked l, noted`;

const CLAIM = statement(
  'scheduler.claim',
  claim('phones p on p.lead_id = c.lead_id and p.position = c.phone_position'),
);

// A lead that was never tried is called on the kind of phone that comes first, or that may be called now.
const CLAIM_BY_KIND = statement(
  'scheduler.claim_by_kind',
  claim(`lateral (
       select * from phones p
       where p.lead_id = c.lead_id
         and case when c.attempts = 0 and c.callback_id is null then true else p.position = c.phone_position end
       order by
         (p.line_type = 'mobile' or p.bucket_id = any($5::smallint[]))
           and (p.line_type = 'fixed_line' or p.bucket_id = any($4::smallint[])) desc,
         coalesce(case p.line_type when 'mobile' then 'mobile' when 'fixed_line' then 'fixed' end = $3::text, false) desc, p.position
       limit 1) p on true`),
);

// attempts_live gives the oldest call that is up, attempts_campaign (campaign_id, reserved_at) what lies between. What a dial
// is, as in the reports; one that is about to be made counts already.
const READ_SPENDING = statement(
  'scheduler.read_spending',
  `with edge as materialized (
     select least($4::timestamptz, (select min(reserved_at) from attempts where campaign_id = $1 and state <> 'ended')) as at
   )
   select (extract(epoch from edge.at) * 1000)::bigint as edge,
     ${usage('a.reserved_at < edge.at', '')}, ${usage('a.reserved_at < edge.at and a.reserved_at >= $3', 'day_')},
     ${usage('a.reserved_at >= edge.at', 'open_')},
     ${usage('a.reserved_at >= edge.at and a.reserved_at >= $3', 'open_day_')}
   from edge left join lateral (
     select a.id, a.reserved_at, extract(epoch from coalesce(a.ended_at, $4) - a.bridged_at) * 1000 as talk
     from attempts a
     where a.campaign_id = $1 and a.reserved_at >= $2
       and (a.originated_at is not null or a.state <> 'ended' or a.result = 'indeterminate')) a on true
   group by edge.at`,
);

function usage(filter: string, name: string): string {
  return `count(a.id) filter (where ${filter}) as ${name}dials,
     coalesce(sum(a.talk) filter (where ${filter}), 0)::float8 as ${name}talk_ms`;
}

/** Constants of ours as a list of SQL. */
function quoted(codes: readonly string[]): string {
  return codes.map((code) => `'${code}'`).join(', ');
}

/** Attempts, their entries and decisions, in one statement; and which consent each rests on, where that is asked for. */
const reserve = (consents: string) => `with wanted as materialized (
     select w.* from rows from (jsonb_to_recordset($10::jsonb) as
       ("entryId" bigint, "leadId" bigint, "phoneId" bigint, "matchHash" text, "callbackId" bigint, "operatorId" integer,
        "number" smallint, "phonePosition" smallint, "bucketId" smallint, "consentId" bigint, "facts" jsonb))
       with ordinality as w("entryId", "leadId", "phoneId", "matchHash", "callbackId", "operatorId", "number",
         "phonePosition", "bucketId", "consentId", "facts", place)
   ),
   reserved as (
     insert into attempts
       (organisation_id, campaign_id, entry_id, lead_id, phone_id, match_hash, callback_id, fence, mode, number, caller_id,
        ring_timeout_ms, connect_timeout_ms, script_version, script_id, state, operator_id, reserved_at, dial_before)
     select $2, $1, "entryId", "leadId", "phoneId", decode("matchHash", 'hex'), "callbackId", $3, $4, "number", $5,
       $6, $7, $8, $9::integer, 'reserved', "operatorId", $11, $12
     from wanted order by place
     returning id, entry_id, lead_id, phone_id
   ),
   taken as (
     update calling_list_entries e
     set state = 'in_progress', attempts = e.attempts + 1, phone_position = w."phonePosition", bucket_id = w."bucketId"
     from wanted w where e.id = w."entryId"
   ),${consents}
   decided as (
     insert into decisions (attempt_id, campaign_id, lead_id, phone_id, at, verdict, reasons, next_at, facts)
     select r.id, $1::integer, r.lead_id, r.phone_id, $11::timestamptz, 'allow', '[]'::jsonb, null::timestamptz, w."facts"
     from reserved r join wanted w on w."entryId" = r.entry_id
   )
   select id, entry_id from reserved`;

const RESERVE = statement('scheduler.reserve', reserve(''));
const RESERVE_BY_CONSENT = statement(
  'scheduler.reserve_by_consent',
  reserve(`
   used as (
     insert into consent_uses (attempt_id, consent_id, at)
     select r.id, w."consentId", $11::timestamptz
     from reserved r join wanted w on w."entryId" = r.entry_id where w."consentId" is not null
   ),`),
);

// Entries that may not be dialled, each with its decision. Primary key.
const REFUSE = statement(
  'scheduler.refuse',
  `with back as materialized (
     select * from jsonb_to_recordset($3::jsonb) as
       b("entryId" bigint, "leadId" bigint, "phoneId" bigint, "state" text, "dueAt" timestamptz, "code" text,
         "heldBy" text, "verdict" text, "reasons" jsonb, "nextAt" timestamptz, "phonePosition" smallint, "bucketId" smallint, "facts" jsonb)
   ),
   returned as (
     update calling_list_entries e
     set state = b."state", due_at = coalesce(b."dueAt", e.due_at), completed_code = b."code", held_by = b."heldBy",
       completed_at = case when b."state" = 'completed' then $2::timestamptz end, phone_position = b."phonePosition", bucket_id = b."bucketId"
     from back b where e.id = b."entryId"
   )
   insert into decisions (attempt_id, campaign_id, lead_id, phone_id, at, verdict, reasons, next_at, facts)
   select null, $1, b."leadId", b."phoneId", $2, b."verdict", b."reasons", b."nextAt", b."facts" from back b`,
);

const LOCK_ENTRY = statement(
  'scheduler.lock_entry',
  `select e.id as entry_id, e.campaign_id, c.organisation_id, e.lead_id, e.bucket_id, e.attempts, e.past_attempts,
     e.phone_position, c.max_attempts, c.hours, c.purpose, c.phone_kinds, c.retry_plan, k.id as callback_id,
     k.owner_id as callback_owner_id,
     (select count(*) from attempts a where a.lead_id = e.lead_id and a.callback_id = e.callback_id
        and (a.originated_at is not null or a.state <> 'ended')) as callback_tries,
     (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'position', p.position, 'bucketId', p.bucket_id,
         'lineType', p.line_type) order by p.position), '[]')
       from phones p where p.lead_id = e.lead_id) as phones,
     (select coalesce(jsonb_agg(jsonb_build_object('phoneId', a.phone_id, 'number', a.number,
         'result', case when a.bridged_at is null then a.result end,
         'outcome', case when d.operator_id is not null then d.outcome_code end,
         'dead', coalesce(a.result in (${quoted(DEAD_RESULTS)}), false)
           or coalesce(d.category in ('wrong_person', 'bad_data'), false)) order by a.id), '[]')
       from attempts a
       left join dispositions d on d.attempt_id = a.id and d.superseded_at is null
       where a.lead_id = e.lead_id and a.entry_id = e.id
         and (a.originated_at is not null or a.result is distinct from 'cancelled')) as tried
   from calling_list_entries e
   join campaigns c on c.id = e.campaign_id
   -- A promise that a rule has ended meanwhile is none.
   left join callbacks k on k.id = e.callback_id and k.ended_at is null
   where e.id = $1
   for update of e`,
);

// Primary keys. What is planned is kept with the attempt that it follows.
const UPDATE_ENTRY = statement(
  'scheduler.update_entry',
  `with planned as (update attempts set planned = $13::jsonb where id = $12)
   update calling_list_entries
   set state = $2, tier = coalesce($3, tier), due_at = coalesce($4, due_at), phone_position = $5, bucket_id = $6,
     owner_id = $7, callback_id = $8, last_result = $9, completed_code = $10::text, held_by = null,
     completed_at = case when $10::text is not null then $11::timestamptz end
   where id = $1`,
);

const PUT_BACK = statement(
  'scheduler.put_back',
  `update calling_list_entries set state = 'ready', attempts = attempts - 1 where id = $1 and state = 'in_progress'
   returning callback_id`,
);

// Primary key of phones. It may live by another clock than the one before.
const USE_PHONE = statement(
  'scheduler.use_phone',
  `update calling_list_entries e set phone_position = p.position, bucket_id = p.bucket_id
   from phones p where e.id = $1 and p.lead_id = e.lead_id and p.id = $2`,
);

const LEAVE = statement(
  'scheduler.leave',
  `update calling_list_entries set state = 'completed', completed_code = $2 where id = any($1::bigint[])`,
);

// The unique key (campaign_id, lead_id).
const FIND_ENTRY_OF_LEAD = statement(
  'scheduler.find_entry_of_lead',
  `select e.id as entry_id, e.lead_id, coalesce(p.bucket_id, e.bucket_id) as bucket_id, e.attempts, e.owner_id, e.callback_id,
     e.past_attempts, e.state, e.due_at, e.completed_code, e.phone_position, p.id as phone_id, p.sealed, p.match_hash, p.country, p.line_type
   from calling_list_entries e
   left join callbacks k on k.id = e.callback_id
   left join phones p on p.lead_id = e.lead_id
     and case when k.phone_id is null then p.position = e.phone_position else p.id = k.phone_id end
   where e.campaign_id = $1 and e.lead_id = $2`,
);
