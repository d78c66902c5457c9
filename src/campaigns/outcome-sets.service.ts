import { Injectable } from '@nestjs/common';

import { notFound } from '../common/problem.js';
import { Database, type Tx, type Queryable } from '../database/database.js';
import type { Outcome, RefusalReason } from './outcome-set.entity.js';
import { OutcomeSetsRepository, type NamedOutcomeSet } from './outcome-sets.repository.js';
import type { RetryOutcome } from './retry-settings.js';
import { STANDARD_OUTCOMES, STANDARD_REFUSAL_REASONS } from './standard-outcomes.js';

/** Outcomes and refusal reasons, each in the order in which they are shown. */
export interface OutcomeSetView {
  outcomes: Outcome[];
  refusalReasons: RefusalReason[];
}

/** Which outcomes a campaign's calls may end with. */
@Injectable()
export class OutcomeSetsService {
  constructor(
    private readonly database: Database,
    private readonly sets: OutcomeSetsRepository,
  ) {}

  /** Id of the organisation's standard set, made on first use. */
  async ensureStandardOutcomeSet(organisationId: number, tx?: Tx): Promise<number> {
    const ensure = async (on: Tx) => {
      // Two that come first at once take turns: one makes it, the other finds it.
      await this.sets.lockOrganisation(organisationId, on);
      const found = await this.sets.findSet(organisationId, STANDARD_SET, on);
      return (
        found ?? this.sets.insertSet(organisationId, STANDARD_SET, STANDARD_OUTCOMES, STANDARD_REFUSAL_REASONS, on)
      );
    };
    return tx ? ensure(tx) : this.database.transaction(ensure);
  }

  /** Those that a campaign may use, by name. */
  listOutcomeSets(organisationId: number, on?: Queryable): Promise<NamedOutcomeSet[]> {
    return this.sets.listSets(organisationId, on);
  }

  /** What a set's outcomes lead to. */
  listEffects(outcomeSetId: number, on?: Queryable): Promise<RetryOutcome[]> {
    return this.sets.listEffects(outcomeSetId, on);
  }

  /** The set of a campaign. Throws campaign_not_found. */
  async getOutcomeSet(campaignId: number, on?: Queryable): Promise<OutcomeSetView> {
    const set = await this.sets.findSetOfCampaign(campaignId, on);
    if (!set) throw notFound('campaign', campaignId);
    return set;
  }
}

const STANDARD_SET = 'Standard';
