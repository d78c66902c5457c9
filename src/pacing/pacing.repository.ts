import { Injectable } from '@nestjs/common';

import type { PhoneKinds } from '../compliance/phone-kinds.js';
import type { Purpose, WeekHours } from '../compliance/profile.js';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import type { PacingMode } from './pacing-policy.js';

export interface LoopSnapshot {
  organisation_id: number;
  state: string;
  purpose: Purpose;
  phone_kinds: PhoneKinds | null;
  mode: PacingMode;
  ratio: number;
  hours: WeekHours;
  max_lines: number;
  connect_timeout_ms: number;
  ready: number;
  in_call: number;
  wrap_up: number;
  on_break: number;
  break_requested: number;
  ready_ids: number[];
  in_flight: number;
  waiting: number;
  lines: number;
}

@Injectable()
export class PacingRepository {
  constructor(private readonly database: Database) {}

  /** Campaigns that run, or have calls that are up, and whose loop has no living owner. */
  async listOwnerless(at: Date): Promise<number[]> {
    const rows = await this.database.query<{ id: number }>(LIST_OWNERLESS, [at]);
    return rows.map((row) => row.id);
  }

  /** Take the lease if nobody has it. Returns the new fence, or null. */
  async acquire(campaignId: number, owner: string, at: Date, until: Date): Promise<number | null> {
    const rows = await this.database.query<{ fence: number }>(ACQUIRE, [campaignId, owner, at, until]);
    return rows[0]?.fence ?? null;
  }

  /** False: the lease has gone to another. */
  async renew(campaignId: number, fence: number, until: Date): Promise<boolean> {
    return (await this.database.query(RENEW, [campaignId, fence, until])).length > 0;
  }

  async readSnapshot(campaignId: number): Promise<LoopSnapshot | null> {
    const rows = await this.database.query<LoopSnapshot>(READ_SNAPSHOT, [campaignId]);
    return rows[0] ?? null;
  }

  async recordDecision(campaignId: number, fence: number, at: Date, decision: object): Promise<void> {
    await this.database.query(RECORD_DECISION, [campaignId, fence, at, JSON.stringify(decision)]);
  }

  /** What of the list is not being called: is anybody ready, and when is the next one due who is not. */
  async readWaiting(campaignId: number): Promise<{ hasReady: boolean; nextDueAt: Date | null }> {
    const rows = await this.database.query<{ hasReady: boolean; nextDueAt: Date | null }>(READ_WAITING, [campaignId]);
    return rows[0]!;
  }
}

// campaigns_running and attempts_live. One that was paused may still have calls that somebody must see to.
const LIST_OWNERLESS = statement(
  'pacing.list_ownerless',
  `select c.id from campaigns c left join campaign_loops l on l.campaign_id = c.id
   where (c.state = 'running' or c.id in (select campaign_id from attempts where state <> 'ended'))
     and (l.campaign_id is null or l.expires_at <= $1)
   order by c.id`,
);

// The campaign's lock: a gate that still has the old fence ends first, and the next one reads the new.
const ACQUIRE = statement(
  'pacing.acquire',
  `with campaign_lock as materialized (select pg_advisory_xact_lock(1, $1::integer))
   insert into campaign_loops (campaign_id, owner, fence, expires_at)
   select $1::integer, $2, 1, $4::timestamptz from campaign_lock
   on conflict (campaign_id) do update
     set owner = excluded.owner, fence = campaign_loops.fence + 1, expires_at = excluded.expires_at
     where campaign_loops.expires_at <= $3
   returning fence`,
);

const RENEW = statement(
  'pacing.renew',
  `update campaign_loops set expires_at = $3 where campaign_id = $1 and fence = $2 returning fence`,
);

// operator_states_campaign and attempts_live: as many rows as there are operators and lines.
const READ_SNAPSHOT = statement(
  'pacing.read_snapshot',
  `select c.organisation_id, c.state, c.purpose, c.phone_kinds, c.mode, c.ratio, c.hours, c.max_lines, c.connect_timeout_ms, o.*, a.*
   from campaigns c
   cross join lateral (
     select
       count(*) filter (where state = 'ready') as ready,
       count(*) filter (where state = 'in_call') as in_call,
       count(*) filter (where state = 'wrap_up') as wrap_up,
       count(*) filter (where state = 'break') as on_break,
       count(*) filter (where break_requested) as break_requested,
       coalesce(array_agg(operator_id order by since_at, operator_id) filter (where state = 'ready'), '{}') as ready_ids
     from operator_states where campaign_id = c.id and state <> 'offline'
   ) o
   cross join lateral (
     select
       count(*) filter (where state in ('reserved', 'dialing', 'ringing')) as in_flight,
       -- Answered and about to be connected is not waiting: its operator is in the call already.
       count(*) filter (where state = 'answered' and answered_by <> 'machine'
         and not exists (select from operator_states s where s.attempt_id = t.id)) as waiting,
       count(*) as lines
     from attempts t where campaign_id = c.id and state <> 'ended'
   ) a
   where c.id = $1`,
);

const RECORD_DECISION = statement(
  'pacing.record_decision',
  `update campaign_loops set decided_at = $3, decision = $4 where campaign_id = $1 and fence = $2`,
);

// calling_list_ready and calling_list_waiting, the first entry of each.
const READ_WAITING = statement(
  'pacing.read_waiting',
  `select
     exists (select from calling_list_entries
       where campaign_id = $1 and state = 'ready' and owner_id is null) as "hasReady",
     (select min(due_at) from calling_list_entries where campaign_id = $1 and state = 'waiting') as "nextDueAt"`,
);
