import { Injectable } from '@nestjs/common';

import type { Purpose, WeekHours } from '../compliance/profile.js';
import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import { CALLBACK_STATES, type CallbackState } from './callback-states.js';
import type { CallbackSettings } from './callback-settings.js';
import type { CancelRuleFacts } from './cancel-rules.js';

export interface NewCallback {
  organisationId: number;
  campaignId: number;
  entryId: number;
  leadId: number;
  attemptId: number;
  ownerId: number | null;
  promisedToId: number | null;
  phoneId: number | null;
  localTime: string;
  timeZone: string;
  dueAt: Date;
  note: string | null;
  movedFromId: number | null;
  actorId: number | null;
  at: Date;
}

/** An open promise with its entry, both locked. */
export interface OpenCallback {
  id: number;
  organisation_id: number;
  campaign_id: number;
  entry_id: number;
  lead_id: number;
  attempt_id: number;
  state: CallbackState;
  owner_id: number | null;
  promised_to_id: number | null;
  phone_id: number | null;
  time_zone: string;
  note: string | null;
}

/** The entry of a promise, locked. */
export interface EntryOfCallback {
  entry_id: number;
  state: string;
  bucket_id: number;
  hours: WeekHours;
  purpose: Purpose;
}

export interface Changed {
  id: number;
  lead_id: number;
  campaign_id: number;
  owner_id: number | null;
}

export interface CancelReach {
  organisationId: number;
  of: CancelRuleFacts['of'];
  matchHash: Buffer;
  leadId: number | null;
  /** Null: all campaigns. */
  campaignId: number | null;
  /** Null: whatever is offered. */
  offerId: number | null;
  reason: string;
  entryCode: string;
  attemptId: number | null;
  actorId: number | null;
  at: Date;
}

export interface CallbackRow {
  id: number;
  state: CallbackState;
  campaign_id: number;
  campaign_name: string;
  lead_id: number;
  lead_name: string | null;
  country: string | null;
  last_digits: string | null;
  other_phone: boolean;
  owner_id: number | null;
  owner_name: string | null;
  promised_to_id: number | null;
  promised_to_name: string | null;
  local_time: string;
  time_zone: string;
  due_at: Date;
  call_at: Date;
  created_at: Date;
  note: string | null;
  reminded_at: Date | null;
  offered_at: Date | null;
  dialled_at: Date | null;
  late_reason: string | null;
  handed_over_at: Date | null;
  escalated_at: Date | null;
  ended_at: Date | null;
  end_reason: string | null;
  moved_from_id: number | null;
}

export interface CallbackEventRow {
  at: Date;
  event: string;
  from_state: string | null;
  to_state: string;
  actor_name: string | null;
  attempt_id: number | null;
  reason: string | null;
  detail: Record<string, unknown> | null;
}

export interface CallbackFilter {
  organisationId: number;
  states: readonly CallbackState[] | null;
  campaignId: number | null;
  /** The owner; 0: shared ones. */
  operatorId: number | null;
  escalated: boolean;
  from: Date | null;
  to: Date | null;
  limit: number;
  offset: number;
}

export interface KeptCountsRow {
  kind: 'total' | 'campaign' | 'operator';
  id: number | null;
  name: string | null;
  promised: number;
  open: number;
  overdue: number;
  escalated: number;
  base: number;
  kept_on_time: number;
  kept: number;
  missed: number;
  moved: number;
  cancelled_by_rule: number;
  cancelled_by_people: number;
}

export interface PromisesSoonRow {
  due: number;
  soon: number;
}

@Injectable()
export class CallbacksRepository {
  constructor(private readonly database: Database) {}

  // ---- the life of one

  async insert(on: Queryable, c: NewCallback): Promise<number> {
    const rows = await on.query<{ id: number }>(INSERT, [
      ...[c.organisationId, c.campaignId, c.entryId, c.leadId, c.attemptId, c.ownerId, c.localTime, c.timeZone],
      ...[c.dueAt, c.note, c.at, c.promisedToId, c.phoneId, c.movedFromId, c.actorId],
    ]);
    return rows[0]!.id;
  }

  /** Null when it had ended already, or is in a state from which that can't follow. */
  async close(
    on: Queryable,
    p: {
      id: number;
      state: 'kept' | 'missed' | 'cancelled' | 'moved';
      attemptId: number | null;
      reason: string | null;
      actorId: number | null;
      detail: object | null;
      at: Date;
    },
  ): Promise<Changed | null> {
    const rows = await on.query<Changed>(CLOSE, [
      ...[p.id, p.state, CALLBACK_STATES.sourcesOf(p.state), p.attemptId, p.reason, p.actorId],
      ...[p.detail && JSON.stringify(p.detail), p.at],
    ]);
    return rows[0] ?? null;
  }

