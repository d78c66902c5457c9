import { Injectable } from '@nestjs/common';

import type { DialMode } from '../campaigns/campaign.entity.js';
import type { CampaignState } from '../campaigns/campaign-states.js';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { LoopDecision } from './idle.js';
import { ON_TIME_MINUTES, type CallCell, type OperatorTime, type StockCell } from './metrics.js';

export interface ReportedCampaign {
  id: number;
  organisationId: number;
  name: string;
  state: CampaignState;
  mode: DialMode;
  ratio: number;
  decision: LoopDecision | null;
  decidedAt: Date | null;
  leaseUntil: Date | null;
}

export interface CampaignSummaryRow extends ReportedCampaign {
  listed: number;
  dials: number;
  contacts: number;
  successes: number;
  operators: { ready: number; inCall: number; wrapUp: number; break: number };
}

export interface CallbackCounts {
  promised: number;
  kept: number;
  keptOnTime: number;
  missed: number;
  open: number;
  cancelled: number;
}

export interface LiveOperatorRow {
  id: number;
  name: string;
  simulated: boolean;
  state: string;
  sinceAt: Date;
}

export interface LineCounts {
  ringing: number;
  dialing: number;
  waiting: number;
  bridged: number;
}

export interface RecentCallRow {
  at: Date;
  leadName: string | null;
  country: string | null;
  lastDigits: string | null;
  result: string;
  outcome: string | null;
  refusalReason: string | null;
  operatorName: string | null;
}

/** From `from` on (null: from the beginning) up to and including `to`, by the instant of reservation. */
export interface Period {
  from: Date | null;
  to: Date;
}

/** Before anything was dialled. A bound that is always there is one that an index always serves. */
const BEGINNING = new Date(0);

/** Reads across the modules, for reports only: it writes nothing and takes no lock that a dial would wait for. */
@Injectable()
export class ReportsRepository {
  constructor(private readonly database: Database) {}

  async findCampaign(id: number): Promise<ReportedCampaign | null> {
    const [row] = await this.database.query<ReportedCampaign>(FIND_CAMPAIGN, [id]);
    return row ?? null;
  }

  /** Those in the archive, or all others. */
  listSummaries(organisationId: number, archived: boolean): Promise<CampaignSummaryRow[]> {
    return this.database.query<CampaignSummaryRow>(LIST_SUMMARIES, [organisationId, archived]);
  }

  countCalls(campaignId: number, { from, to }: Period): Promise<CallCell[]> {
    return this.database.query<CallCell>(COUNT_CALLS, [campaignId, from ?? BEGINNING, to]);
  }

  async countLeadsAttempted(campaignId: number, { from, to }: Period): Promise<number> {
    const [row] = await this.database.query<{ leads: number }>(COUNT_LEADS_ATTEMPTED, [
      campaignId,
      from ?? BEGINNING,
      to,
    ]);
    return row!.leads;
  }

  countStock(campaignId: number): Promise<StockCell[]> {
    return this.database.query<StockCell>(COUNT_STOCK, [campaignId]);
  }

  async sumOperatorTime(campaignId: number, { from, to }: Period): Promise<OperatorTime> {
    const [row] = await this.database.query<OperatorTime>(SUM_OPERATOR_TIME, [campaignId, from ?? BEGINNING, to]);
    return row!;
  }

  async countCallbacks(campaignId: number, { from, to }: Period): Promise<CallbackCounts> {
    const [row] = await this.database.query<CallbackCounts>(COUNT_CALLBACKS, [
      campaignId,
      from ?? BEGINNING,
      to,
      ON_TIME_MINUTES,
    ]);
    return row!;
  }

  listOperators(campaignId: number): Promise<LiveOperatorRow[]> {
    return this.database.query<LiveOperatorRow>(LIST_OPERATORS, [campaignId]);
  }

  async countLines(campaignId: number): Promise<LineCounts> {
    const [row] = await this.database.query<LineCounts>(COUNT_LINES, [campaignId]);
    return row!;
  }

