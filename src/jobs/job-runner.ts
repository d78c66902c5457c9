import { randomUUID } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import { CLOCK, type Clock, type Timer } from '../common/clock.js';
import { Problem } from '../common/problem.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Database, type Tx } from '../database/database.js';
import { MetricsService } from '../health/metrics.service.js';
import { HUB, type Hub } from '../realtime/hub.js';
import type { Job, JobEnd, JobProblem } from './job.js';
import { JOB_PROCESSORS, LeaseLost, type JobProcessor, type Turn } from './job-processor.js';
import { JobsRepository } from './jobs.repository.js';
import { retryBackoffMs } from './retry-backoff.js';
import { WAKER, type Waker } from './waker.js';

/** A worker that gives no sign of life for this long is taken for dead. */
export const LEASE_MS = 15_000;
const HEARTBEAT_MS = 5_000;
const SWEEP_MS = 2_000;
const CONCURRENCY = 2;

/**
 * Claims due jobs and gives them turns. Every claim has a holder of its own, a fencing token: whatever a worker does after
 * its lease went to another finds no row of that holder and changes nothing.
 */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(JobRunner.name);
  private readonly processors: ReadonlyMap<string, JobProcessor>;
  private readonly active = new Map<number, ActiveTurn>();
  private readonly finished;
  private looking: Promise<void> | null = null;
  private lookAgain = false;
  private publishing = false;
  private stopping = false;
  private sweeper: Timer | null = null;
  private unsubscribe: () => void = () => undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(JobsRepository) private readonly jobs: JobsRepository,
    @Inject(WAKER) private readonly waker: Waker,
    @Inject(HUB) private readonly hub: Hub,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'nodeName'>,
    @Inject(MetricsService) metrics: MetricsService,
    @Inject(JOB_PROCESSORS) processors: readonly JobProcessor[],
  ) {
    this.processors = new Map(processors.map((processor) => [processor.kind, processor]));
    if (this.processors.size < processors.length) throw new Error('Two job processors share a kind');
    this.finished = metrics.counter('zvon_jobs_finished_total', 'Jobs by kind and how they ended', ['kind', 'state']);
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Begin to look for jobs: at once, when woken, and every two seconds. */
  start(): void {
    this.unsubscribe = this.hub.subscribe((topic) => {
      // Our own news of progress is no reason to look whether somebody cancelled.
      if (topic.kind === 'job' && !this.publishing) void this.active.get(topic.id)?.beat().catch(this.report);
    });
    // Not awaited: while Redis is away it never resolves, and the sweeper does the waker's work.
    this.waker.onWake((kind) => void (this.processors.has(kind) && this.look())).catch(this.report);
    this.sweeper = this.clock.every(SWEEP_MS, () => this.sweep());
    void this.look();
  }

  /** Claim nothing more, ask the running turns to stop, and wait for them. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.sweeper?.cancel();
    this.unsubscribe();
    for (const turn of this.active.values()) turn.abort();
    await this.looking;
    await Promise.all([...this.active.values()].map((turn) => turn.ended));
  }

  /** Run jobs until none is due. For a simulated shift and for tests, where nobody sits waiting. */
  async drain(): Promise<void> {
    await this.sweep();
    // A turn that ends starts a look before it is forgotten, so that there is no moment with neither while jobs are due.
    while (!this.stopping && (this.looking !== null || this.active.size > 0)) {
      await this.looking;
      await Promise.all([...this.active.values()].map((turn) => turn.ended));
    }
  }

  /** Put the jobs of dead workers back into the queue and claim what is due. */
  async sweep(): Promise<void> {
    if (this.stopping) return;
    const expired = await this.jobs.requeueExpired(this.clock.now());
    for (const job of expired) {
      this.log.warn(`Job ${job.id} (${job.kind}) is taken over: its worker gave no sign of life`);
      if (!this.processors.has(job.kind)) this.waker.wake(job.kind);
    }
    await this.look();
  }

  /** Claim until nothing is due or every place is taken. Calls that arrive meanwhile fold into one more round. */
  private look(): Promise<void> {
    if (this.looking !== null) {
      this.lookAgain = true;
      return this.looking;
    }
    this.looking = Promise.resolve().then(() => this.claimAll());
    return this.looking;
  }

  private async claimAll(): Promise<void> {
    try {
      do {
        this.lookAgain = false;
        while (!this.stopping && this.active.size < CONCURRENCY && this.processors.size > 0) {
          const now = this.clock.now();
          const holder = `${this.settings.nodeName} ${randomUUID()}`;
          const job = await this.jobs.claimJob([...this.processors.keys()], holder, now, after(now, LEASE_MS));
          if (job === null) break;
          this.begin(job, holder);
        }
      } while (this.lookAgain && !this.stopping);
    } catch (error) {
      this.report(error);
    } finally {
      // In the same turn as the last look at `lookAgain`: a call that comes later starts anew.
      this.looking = null;
    }
  }

  private begin(job: Job, holder: string): void {
    const turn = new ActiveTurn(job, holder, this.jobs, this.clock, () => this.publish(job.id));
    this.active.set(job.id, turn);
    // A claim that was under way when we were told to stop.
    if (this.stopping) turn.abort();
    turn.ended = this.runTurn(turn)
      .catch(this.report)
      .finally(() => {
        turn.close();
        // A job that asked for another turn may have it by now: its claim can be answered before its requeue is.
        if (this.active.get(job.id) === turn) this.active.delete(job.id);
        if (!this.stopping) void this.look();
      });
  }

  private async runTurn(turn: ActiveTurn): Promise<void> {
    const { job } = turn;
    const processor = this.processors.get(job.kind)!;
    if (job.cancelRequestedAt) return this.finish(turn, processor, { state: 'cancelled', problem: null });
    if (job.attempts > job.maxAttempts)
      return this.finish(turn, processor, { state: 'failed', problem: workerLost(job.maxAttempts) });
    // Claimed while we were told to stop: back with it, before anything is begun.
    if (turn.signal.aborted)
      return this.requeue(turn, { runAt: this.clock.now(), attempts: job.attempts - 1, problem: null });
    this.publish(job.id);
    let outcome: 'done' | 'again';
    try {
      outcome = await processor.run(job, turn);
    } catch (error) {
      return this.settleFailure(turn, processor, error);
    }
    if (outcome === 'done') return this.finish(turn, processor, { state: 'succeeded', problem: null });
    if (turn.cancelRequested) return this.finish(turn, processor, { state: 'cancelled', problem: null });
    return this.requeue(turn, { runAt: this.clock.now(), attempts: 0, problem: null });
  }

  private async settleFailure(turn: ActiveTurn, processor: JobProcessor, error: unknown): Promise<void> {
    const { job } = turn;
    if (turn.lost || error instanceof LeaseLost) return this.log.warn(`Job ${job.id} went on with another worker`);
    const expected = error instanceof Problem && error.status < 500;
    if (turn.cancelRequested && !expected) return this.finish(turn, processor, { state: 'cancelled', problem: null });
    if (turn.signal.aborted && !expected)
      return this.requeue(turn, { runAt: this.clock.now(), attempts: job.attempts - 1, problem: null });
    if (!expected) this.log.error(`Job ${job.id} (${job.kind}), attempt ${job.attempts}: ${explain(error)}`);
    const problem = problemOf(error);
    if (expected || job.attempts >= job.maxAttempts) return this.finish(turn, processor, { state: 'failed', problem });
    const runAt = after(this.clock.now(), retryBackoffMs(job.attempts));
    return this.requeue(turn, { runAt, attempts: job.attempts, problem });
  }

  private async finish(turn: ActiveTurn, processor: JobProcessor, end: JobEnd): Promise<void> {
    const { job, holder } = turn;
    const ours = await this.database.transaction(async (tx) => {
      if (!(await this.jobs.finish(job.id, holder, end, this.clock.now(), tx))) return false;
      await processor.ended?.(tx, job, end);
      return true;
    });
    if (!ours) return this.log.warn(`Job ${job.id} went on with another worker`);
    this.finished.inc({ kind: job.kind, state: end.state });
    this.publish(job.id);
  }

  private async requeue(
    turn: ActiveTurn,
    next: { runAt: Date; attempts: number; problem: JobProblem | null },
  ): Promise<void> {
    if (!(await this.jobs.requeue(turn.job.id, turn.holder, next)))
      return this.log.warn(`Job ${turn.job.id} went on with another worker`);
    this.publish(turn.job.id);
    if (this.stopping) this.waker.wake(turn.job.kind);
  }

  private publish(id: number): void {
    this.publishing = true;
    this.hub.publish({ kind: 'job', id });
    this.publishing = false;
  }

  private readonly report = (error: unknown): void => this.log.error(explain(error));
}

