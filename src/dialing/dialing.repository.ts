import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { SystemResult } from '../scheduler/retry-plan.js';
import { ATTEMPT_STATES, type AttemptState } from './attempt-states.js';

export interface AttemptRow {
  id: number;
  organisation_id: number;
  campaign_id: number;
  entry_id: number;
  lead_id: number;
  callback_id: number | null;
  operator_id: number | null;
  state: AttemptState;
  connect_timeout_ms: number;
  reserved_at: Date;
  dial_before: Date;
  originated_at: Date | null;
  answered_at: Date | null;
  bridged_at: Date | null;
  ended_at: Date | null;
  /** Once ended. */
  result?: SystemResult;
}

export interface UnansweredCall {
  id: number;
  organisationId: number;
  sealed: Buffer;
  matchHash: Buffer;
}

@Injectable()
export class DialingRepository {
  constructor(private readonly database: Database) {}

  /** The last step before the call is placed; null when the reservation has lapsed or was used. */
  async markDialing(attemptId: number, at: Date): Promise<AttemptRow | null> {
    return first(await this.database.query<AttemptRow>(MARK_DIALING, [attemptId, at]));
  }

  async markRinging(attemptId: number, at: Date): Promise<AttemptRow | null> {
    return first(
      await this.database.query<AttemptRow>(MARK_RINGING, [attemptId, at, ATTEMPT_STATES.sourcesOf('ringing')]),
    );
  }

  async markAnswered(on: Queryable, attemptId: number, at: Date, by: string): Promise<AttemptRow | null> {
    const from = ATTEMPT_STATES.sourcesOf('answered');
    return first(await on.query<AttemptRow>(MARK_ANSWERED, [attemptId, at, by, from]));
  }

  /** Who is to take an answered call; null for nobody any more. */
  async setOperator(on: Queryable, attemptId: number, operatorId: number | null): Promise<AttemptRow | null> {
    return first(await on.query<AttemptRow>(SET_OPERATOR, [attemptId, operatorId]));
  }

  async markBridged(attemptId: number, at: Date): Promise<AttemptRow | null> {
    return first(
      await this.database.query<AttemptRow>(MARK_BRIDGED, [attemptId, at, ATTEMPT_STATES.sourcesOf('bridged')]),
    );
  }

  async markEnded(on: Queryable, attemptId: number, at: Date, result: string, by: string): Promise<AttemptRow | null> {
    return first(await on.query<AttemptRow>(MARK_ENDED, [attemptId, at, result, by]));
  }

  /** Ask the process that owns the call to hang up. */
  async requestHangup(attemptId: number, at: Date): Promise<boolean> {
    return (await this.database.query(REQUEST_HANGUP, [attemptId, at])).length > 0;
  }

  /** The same for calls to a suppressed number that nobody has answered yet. Returns their ids. */
  async requestHangupOfSuppressed(suppressionId: number, at: Date): Promise<number[]> {
    return (await this.database.query<{ id: number }>(REQUEST_HANGUP_OF_SUPPRESSED, [suppressionId, at])).map(
      (row) => row.id,
    );
  }

  /** The same for calls that rest on a consent which was taken back. Returns their ids. */
  async requestHangupOfWithdrawn(entryId: number, at: Date): Promise<number[]> {
    return (await this.database.query<{ id: number }>(REQUEST_HANGUP_OF_WITHDRAWN, [entryId, at])).map((row) => row.id);
  }

  /** The same for calls to numbers that a suppression list names. Returns their ids. */
  async requestHangupOfListed(listId: number, at: Date): Promise<number[]> {
    return (await this.database.query<{ id: number }>(REQUEST_HANGUP_OF_LISTED, [listId, at])).map((row) => row.id);
  }

  /** Calls that nobody has answered yet, with their numbers sealed, where a suppression list has prefixes; else none. */
  listUnansweredForPrefixes(listId: number): Promise<UnansweredCall[]> {
    return this.database.query<UnansweredCall>(LIST_UNANSWERED_FOR_PREFIXES, [listId]);
  }

  async listHangupRequests(): Promise<number[]> {
    return (await this.database.query<{ id: number }>(LIST_HANGUP_REQUESTS)).map((row) => row.id);
  }

  /** Answered calls of a campaign that wait for an operator, longest first. */
  listWaiting(campaignId: number, limit: number): Promise<AttemptRow[]> {
    return this.database.query<AttemptRow>(LIST_WAITING, [campaignId, limit]);
  }

  /** Attempts of a campaign that are not over. */
  listLive(campaignId: number): Promise<AttemptRow[]> {
    return this.database.query<AttemptRow>(LIST_LIVE, [campaignId]);
  }

  async find(attemptId: number, on: Queryable = this.database): Promise<AttemptRow | null> {
    return first(await on.query<AttemptRow>(FIND, [attemptId]));
  }
}

function first<T>(rows: readonly T[]): T | null {
  return rows[0] ?? null;
}

const COLUMNS = `id, organisation_id, campaign_id, entry_id, lead_id, callback_id, operator_id, state, connect_timeout_ms,
  reserved_at, dial_before, originated_at, answered_at, bridged_at, ended_at`;

const MARK_DIALING = statement(
  'dialing.mark_dialing',
  `update attempts set state = 'dialing', originated_at = $2
   where id = $1 and state = 'reserved' and dial_before >= $2 and hangup_requested_at is null
   returning ${COLUMNS}`,
);

