import { Inject, Injectable } from '@nestjs/common';

import { Database, type Queryable } from '../database/database.js';
import { statement } from '../database/statement.js';
import { jobStates, type Job, type JobEnd, type JobProblem } from './job.js';

const COLUMNS = `id, organisation_id as "organisationId", kind, payload, state, progress, problem, attempts,
  max_attempts as "maxAttempts", run_at as "runAt", cancel_requested_at as "cancelRequestedAt",
  created_by as "createdBy", created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

const INSERT = statement(
  'jobs.insert',
  `insert into jobs (organisation_id, kind, payload, state, run_at, created_by, created_at, max_attempts)
   values ($1, $2, $3::jsonb, 'queued', $4, $5, $6, $7) returning id`,
);

// Served by the primary key.
const FIND = statement('jobs.find', `select ${COLUMNS} from jobs where organisation_id = $1 and id = $2`);

// Served by the primary key. A job that waits for its next try is looked at now.
const REQUEST_CANCEL = statement(
  'jobs.request_cancel',
  `update jobs set cancel_requested_at = coalesce(cancel_requested_at, $3), run_at = least(run_at, $3)
   where organisation_id = $1 and id = $2 and state in ('queued', 'running') returning ${COLUMNS}`,
);

// Served by jobs_queued, one short scan for each kind. Jobs that another worker is claiming are passed over.
const CLAIM = statement(
  'jobs.claim',
  `update jobs set state = 'running', attempts = attempts + 1, locked_by = $2, locked_until = $4,
     started_at = coalesce(started_at, $3)
   where id = (
     select id from jobs where state = 'queued' and kind = any($1) and run_at <= $3
     order by run_at, id limit 1 for update skip locked)
   returning ${COLUMNS}`,
);

// Served by the primary key. No row: the lease has gone to another worker.
const EXTEND = statement(
  'jobs.extend_lease',
  `update jobs set locked_until = $3 where id = $1 and locked_by = $2 and state = 'running'
   returning cancel_requested_at as "cancelRequestedAt"`,
);

// Served by the primary key.
const ADVANCE = statement(
  'jobs.advance',
  `update jobs set progress = $3::jsonb where id = $1 and locked_by = $2 and state = 'running' returning id`,
);

// Served by the primary key. `attempts` counts from the last turn that ended well.
const REQUEUE = statement(
  'jobs.requeue',
  `update jobs set state = 'queued', locked_by = null, locked_until = null, run_at = $3, attempts = $4, problem = $5::jsonb
   where id = $1 and locked_by = $2 and state = any($6) returning id`,
);

// Served by the primary key.
const FINISH = statement(
  'jobs.finish',
  `update jobs set state = $3, locked_by = null, locked_until = null, finished_at = $4, problem = $5::jsonb
   where id = $1 and locked_by = $2 and state = any($6) returning id`,
);

// Served by jobs_running.
const REQUEUE_EXPIRED = statement(
  'jobs.requeue_expired',
  `update jobs set state = 'queued', locked_by = null, locked_until = null, run_at = $1
   where id in (select id from jobs where state = 'running' and locked_until < $1 for update skip locked)
   returning id, kind`,
);

export interface NewJob {
  organisationId: number;
  kind: string;
  payload: unknown;
  createdBy: number | null;
  createdAt: Date;
  runAt: Date;
  maxAttempts: number;
}

@Injectable()
export class JobsRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async insert(job: NewJob, on: Queryable = this.database): Promise<number> {
    const values = [
      job.organisationId,
      job.kind,
      JSON.stringify(job.payload),
      job.runAt,
      job.createdBy,
      job.createdAt,
      job.maxAttempts,
    ];
    const [row] = await on.query<{ id: number }>(INSERT, values);
    return row!.id;
  }

  async findJob(organisationId: number, id: number, on: Queryable = this.database): Promise<Job | null> {
    const [row] = await on.query<Job>(FIND, [organisationId, id]);
    return row ?? null;
  }

  /** Null: there is no such job, or it has ended. */
  async requestCancel(
    organisationId: number,
    id: number,
    at: Date,
    on: Queryable = this.database,
  ): Promise<Job | null> {
    const [row] = await on.query<Job>(REQUEST_CANCEL, [organisationId, id, at]);
    return row ?? null;
  }

  /** The job of these kinds that has been due longest, locked by `holder` until `until`. */
  async claimJob(
    kinds: readonly string[],
    holder: string,
    now: Date,
    until: Date,
    on: Queryable = this.database,
  ): Promise<Job | null> {
    const [row] = await on.query<Job>(CLAIM, [kinds, holder, now, until]);
    return row ?? null;
  }

  /** Null: the lease is lost. */
  async extendLease(
    id: number,
    holder: string,
    until: Date,
    on: Queryable = this.database,
  ): Promise<{ cancelRequestedAt: Date | null } | null> {
    const [row] = await on.query<{ cancelRequestedAt: Date | null }>(EXTEND, [id, holder, until]);
    return row ?? null;
  }

  /** False: the lease is lost. */
  async advance(
    id: number,
    holder: string,
    progress: Record<string, unknown>,
    on: Queryable = this.database,
  ): Promise<boolean> {
    return (await on.query(ADVANCE, [id, holder, JSON.stringify(progress)])).length > 0;
  }

  /** Back to the queue. False: the lease is lost. */
  async requeue(
    id: number,
    holder: string,
    next: { runAt: Date; attempts: number; problem: JobProblem | null },
    on: Queryable = this.database,
  ): Promise<boolean> {
    const problem = next.problem && JSON.stringify(next.problem);
    const values = [id, holder, next.runAt, next.attempts, problem, jobStates.sourcesOf('queued')];
    return (await on.query(REQUEUE, values)).length > 0;
  }

  /** False: the lease is lost. */
  async finish(id: number, holder: string, end: JobEnd, at: Date, on: Queryable = this.database): Promise<boolean> {
    const problem = end.problem && JSON.stringify(end.problem);
    return (await on.query(FINISH, [id, holder, end.state, at, problem, jobStates.sourcesOf(end.state)])).length > 0;
  }

  /** Put the jobs of dead workers back into the queue. */
  async requeueExpired(now: Date, on: Queryable = this.database): Promise<{ id: number; kind: string }[]> {
    return on.query(REQUEUE_EXPIRED, [now]);
  }
}
