import { Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { OperatorState } from './operator-states.js';

export interface OperatorRow {
  operator_id: number;
  organisation_id: number;
  campaign_id: number | null;
  state: OperatorState;
  since_at: Date;
  attempt_id: number | null;
  break_requested: boolean;
  wrap_up_until: Date | null;
  seen_at: Date;
}

export interface OperatorListRow {
  id: number;
  name: string;
  simulated: boolean;
  state: OperatorState;
  campaign_id: number | null;
  since_at: Date | null;
}

@Injectable()
export class OperatorsRepository {
  constructor(private readonly database: Database) {}

  async find(operatorId: number, on: Queryable = this.database): Promise<OperatorRow | null> {
    const rows = await on.query<OperatorRow>(FIND, [operatorId]);
    return rows[0] ?? null;
  }

  /** The same, and nobody else changes it until the transaction ends. */
  async lock(on: Queryable, operatorId: number): Promise<OperatorRow | null> {
    const rows = await on.query<OperatorRow>(LOCK, [operatorId]);
    return rows[0] ?? null;
  }

  /** A row for an operator who never signed in before. */
  async ensure(on: Queryable, operatorId: number, organisationId: number, at: Date): Promise<void> {
    await on.query(ENSURE, [operatorId, organisationId, at]);
  }

  /** Change the state if it is one of `from`; the interval of the old state ends and one of the new begins. */
  async change(
    on: Queryable,
    p: {
      operatorId: number;
      from: readonly OperatorState[];
      to: OperatorState;
      at: Date;
      campaignId: number | null;
      attemptId: number | null;
      wrapUpUntil: Date | null;
    },
  ): Promise<OperatorRow | null> {
    const rows = await on.query<OperatorRow>(CHANGE, [
      p.operatorId,
      p.from,
      p.to,
      p.at,
      p.campaignId,
      p.attemptId,
      p.wrapUpUntil,
    ]);
    return rows[0] ?? null;
  }

  /**
   * The operator who has waited longest takes the call; `preferred` goes first when ready, and whoever has promised somebody a
   * call until `promisedUntil` last.
   */
  async assign(
    on: Queryable,
    p: { campaignId: number; attemptId: number; preferred: number | null; at: Date; promisedUntil: Date },
  ): Promise<OperatorRow | null> {
    const values = [p.campaignId, p.attemptId, p.preferred, p.at, p.promisedUntil];
    const rows = await on.query<OperatorRow>(ASSIGN, values);
    return rows[0] ?? null;
  }

  async requestBreak(on: Queryable, operatorId: number): Promise<void> {
    await on.query(REQUEST_BREAK, [operatorId]);
  }

  async touch(operatorId: number, at: Date): Promise<void> {
    await this.database.query(TOUCH, [operatorId, at]);
  }

  /** People (not simulated ones) whose desk has given no sign of life since `seenBefore`. */
  listGone(seenBefore: Date): Promise<OperatorRow[]> {
    return this.database.query<OperatorRow>(LIST_GONE, [seenBefore]);
  }

  /** Simulated operators that are at work, wherever. */
  listSimulated(): Promise<OperatorRow[]> {
    return this.database.query<OperatorRow>(LIST_SIMULATED);
  }

  list(organisationId: number): Promise<OperatorListRow[]> {
    return this.database.query<OperatorListRow>(LIST, [organisationId]);
  }
}

const FIND = statement('operators.find', `select * from operator_states where operator_id = $1`);

const LOCK = statement('operators.lock', `select * from operator_states where operator_id = $1 for update`);

const ENSURE = statement(
  'operators.ensure',
  `insert into operator_states (operator_id, organisation_id, state, since_at, seen_at)
   values ($1, $2, 'offline', $3, $3) on conflict (operator_id) do nothing`,
);

// An interval is opened only after the one before was closed: the count makes the insert wait for the update.
const INTERVALS = `closed as (
     update operator_intervals i set to_at = $4 from changed c
     where i.operator_id = c.operator_id and i.to_at is null
     returning i.id
   ),
   opened as (
     insert into operator_intervals (operator_id, campaign_id, state, attempt_id, from_at)
     select c.operator_id, c.campaign_id, c.state, c.attempt_id, $4
     from changed c, (select count(*) from closed) as closed_first
     where c.state <> 'offline'
   )
   select * from changed`;

const CHANGE = statement(
  'operators.change',
  `with changed as materialized (
     update operator_states
     set state = $3, since_at = $4, campaign_id = coalesce($5, campaign_id), attempt_id = $6, wrap_up_until = $7,
       -- Asked for during the call, a break waits for the end of the wrap-up.
       break_requested = break_requested and $3 = 'wrap_up', seen_at = greatest(seen_at, $4)
     where operator_id = $1 and state = any($2)
     returning *
   ),
   ${INTERVALS}`,
);

// operator_states_campaign, and callbacks_owner for each who is ready; among those who became ready together the lower id goes first, so that a replay is the same.
const ASSIGN = statement(
  'operators.assign',
  `with pick as materialized (
     select operator_id from operator_states
     where campaign_id = $1 and state = 'ready' and not break_requested
     order by (operator_id = $3) desc nulls last,
       exists (select from callbacks k where k.owner_id = operator_states.operator_id and k.ended_at is null and k.call_at <= $5),
       since_at, operator_id
     limit 1 for update skip locked
   ),
   changed as materialized (
     update operator_states o
     set state = 'in_call', since_at = $4, attempt_id = $2, wrap_up_until = null
     from pick where o.operator_id = pick.operator_id
     returning o.*
   ),
   ${INTERVALS}`,
);

const REQUEST_BREAK = statement(
  'operators.request_break',
  `update operator_states set break_requested = true where operator_id = $1 and state in ('in_call', 'wrap_up')`,
);

const TOUCH = statement(
  'operators.touch',
  `update operator_states set seen_at = $2 where operator_id = $1 and seen_at < $2`,
);

const LIST_GONE = statement(
  'operators.list_gone',
  `select o.* from operator_states o join users u on u.id = o.operator_id
   where o.state <> 'offline' and o.seen_at < $1 and not u.simulated order by o.operator_id`,
);

const LIST_SIMULATED = statement(
  'operators.list_simulated',
  `select o.* from operator_states o join users u on u.id = o.operator_id
   where o.state <> 'offline' and u.simulated order by o.operator_id`,
);

const LIST = statement(
  'operators.list',
  `select u.id, u.name, u.simulated, coalesce(o.state, 'offline') as state, o.campaign_id, o.since_at
   from users u left join operator_states o on o.operator_id = u.id
   where u.organisation_id = $1 and u.role = 'operator' and u.disabled_at is null
   order by u.simulated, u.name, u.id`,
);
