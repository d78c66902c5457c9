import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { StoredDecision } from './replay.js';

@Injectable()
export class ReplayRepository {
  constructor(private readonly database: Database) {}

  /** Decisions of a campaign, or of all, in the order in which they were taken. */
  listDecisions(p: {
    organisationId: number;
    campaignId: number | null;
    since: Date | null;
    afterId: number;
    limit: number;
  }): Promise<StoredDecision[]> {
    return this.database.query<StoredDecision>(LIST_DECISIONS, [
      ...[p.organisationId, p.campaignId, p.since, p.afterId, p.limit],
    ]);
  }
}

// The primary key, from one decision to the next: all are read, and those of other campaigns passed over. No index is kept for
// an audit that runs now and then.
const LIST_DECISIONS = statement(
  'scheduler.list_decisions',
  `select d.id, d.at, d.verdict, d.reasons, d.next_at as "nextAt", d.facts
   from decisions d
   where d.id > $4 and ($2::integer is null or d.campaign_id = $2) and ($3::timestamptz is null or d.at >= $3)
     and d.campaign_id in (select c.id from campaigns c where c.organisation_id = $1)
   order by d.id limit $5`,
);