  /** Calls are reserved for these promises. */
  async offer(on: Queryable, offers: readonly { callbackId: number; attemptId: number }[], at: Date): Promise<void> {
    const from = CALLBACK_STATES.sourcesOf('offered');
    await on.query(OFFER, [offers.map((o) => o.callbackId), offers.map((o) => o.attemptId), from, at]);
  }

  /** Rules allow these calls only later. */
  async defer(
    on: Queryable,
    deferred: readonly { callbackId: number; code: string; until: Date }[],
    at: Date,
  ): Promise<void> {
    await on.query(DEFER, [JSON.stringify(deferred), at]);
  }

  /** The call that was reserved for it was never made. */
  async putBack(on: Queryable, id: number, attemptId: number, at: Date): Promise<void> {
    await on.query(PUT_BACK, [id, attemptId, at]);
  }

  /** The call did not reach the person, and is made again at `callAt`. */
  async notReached(
    on: Queryable,
    p: { id: number; attemptId: number; result: string; callAt: Date; at: Date },
  ): Promise<void> {
    await on.query(NOT_REACHED, [p.id, p.attemptId, p.result, p.callAt, p.at]);
  }

  async setOwner(
    on: Queryable,
    p: { id: number; ownerId: number | null; reason: string | null; actorId: number | null; at: Date },
  ): Promise<void> {
    await on.query(SET_OWNER, [p.id, p.ownerId, p.reason, p.actorId, p.at]);
  }

  /** The entry of a promise, locked first by all who change both, so that nobody waits in a circle. Null: no such promise. */
  async lockEntry(on: Queryable, organisationId: number, id: number): Promise<EntryOfCallback | null> {
    const rows = await on.query<EntryOfCallback>(LOCK_ENTRY, [id, organisationId]);
    return rows[0] ?? null;
  }

  async lockOpen(on: Queryable, id: number): Promise<OpenCallback | null> {
    const rows = await on.query<OpenCallback>(LOCK_OPEN, [id]);
    return rows[0] ?? null;
  }

  /** The open promise of an entry, other than those that its calls keep. */
  async findOpenOfEntry(on: Queryable, entryId: number): Promise<number | null> {
    const rows = await on.query<{ id: number }>(FIND_OPEN_OF_ENTRY, [entryId]);
    return rows[0]?.id ?? null;
  }

  /** The entry waits for this promise. */
  async moveEntry(
    on: Queryable,
    p: { entryId: number; callbackId: number; ownerId: number | null; dueAt: Date },
  ): Promise<void> {
    await on.query(MOVE_ENTRY, [p.entryId, p.callbackId, p.ownerId, p.dueAt]);
  }

  /** The entry ends with its promise. */
  async completeEntry(on: Queryable, entryId: number, callbackId: number, code: string): Promise<void> {
    await on.query(COMPLETE_ENTRY, [entryId, callbackId, code]);
  }

  // ---- what ends many

  /** At most `limit` of a campaign that is over. Returns the leads. */
  async cancelOpen(on: Queryable, campaignId: number, at: Date, limit: number): Promise<number[]> {
    const rows = await on.query<{ lead_id: number }>(CANCEL_OPEN, [campaignId, at, limit]);
    return rows.map((row) => row.lead_id);
  }

  /** Campaigns that are over and still have open promises. */
  async listOverCampaigns(): Promise<number[]> {
    return (await this.database.query<{ id: number }>(LIST_OVER_CAMPAIGNS)).map((row) => row.id);
  }

  /** By rule. `missed`: how many somebody else was at work on, and which were left. */
  async cancelByRule(on: Queryable, reach: CancelReach): Promise<{ cancelled: Changed[]; missed: number }> {
    const rows = await on.query<Changed & { missed: number }>(CANCEL_BY_RULE, [
      ...[reach.organisationId, reach.matchHash, reach.leadId, reach.of === 'person', reach.campaignId, reach.offerId],
      ...[reach.reason, reach.entryCode, reach.attemptId, reach.actorId, reach.at],
    ]);
    return { cancelled: rows.filter((row) => row.id !== null), missed: rows[0]?.missed ?? 0 };
  }

  /** Null for one that ends by itself: a promise may come due after it, and the gate asks then. */
  async findSuppression(id: number): Promise<SuppressionRow | null> {
    const rows = await this.database.query<SuppressionRow>(FIND_SUPPRESSION, [id]);
    return rows[0] ?? null;
  }

  /** Promises due before `before` at numbers that the list names. */
  listListed(listId: number, before: Date, limit: number): Promise<{ organisation_id: number; match_hash: Buffer }[]> {
    return this.database.query(LIST_LISTED, [listId, before, limit]);
  }

  // ---- the watch

  /** Owners whose promises come due soon are reminded. */
  remind(at: Date, limit: number): Promise<Changed[]> {
    return this.database.query<Changed>(REMIND, [at, limit]);
  }