const MARK_RINGING = statement(
  'dialing.mark_ringing',
  `update attempts set state = 'ringing', ringing_at = $2 where id = $1 and state = any($3) returning ${COLUMNS}`,
);

const MARK_ANSWERED = statement(
  'dialing.mark_answered',
  `update attempts set state = 'answered', answered_at = $2, answered_by = $3
   where id = $1 and state = any($4)
   returning ${COLUMNS}`,
);

const SET_OPERATOR = statement(
  'dialing.set_operator',
  `update attempts set operator_id = $2 where id = $1 and state = 'answered' returning ${COLUMNS}`,
);

const MARK_BRIDGED = statement(
  'dialing.mark_bridged',
  `update attempts set state = 'bridged', bridged_at = $2 where id = $1 and state = any($3) returning ${COLUMNS}`,
);

const MARK_ENDED = statement(
  'dialing.mark_ended',
  `update attempts
   set state = 'ended', ended_at = $2, ended_by = $4,
     -- Whatever the switch says afterwards: once answered, it was answered.
     -- And if it was lost to us before anybody took it, somebody picked up and met nobody.
     result = case
       when answered_at is null or $3 in ('machine', 'fax', 'abandoned') then $3
       when bridged_at is null and $4 = 'reconciliation' and answered_by <> 'machine' then 'abandoned'
       else 'answered' end
   where id = $1 and state <> 'ended'
   returning ${COLUMNS}, result`,
);

const REQUEST_HANGUP = statement(
  'dialing.request_hangup',
  `update attempts set hangup_requested_at = $2
   where id = $1 and state <> 'ended' and hangup_requested_at is null returning id`,
);

// attempts_live_phone
const REQUEST_HANGUP_OF_SUPPRESSED = statement(
  'dialing.request_hangup_of_suppressed',
  `update attempts a set hangup_requested_at = $2
   from suppressions s
   where s.id = $1 and a.organisation_id = s.organisation_id and a.match_hash = s.match_hash
     and a.state in ('reserved', 'dialing', 'ringing') and (s.campaign_id is null or s.campaign_id = a.campaign_id)
   returning a.id`,
);

// attempts_live_phone, then the key of consent_uses.
const REQUEST_HANGUP_OF_WITHDRAWN = statement(
  'dialing.request_hangup_of_withdrawn',
  `update attempts a set hangup_requested_at = $2
   from consents w, consent_uses u, consents k
   where w.id = $1 and w.kind in ('withdrawn', 'expired')
     and a.organisation_id = w.organisation_id and a.match_hash = w.match_hash
     and a.state in ('reserved', 'dialing', 'ringing') and (w.campaign_id is null or w.campaign_id = a.campaign_id)
     and u.attempt_id = a.id and k.id = u.consent_id and k.at <= w.at
     and (w.purpose is null or exists (select from campaigns c where c.id = a.campaign_id and c.purpose = w.purpose))
   returning a.id`,
);

// From the few live attempts (attempts_live_phone) to the list, one look-up each, however many numbers it has: the limit
// keeps the planner from going the other way.
const REQUEST_HANGUP_OF_LISTED = statement(
  'dialing.request_hangup_of_listed',
  `with listed as materialized (
     select a.id
     from suppression_lists s
     join attempts a on a.organisation_id = s.organisation_id and a.state in ('reserved', 'dialing', 'ringing')
     cross join lateral (
       select 1 from listed_numbers n where n.match_hash = a.match_hash and n.list_id = s.id limit 1) n
     where s.id = $1
   )
   update attempts a set hangup_requested_at = $2
   from listed where a.id = listed.id and a.state in ('reserved', 'dialing', 'ringing')
   returning a.id`,
);

// attempts_live_phone, then the lead's phones.
const LIST_UNANSWERED_FOR_PREFIXES = statement(
  'dialing.list_unanswered_for_prefixes',
  `select a.id, a.organisation_id as "organisationId", p.sealed, p.match_hash as "matchHash"
   from suppression_lists s
   join attempts a on a.organisation_id = s.organisation_id and a.state in ('reserved', 'dialing', 'ringing')
   join phones p on p.lead_id = a.lead_id and p.id = a.phone_id
   where s.id = $1 and s.retired_at is null and a.hangup_requested_at is null
     and exists (select from suppression_loads l join suppression_prefixes x on x.load_id = l.id
       where l.list_id = s.id and l.state = 'active')
   order by a.id`,
);

// attempts_hangup
const LIST_HANGUP_REQUESTS = statement(
  'dialing.list_hangup_requests',
  `select id from attempts where hangup_requested_at is not null and state <> 'ended' order by hangup_requested_at`,
);

// attempts_live; operator_states_attempt tells those that are being connected already.
const LIST_WAITING = statement(
  'dialing.list_waiting',
  `select ${COLUMNS} from attempts
   where campaign_id = $1 and state = 'answered' and answered_by <> 'machine'
     and not exists (select from operator_states o where o.attempt_id = attempts.id)
   order by answered_at, id limit $2`,
);

// attempts_live: as many rows as there are lines.
const LIST_LIVE = statement(
  'dialing.list_live',
  `select ${COLUMNS} from attempts where campaign_id = $1 and state <> 'ended' order by id`,
);

const FIND = statement('dialing.find', `select ${COLUMNS} from attempts where id = $1`);
