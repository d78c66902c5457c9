import { Injectable } from '@nestjs/common';

import type { Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';

@Injectable()
export class LeadHistoryRepository {
  /** Nobody else works at the history of these leads until this transaction ends. Waits for whoever does. */
  async lock(on: Queryable, leadIds: readonly number[]): Promise<void> {
    await on.query(LOCK, [leadIds]);
  }

  /** Make the rows of these leads anew from the ledger, and say that they have changed. */
  async refresh(on: Queryable, leadIds: readonly number[], at: Date): Promise<void> {
    await on.query(REFRESH, [leadIds, at]);
  }

  async insertChanges(on: Queryable, leadIds: readonly number[], at: Date): Promise<void> {
    await on.query(INSERT_CHANGES, [leadIds, at]);
  }

  async insertChangeRange(on: Queryable, fromId: number, toId: number, at: Date): Promise<void> {
    await on.query(INSERT_CHANGE_RANGE, [fromId, toId, at]);
  }
}

// In one order, so that no two wait for each other. A key may stand for two leads: then one waits for the other in vain.
const LOCK = statement(
  'leads.lock_history',
  `select pg_advisory_xact_lock(3, k.key)
   from (select distinct hashint8(id) as key from unnest($1::bigint[]) as id order by 1) k`,
);

// attempts_lead, dispositions_lead and callbacks_lead, a few rows each. What the row says is told in its migration.
const REFRESH = statement(
  'leads.refresh_history',
  `with asked as materialized (select distinct id from unnest($1::bigint[]) as id),
   made as (
     insert into lead_history
       (lead_id, organisation_id, attempts, contacts, last_attempt_at, last_contact_at, longest_talk_seconds, last_outcome,
        last_category, last_outcome_at, refusal_reason, refusal_price, refusal_currency, refusal_competitor, reconsider_on,
        refused_offer_id, refused_offer_price, refused_at, declined_at, callback_pending, complained_at, bought_offer_ids, bought_at)
     select asked.id, a.organisation_id, a.attempts, a.contacts, a.last_attempt_at, a.last_contact_at, a.talk,
       o.outcome_code, o.category, o.at, r.refusal_reason, r.price, r.offer_currency, r.competitor, r.reconsider_on,
       r.offer_id, r.offer_price, r.at, s.declined_at,
       exists (select from callbacks k where k.lead_id = asked.id and k.ended_at is null),
       s.complained_at, coalesce(s.bought_offer_ids, '{}'), s.bought_at
     from asked
     cross join lateral (
       select min(organisation_id) as organisation_id, count(*) as attempts,
         count(*) filter (where answered_by = 'person' or bridged_at is not null or result = 'abandoned') as contacts,
         max(coalesce(originated_at, reserved_at)) as last_attempt_at,
         max(coalesce(answered_at, originated_at))
           filter (where answered_by = 'person' or bridged_at is not null or result = 'abandoned') as last_contact_at,
         coalesce(max(extract(epoch from ended_at - bridged_at)), 0)::integer as talk
       from attempts where lead_id = asked.id and (originated_at is not null or result = 'indeterminate')
     ) a
     left join lateral (
       select outcome_code, category, at from dispositions
       where lead_id = asked.id and superseded_at is null order by attempt_id desc limit 1
     ) o on true
     left join lateral (
       select refusal_reason, at, offer_id, offer_price, offer_currency,
         case when jsonb_typeof(refusal_detail -> 'price') = 'number' and (refusal_detail -> 'price')::numeric between 0 and 999999999999
           then (refusal_detail -> 'price')::numeric end as price,
         left(refusal_detail ->> 'competitor', 200) as competitor,
         -- A 31st of February is the 3rd of March, and no error.
         case when refusal_detail ->> 'date' ~ '^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
           then to_date(left(refusal_detail ->> 'date', 7), 'YYYY-MM') + (right(refusal_detail ->> 'date', 2)::integer - 1) end
           as reconsider_on
       from dispositions
       where lead_id = asked.id and superseded_at is null and refusal_reason is not null order by attempt_id desc limit 1
     ) r on true
     left join lateral (
       select max(at) filter (where category = 'complaint') as complained_at,
         max(at) filter (where declined) as declined_at,
         max(at) filter (where result = 'success') as bought_at,
         array_agg(distinct offer_id order by offer_id) filter (where result = 'success' and offer_id is not null)
           as bought_offer_ids
       from dispositions
       where lead_id = asked.id and superseded_at is null and (category = 'complaint' or result = 'success' or declined)
     ) s on true
     where a.attempts > 0
     on conflict (lead_id) do update set
       attempts = excluded.attempts, contacts = excluded.contacts, last_attempt_at = excluded.last_attempt_at,
       last_contact_at = excluded.last_contact_at, longest_talk_seconds = excluded.longest_talk_seconds,
       last_outcome = excluded.last_outcome, last_category = excluded.last_category,
       last_outcome_at = excluded.last_outcome_at, refusal_reason = excluded.refusal_reason,
       refusal_price = excluded.refusal_price, refusal_currency = excluded.refusal_currency,
       refusal_competitor = excluded.refusal_competitor, reconsider_on = excluded.reconsider_on,
       refused_offer_price = excluded.refused_offer_price, refused_offer_id = excluded.refused_offer_id, refused_at = excluded.refused_at,
       declined_at = excluded.declined_at, callback_pending = excluded.callback_pending, complained_at = excluded.complained_at,
       bought_offer_ids = excluded.bought_offer_ids, bought_at = excluded.bought_at
   )
   insert into lead_changes (lead_id, changed_at) select id, $2 from asked order by id`,
);

const INSERT_CHANGES = statement(
  'leads.insert_changes',
  `insert into lead_changes (lead_id, changed_at) select id, $2 from unnest($1::bigint[]) as id order by id`,
);

const INSERT_CHANGE_RANGE = statement(
  'leads.insert_change_range',
  `insert into lead_change_ranges (from_id, to_id, changed_at) values ($1, $2, $3)`,
);