  comeDue(at: Date, limit: number): Promise<Changed[]> {
    return this.database.query<Changed>(COME_DUE, [at, limit]);
  }

  /** Promises whose owner is not there become the campaign's. */
  handOver(at: Date, limit: number): Promise<(Changed & { from_id: number })[]> {
    return this.database.query<Changed & { from_id: number }>(HAND_OVER, [at, limit]);
  }

  escalate(at: Date, limit: number): Promise<Changed[]> {
    return this.database.query<Changed>(ESCALATE, [at, limit]);
  }

  /** The local times that are promised, each once with the instant that was derived from it. */
  listDerived(): Promise<{ local_time: string; time_zone: string; due_at: Date }[]> {
    return this.database.query(LIST_DERIVED);
  }

  /** Promises of these local times mean other instants by now. Returns how many were changed. */
  async deriveAnew(
    changed: readonly { localTime: string; timeZone: string; from: Date; to: Date }[],
    at: Date,
    limit: number,
  ): Promise<number> {
    return (await this.database.query(DERIVE_ANEW, [JSON.stringify(changed), at, limit])).length;
  }

  // ---- pacing

  /** Promises that operators who are ready are wanted for: now, and until `soon`. */
  async countSoon(p: {
    campaignId: number;
    buckets: readonly number[];
    readyOperatorIds: readonly number[];
    soon: Date;
  }): Promise<PromisesSoonRow> {
    const rows = await this.database.query<PromisesSoonRow>(COUNT_SOON, [
      ...[p.campaignId, p.buckets, p.readyOperatorIds, p.soon],
    ]);
    return rows[0]!;
  }

  // ---- lists

  /** Open promises of an operator, by time. */
  listOwn(organisationId: number, operatorId: number, limit: number): Promise<CallbackRow[]> {
    return this.database.query<CallbackRow>(LIST_OWN, [organisationId, operatorId, limit]);
  }

  /** Of those, the ones that come due until `until`. */
  listReminders(operatorId: number, at: Date): Promise<CallbackRow[]> {
    return this.database.query<CallbackRow>(LIST_REMINDERS, [operatorId, at]);
  }

  list(f: CallbackFilter): Promise<CallbackRow[]> {
    return this.database.query<CallbackRow>(f.states === null ? LIST : LIST_OF_STATES, [
      ...[f.organisationId, f.campaignId, f.operatorId, f.escalated, f.from, f.to, f.limit, f.offset],
      ...(f.states === null ? [] : [f.states]),
    ]);
  }

  async find(organisationId: number, id: number, on: Queryable = this.database): Promise<CallbackRow | null> {
    const rows = await on.query<CallbackRow>(FIND, [organisationId, id]);
    return rows[0] ?? null;
  }

  listEvents(id: number): Promise<CallbackEventRow[]> {
    return this.database.query<CallbackEventRow>(LIST_EVENTS, [id]);
  }

  /** Of promises due from `from` to `to`: in all, by campaign, and by the operator who promised them in person. */
  countKept(p: {
    organisationId: number;
    from: Date;
    to: Date;
    at: Date;
    onTimeMinutes: number;
  }): Promise<KeptCountsRow[]> {
    return this.database.query<KeptCountsRow>(COUNT_KEPT, [p.organisationId, p.from, p.to, p.at, p.onTimeMinutes]);
  }

  async findSettings(organisationId: number, on: Queryable = this.database): Promise<CallbackSettings | null> {
    const rows = await on.query<CallbackSettings>(FIND_SETTINGS, [organisationId]);
    return rows[0] ?? null;
  }

  async saveSettings(
    on: Queryable,
    p: CallbackSettings & { organisationId: number; updatedBy: number; at: Date },
  ): Promise<void> {
    await on.query(SAVE_SETTINGS, [
      ...[p.organisationId, p.reminderMinutes, p.onTimeMinutes, p.awayGraceSeconds, p.breakGraceSeconds],
      ...[p.busyGraceSeconds, p.escalateMinutes, p.updatedBy, p.at],
    ]);
  }

  /** Operators who may have a promise: of the organisation, and not disabled. */
  async isOperator(organisationId: number, userId: number, on: Queryable): Promise<boolean> {
    return (await on.query(IS_OPERATOR, [organisationId, userId])).length > 0;
  }
}

export interface SuppressionRow {
  organisation_id: number;
  campaign_id: number | null;
  match_hash: Buffer;
  reason: string;
}

const CHANGED = `k.id, k.lead_id, k.campaign_id, k.owner_id`;

const INSERT = statement(
  'callbacks.insert',
  `with made as (
     insert into callbacks
       (organisation_id, campaign_id, entry_id, lead_id, promised_in_attempt_id, owner_id, local_time, time_zone, due_at, call_at,
        note, state, created_at, promised_to_id, phone_id, moved_from_id)
     values ($1, $2, $3, $4, $5, $6, $7::timestamp, $8, $9, $9, $10, 'scheduled', $11, $12, $13, $14)
     returning id
   ),
   noted as (
     insert into callback_events (callback_id, at, event, from_state, to_state, actor_id, attempt_id, reason)
     select id, $11, 'promised', null, 'scheduled', $15::integer, $5, case when $14::bigint is null then null else 'moved' end
     from made
   )
   select id from made`,
);