  async countDialsSince(campaignId: number, since: Date): Promise<number> {
    const [row] = await this.database.query<{ dials: number }>(COUNT_DIALS_SINCE, [campaignId, since]);
    return row!.dials;
  }

  listRecentCalls(campaignId: number, limit: number): Promise<RecentCallRow[]> {
    return this.database.query<RecentCallRow>(LIST_RECENT_CALLS, [campaignId, limit]);
  }

  countByMinute(
    campaignId: number,
    { from, to }: Period,
  ): Promise<{ minute: Date; dials: number; contacts: number; successes: number }[]> {
    return this.database.query(COUNT_BY_MINUTE, [campaignId, from ?? BEGINNING, to]);
  }
}

// One meaning each, for every statement below.
/** The call was placed. What a crash left unclear counts as placed; a reservation that lapsed was none. */
const DIALLED = `(a.originated_at is not null or a.result is not distinct from 'indeterminate')`;
/** A live person answered. */
const CONTACT = `(a.answered_by is not distinct from 'person' or a.bridged_at is not null
  or a.result is not distinct from 'abandoned')`;
// dispositions_in_force: one row at most.
const DISPOSITION = `left join dispositions d on d.attempt_id = a.id and d.superseded_at is null`;
// attempts_campaign (campaign_id, reserved_at) gives the period.
const IN_PERIOD = `a.campaign_id = $1 and a.reserved_at >= $2 and a.reserved_at <= $3 and ${DIALLED}`;

const CAMPAIGN = `c.id, c.organisation_id as "organisationId", c.name, c.state, c.mode, c.ratio,
  l.decision, l.decided_at as "decidedAt", l.expires_at as "leaseUntil"`;

// Primary keys of campaigns and campaign_loops.
const FIND_CAMPAIGN = statement(
  'reports.find_campaign',
  `select ${CAMPAIGN} from campaigns c left join campaign_loops l on l.campaign_id = c.id where c.id = $1`,
);

// campaigns_organisation; for each campaign attempts_campaign, operator_states_campaign, and the unique key of its list.
const LIST_SUMMARIES = statement(
  'reports.list_summaries',
  `select ${CAMPAIGN},
     (select count(*) from calling_list_entries e where e.campaign_id = c.id) as listed,
     t.*,
     (select jsonb_build_object(
        'ready', count(*) filter (where s.state = 'ready'),
        'inCall', count(*) filter (where s.state = 'in_call'),
        'wrapUp', count(*) filter (where s.state = 'wrap_up'),
        'break', count(*) filter (where s.state = 'break'))
      from operator_states s where s.campaign_id = c.id) as operators
   from campaigns c
   left join campaign_loops l on l.campaign_id = c.id
   cross join lateral (
     select count(*) as dials, count(*) filter (where ${CONTACT}) as contacts,
       count(*) filter (where d.result = 'success') as successes
     from attempts a ${DISPOSITION} where a.campaign_id = c.id and ${DIALLED}
   ) t
   where c.organisation_id = $1 and (c.state = 'archived') = $2
   order by c.id desc`,
);

const COUNT_CALLS = statement(
  'reports.count_calls',
  `select a.result, a.answered_at is not null as answered, ${CONTACT} as contact, a.bridged_at is not null as bridged,
     d.outcome_code as "outcomeCode", d.category, coalesce(d.result = 'success', false) as success,
     coalesce(d.right_party, false) as "rightParty", d.refusal_reason as "refusalReason", count(*) as calls
   from attempts a ${DISPOSITION}
   where ${IN_PERIOD}
   group by 1, 2, 3, 4, 5, 6, 7, 8, 9`,
);

const COUNT_LEADS_ATTEMPTED = statement(
  'reports.count_leads_attempted',
  `select count(*) as leads from (select from attempts a where ${IN_PERIOD} group by a.lead_id) l`,
);

