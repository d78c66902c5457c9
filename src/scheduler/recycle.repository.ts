import { Injectable } from '@nestjs/common';

import { DEAD_RESULTS } from '../campaigns/retry-settings.js';
import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import { RECYCLE_LIST } from './recycle.job.js';
import { TIER } from './retry-plan.js';

const DEAD = DEAD_RESULTS.map((result) => `'${result}'`).join(', ');

/** Whom a rule would bring back: those whose calls ended with a code, in a round, up to an instant. */
export interface RecycleSpan {
  campaignId: number;
  code: string;
  /** How often they came back so far. */
  round: number;
  endedBefore: Date;
}

/** How far a walk through a span is. */
export interface RecyclePlace {
  at: Date;
  id: number;
}

export interface RecycleSlice {
  /** Entries looked at; fewer than asked for: the span is walked. */
  seen: number;
  recycled: number;
  last: RecyclePlace | null;
}

/** What is to be said of a code. */
export interface RecycleCountRow {
  code: string;
  /** Those who would come back now. */
  eligible: number;
  /** Those who stay: a number of theirs may not be called, it went well with them, no phone of theirs is left. */
  suppressed: number;
  settled: number;
  no_phone: number;
  /** Their calls ended too lately. */
  later: number;
  /** When the first of those ended. */
  first_ended_at: Date | null;
  /** They came back as often as they may. */
  used_up: number;
}

export interface AutomaticCampaign {
  id: number;
  organisationId: number;
}

@Injectable()
export class RecycleRepository {
  constructor(private readonly database: Database) {}

  /** What would come back, and what not, by code; codes and instants belong together by their place. */
  count(
    p: { campaignId: number; codes: readonly string[]; endedBefore: readonly Date[]; rounds: number; at: Date },
    on: Queryable = this.database,
  ): Promise<RecycleCountRow[]> {
    return on.query<RecycleCountRow>(COUNT, [p.campaignId, p.codes, p.endedBefore, p.rounds, p.at]);
  }

  /** Is there anybody who would come back? */
  async hasAny(
    p: { campaignId: number; codes: readonly string[]; endedBefore: readonly Date[]; rounds: number; at: Date },
    on: Queryable = this.database,
  ): Promise<boolean> {
    const [row] = await on.query<{ found: boolean }>(HAS_ANY, [
      ...[p.campaignId, p.codes, p.endedBefore, p.rounds, p.at],
    ]);
    return row!.found;
  }

  /** Bring back who may be, of the next `limit` entries of a span after a place. */
  async recycleSlice(
    on: Queryable,
    { campaignId, code, round, endedBefore }: RecycleSpan,
    after: RecyclePlace | null,
    at: Date,
    limit: number,
  ): Promise<RecycleSlice> {
    const [row] = await on.query<{ seen: number; recycled: number; last_at: Date | null; last_id: number | null }>(
      RECYCLE,
      [campaignId, code, round, endedBefore, at, after?.at ?? new Date(0), after?.id ?? 0, limit],
    );
    const { seen, recycled, last_at, last_id } = row!;
    return { seen, recycled, last: last_at === null ? null : { at: last_at, id: last_id! } };
  }

  /** Running campaigns whose lists come back by themselves. */
  listAutomatic(on: Queryable = this.database): Promise<AutomaticCampaign[]> {
    return on.query<AutomaticCampaign>(LIST_AUTOMATIC);
  }

  /** Is nobody left to call, but for those who were promised a call? */
  async isWorkedOut(campaignId: number, on: Queryable = this.database): Promise<boolean> {
    const [row] = await on.query<{ worked_out: boolean }>(IS_WORKED_OUT, [campaignId]);
    return row!.worked_out;
  }

  /** The job that is at it, or is about to be. */
  async findJob(campaignId: number, on: Queryable = this.database): Promise<number | null> {
    const [row] = await on.query<{ id: number }>(FIND_JOB, [campaignId, RECYCLE_LIST]);
    return row?.id ?? null;
  }
}

/** As calling_list_recycle has it. */
const COMPLETED = `e.campaign_id = $1 and e.state = 'completed' and e.completed_at is not null`;
const ENDED_WITH = `(case when e.completed_code in ('attempts_exhausted', 'retries_exhausted') then e.last_result
       else e.completed_code end)`;

/** Of suppressions, those that are about a number and not what somebody asked for. */
const OF_NUMBERS = `'wrong_person', 'reassigned', 'carrier_block', 'registry', 'imported'`;

/**
 * Why an entry `e` of campaign `c` stays as it is, or null with the first phone that may be dialled. What bans a number alone
 * keeps its person only where it is the last one; what somebody asked for keeps them whatever the number. Nobody comes back
 * who bought, here or by another campaign with the same offer, or who asked to be left alone.
 *
 * dispositions_lead, the primary key of the history, phones_pkey, suppressions_match, attempts_lead, and one look-up in the
 * suppression_numbers_match of each load. The offset has it done once, however often its answer is used.
 */