// Monotone: what has ended stays as it ended.
const CLOSE = statement(
  'callbacks.close',
  `with was as materialized (select id, state from callbacks where id = $1 and state = any($3) for update),
   k as (
     update callbacks c
     set state = $2, ended_at = $8, end_reason = $5,
       kept_in_attempt_id = case when $2 = 'kept' then $4::bigint end
     from was where c.id = was.id
     returning c.*, was.state as from_state
   ),
   noted as (
     insert into callback_events (callback_id, at, event, from_state, to_state, actor_id, attempt_id, reason, detail)
     select id, $8, $2, from_state, $2, $6::integer, $4::bigint, $5, $7::jsonb from k
   )
   select ${CHANGED} from k`,
);

const OFFER = statement(
  'callbacks.offer',
  `with was as materialized (
     select c.id, c.state, o.attempt_id
     from unnest($1::bigint[], $2::bigint[]) as o(id, attempt_id) join callbacks c on c.id = o.id
     where c.state = any($3) for update of c
   ),
   k as (
     update callbacks c set state = 'offered', offered_at = coalesce(c.offered_at, $4)
     from was where c.id = was.id
     returning c.id, was.state as from_state, was.attempt_id
   )
   insert into callback_events (callback_id, at, event, from_state, to_state, attempt_id)
   select id, $4, 'offered', from_state, 'offered', attempt_id from k`,
);

// Noted once for each rule: one that says no again and again is one event.
const DEFER = statement(
  'callbacks.defer',
  `with asked as materialized (
     select c.id, d.code, d.until, c.state, c.late_reason
     from jsonb_to_recordset($1::jsonb) as d("callbackId" bigint, code text, until timestamptz)
     join callbacks c on c.id = d."callbackId" and c.ended_at is null
     for update of c
   ),
   k as (
     update callbacks c set call_at = greatest(c.call_at, asked.until), late_reason = asked.code
     from asked where c.id = asked.id
   )
   insert into callback_events (callback_id, at, event, from_state, to_state, reason, detail)
   select id, $2::timestamptz, 'deferred', state, state, code, jsonb_build_object('callAt', until)
   from asked where late_reason is distinct from code`,
);

// Offered is what was dialled: a reservation that came to nothing offered the person nothing.
const PUT_BACK = statement(
  'callbacks.put_back',
  `with k as (
     update callbacks c
     set state = 'due',
       offered_at = (select min(a.originated_at) from attempts a where a.lead_id = c.lead_id and a.callback_id = c.id)
     where c.id = $1 and c.state = 'offered'
     returning c.id
   )
   insert into callback_events (callback_id, at, event, from_state, to_state, attempt_id)
   select id, $3::timestamptz, 'put_back', 'offered', 'due', $2::bigint from k`,
);

const NOT_REACHED = statement(
  'callbacks.not_reached',
  `with k as (
     update callbacks c set state = 'due', call_at = $4
     where c.id = $1 and c.state = 'offered'
     returning c.id
   )
   insert into callback_events (callback_id, at, event, from_state, to_state, attempt_id, reason, detail)
   select id, $5::timestamptz, 'not_reached', 'offered', 'due', $2::bigint, $3::text, jsonb_build_object('callAt', $4::timestamptz) from k`,
);

const SET_OWNER = statement(
  'callbacks.set_owner',
  `with was as materialized (select id, state, owner_id from callbacks where id = $1 and ended_at is null for update),
   k as (
     update callbacks c
     set owner_id = $2, handed_over_at = case when $2::integer is null then $5 else c.handed_over_at end
     from was where c.id = was.id
     returning c.id, c.entry_id, c.state, was.owner_id as from_id
   ),
   entry as (
     update calling_list_entries e set owner_id = $2
     from k where e.id = k.entry_id and e.callback_id = k.id and e.state in ('ready', 'waiting')
   )
   insert into callback_events (callback_id, at, event, from_state, to_state, actor_id, reason, detail)
   select id, $5, case when $2::integer is null then 'handed_over' else 'reassigned' end, state, state, $4::integer, $3,
     jsonb_build_object('fromId', from_id, 'toId', $2::integer)
   from k`,
);

const LOCK_ENTRY = statement(
  'callbacks.lock_entry',
  `select e.id as entry_id, e.state, e.bucket_id, c.hours, c.purpose
   from calling_list_entries e join campaigns c on c.id = e.campaign_id
   where e.id = (select entry_id from callbacks where id = $1 and organisation_id = $2)
   for update of e`,
);

