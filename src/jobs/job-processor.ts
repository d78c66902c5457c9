import type { Tx } from '../database/database.js';
import type { Job, JobEnd } from './job.js';

/** Injection token: every `JobProcessor` that this process runs, as an array. */
export const JOB_PROCESSORS = Symbol('JobProcessors');

/** What a processor holds while it works on a job. */
export interface Turn {
  /** Aborted when the job is to be cancelled, when this process stops, and when the lease went to another worker. */
  readonly signal: AbortSignal;
  /** Somebody asked to cancel: stop at the next safe point. What the turn returns or throws after that ends the job as cancelled. */
  readonly cancelRequested: boolean;
  /**
   * Record progress and prove, under a row lock that `tx` holds until it ends, that the job is still ours. Call it in each
   * transaction that writes: work of a worker that was taken for dead then rolls back. Throws `LeaseLost`.
   */
  advance(tx: Tx, progress: Record<string, unknown>): Promise<void>;
}

/**
 * Work of one kind. A job may run more than once, and may stop between any two statements: a turn is bounded in time,
 * commits what it did, and picks up where the last commit left off.
 */
export interface JobProcessor<Payload = unknown> {
  readonly kind: string;
  /**
   * One turn. `done` ends the job, `again` asks for another turn behind the other jobs that wait. A `Problem` with a status
   * below 500 fails the job at once, since trying again would not help; any other error is tried again, later and later.
   */
  run(job: Job<Payload>, turn: Turn): Promise<'done' | 'again'>;
  /** The job has ended. Runs in the transaction that ends it: what must be true along with it is written here. */
  ended?(tx: Tx, job: Job<Payload>, end: JobEnd): Promise<void>;
}

/** Another worker holds the job now. The turn's transaction must roll back. */
export class LeaseLost extends Error {
  constructor(readonly jobId: number) {
    super(`Job ${jobId} is no longer ours`);
    this.name = 'LeaseLost';
  }
}
