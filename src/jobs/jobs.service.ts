import { Inject, Injectable } from '@nestjs/common';

import { CLOCK, type Clock } from '../common/clock.js';
import { notFound } from '../common/problem.js';
import type { Tx } from '../database/database.js';
import { HUB, type Hub } from '../realtime/hub.js';
import type { Job } from './job.js';
import { JobsRepository } from './jobs.repository.js';
import { WAKER, type Waker } from './waker.js';

const MAX_ATTEMPTS = 5;

export interface JobRequest {
  organisationId: number;
  kind: string;
  payload: unknown;
  /** The user who asked for it; null for the engine itself. */
  createdBy: number | null;
  /** Not before this instant; at once when left out. */
  runAt?: Date;
  /** Turns in a row that may fail before the job does. */
  maxAttempts?: number;
}

/** Work that outlives the request that asked for it. */
@Injectable()
export class JobsService {
  constructor(
    @Inject(JobsRepository) private readonly jobs: JobsRepository,
    @Inject(WAKER) private readonly waker: Waker,
    @Inject(HUB) private readonly hub: Hub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Record a job in the caller's transaction; a worker is woken once that has committed. Returns the job's id. */
  async enqueue(tx: Tx, request: JobRequest): Promise<number> {
    const now = this.clock.now();
    const id = await this.jobs.insert(
      {
        organisationId: request.organisationId,
        kind: request.kind,
        payload: request.payload,
        createdBy: request.createdBy,
        createdAt: now,
        runAt: request.runAt ?? now,
        maxAttempts: request.maxAttempts ?? MAX_ATTEMPTS,
      },
      tx,
    );
    tx.afterCommit(() => this.waker.wake(request.kind));
    return id;
  }

  /** Throws job_not_found (404). */
  async getJob(organisationId: number, id: number): Promise<Job> {
    const job = await this.jobs.findJob(organisationId, id);
    if (!job) throw notFound('job', id);
    return job;
  }

  /**
   * Ask for a job to stop, in the caller's transaction. It ends as cancelled at its processor's next safe point; one that
   * has not begun ends at once, also through a worker, so that its processor hears of it. A job that has ended stays as
   * it ended. Throws job_not_found (404).
   */
  async requestCancel(tx: Tx, organisationId: number, id: number): Promise<void> {
    const job = await this.jobs.requestCancel(organisationId, id, this.clock.now(), tx);
    if (!job) {
      if (!(await this.jobs.findJob(organisationId, id, tx))) throw notFound('job', id);
      return;
    }
    tx.afterCommit(() => {
      this.hub.publish({ kind: 'job', id });
      this.waker.wake(job.kind);
    });
  }
}
