import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { Purpose, WeekHours } from '../compliance/profile.js';

export interface DisposableAttempt {
  id: number;
  organisation_id: number;
  campaign_id: number;
  entry_id: number;
  lead_id: number;
  match_hash: Buffer;
  operator_id: number | null;
  callback_id: number | null;
  state: string;
  bridged_at: Date | null;
  bucket_id: number;
  hours: WeekHours;
  purpose: Purpose;
  /** Days for which the campaign spares those who refused. */
  cool_down_days: number;
  /** What the campaign offers now, at which price. */
  offer_id: number | null;
  offer_price: number | null;
  offer_currency: string | null;
}

export interface NewDisposition {
  organisationId: number;
  campaignId: number;
  attemptId: number;
  leadId: number;
  operatorId: number | null;
  outcomeCode: string;
  category: string;
  result: 'success' | 'neutral' | 'failure';
  rightParty: boolean;
  refusalReason: string | null;
  refusalDetail: object | null;
  /** The reason asks that the person is left alone. */
  declined: boolean;
  /** What was refused or bought, at which price; null where neither. */
  offer: { id: number; price: number | null; currency: string | null } | null;
  note: string | null;
  automatic: boolean;
  at: Date;
}

@Injectable()
export class DispositionsRepository {
  constructor(private readonly database: Database) {}

  /** The attempt with what its outcome depends on, locked. */
  async lockAttempt(on: Queryable, attemptId: number): Promise<DisposableAttempt | null> {
    const rows = await on.query<DisposableAttempt>(LOCK_ATTEMPT, [attemptId]);
    return rows[0] ?? null;
  }

  async insert(on: Queryable, d: NewDisposition): Promise<number> {
    const rows = await on.query<{ id: number }>(INSERT, [
      d.organisationId,
      d.campaignId,
      d.attemptId,
      d.leadId,
      d.operatorId,
      d.outcomeCode,
      d.category,
      d.result,
      d.rightParty,
      d.refusalReason,
      d.refusalDetail && JSON.stringify(d.refusalDetail),
      d.note,
      d.automatic,
      d.at,
      d.offer?.id ?? null,
      d.offer?.price ?? null,
      d.offer?.currency ?? null,
      d.declined,
    ]);
    return rows[0]!.id;
  }

  /** Was the person erased? Asked under the attempt's lock, which an erasure takes too. */
  async isErased(leadId: number, on: Queryable): Promise<boolean> {
    const rows = await on.query<{ erased: boolean }>(IS_ERASED, [leadId]);
    return rows[0]!.erased;
  }

  async isDisposed(attemptId: number, on: Queryable = this.database): Promise<boolean> {
    const rows = await on.query<{ disposed: boolean }>(IS_DISPOSED, [attemptId]);
    return rows[0]!.disposed;
  }
}

// Primary keys.
const LOCK_ATTEMPT = statement(
  'dispositions.lock_attempt',
  `select a.id, a.organisation_id, a.campaign_id, a.entry_id, a.lead_id, a.match_hash, a.operator_id, a.callback_id, a.state,
     a.bridged_at,
     coalesce(p.bucket_id, e.bucket_id) as bucket_id, c.hours, c.purpose, c.cool_down_days,
     o.id as offer_id, o.price as offer_price, o.currency as offer_currency
   from attempts a
   join calling_list_entries e on e.id = a.entry_id
   join campaigns c on c.id = a.campaign_id
   left join offers o on o.id = c.offer_id
   left join phones p on p.lead_id = a.lead_id and p.id = a.phone_id
   where a.id = $1
   for update of a`,
);

const INSERT = statement(
  'dispositions.insert',
  `insert into dispositions
     (organisation_id, campaign_id, attempt_id, lead_id, operator_id, outcome_code, category, result, right_party,
      refusal_reason, refusal_detail, note, automatic, at, offer_id, offer_price, offer_currency, declined)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
   returning id`,
);

// Primary key.
const IS_ERASED = statement('dispositions.is_erased', `select not exists (select from leads where id = $1) as erased`);

// dispositions_in_force
const IS_DISPOSED = statement(
  'dispositions.is_disposed',
  `select exists (select from dispositions where attempt_id = $1 and superseded_at is null) as disposed`,
);
