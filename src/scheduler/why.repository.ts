import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { PlanReason } from './retry-plan.js';

export interface StandingRow {
  leadId: number;
  leadName: string | null;
  phones: number;
  entry: EntryStanding | null;
}

export interface EntryStanding {
  state: 'ready' | 'waiting' | 'in_progress' | 'completed';
  tier: number;
  dueAt: Date;
  attempts: number;
  rounds: number;
  phonePosition: number;
  phone: { country: string; lastDigits: string } | null;
  owner: { name: string; ready: boolean } | null;
  lastResult: string | null;
  heldBy: string | null;
  completedCode: string | null;
  completedAt: Date | null;
  planned: (PlanReason & { dueAt: string | null }) | null;
  callback: OpenPromise | null;
}

/** The promise that an entry carries. */
export interface OpenPromise {
  id: number;
  state: string;
  dueAt: string;
  callAt: string;
  localTime: string;
  timeZone: string;
  owner: string | null;
  note: string | null;
}

/** What happened with a lead, of whatever kind: `detail` by its kind. */
export interface HistoryRow {
  at: Date;
  kind: 'attempt' | 'refusal' | 'callback' | 'suppression';
  id: number;
  campaignId: number | null;
  campaignName: string | null;
  detail: Record<string, unknown>;
}

/** The place in a history behind which the next page begins. */
export interface HistoryCursor {
  at: Date;
  kind: string;
  id: number;
}

export interface WaitingRow {
  leadId: number;
  leadName: string | null;
  state: string;
  tier: number;
  dueAt: Date;
  attempts: number;
  heldBy: string | null;
  promised: boolean;
}

/** What is asked of the list and the ledger to explain. Read-only. */
@Injectable()
export class WhyRepository {
  constructor(private readonly database: Database) {}

  /** How a lead stands with a campaign; null: the organisation has no such lead. */
  async findStanding(
    on: Queryable,
    p: { organisationId: number; campaignId: number; leadId: number },
  ): Promise<StandingRow | null> {
    const [row] = await on.query<Omit<EntryStanding, never> & StandingRow & { entryId: number | null }>(FIND_STANDING, [
      ...[p.organisationId, p.campaignId, p.leadId],
    ]);
    if (!row) return null;
    const { leadId, leadName, phones, entryId, ...entry } = row;
    return { leadId, leadName, phones, entry: entryId === null ? null : entry };
  }

  async hasLead(organisationId: number, leadId: number): Promise<boolean> {
    return (await this.database.query(HAS_LEAD, [organisationId, leadId])).length > 0;
  }

  /** Newest first. */
  listHistory(
    organisationId: number,
    leadId: number,
    after: HistoryCursor | null,
    limit: number,
  ): Promise<HistoryRow[]> {
    return this.database.query<HistoryRow>(LIST_HISTORY, [
      ...[organisationId, leadId, after?.at ?? null, after?.kind ?? null, after?.id ?? null, limit],
    ]);
  }

  /** Who waits, the first to come due first. */
  listWaiting(campaignId: number, limit: number): Promise<WaitingRow[]> {
    return this.database.query<WaitingRow>(LIST_WAITING, [campaignId, limit]);
  }
}

// Primary keys, the unique key (campaign_id, lead_id), and attempts_lead for the last plan.
const FIND_STANDING = statement(
  'why.find_standing',
  `select l.id as "leadId", l.name as "leadName", (select count(*) from phones p where p.lead_id = l.id) as phones,
     e.id as "entryId", e.state, e.tier, e.due_at as "dueAt", e.attempts, e.rounds, e.phone_position as "phonePosition",
     e.last_result as "lastResult", e.completed_code as "completedCode", e.completed_at as "completedAt",
     case when e.state = 'waiting' then e.held_by end as "heldBy",
     (select jsonb_build_object('country', p.country, 'lastDigits', p.last_digits) from phones p
       where p.lead_id = l.id and case when k.phone_id is null then p.position = e.phone_position else p.id = k.phone_id end)
       as phone,
     (select jsonb_build_object('name', u.name, 'ready', exists (
         select from operator_states s where s.operator_id = u.id and s.campaign_id = $2 and s.state = 'ready'))
       from users u where u.id = e.owner_id) as owner,
     (select a.planned from attempts a where a.lead_id = l.id and a.campaign_id = $2 and a.planned is not null
       order by a.id desc limit 1) as planned,
     case when k.id is not null then jsonb_build_object('id', k.id, 'state', k.state, 'dueAt', k.due_at, 'callAt', k.call_at,
       'localTime', to_char(k.local_time, 'YYYY-MM-DD"T"HH24:MI'), 'timeZone', k.time_zone, 'note', k.note,
       'owner', (select u.name from users u where u.id = k.owner_id)) end as callback
   from leads l
   left join calling_list_entries e on e.campaign_id = $2 and e.lead_id = l.id
   left join callbacks k on k.id = e.callback_id and k.ended_at is null
   where l.id = $3 and l.organisation_id = $1`,
);

