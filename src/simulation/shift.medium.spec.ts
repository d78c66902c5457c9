import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';

import { SeededRandom } from '../common/random.js';
import { VirtualClock } from '../common/virtual-clock.js';
import { LocalHub } from '../realtime/hub.js';
import { ReportsService } from '../reports/reports.service.js';
import { ReplayRepository } from '../scheduler/replay.repository.js';
import { ReplayService } from '../scheduler/replay.service.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { testSettings } from '../../test/test-app.js';
import { ShiftModule } from './shift.module.js';
import { ShiftService, type ShiftPlan } from './shift.service.js';

const MINUTE = 60_000;
// Whole shifts; a busy machine takes its time over them.
jest.setTimeout(300_000);
const PLAN: ShiftPlan = {
  file: join(import.meta.dirname, '../../fixtures/demo-base.csv'),
  fileName: 'demo-base.csv',
  country: 'FR',
  operators: 5,
  shiftMs: 30 * MINUTE,
  startAt: new Date('2026-03-03T09:00:00Z'),
  seed: 'shift of a test',
  mode: 'progressive',
  ratio: 1,
  answerRate: 0.3,
};

describe('a simulated shift', () => {
  let dataDir: string;

  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'zvon-test-'));
  });

  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  const boot = async (database: TestDatabase): Promise<{ app: INestApplicationContext; clock: VirtualClock }> => {
    const clock = new VirtualClock(new Date(PLAN.startAt.getTime() - 60 * MINUTE));
    const app = await NestFactory.createApplicationContext(
      ShiftModule.with({
        ...{
          settings: testSettings(dataDir, { role: 'dialer', nodeName: 'shift' }),
          clock,
          random: new SeededRandom(PLAN.seed),
        },
        ...{ databaseUrl: database.url, redisUrl: null, hub: new LocalHub(), poolSize: 5, asyncCommit: true },
      }),
      { logger: false, abortOnError: false },
    );
    return { app, clock };
  };
  const finish = async (app: INestApplicationContext) => {
    const result = await app.get(ShiftService, { strict: false }).run(PLAN, () => {});
    const report = await app
      .get(ReportsService, { strict: false })
      .campaignReport(result.campaignId, { from: result.from, to: result.to });
    await app.close();
    return { checks: result.checks, report, imported: result.account.imported };
  };
  const expectClean = (checks: object) => expect(Object.entries(checks).filter(([, count]) => count !== 0)).toEqual([]);

  it('is the same again with the same seed, on a fresh database', async () => {
    const run = async () => {
      const database = await createTestDatabase();
      const done = await finish((await boot(database)).app);
      await database.drop();
      return done;
    };
    const first = await run();
    const second = await run();
    expect(second).toEqual(first);
    expectClean(first.checks);
    expect(first.imported).toBeGreaterThan(1_000);
    expect(first.report.dials).toBeGreaterThan(50);
    expect(first.report.contacts).toBeGreaterThan(10);
  });

  it('that is killed in the middle goes on when it is started again, and every law of the ledger holds', async () => {
    const database = await createTestDatabase();
    const killed = await boot(database);
    const atMs = PLAN.startAt.getTime() + 11 * MINUTE + 17_000 - killed.clock.now().getTime();
    killed.clock.after(atMs, () => {
      throw new Error('killed');
    });
    await expect(finish(killed.app)).rejects.toThrow('killed');
    // As by the end of its process: nothing is told, nothing is finished; its connections break.
    await killed.app.get(DataSource, { strict: false }).destroy();
    const [before] = await database.source.query<{ live: number; dials: number }[]>(
      `select count(*) filter (where state <> 'ended') as live, count(*) as dials from attempts`,
    );
    expect(before!.live).toBeGreaterThan(0);

    const { checks, report } = await finish((await boot(database)).app);
    expectClean(checks);
    expect(report.dials).toBeGreaterThan(before!.dials);
    // Every decision that was taken, before the kill and after it, follows from its facts alone.
    const decisions = await new ReplayService(new ReplayRepository(database.database)).replay(1, {
      ...{ campaignId: null, since: null },
    });
    expect(decisions).toMatchObject({ different: 0, examples: [] });
    expect(decisions.byVerdict.allow).toBeGreaterThanOrEqual(report.dials);
    const left = await database.source.query<unknown[]>(
      `select from operator_states where state <> 'offline' union all select from operator_intervals where to_at is null`,
    );
    expect(left).toEqual([]);
    await database.drop();
  });
});