/** One turn of one job under one claim. */
class ActiveTurn implements Turn {
  ended: Promise<void> = Promise.resolve();
  cancelRequested = false;
  /** The lease went to another worker. */
  lost = false;
  private readonly controller = new AbortController();
  private readonly heartbeat: Timer;

  constructor(
    readonly job: Job,
    readonly holder: string,
    private readonly jobs: JobsRepository,
    private readonly clock: Clock,
    private readonly onProgress: () => void,
  ) {
    this.heartbeat = clock.every(HEARTBEAT_MS, () => this.beat());
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  async advance(tx: Tx, progress: Record<string, unknown>): Promise<void> {
    if (!(await this.jobs.advance(this.job.id, this.holder, progress, tx))) {
      this.lost = true;
      this.abort();
      throw new LeaseLost(this.job.id);
    }
    this.job.progress = progress;
    tx.afterCommit(this.onProgress);
  }

  /** Prolong the lease and hear whether somebody cancelled. */
  async beat(): Promise<void> {
    const lease = await this.jobs.extendLease(this.job.id, this.holder, after(this.clock.now(), LEASE_MS));
    if (lease === null) this.lost = true;
    else if (lease.cancelRequestedAt) this.cancelRequested = true;
    else return;
    this.abort();
  }

  abort(): void {
    this.controller.abort();
  }

  close(): void {
    this.heartbeat.cancel();
  }
}

function after(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}

function problemOf(error: unknown): JobProblem {
  if (error instanceof Problem)
    return { code: error.code, detail: error.message, ...(error.fix !== undefined && { fix: error.fix }) };
  return {
    code: 'internal_error',
    detail: 'Something went wrong on our side. The log has the details.',
  };
}

function workerLost(times: number): JobProblem {
  return { code: 'worker_lost', detail: `The process that worked on it stopped ${times} times in a row.` };
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
