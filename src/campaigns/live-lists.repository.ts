import { Injectable } from '@nestjs/common';

import type { Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import { RANKING } from './calling-list.repository.js';
import { RANK_LIST } from './rank-list.job.js';

/** A list that was built once, of a campaign that is not over. */
export interface KeptList {
  campaignId: number;
  organisationId: number;
  live: boolean;
  /** Another order, or other weights, than it is ranked by; or so many came later that their places are not good any more. */
  needsRanking: boolean;
  /** Of live lists: what `fingerprintOf` the rules was when all leads were looked at. */
  scannedAs: string | null;
  /** Null: no look at all leads is under way. */
  scanAfterLeadId: number | null;
  scannedAt: Date | null;
}

@Injectable()
export class LiveListsRepository {
  /** One at a time keeps lists: false when somebody else does. For this transaction. */
  async tryLead(on: Queryable): Promise<boolean> {
    const [row] = await on.query<{ leads: boolean }>(TRY_LEAD);
    return row!.leads;
  }

  listKept(on: Queryable): Promise<KeptList[]> {
    return on.query<KeptList>(LIST_KEPT);
  }

  /** Take changed leads out of the outbox, at most `limit` entries of it. Each lead comes once. */
  async takeChanges(limit: number, on: Queryable): Promise<{ taken: number; leadIds: number[] }> {
    const rows = await on.query<{ id: number }>(TAKE_CHANGES, [limit]);
    return { taken: rows.length, leadIds: [...new Set(rows.map((row) => row.id))] };
  }

  /** Take the oldest range of changed leads, or its first part of at most `limit` ids; null when there is none. */
  async takeRange(limit: number, on: Queryable): Promise<{ fromId: number; toId: number } | null> {
    const [range] = await on.query<{ id: number; fromId: number; toId: number }>(OLDEST_RANGE);
    if (!range) return null;
    const toId = Math.min(range.toId, range.fromId + limit - 1);
    await on.query(CUT_RANGE, [range.id, toId]);
    return { fromId: range.fromId, toId };
  }

  /** What was looked at, and how far; `afterLeadId` null: to the end, at `at`. */
  async noteScan(
    p: { campaignId: number; scannedAs: string; afterLeadId: number | null; at: Date },
    on: Queryable,
  ): Promise<void> {
    await on.query(NOTE_SCAN, [p.campaignId, p.scannedAs, p.afterLeadId, p.at]);
  }

  /** What is kept of lists that are live no more is no longer true. */
  async forgetScans(on: Queryable): Promise<void> {
    await on.query(FORGET_SCANS);
  }

  /** Numbered entries of builds that never came to their end. */
  async dropOldBatches(before: Date, on: Queryable): Promise<void> {
    await on.query(DROP_OLD_BATCHES, [before]);
  }

  async savepoint(on: Queryable): Promise<void> {
    await on.query(SAVEPOINT);
  }

  async rollBackToSavepoint(on: Queryable): Promise<void> {
    await on.query(ROLL_BACK);
  }
}

// Slices look large to the planner, and are not: compiling their plans would take longer than they do.
const TRY_LEAD = statement(
  'live_lists.try_lead',
  `select pg_try_advisory_xact_lock(5, 0) as leads, set_config('jit', 'off', true)`,
);

/** Marks from which on a list is ranked anew: twice as many as a ranking makes. */
const MOST_MARKS = 4_000;

// Open campaigns are some dozens. jobs_queued and jobs_running tell whether a list is about to be ranked.
const LIST_KEPT = statement(
  'live_lists.list_kept',
  `select c.id as "campaignId", c.organisation_id as "organisationId", c.list_mode = 'live' as live,
     (k.ranked_as is distinct from ${RANKING}
       or (select count(*) from calling_list_marks m where m.campaign_id = c.id) > ${MOST_MARKS})
     and not exists (
       select from jobs j where j.kind = '${RANK_LIST}' and j.state in ('queued', 'running')
         and j.payload ->> 'campaignId' = c.id::text) as "needsRanking",
     k.scanned_as as "scannedAs", k.scan_after_lead_id as "scanAfterLeadId", k.scanned_at as "scannedAt"
   from calling_lists k join campaigns c on c.id = k.campaign_id
   where c.state in ('draft', 'ready', 'running', 'paused') order by c.id`,
);

// The primary key, from its beginning.
const TAKE_CHANGES = statement(
  'live_lists.take_changes',
  `delete from lead_changes
   where id in (select id from lead_changes order by id limit $1 for update skip locked)
   returning lead_id as id`,
);

const OLDEST_RANGE = statement(
  'live_lists.oldest_range',
  `select id, from_id as "fromId", to_id as "toId" from lead_change_ranges order by id limit 1 for update skip locked`,
);

const CUT_RANGE = statement(
  'live_lists.cut_range',
  `with done as (delete from lead_change_ranges where id = $1 and to_id <= $2)
   update lead_change_ranges set from_id = $2::bigint + 1 where id = $1 and to_id > $2`,
);

const NOTE_SCAN = statement(
  'live_lists.note_scan',
  `update calling_lists
   set scanned_as = $2, scan_after_lead_id = $3,
     scanned_at = case when $3::bigint is null then $4 else scanned_at end
   where campaign_id = $1`,
);

const FORGET_SCANS = statement(
  'live_lists.forget_scans',
  `update calling_lists k set scanned_as = null, scan_after_lead_id = null, scanned_at = null
   from campaigns c where c.id = k.campaign_id and c.list_mode <> 'live' and k.scanned_as is not null`,
);

const DROP_OLD_BATCHES = statement(
  'live_lists.drop_old_batches',
  `with old as (delete from calling_list_batches where created_at < $1 returning id)
   delete from calling_list_numbered where batch_id in (select id from old)`,
);

const SAVEPOINT = statement('live_lists.savepoint', `savepoint list`);
const ROLL_BACK = statement('live_lists.roll_back', `rollback to savepoint list`);
