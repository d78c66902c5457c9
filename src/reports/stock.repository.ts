import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { StandingCell } from './stock.js';

/** Counts a whole calling list as it stands. Takes no lock that a dial would wait for. */
@Injectable()
export class StockRepository {
  constructor(private readonly database: Database) {}

  countStanding(campaignId: number, at: Date): Promise<StandingCell[]> {
    return this.database.query<StandingCell>(COUNT_STANDING, [campaignId, at]);
  }
}

// The unique key (campaign_id, lead_id) finds the entries; they are counted where they lie: an index that held all of this
// would be written by every dial.
const COUNT_STANDING = statement(
  'reports.count_standing',
  `select state, tier, bucket_id as "bucketId", attempts > 0 as attempted, callback_id is not null as promised,
     owner_id is not null as owned, state = 'waiting' and due_at <= $2::timestamptz as due,
     case when state = 'waiting' then held_by end as "heldBy", completed_code as "completedCode",
     count(*) as entries, min(due_at) as "firstDueAt"
   from calling_list_entries where campaign_id = $1
   group by 1, 2, 3, 4, 5, 6, 7, 8, 9`,
);
