import { Injectable } from '@nestjs/common';

import type { Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';

export interface NewCallback {
  organisationId: number;
  campaignId: number;
  entryId: number;
  leadId: number;
  attemptId: number;
  ownerId: number | null;
  localTime: string;
  timeZone: string;
  dueAt: Date;
  note: string | null;
  at: Date;
}

@Injectable()
export class CallbacksRepository {
  async insert(on: Queryable, c: NewCallback): Promise<number> {
    const rows = await on.query<{ id: number }>(INSERT, [
      c.organisationId,
      c.campaignId,
      c.entryId,
      c.leadId,
      c.attemptId,
      c.ownerId,
      c.localTime,
      c.timeZone,
      c.dueAt,
      c.note,
      c.at,
    ]);
    return rows[0]!.id;
  }

  /** The lead to whom it was promised; null when it had ended already. */
  async close(
    on: Queryable,
    id: number,
    state: string,
    attemptId: number | null,
    at: Date,
  ): Promise<{ lead_id: number } | null> {
    const rows = await on.query<{ lead_id: number }>(CLOSE, [id, state, attemptId, at]);
    return rows[0] ?? null;
  }

  /** At most `limit` of them. Returns the leads. */
  async cancelOpen(on: Queryable, campaignId: number, at: Date, limit: number): Promise<number[]> {
    const rows = await on.query<{ lead_id: number }>(CANCEL_OPEN, [campaignId, at, limit]);
    return rows.map((row) => row.lead_id);
  }
}

const INSERT = statement(
  'callbacks.insert',
  `insert into callbacks
     (organisation_id, campaign_id, entry_id, lead_id, promised_in_attempt_id, owner_id, local_time, time_zone, due_at, note,
      state, created_at)
   values ($1, $2, $3, $4, $5, $6, $7::timestamp, $8, $9, $10, 'scheduled', $11)
   returning id`,
);

// Monotone: what has ended stays as it ended.
const CLOSE = statement(
  'callbacks.close',
  `update callbacks
   set state = $2, ended_at = $4, kept_in_attempt_id = case when $2 = 'kept' then $3::bigint end
   where id = $1 and state = 'scheduled'
   returning lead_id`,
);

// callbacks_due
const CANCEL_OPEN = statement(
  'callbacks.cancel_open',
  `update callbacks set state = 'cancelled', ended_at = $2
   where id in (
     select id from callbacks where campaign_id = $1 and state = 'scheduled' order by due_at, id limit $3 for update)
   returning lead_id`,
);
