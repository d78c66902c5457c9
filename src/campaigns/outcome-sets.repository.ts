import { Injectable } from '@nestjs/common';

import { Database, type Queryable, type Tx } from '../database/database.js';
import { statement } from '../database/statement.js';
import { Outcome, OutcomeSet, RefusalReason } from './outcome-set.entity.js';
import type { RetryOutcome } from './retry-settings.js';
import type { OutcomeDefinition, RefusalReasonDefinition } from './standard-outcomes.js';

/** A set by name, with its refusal reasons in the order in which they are shown. */
export interface NamedOutcomeSet {
  id: number;
  name: string;
  refusalReasons: Pick<RefusalReason, 'code' | 'parentCode' | 'label'>[];
}

@Injectable()
export class OutcomeSetsRepository {
  constructor(private readonly database: Database) {}

  async lockOrganisation(organisationId: number, on: Queryable): Promise<void> {
    await on.query(LOCK_ORGANISATION, [organisationId]);
  }

  async findSet(organisationId: number, name: string, on: Queryable): Promise<number | null> {
    const [row] = await on.query<{ id: number }>(FIND_SET, [organisationId, name]);
    return row?.id ?? null;
  }

  /** By name. */
  listSets(organisationId: number, on: Queryable = this.database): Promise<NamedOutcomeSet[]> {
    return on.query<NamedOutcomeSet>(LIST_SETS, [organisationId]);
  }

  listEffects(outcomeSetId: number, on: Queryable = this.database): Promise<RetryOutcome[]> {
    return on.query<RetryOutcome>(LIST_EFFECTS, [outcomeSetId]);
  }

  async insertSet(
    organisationId: number,
    name: string,
    outcomes: readonly OutcomeDefinition[],
    reasons: readonly RefusalReasonDefinition[],
    tx: Tx,
  ): Promise<number> {
    const { identifiers } = await tx.manager.insert(OutcomeSet, { organisationId, name });
    const outcomeSetId = identifiers[0]!.id as number;
    await tx.manager.insert(
      Outcome,
      outcomes.map((outcome) => ({ ...outcome, outcomeSetId })),
    );
    await tx.manager.insert(
      RefusalReason,
      reasons.map((reason) => ({ ...reason, outcomeSetId })),
    );
    return outcomeSetId;
  }

  async findSetOfCampaign(
    campaignId: number,
    on: Queryable = this.database,
  ): Promise<{ outcomes: Outcome[]; refusalReasons: RefusalReason[] } | null> {
    const [row] = await on.query<{ outcomes: Outcome[]; refusalReasons: RefusalReason[] }>(FIND_SET_OF_CAMPAIGN, [
      campaignId,
    ]);
    return row ?? null;
  }
}

const LOCK_ORGANISATION = statement(
  'campaigns.lock_organisation',
  `select from organisations where id = $1 for no key update`,
);

// A handful of rows.
const FIND_SET = statement(
  'campaigns.find_outcome_set',
  `select id from outcome_sets where organisation_id = $1 and name = $2 order by id limit 1`,
);

// A handful of rows; the unique key (outcome_set_id, code) of their reasons.
const LIST_SETS = statement(
  'campaigns.list_outcome_sets',
  `select s.id, s.name,
     (select coalesce(jsonb_agg(jsonb_build_object(
        'code', r.code, 'parentCode', r.parent_code, 'label', r.label) order by r.position), '[]')
      from refusal_reasons r where r.outcome_set_id = s.id) as "refusalReasons"
   from outcome_sets s where s.organisation_id = $1 order by s.name, s.id`,
);

// The unique key (outcome_set_id, code).
const LIST_EFFECTS = statement(
  'campaigns.list_outcome_effects',
  `select code, category, result, is_final as "isFinal", suppress_scope as "suppressScope"
   from outcomes where outcome_set_id = $1 order by position`,
);

// Primary key of campaigns; the unique keys (outcome_set_id, code) of both lists.
const FIND_SET_OF_CAMPAIGN = statement(
  'campaigns.find_outcome_set_of',
  `select
     (select coalesce(jsonb_agg(jsonb_build_object(
        'id', o.id, 'outcomeSetId', o.outcome_set_id, 'code', o.code, 'label', o.label, 'position', o.position,
        'category', o.category, 'rightParty', o.right_party, 'result', o.result, 'isFinal', o.is_final,
        'retryAfterMinutes', o.retry_after_minutes, 'suppressScope', o.suppress_scope,
        'opensComplaint', o.opens_complaint, 'offerAgain', o.offer_again, 'asks', o.asks) order by o.position), '[]')
      from outcomes o where o.outcome_set_id = c.outcome_set_id) as outcomes,
     (select coalesce(jsonb_agg(jsonb_build_object(
        'id', r.id, 'outcomeSetId', r.outcome_set_id, 'code', r.code, 'parentCode', r.parent_code, 'label', r.label,
        'position', r.position, 'asks', r.asks, 'offerAgain', r.offer_again, 'effect', r.effect) order by r.position), '[]')
      from refusal_reasons r where r.outcome_set_id = c.outcome_set_id) as "refusalReasons"
   from campaigns c where c.id = $1`,
);