const HAS_LEAD = statement('why.has_lead', `select from leads where id = $2 and organisation_id = $1`);

// attempts_lead, decisions_lead and dispositions_lead; callbacks by the attempts they were promised in (callbacks_attempt), their
// events by callback_events_callback; suppressions of the lead's numbers by suppressions_match. A lead has few rows of each,
// and all are read for each page.
const LIST_HISTORY = statement(
  'why.list_history',
  `with a as materialized (
     select * from attempts where lead_id = $2 and organisation_id = $1
   ),
   happened as (
     select a.reserved_at as at, 'attempt' as kind, a.id, a.campaign_id, jsonb_build_object(
       'number', a.number, 'state', a.state, 'result', a.result, 'operator', u.name,
       'phone', case when p.id is not null then jsonb_build_object('country', p.country, 'lastDigits', p.last_digits) end,
       'originatedAt', a.originated_at, 'answeredAt', a.answered_at, 'bridgedAt', a.bridged_at, 'endedAt', a.ended_at,
       'outcome', d.outcome_code, 'refusalReason', d.refusal_reason, 'note', d.note, 'automatic', d.automatic,
       'planned', a.planned, 'verdict', e.verdict, 'profiles', e.facts -> 'profiles') as detail
     from a
     left join users u on u.id = a.operator_id
     left join phones p on p.lead_id = a.lead_id and p.id = a.phone_id
     left join dispositions d on d.lead_id = a.lead_id and d.attempt_id = a.id and d.superseded_at is null
     left join decisions e on e.lead_id = a.lead_id and e.attempt_id = a.id
     union all
     select e.at, 'refusal', e.id, e.campaign_id, jsonb_build_object(
       'verdict', e.verdict, 'reasons', e.reasons, 'nextAt', e.next_at, 'profiles', e.facts -> 'profiles',
       'phone', case when p.id is not null then jsonb_build_object('country', p.country, 'lastDigits', p.last_digits) end)
     from decisions e
     left join phones p on p.lead_id = e.lead_id and p.id = e.phone_id
     where e.lead_id = $2 and e.attempt_id is null
     union all
     select v.at, 'callback', v.id, k.campaign_id, jsonb_build_object(
       'callbackId', k.id, 'event', v.event, 'state', v.to_state, 'reason', v.reason, 'actor', u.name,
       'dueAt', k.due_at, 'localTime', to_char(k.local_time, 'YYYY-MM-DD"T"HH24:MI'), 'timeZone', k.time_zone)
     from a join callbacks k on k.promised_in_attempt_id = a.id
     join callback_events v on v.callback_id = k.id
     left join users u on u.id = v.actor_id
     union all
     select s.valid_from, 'suppression', s.id, s.campaign_id, jsonb_build_object(
       'scope', s.scope, 'reason', s.reason, 'source', s.source, 'validTo', s.valid_to, 'revokedAt', s.revoked_at,
       'phone', jsonb_build_object('country', p.country, 'lastDigits', p.last_digits))
     from phones p join suppressions s on s.match_hash = p.match_hash and s.organisation_id = p.organisation_id
     where p.lead_id = $2 and p.organisation_id = $1
   )
   select h.at, h.kind, h.id, h.campaign_id as "campaignId", c.name as "campaignName", h.detail
   from happened h left join campaigns c on c.id = h.campaign_id
   where $3::timestamptz is null or (h.at, h.kind, h.id) < ($3, $4::text, $5::bigint)
   order by h.at desc, h.kind desc, h.id desc limit $6`,
);

// calling_list_waiting, read from its head.
const LIST_WAITING = statement(
  'why.list_waiting',
  `select e.lead_id as "leadId", l.name as "leadName", e.state, e.tier, e.due_at as "dueAt", e.attempts, e.held_by as "heldBy",
     e.callback_id is not null as promised
   from (
     select * from calling_list_entries where campaign_id = $1 and state = 'waiting' order by due_at, id limit $2
   ) e
   left join leads l on l.id = e.lead_id
   order by e.due_at, e.id`,
);
