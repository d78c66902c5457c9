import { Injectable } from '@nestjs/common';

import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';

/** How far a simulated shift is; kept in its job. */
export interface ShiftProgress {
  phase: 'import' | 'list' | 'dialing' | 'draining' | 'done';
  baseId: number | null;
  importId: number | null;
  campaignId: number | null;
  /** The virtual instant up to which everything has happened. */
  at: string | null;
}

export interface ShiftJob {
  id: number;
  state: string;
  progress: ShiftProgress;
}

/** Laws of the ledger, as the tables alone show them. Each count is of violations. */
export interface LedgerLaws {
  attemptsOverlappingOnAPhone: number;
  answeredCallsWithoutOneDisposition: number;
  attemptsWithoutEnd: number;
  entriesInProgressForNothing: number;
  importsThatDoNotAddUp: number;
  dialsOutsideWindow: number;
}

@Injectable()
export class ShiftRepository {
  constructor(private readonly database: Database) {}

  async findJob(): Promise<ShiftJob | null> {
    const rows = await this.database.query<ShiftJob>(FIND_JOB);
    return rows[0] ?? null;
  }

  async insertJob(payload: object, progress: ShiftProgress, at: Date): Promise<number> {
    const rows = await this.database.query<{ id: number }>(INSERT_JOB, [
      JSON.stringify(payload),
      JSON.stringify(progress),
      at,
    ]);
    return rows[0]!.id;
  }

  async saveProgress(id: number, progress: ShiftProgress, at: Date): Promise<void> {
    const state = progress.phase === 'done' ? 'succeeded' : 'running';
    await this.database.query(SAVE_PROGRESS, [id, JSON.stringify(progress), at, state]);
  }

  /** The latest virtual instant that anything in the ledger bears. */
  async findLastInstant(): Promise<Date | null> {
    const rows = await this.database.query<{ at: Date | null }>(FIND_LAST_INSTANT);
    return rows[0]?.at ?? null;
  }

  async readFloor(campaignId: number): Promise<{ live: number; busy: number; signed_in: number; dials: number }> {
    const rows = await this.database.query<{ live: number; busy: number; signed_in: number; dials: number }>(
      READ_FLOOR,
      [campaignId],
    );
    return rows[0]!;
  }

  async checkLedger(): Promise<LedgerLaws> {
    const rows = await this.database.query<LedgerLaws>(CHECK_LEDGER);
    return rows[0]!;
  }
}

const FIND_JOB = statement(
  'simulation.find_job',
  `select id, state, progress from jobs where kind = 'simulated-shift' order by id desc limit 1`,
);

const INSERT_JOB = statement(
  'simulation.insert_job',
  `insert into jobs (organisation_id, kind, payload, state, progress, run_at, created_at, started_at)
   values (1, 'simulated-shift', $1, 'running', $2, $3, $3, $3) returning id`,
);

const SAVE_PROGRESS = statement(
  'simulation.save_progress',
  `update jobs set progress = $2, state = $4, finished_at = case when $4 = 'succeeded' then $3::timestamptz end where id = $1`,
);

const FIND_LAST_INSTANT = statement(
  'simulation.find_last_instant',
  `select greatest(
     (select max(greatest(reserved_at, originated_at, ringing_at, answered_at, bridged_at, ended_at)) from attempts),
     (select max(since_at) from operator_states), (select max(at) from dispositions),
     (select max(decided_at) from campaign_loops)) as at`,
);

const READ_FLOOR = statement(
  'simulation.read_floor',
  `select
     (select count(*) from attempts where campaign_id = $1 and state <> 'ended') as live,
     (select count(*) from operator_states where campaign_id = $1 and state in ('in_call', 'wrap_up')) as busy,
     (select count(*) from operator_states where campaign_id = $1 and state <> 'offline') as signed_in,
     (select count(*) from attempts where campaign_id = $1) as dials`,
);

// Whole tables, once, after a run.
const CHECK_LEDGER = statement(
  'simulation.check_ledger',
  `select
     (select count(*) from (
        select reserved_at < lag(coalesce(ended_at, 'infinity')) over (partition by match_hash order by reserved_at, id) as collides
        from attempts) o where collides) as "attemptsOverlappingOnAPhone",
     (select count(*) from attempts a where a.state = 'ended' and a.answered_at is not null
        and 1 <> (select count(*) from dispositions d where d.attempt_id = a.id and d.superseded_at is null)
     ) as "answeredCallsWithoutOneDisposition",
     (select count(*) from attempts where state <> 'ended') as "attemptsWithoutEnd",
     (select count(*) from calling_list_entries e where e.state = 'in_progress'
        and not exists (select from attempts a where a.entry_id = e.id and a.state <> 'ended')) as "entriesInProgressForNothing",
     (select count(*) from imports where imported + updated + duplicate + suppressed + rejected <> rows)
       as "importsThatDoNotAddUp",
     (select count(*) from attempts a join decisions d on d.attempt_id = a.id
        where not exists (select from jsonb_array_elements(d.facts -> 'open') i
          where (i ->> 'start')::bigint <= extract(epoch from a.reserved_at) * 1000
            and (i ->> 'end')::bigint > extract(epoch from a.reserved_at) * 1000)) as "dialsOutsideWindow"`,
);