const fateAt = (at: string) => `
     cross join lateral (
       select own.position, own.bucket_id, case
         when exists (
           select from dispositions d
           where d.lead_id = e.lead_id and d.campaign_id = c.id and d.superseded_at is null
             and (d.result = 'success' or d.category in ('do_not_call', 'complaint')))
           or exists (select from lead_history h where h.lead_id = e.lead_id and c.offer_id = any(h.bought_offer_ids))
           then 'settled'
         when own.asked or own.position is null and own.banned then 'suppressed'
         when own.position is null then 'no_phone' end as kept_by
       from (
         select array_agg(a.phone_id) as ids from attempts a
         where a.lead_id = e.lead_id and a.entry_id = e.id
           and (a.result in (${DEAD}) or a.bridged_at is not null and exists (
             select from dispositions d
             where d.attempt_id = a.id and d.superseded_at is null and d.category in ('wrong_person', 'bad_data')))
       ) dead
       cross join lateral (
         select bool_or(ban.asked) as asked, bool_or(ban.banned) as banned,
           min(p.position) filter (where good.phone) as position,
           (array_agg(p.bucket_id order by p.position) filter (where good.phone))[1] as bucket_id
         from phones p
         cross join lateral (
           select count(*) > 0
               or exists (select from listed_numbers n
                 where n.match_hash = p.match_hash and n.organisation_id = c.organisation_id) as banned,
             coalesce(bool_or(s.reason not in (${OF_NUMBERS})), false) as asked
           from suppressions s
           where s.match_hash = p.match_hash and s.organisation_id = c.organisation_id and s.revoked_at is null
             and s.valid_from <= ${at} and (s.valid_to is null or s.valid_to > ${at})
             and (s.scope <> 'campaign' or s.campaign_id = c.id)
         ) ban
         cross join lateral (select not ban.banned and p.id <> all(coalesce(dead.ids, '{}')) as phone) good
         where p.lead_id = e.lead_id
       ) own
       offset 0
     ) fate`;

const RULES = `unnest($2::text[], $3::timestamptz[]) with ordinality as r(code, ended_before, place)`;

// calling_list_recycle gives the entries of each code.
const COUNT = statement(
  'scheduler.count_recyclable',
  `select r.code, n.eligible, n.suppressed, n.settled, n.no_phone, l.later, l.first_ended_at, u.used_up
   from ${RULES}
   join campaigns c on c.id = $1
   cross join lateral (
     select count(*) filter (where fate.kept_by is null) as eligible,
       count(*) filter (where fate.kept_by = 'suppressed') as suppressed,
       count(*) filter (where fate.kept_by = 'settled') as settled,
       count(*) filter (where fate.kept_by = 'no_phone') as no_phone
     from calling_list_entries e ${fateAt('$5::timestamptz')}
     where ${COMPLETED} and ${ENDED_WITH} = r.code and e.rounds < $4 and e.completed_at <= r.ended_before
   ) n
   cross join lateral (
     select count(*) as later, min(e.completed_at) as first_ended_at
     from calling_list_entries e
     where ${COMPLETED} and ${ENDED_WITH} = r.code and e.rounds < $4 and e.completed_at > r.ended_before
   ) l
   cross join lateral (
     select count(*) as used_up from calling_list_entries e
     where ${COMPLETED} and ${ENDED_WITH} = r.code and e.rounds >= $4
   ) u
   order by r.place`,
);

// calling_list_recycle, until the first who may come back.
const HAS_ANY = statement(
  'scheduler.has_recyclable',
  `select exists (
     select from ${RULES}
     join campaigns c on c.id = $1
     join calling_list_entries e on ${COMPLETED} and ${ENDED_WITH} = r.code and e.rounds < $4
       and e.completed_at <= r.ended_before
     ${fateAt('$5::timestamptz')}
     where fate.kept_by is null) as found`,
);

// calling_list_recycle from the last place on; then primary keys. Entries that somebody else holds stay for another time.
const RECYCLE = statement(
  'scheduler.recycle',
  `with c as materialized (select id, organisation_id, offer_id from campaigns where id = $1),
   page as materialized (
     select e.id, e.lead_id, e.completed_at from calling_list_entries e
     where ${COMPLETED} and ${ENDED_WITH} = $2 and e.rounds = $3 and e.completed_at <= $4
       and (e.completed_at, e.id) > ($6::timestamptz, $7::bigint)
     order by e.completed_at, e.id limit $8
   ),
   chosen as materialized (
     select e.id, fate.position, fate.bucket_id
     from page e cross join c ${fateAt('$5::timestamptz')}
     where fate.kept_by is null
   ),
   locked as materialized (
     select e.id, chosen.position, chosen.bucket_id
     from chosen join calling_list_entries e on e.id = chosen.id
     where e.state = 'completed' and e.rounds = $3
     order by e.id for update of e skip locked
   ),
   back as (
     update calling_list_entries e
     set state = 'ready', tier = ${TIER.retry}, due_at = $5, rounds = e.rounds + 1, past_attempts = e.attempts,
       phone_position = locked.position, bucket_id = locked.bucket_id, owner_id = null, callback_id = null,
       completed_code = null, completed_at = null
     from locked where e.id = locked.id
     returning e.id
   )
   select (select count(*) from page) as seen, (select count(*) from back) as recycled, last.completed_at as last_at,
     last.id as last_id
   from (values (1)) as one
   left join (select completed_at, id from page order by completed_at desc, id desc limit 1) last on true`,
);

// campaigns_running.
const LIST_AUTOMATIC = statement(
  'scheduler.list_recycling',
  `select id, organisation_id as "organisationId" from campaigns
   where state = 'running' and retry_plan -> 'recycling' ->> 'automatic' = 'true' order by id`,
);

// calling_list_ready, calling_list_waiting and attempts_live.
const IS_WORKED_OUT = statement(
  'scheduler.is_worked_out',
  `select not exists (select from calling_list_entries where campaign_id = $1 and state = 'ready' and owner_id is null)
     and not exists (select from calling_list_entries where campaign_id = $1 and state = 'waiting' and callback_id is null)
     and not exists (select from attempts where campaign_id = $1 and state <> 'ended') as worked_out`,
);

// As few rows as there are jobs under way.
const FIND_JOB = statement(
  'scheduler.find_recycling_job',
  `select id from jobs
   where kind = $2 and state in ('queued', 'running') and (payload ->> 'campaignId')::integer = $1
   order by id desc limit 1`,
);
