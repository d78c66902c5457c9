import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { Problem } from '../common/problem.js';
import { VirtualClock } from '../common/virtual-clock.js';
import type { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { MetricsService } from '../health/metrics.service.js';
import { LocalHub } from '../realtime/hub.js';
import type { Job, JobEnd } from './job.js';
import { LeaseLost, type JobProcessor, type Turn } from './job-processor.js';
import { JobRunner, LEASE_MS } from './job-runner.js';
import { JobsRepository } from './jobs.repository.js';
import { JobsService } from './jobs.service.js';
import { LocalWaker } from './local-waker.js';

const START = new Date('2026-11-23T09:00:00Z');
const CLEAR = statement('test.clear_jobs', 'delete from jobs');

type Run = (job: Job, turn: Turn) => Promise<'done' | 'again'>;

/** A promise and its handle. */
function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void } {
  let open!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (open = resolve));
  return { promise, open };
}

describe('the runner of jobs', () => {
  let test: TestDatabase;
  let database: Database;
  let clock: VirtualClock;
  let hub: LocalHub;
  let waker: LocalWaker;
  let service: JobsService;
  const runners: JobRunner[] = [];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    test = await createTestDatabase();
    database = test.database;
  });
  beforeEach(() => {
    clock = new VirtualClock(START);
    hub = new LocalHub();
    waker = new LocalWaker();
    service = new JobsService(new JobsRepository(database), waker, hub, clock);
  });
  afterEach(async () => {
    for (const runner of runners.splice(0)) await runner.stop();
    await database.query(CLEAR);
  });
  afterAll(() => test.drop());

  function createRunner(run: Run, ended?: JobProcessor['ended'], nodeName = 'test'): JobRunner {
    const processor: JobProcessor = { kind: 'work', run, ...(ended && { ended }) };
    const repository = new JobsRepository(database);
    const metrics = new MetricsService();
    const runner = new JobRunner(database, repository, waker, hub, clock, { nodeName }, metrics, [processor]);
    runners.push(runner);
    return runner;
  }

  function enqueue(payload: unknown = {}, more: { runAt?: Date; maxAttempts?: number } = {}): Promise<number> {
    return database.transaction((tx) =>
      service.enqueue(tx, { organisationId: 1, kind: 'work', payload, createdBy: null, ...more }),
    );
  }

  it('runs a job with its payload, and says how it ended', async () => {
    const payloads: unknown[] = [];
    const ends: JobEnd[] = [];
    const runner = createRunner(
      (job) => (payloads.push(job.payload), Promise.resolve('done')),
      (_tx, _job, end) => (ends.push(end), Promise.resolve()),
    );
    const id = await enqueue({ file: 'a.csv' });
    await runner.drain();
    expect(payloads).toEqual([{ file: 'a.csv' }]);
    expect(ends).toEqual([{ state: 'succeeded', problem: null }]);
    expect(await service.getJob(1, id)).toMatchObject({ state: 'succeeded', problem: null, finishedAt: START });
  });

  it('is woken by the commit, and by nothing before it', async () => {
    const ran = gate<number>();
    const runner = createRunner((job) => (ran.open(job.id), Promise.resolve('done')));
    runner.start();
    const failed = database.transaction(async (tx) => {
      await service.enqueue(tx, { organisationId: 1, kind: 'work', payload: {}, createdBy: null });
      throw new Error('taken back');
    });
    await expect(failed).rejects.toThrow('taken back');
    const id = await enqueue();
    expect(await ran.promise).toBe(id);
  });

  it('gives a job as many turns as it asks for, one after another', async () => {
    let turns = 0;
    const runner = createRunner(() => Promise.resolve(++turns < 4 ? 'again' : 'done'));
    const id = await enqueue({}, { maxAttempts: 2 });
    await runner.drain();
    expect(turns).toBe(4);
    expect(await service.getJob(1, id)).toMatchObject({ state: 'succeeded' });
  });

  it('leaves a job alone until its time has come', async () => {
    let ran = 0;
    const runner = createRunner(() => (ran++, Promise.resolve('done')));
    await enqueue({}, { runAt: new Date(START.getTime() + 60_000) });
    await runner.drain();
    expect(ran).toBe(0);
    await clock.run(60_000);
    await runner.drain();
    expect(ran).toBe(1);
  });

  it('tries again, later and later, and gives up after the last attempt with the reason', async () => {
    const ranAt: number[] = [];
    const ends: JobEnd[] = [];
    const runner = createRunner(
      () => {
        ranAt.push((clock.now().getTime() - START.getTime()) / 1_000);
        return Promise.reject(new Error('the disk is full'));
      },
      (_tx, _job, end) => (ends.push(end), Promise.resolve()),
    );
    const id = await enqueue({}, { maxAttempts: 3 });
    for (let second = 0; second < 10; second++) {
      await runner.drain();
      await clock.run(1_000);
    }
    expect(ranAt).toEqual([0, 1, 3]);
    expect(await service.getJob(1, id)).toMatchObject({ state: 'failed', problem: { code: 'internal_error' } });
    expect(ends).toHaveLength(1);
  });

  it('does not try again what can not go better', async () => {
    let ran = 0;
    const runner = createRunner(() => {
      ran++;
      return Promise.reject(new Problem('file_empty', 422, 'The file is empty.', { fix: 'Choose another.' }));
    });
    const id = await enqueue();
    await runner.drain();
    expect(ran).toBe(1);
    const problem = { code: 'file_empty', detail: 'The file is empty.', fix: 'Choose another.' };
    expect(await service.getJob(1, id)).toMatchObject({ state: 'failed', problem });
  });

  it('takes over the job of a worker that died, once its lease is over, from its last progress', async () => {
    const id = await enqueue();
    // A worker that claims and is killed: nothing of it runs any more.
    const claim = new JobsRepository(database);
    const dead = await claim.claimJob(['work'], 'dead', clock.now(), new Date(clock.now().getTime() + LEASE_MS));
    expect(dead!.id).toBe(id);
    await claim.advance(id, 'dead', { rows: 500 });

    const seen: unknown[] = [];
    const runner = createRunner((job) => (seen.push(job.progress), Promise.resolve('done')));
    await runner.drain();
    expect(seen).toEqual([]);
    await clock.run(LEASE_MS + 1);
    await runner.drain();
    expect(seen).toEqual([{ rows: 500 }]);
    expect(await service.getJob(1, id)).toMatchObject({ state: 'succeeded' });
  });

  it('gives up a job under which worker after worker died', async () => {
    const id = await enqueue({}, { maxAttempts: 2 });
    const claim = new JobsRepository(database);
    const runner = createRunner(() => Promise.resolve('done'));
    for (let death = 0; death < 2; death++) {
      const until = new Date(clock.now().getTime() + LEASE_MS);
      await claim.claimJob(['work'], `dead ${death}`, clock.now(), until);
      await clock.run(LEASE_MS + 1);
      await claim.requeueExpired(clock.now());
    }
    await runner.drain();
    expect(await service.getJob(1, id)).toMatchObject({ state: 'failed', problem: { code: 'worker_lost' } });
  });

  it('keeps its lease while a turn lasts', async () => {
    const release = gate();
    let runs = 0;
    const slow = createRunner(async () => {
      runs++;
      await release.promise;
      return 'done';
    });
    slow.start();
    const other = createRunner(() => (runs++, Promise.resolve('done')), undefined, 'other');
    const id = await enqueue();
    await started(() => runs === 1);
    await clock.run(3 * LEASE_MS);
    await other.drain();
    release.open();
    await slow.stop();
    expect(runs).toBe(1);
    expect(await service.getJob(1, id)).toMatchObject({ state: 'succeeded' });
  });

  it('lets nothing through of a worker that was taken for dead and wakes up late', async () => {
    const release = gate();
    const outcome = gate<unknown>();
    const ends: JobEnd[] = [];
    const stalled = createRunner(
      async (job, turn) => {
        await release.promise;
        const work = database.transaction((tx) => turn.advance(tx, { from: 'the late one' }));
        outcome.open(await work.catch((error: unknown) => error));
        await work;
        return 'done';
      },
      (_tx, _job, end) => (ends.push(end), Promise.resolve()),
    );
    const id = await enqueue();
    const drained = stalled.drain();
    await started(async () => (await service.getJob(1, id)).state === 'running');
    // Its process stands still, so that no heartbeat is sent, while time goes on for the others.
    const elsewhere = new VirtualClock(new Date(START.getTime() + LEASE_MS + 1));
    const repository = new JobsRepository(database);
    await repository.requeueExpired(elsewhere.now());
    const until = new Date(elsewhere.now().getTime() + LEASE_MS);
    await repository.claimJob(['work'], 'successor', elsewhere.now(), until);
    await repository.advance(id, 'successor', { from: 'the successor' });
    release.open();
    await drained;
    expect(await outcome.promise).toBeInstanceOf(LeaseLost);
    expect(ends).toEqual([]);
    expect(await service.getJob(1, id)).toMatchObject({ state: 'running', progress: { from: 'the successor' } });
  });

  it('cancels a job that waits without running it, and its processor hears of it', async () => {
    let ran = 0;
    const ends: JobEnd[] = [];
    const runner = createRunner(
      () => (ran++, Promise.resolve('done')),
      (_tx, _job, end) => (ends.push(end), Promise.resolve()),
    );
    const id = await enqueue({}, { runAt: new Date(START.getTime() + 3_600_000) });
    await database.transaction((tx) => service.requestCancel(tx, 1, id));
    await runner.drain();
    expect(ran).toBe(0);
    expect(ends).toEqual([{ state: 'cancelled', problem: null }]);
    expect(await service.getJob(1, id)).toMatchObject({ state: 'cancelled' });
  });

  it('tells a running turn at once that it is to stop', async () => {
    const began = gate();
    const runner = createRunner(async (_job, turn) => {
      began.open();
      await new Promise<void>((resolve) => turn.signal.addEventListener('abort', () => resolve()));
      expect(turn.cancelRequested).toBe(true);
      return 'again';
    });
    runner.start();
    const id = await enqueue();
    await began.promise;
    await database.transaction((tx) => service.requestCancel(tx, 1, id));
    await started(async () => (await service.getJob(1, id)).state === 'cancelled');
  });

  it('leaves a job that has ended as it ended', async () => {
    const runner = createRunner(() => Promise.resolve('done'));
    const id = await enqueue();
    await runner.drain();
    await database.transaction((tx) => service.requestCancel(tx, 1, id));
    await runner.drain();
    expect(await service.getJob(1, id)).toMatchObject({ state: 'succeeded' });
  });

  it('ends the job and what its processor adds together, or neither', async () => {
    let failing = true;
    const runner = createRunner(
      () => Promise.resolve('done'),
      () => (failing ? Promise.reject(new Error('the database went away')) : Promise.resolve()),
    );
    const id = await enqueue();
    await runner.drain();
    expect(await service.getJob(1, id)).toMatchObject({ state: 'running' });
    failing = false;
    await clock.run(LEASE_MS + 1);
    await runner.drain();
    expect(await service.getJob(1, id)).toMatchObject({ state: 'succeeded' });
  });

  it('stops in good order: waits for the turn, and puts the rest of the job back for others', async () => {
    const began = gate();
    const runner = createRunner(async (_job, turn) => {
      began.open();
      await new Promise<void>((resolve) => turn.signal.addEventListener('abort', () => resolve()));
      return 'again';
    });
    runner.start();
    const id = await enqueue();
    await began.promise;
    await runner.stop();
    expect(await service.getJob(1, id)).toMatchObject({ state: 'queued', attempts: 0 });
  });

  it('shares jobs with other workers without running any twice', async () => {
    const ran: number[] = [];
    const run: Run = async (job) => {
      await database.query(statement('test.nap', 'select pg_sleep(0.002)'));
      ran.push(job.id);
      return 'done';
    };
    const ids = await Promise.all(Array.from({ length: 30 }, () => enqueue()));
    await Promise.all([createRunner(run, undefined, 'a').drain(), createRunner(run, undefined, 'b').drain()]);
    expect(ran.sort((a, b) => a - b)).toEqual(ids.sort((a, b) => a - b));
  });

  it('does not know the jobs of another organisation', async () => {
    const id = await enqueue();
    await expect(service.getJob(2, id)).rejects.toMatchObject({ code: 'job_not_found', status: 404 });
    const cancel = database.transaction((tx) => service.requestCancel(tx, 2, id));
    await expect(cancel).rejects.toMatchObject({ code: 'job_not_found' });
  });
});

/** Until it is so; each look is a round trip or a turn of the event loop. */
async function started(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await isSo())) {
    if (performance.now() - began > 4_000) throw new Error('It never came to that');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