// The unique key (campaign_id, lead_id) finds the entries; they are counted where they lie.
const COUNT_STOCK = statement(
  'reports.count_stock',
  `select state, attempts > 0 as attempted, completed_code as "completedCode", count(*) as entries
   from calling_list_entries where campaign_id = $1 group by 1, 2, 3`,
);

// operator_intervals_campaign (campaign_id, from_at). What lies over the edge of the period is cut off there.
const SUM_OPERATOR_TIME = statement(
  'reports.sum_operator_time',
  `with clipped as (
     select state, extract(epoch from
       least(coalesce(to_at, $3::timestamptz), $3) - greatest(from_at, $2::timestamptz)) as seconds
     from operator_intervals
     where campaign_id = $1 and from_at <= $3 and (to_at is null or to_at >= $2)
       and state in ('ready', 'in_call', 'wrap_up')
   )
   select coalesce(sum(seconds) filter (where state = 'in_call'), 0) as "talkSeconds",
     coalesce(sum(seconds) filter (where state = 'wrap_up'), 0) as "wrapUpSeconds",
     coalesce(sum(seconds), 0) as "signedInSeconds"
   from clipped`,
);

// callbacks_campaign; the attempt that kept it by its primary key.
const COUNT_CALLBACKS = statement(
  'reports.count_callbacks',
  `select count(*) as promised,
     count(*) filter (where k.state = 'kept') as kept,
     count(*) filter (where k.state = 'kept' and a.originated_at <= k.due_at + make_interval(mins => $4)) as "keptOnTime",
     count(*) filter (where k.state = 'missed') as missed,
     count(*) filter (where k.ended_at is null) as open,
     count(*) filter (where k.state = 'cancelled') as cancelled
   from callbacks k left join attempts a on a.id = k.kept_in_attempt_id
   where k.campaign_id = $1 and k.created_at >= $2 and k.created_at <= $3`,
);

// operator_states_campaign.
const LIST_OPERATORS = statement(
  'reports.list_operators',
  `select u.id, u.name, u.simulated, s.state, s.since_at as "sinceAt"
   from operator_states s join users u on u.id = s.operator_id
   where s.campaign_id = $1 and s.state <> 'offline' order by u.simulated, u.name, u.id`,
);

// attempts_live: as many rows as there are lines.
const COUNT_LINES = statement(
  'reports.count_lines',
  `select count(*) filter (where state = 'ringing') as ringing,
     count(*) filter (where state in ('reserved', 'dialing')) as dialing,
     count(*) filter (where state = 'answered') as waiting,
     count(*) filter (where state = 'bridged') as bridged
   from attempts where campaign_id = $1 and state <> 'ended'`,
);

// attempts_campaign.
const COUNT_DIALS_SINCE = statement(
  'reports.count_dials_since',
  `select count(*) as dials from attempts a where a.campaign_id = $1 and a.reserved_at > $2 and ${DIALLED}`,
);

// attempts_campaign, read from its end until enough are found.
const LIST_RECENT_CALLS = statement(
  'reports.list_recent_calls',
  `select coalesce(a.ended_at, a.reserved_at) as at, l.name as "leadName", p.country, p.last_digits as "lastDigits", a.result,
     d.outcome_code as outcome, d.refusal_reason as "refusalReason", u.name as "operatorName"
   from (
     select * from attempts a where a.campaign_id = $1 and a.state = 'ended' and ${DIALLED}
     order by a.reserved_at desc, a.id desc limit $2
   ) a
   join leads l on l.id = a.lead_id
   left join phones p on p.lead_id = a.lead_id and p.id = a.phone_id
   left join users u on u.id = a.operator_id
   ${DISPOSITION}
   order by at desc, a.id desc`,
);

const COUNT_BY_MINUTE = statement(
  'reports.count_by_minute',
  `select date_trunc('minute', a.reserved_at) as minute, count(*) as dials, count(*) filter (where ${CONTACT}) as contacts,
     count(*) filter (where d.result = 'success') as successes
   from attempts a ${DISPOSITION}
   where ${IN_PERIOD}
   group by 1`,
);