const LOCK_OPEN = statement(
  'callbacks.lock_open',
  `select id, organisation_id, campaign_id, entry_id, lead_id, promised_in_attempt_id as attempt_id, state, owner_id,
     promised_to_id, phone_id, time_zone, note
   from callbacks where id = $1 and ended_at is null for update`,
);

// callbacks_open
const FIND_OPEN_OF_ENTRY = statement(
  'callbacks.find_open_of_entry',
  `select id from callbacks where entry_id = $1 and ended_at is null`,
);

const MOVE_ENTRY = statement(
  'callbacks.move_entry',
  `update calling_list_entries
   set state = 'waiting', tier = 1, callback_id = $2, owner_id = $3, due_at = $4, completed_code = null, held_by = null
   where id = $1`,
);

const COMPLETE_ENTRY = statement(
  'callbacks.complete_entry',
  `update calling_list_entries set state = 'completed', completed_code = $3, callback_id = null, owner_id = null
   where id = $1 and callback_id = $2 and state in ('ready', 'waiting')`,
);

// callbacks_due
const CANCEL_OPEN = statement(
  'callbacks.cancel_open',
  `with was as materialized (
     select id, state from callbacks where campaign_id = $1 and ended_at is null order by call_at, id limit $3 for update
   ),
   k as (
     update callbacks c set state = 'cancelled', ended_at = $2, end_reason = 'campaign_finished'
     from was where c.id = was.id
     returning c.id, c.lead_id, was.state as from_state
   ),
   noted as (
     insert into callback_events (callback_id, at, event, from_state, to_state, reason)
     select id, $2, 'cancelled', from_state, 'cancelled', 'campaign_finished' from k
   )
   select lead_id from k`,
);

// callbacks_due, one look a campaign.
const LIST_OVER_CAMPAIGNS = statement(
  'callbacks.list_over_campaigns',
  `select c.id from campaigns c
   where c.state in ('finished', 'archived')
     and exists (select from callbacks k where k.campaign_id = c.id and k.ended_at is null)`,
);

// phones_match finds the person, callbacks_lead the promises. What others have locked is left to them, and counted: nobody
// waits here with locks of another call in hand.
const CANCEL_BY_RULE = statement(
  'callbacks.cancel_by_rule',
  `with people as materialized (
     select lead_id from phones where match_hash = $2 and organisation_id = $1
     union
     select $3::bigint where $4::boolean and $3::bigint is not null
   ),
   wanted as materialized (
     select k.id
     from people join callbacks k on k.lead_id = people.lead_id and k.ended_at is null and k.organisation_id = $1
     join campaigns c on c.id = k.campaign_id
     join calling_list_entries e on e.id = k.entry_id
     where ($5::integer is null or k.campaign_id = $5) and ($6::integer is null or c.offer_id = $6)
       and ($4 or exists (select from phones p
         where p.lead_id = k.lead_id and p.position = e.phone_position and p.match_hash = $2))
   ),
   was as materialized (
     select k.id, k.state, e.id as entry_id
     from callbacks k join calling_list_entries e on e.id = k.entry_id
     where k.id = any(array(select id from wanted)) and k.ended_at is null
     order by e.id for update of e, k skip locked
   ),
   k as (
     update callbacks c set state = 'cancelled', ended_at = $11, end_reason = $7
     from was where c.id = was.id
     returning c.id, c.lead_id, c.campaign_id, c.owner_id, was.state as from_state
   ),
   entries as (
     update calling_list_entries e
     set state = 'completed', completed_code = $8, callback_id = null, owner_id = null
     from was where e.id = was.entry_id and e.callback_id = was.id and e.state in ('ready', 'waiting')
   ),
   noted as (
     insert into callback_events (callback_id, at, event, from_state, to_state, actor_id, attempt_id, reason)
     select id, $11, 'cancelled', from_state, 'cancelled', $10::integer, $9::bigint, $7 from k
   ),
   counted as (select (select count(*) from wanted) - (select count(*) from was) as missed)
   select ${CHANGED}, counted.missed from counted left join k on true`,
);

const FIND_SUPPRESSION = statement(
  'callbacks.find_suppression',
  `select organisation_id, campaign_id, match_hash, reason from suppressions where id = $1 and revoked_at is null and valid_to is null`,
);

// callbacks_open_list, then a look-up in the list for each promise: the limit keeps the planner from going the other way.
const LIST_LISTED = statement(
  'callbacks.list_listed',
  `with soon as materialized (
     select k.organisation_id, p.match_hash
     from suppression_lists s
     join callbacks k on k.organisation_id = s.organisation_id and k.ended_at is null and k.due_at < $2
     join calling_list_entries e on e.id = k.entry_id
     join phones p on p.lead_id = k.lead_id and p.position = e.phone_position
     where s.id = $1 and s.retired_at is null
   )
   select distinct soon.organisation_id, soon.match_hash
   from soon cross join lateral (
     select 1 from listed_numbers n where n.match_hash = soon.match_hash and n.list_id = $1 limit 1) n
   limit $3`,
);

