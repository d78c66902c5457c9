import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';

export interface DeskCallRow {
  attempt_id: number;
  lead_id: number;
  phone_id: number;
  answered_at: Date | null;
  bridged_at: Date | null;
  ended_at: Date | null;
  callback_note: string | null;
  promised_for: Date | null;
  /** The script that the call was reserved with; null: the campaign had none then. */
  script_id: number | null;
  script_version: number | null;
  disposed: boolean;
}

export interface HistoryRow {
  at: Date;
  campaign_name: string;
  result: string;
  outcome: string | null;
  refusal_reason: string | null;
  note: string | null;
  offer_name: string | null;
  offer_price: number | null;
  offer_currency: string | null;
  price: number | null;
  competitor: string | null;
  date: string | null;
}

export interface TodayRow {
  calls: number;
  talk_seconds: number;
  successes: number;
}

@Injectable()
export class DeskRepository {
  constructor(private readonly database: Database) {}

  async findCall(attemptId: number): Promise<DeskCallRow | null> {
    const rows = await this.database.query<DeskCallRow>(FIND_CALL, [attemptId]);
    return rows[0] ?? null;
  }

  /** Earlier calls to a lead, the newest first. */
  listHistory(leadId: number, beforeAttemptId: number): Promise<HistoryRow[]> {
    return this.database.query<HistoryRow>(LIST_HISTORY, [leadId, beforeAttemptId]);
  }

  async readToday(operatorId: number, since: Date): Promise<TodayRow> {
    const rows = await this.database.query<TodayRow>(READ_TODAY, [operatorId, since]);
    return rows[0]!;
  }
}

const FIND_CALL = statement(
  'desk.find_call',
  `select a.id as attempt_id, a.lead_id, a.phone_id, a.answered_at, a.bridged_at, a.ended_at,
     a.script_id, a.script_version, k.note as callback_note, k.due_at as promised_for,
     exists (select from dispositions d where d.attempt_id = a.id and d.superseded_at is null) as disposed
   from attempts a left join callbacks k on k.id = a.callback_id
   where a.id = $1`,
);

// attempts_lead, dispositions_in_force, primary keys
const LIST_HISTORY = statement(
  'desk.list_history',
  `select a.reserved_at as at, c.name as campaign_name, a.result, d.outcome_code as outcome, d.refusal_reason, d.note,
     o.name as offer_name, d.offer_price, d.offer_currency,
     d.refusal_detail -> 'price' as price, d.refusal_detail ->> 'competitor' as competitor, d.refusal_detail ->> 'date' as date
   from attempts a
   join campaigns c on c.id = a.campaign_id
   left join dispositions d on d.attempt_id = a.id and d.superseded_at is null
   left join offers o on o.id = d.offer_id
   where a.lead_id = $1 and a.id < $2 and a.state = 'ended'
   order by a.id desc limit 20`,
);

// operator_intervals_operator, dispositions_operator
const READ_TODAY = statement(
  'desk.read_today',
  `select
     count(distinct i.attempt_id) as calls,
     coalesce(extract(epoch from sum(i.to_at - i.from_at)), 0)::integer as talk_seconds,
     (select count(*) from dispositions d
      where d.operator_id = $1 and d.at >= $2 and d.superseded_at is null and d.result = 'success') as successes
   from operator_intervals i
   where i.operator_id = $1 and i.state = 'in_call' and i.from_at >= $2 and i.to_at is not null`,
);
