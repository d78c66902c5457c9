import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { CompiledRule } from '../segmentation/compile-rule.js';
import type { RefusalSummary } from './win-back.js';

@Injectable()
export class WinBackRepository {
  constructor(private readonly database: Database) {}

  /** Each lead's latest refusal, counted by reason and currency. */
  listRefusals(organisationId: number, on: Queryable = this.database): Promise<RefusalSummary[]> {
    return on.query<RefusalSummary>(LIST_REFUSALS, [organisationId]);
  }

  /**
   * The campaign in which most of the leads that fit a rule refused last; of several the newest, null for none. `compile`
   * is handed the number of the first parameter that the rule may use.
   */
  async findCampaignOfRefusals(
    organisationId: number,
    compile: (firstParameter: number) => CompiledRule,
    on: Queryable = this.database,
  ): Promise<number | null> {
    const rule = compile(2);
    const [row] = await on.query<{ campaign_id: number }>(findCampaign(rule), [organisationId, ...rule.values]);
    return row?.campaign_id ?? null;
  }
}

// The history from end to end: one narrow row a lead that was ever called.
const LIST_REFUSALS = statement(
  'campaigns.list_refusals',
  `with reasons as (
     select distinct on (r.code) r.code, r.asks
     from refusal_reasons r join outcome_sets s on s.id = r.outcome_set_id
     where s.organisation_id = $1
     -- A code that asks something in one set and nothing in another means the same.
     order by r.code, r.asks = 'nothing', r.asks
   )
   select h.refusal_reason as reason, r.asks, h.refusal_currency as currency,
     count(h.reconsider_on) as dated,
     count(coalesce(h.refusal_price, h.refused_offer_price)) as priced
   from lead_history h join reasons r on r.code = h.refusal_reason
   where h.organisation_id = $1
   group by h.refusal_reason, r.asks, h.refusal_currency
   order by h.refusal_reason, h.refusal_currency`,
);

// The rule as it is counted; dispositions_lead, one row a lead that fits. Unnamed, so that it is planned for its own rule.
const findCampaign = ({ joins, sql }: CompiledRule) =>
  statement(
    '',
    `select d.campaign_id
     from leads l ${joins}
     join lateral (
       select campaign_id from dispositions
       where lead_id = l.id and superseded_at is null and refusal_reason is not null
       order by attempt_id desc limit 1
     ) d on true
     where l.organisation_id = $1 and ${sql}
     group by d.campaign_id order by count(*) desc, d.campaign_id desc limit 1`,
  );