// callbacks_coming
const REMIND = statement(
  'callbacks.remind',
  `with was as materialized (
     select k.id from callbacks k join callback_settings s using (organisation_id)
     where k.ended_at is null and k.state = 'scheduled' and k.owner_id is not null and k.due_at > $1
       and k.due_at <= $1::timestamptz + interval '2 hours' and k.due_at <= $1::timestamptz + make_interval(mins => s.reminder_minutes)
     order by k.due_at limit $2 for update of k skip locked
   ),
   k as (
     update callbacks c set state = 'reminded', reminded_at = $1 from was where c.id = was.id returning c.*
   ),
   noted as (
     insert into callback_events (callback_id, at, event, from_state, to_state)
     select id, $1, 'reminded', 'scheduled', 'reminded' from k
   )
   select ${CHANGED} from k`,
);

// callbacks_coming
const COME_DUE = statement(
  'callbacks.come_due',
  `with was as materialized (
     select id, state from callbacks
     where ended_at is null and state in ('scheduled', 'reminded') and due_at <= $1
     order by due_at limit $2 for update skip locked
   ),
   k as (
     update callbacks c set state = 'due' from was where c.id = was.id returning c.*, was.state as from_state
   ),
   noted as (
     insert into callback_events (callback_id, at, event, from_state, to_state)
     select id, $1, 'due', from_state, 'due' from k
   )
   select ${CHANGED} from k`,
);

// callbacks_waiting. Entries are locked before promises, and those that a gate has are left to it.
const HAND_OVER = statement(
  'callbacks.hand_over',
  `with was as materialized (
     select k.id, k.owner_id, k.entry_id, w.reason
     from callbacks k
     join callback_settings s using (organisation_id)
     join calling_list_entries e on e.id = k.entry_id and e.callback_id = k.id
     join users u on u.id = k.owner_id
     left join operator_states o on o.operator_id = k.owner_id
     cross join lateral (
       select case
         when u.disabled_at is not null then 'owner_gone'
         when o.state is null or o.state = 'offline' then 'owner_off_shift'
         when o.campaign_id is distinct from k.campaign_id then 'owner_elsewhere'
         when o.state = 'break' then 'owner_on_break'
         when o.state in ('in_call', 'wrap_up') then 'owner_busy' end as reason
     ) w
     where k.ended_at is null and k.state = 'due' and k.owner_id is not null and k.due_at <= $1
       and e.state in ('ready', 'waiting') and w.reason is not null
       and k.call_at <= $1::timestamptz - make_interval(secs => case w.reason
         when 'owner_gone' then 0
         when 'owner_on_break' then s.break_grace_seconds
         when 'owner_busy' then s.busy_grace_seconds
         else s.away_grace_seconds end)
     order by k.due_at limit $2 for update of e skip locked
   ),
   k as (
     update callbacks c set owner_id = null, handed_over_at = $1
     from was where c.id = was.id and c.state = 'due'
     returning c.id, c.lead_id, c.campaign_id, c.owner_id, c.entry_id, was.owner_id as from_id, was.reason
   ),
   entries as (
     update calling_list_entries e set owner_id = null from k where e.id = k.entry_id
   ),
   noted as (
     insert into callback_events (callback_id, at, event, from_state, to_state, reason, detail)
     select id, $1, 'handed_over', 'due', 'due', reason, jsonb_build_object('fromId', from_id, 'toId', null) from k
   )
   select ${CHANGED}, k.from_id from k`,
);

// callbacks_overdue
const ESCALATE = statement(
  'callbacks.escalate',
  `with was as materialized (
     select k.id from callbacks k join callback_settings s using (organisation_id)
     where k.ended_at is null and k.offered_at is null and k.escalated_at is null and k.due_at <= $1
       and k.due_at <= $1::timestamptz - make_interval(mins => s.escalate_minutes)
     order by k.due_at limit $2 for update of k skip locked
   ),
   k as (
     update callbacks c set escalated_at = $1 from was where c.id = was.id returning c.*
   ),
   noted as (
     insert into callback_events (callback_id, at, event, from_state, to_state, reason)
     select id, $1, 'escalated', state, state, late_reason from k
   )
   select ${CHANGED} from k`,
);

// Open promises lie on few local times: people promise whole quarters of an hour.
const LIST_DERIVED = statement(
  'callbacks.list_derived',
  `select to_char(local_time, 'YYYY-MM-DD"T"HH24:MI') as local_time, time_zone, due_at
   from callbacks where ended_at is null and state in ('scheduled', 'reminded')
   group by callbacks.local_time, time_zone, due_at`,
);

