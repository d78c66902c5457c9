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
  disposed: boolean;
}

export interface HistoryRow {
  at: Date;
  campaign_name: string;
  result: string;
  outcome: string | null;
  refusal_reason: string | null;
  note: string | null;
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
     k.note as callback_note, k.due_at as promised_for,
     exists (select from dispositions d where d.attempt_id = a.id and d.superseded_at is null) as disposed
   from attempts a left join callbacks k on k.id = a.callback_id
   where a.id = $1`,
);

// attempts_lead
const LIST_HISTORY = statement(
  'desk.list_history',
  `select a.reserved_at as at, c.name as campaign_name, a.result, d.outcome_code as outcome, d.refusal_reason, d.note
   from attempts a
   join campaigns c on c.id = a.campaign_id
   left join dispositions d on d.attempt_id = a.id and d.superseded_at is null
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