// The instant moves, the promise does not. Entries that a gate has are left to it; the next pass finds them.
const DERIVE_ANEW = statement(
  'callbacks.derive_anew',
  `with was as materialized (
     select k.id, k.state, k.entry_id, k.due_at as old_at, c."to" as new_at
     from jsonb_to_recordset($1::jsonb) as c("localTime" text, "timeZone" text, "from" timestamptz, "to" timestamptz)
     join callbacks k on k.local_time = c."localTime"::timestamp and k.time_zone = c."timeZone" and k.due_at = c."from"
     join calling_list_entries e on e.id = k.entry_id
     where k.ended_at is null and k.state in ('scheduled', 'reminded')
     order by k.id limit $3 for update of e skip locked
   ),
   k as (
     update callbacks c
     set due_at = was.new_at, call_at = was.new_at,
       state = case when was.new_at > was.old_at then 'scheduled' else c.state end
     from was where c.id = was.id and c.state in ('scheduled', 'reminded')
     returning c.id, c.lead_id, c.entry_id, c.state, was.state as from_state, was.old_at, was.new_at
   ),
   entries as (
     update calling_list_entries e set state = 'waiting', due_at = k.new_at, held_by = null
     from k where e.id = k.entry_id and e.callback_id = k.id and e.state in ('ready', 'waiting')
   )
   insert into callback_events (callback_id, at, event, from_state, to_state, detail)
   select id, $2::timestamptz, 'derived_anew', from_state, state, jsonb_build_object('from', old_at, 'to', new_at) from k
   returning id`,
);

// callbacks_due; its entries by primary key. As many as could ever matter: nobody has 500 operators ready for one campaign.
const COUNT_SOON = statement(
  'callbacks.count_soon',
  `select
     (count(distinct owner_id) filter (where ready) + count(*) filter (where ready and owner_id is null))::integer as due,
     (count(distinct owner_id) filter (where not ready and owner_id is not null and not owner_is_due)
       + count(*) filter (where not ready and owner_id is null))::integer as soon
   from (
     select k.owner_id, e.state = 'ready' as ready,
       k.owner_id is not null and bool_or(e.state = 'ready') over (partition by k.owner_id) as owner_is_due
     from callbacks k join calling_list_entries e on e.id = k.entry_id and e.callback_id = k.id
     where k.campaign_id = $1 and k.ended_at is null and k.call_at <= $4 and k.state <> 'offered'
       and e.state in ('ready', 'waiting') and e.bucket_id = any($2)
       and (k.owner_id is null or k.owner_id = any($3))
     order by k.call_at limit 500
   ) wanted`,
);

const LISTED = `k.id, k.state, k.campaign_id, c.name as campaign_name, k.lead_id, l.name as lead_name, p.country, p.last_digits,
     k.phone_id is not null as other_phone, k.owner_id, o.name as owner_name, k.promised_to_id, t.name as promised_to_name,
     to_char(k.local_time, 'YYYY-MM-DD"T"HH24:MI') as local_time, k.time_zone, k.due_at, k.call_at, k.created_at, k.note,
     k.reminded_at, k.offered_at, a.originated_at as dialled_at, k.late_reason, k.handed_over_at, k.escalated_at, k.ended_at,
     k.end_reason, k.moved_from_id`;

const LISTED_FROM = `callbacks k
   join campaigns c on c.id = k.campaign_id
   join calling_list_entries e on e.id = k.entry_id
   left join leads l on l.id = k.lead_id
   left join lateral (
     select p.country, p.last_digits from phones p
     where p.lead_id = k.lead_id and (p.id = k.phone_id or (k.phone_id is null and p.position = e.phone_position)) limit 1) p on true
   left join users o on o.id = k.owner_id
   left join users t on t.id = k.promised_to_id
   left join attempts a on a.id = k.kept_in_attempt_id`;

// callbacks_owner; the rest by primary keys.
const LIST_OWN = statement(
  'callbacks.list_own',
  `select ${LISTED} from ${LISTED_FROM}
   where k.owner_id = $2 and k.ended_at is null and k.organisation_id = $1 order by k.call_at, k.id limit $3`,
);

// callbacks_owner
const LIST_REMINDERS = statement(
  'callbacks.list_reminders',
  `select ${LISTED} from ${LISTED_FROM} join callback_settings s on s.organisation_id = k.organisation_id
   where k.owner_id = $1 and k.ended_at is null and k.state in ('scheduled', 'reminded', 'due')
     and k.call_at <= $2::timestamptz + make_interval(mins => s.reminder_minutes)
   order by k.call_at, k.id limit 5`,
);

const FILTERS = `($2::integer is null or k.campaign_id = $2)
     and ($3::integer is null or k.owner_id = $3 or ($3 = 0 and k.owner_id is null))
     and (not $4::boolean or k.escalated_at is not null)
     and ($5::timestamptz is null or k.due_at >= $5) and ($6::timestamptz is null or k.due_at < $6)`;

// callbacks_list
const LIST = statement(
  'callbacks.list',
  `select ${LISTED} from ${LISTED_FROM}
   where k.organisation_id = $1 and ${FILTERS} order by k.due_at desc, k.id desc limit $7 offset $8`,
);

// callbacks_list: what is open is read in the same order, so that the first to come due is the last; the console asks for it
// by time.
const LIST_OF_STATES = statement(
  'callbacks.list_of_states',
  `select ${LISTED} from ${LISTED_FROM}
   where k.organisation_id = $1 and k.state = any($9) and ${FILTERS}
   order by case when k.ended_at is null then k.due_at end, k.due_at desc, k.id desc limit $7 offset $8`,
);

const FIND = statement(
  'callbacks.find',
  `select ${LISTED} from ${LISTED_FROM} where k.organisation_id = $1 and k.id = $2`,
);

// callback_events_callback
const LIST_EVENTS = statement(
  'callbacks.list_events',
  `select v.at, v.event, v.from_state, v.to_state, u.name as actor_name, v.attempt_id, v.reason, v.detail
   from callback_events v left join users u on u.id = v.actor_id
   where v.callback_id = $1 order by v.id`,
);

// callbacks_list. The formula is KEPT_ON_TIME_FORMULA.
const COUNT_KEPT = statement(
  'callbacks.count_kept',
  `with promised as materialized (
     select k.campaign_id, k.promised_to_id, k.state, k.escalated_at,
       k.ended_at is null as is_open,
       k.ended_at is null and k.due_at < $4 as is_overdue,
       k.state = 'cancelled' and k.end_reason not in ('by_operator', 'by_manager') as by_rule,
       k.state in ('kept', 'missed')
         or (k.ended_at >= k.due_at
           and (k.state = 'moved' or (k.state = 'cancelled' and k.end_reason in ('by_operator', 'by_manager')))) as is_counted,
       k.state = 'kept' and a.originated_at <= k.due_at + make_interval(mins => $5) as on_time
     from callbacks k left join attempts a on a.id = k.kept_in_attempt_id
     where k.organisation_id = $1 and k.due_at >= $2 and k.due_at < $3
   )
   select case when grouping(p.campaign_id) = 0 then 'campaign' when grouping(p.promised_to_id) = 0 then 'operator' else 'total' end
       as kind,
     case when grouping(p.campaign_id) = 0 then p.campaign_id else p.promised_to_id end as id,
     case when grouping(p.campaign_id) = 0 then min(c.name) when grouping(p.promised_to_id) = 0 then min(u.name) end as name,
     count(*)::integer as promised,
     (count(*) filter (where is_open))::integer as open,
     (count(*) filter (where is_overdue))::integer as overdue,
     (count(*) filter (where is_open and escalated_at is not null))::integer as escalated,
     (count(*) filter (where is_counted))::integer as base,
     (count(*) filter (where on_time))::integer as kept_on_time,
     (count(*) filter (where p.state = 'kept'))::integer as kept,
     (count(*) filter (where p.state = 'missed'))::integer as missed,
     (count(*) filter (where p.state = 'moved'))::integer as moved,
     (count(*) filter (where by_rule))::integer as cancelled_by_rule,
     (count(*) filter (where p.state = 'cancelled' and not by_rule))::integer as cancelled_by_people
   from promised p
   left join campaigns c on c.id = p.campaign_id
   left join users u on u.id = p.promised_to_id
   group by grouping sets ((), (p.campaign_id), (p.promised_to_id))
   order by kind, promised desc, id`,
);

const FIND_SETTINGS = statement(
  'callbacks.find_settings',
  `select reminder_minutes as "reminderMinutes", on_time_minutes as "onTimeMinutes", away_grace_seconds as "awayGraceSeconds",
     break_grace_seconds as "breakGraceSeconds", busy_grace_seconds as "busyGraceSeconds", escalate_minutes as "escalateMinutes"
   from callback_settings where organisation_id = $1`,
);

const SAVE_SETTINGS = statement(
  'callbacks.save_settings',
  `insert into callback_settings
     (organisation_id, reminder_minutes, on_time_minutes, away_grace_seconds, break_grace_seconds, busy_grace_seconds,
      escalate_minutes, updated_by, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   on conflict (organisation_id) do update set
     reminder_minutes = excluded.reminder_minutes, on_time_minutes = excluded.on_time_minutes,
     away_grace_seconds = excluded.away_grace_seconds, break_grace_seconds = excluded.break_grace_seconds,
     busy_grace_seconds = excluded.busy_grace_seconds, escalate_minutes = excluded.escalate_minutes,
     updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
);

const IS_OPERATOR = statement(
  'callbacks.is_operator',
  `select id from users where id = $2 and organisation_id = $1 and role = 'operator' and disabled_at is null`,
);
