import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { createApp, type AppOptions } from '../src/app.js';
import { SystemClock } from '../src/common/clock.js';
import { SeededRandom } from '../src/common/random.js';
import { readSettings, type Settings } from '../src/config/settings.js';
import { createTestDatabase, type TestDatabase } from './database.js';

export interface TestApp {
  app: NestFastifyApplication;
  /** Where it listens, without a slash at the end. */
  url: string;
  database: TestDatabase;
  /** Close the application and drop its database. Fails when something was left open. */
  close(): Promise<void>;
}

export const TEST_SECRET = 'a secret of tests, thirty-two bytes or more';

/**
 * Settings of a process that runs nothing of the demonstration and keeps its files in `dataDir`. The house's rules hold, unless
 * a test is about the law.
 */
export function testSettings(dataDir: string, changes: Partial<Settings> = {}): Settings {
  const env = { ZVON_DATA: dataDir, ZVON_SECRET: TEST_SECRET, ZVON_DEMO: 'off', ZVON_NODE: 'test', PORT: '0' };
  return { ...readSettings(env), profiles: 'house', ...changes };
}

/** The application on a database of its own, listening on a port of loopback. */
export async function createTestApp(
  options: { settings?: Partial<Settings> } & Partial<Omit<AppOptions, 'settings'>> = {},
): Promise<TestApp> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'zvon-test-'));
  const app = await createApp({
    clock: new SystemClock((error) => {
      throw error;
    }),
    random: new SeededRandom('test'),
    databaseUrl: database.url,
    redisUrl: null,
    logLevels: ['fatal'],
    ...options,
    settings: testSettings(dataDir, { role: 'api', ...options.settings }),
  });
  await app.listen(0, '127.0.0.1');
  return {
    app,
    url: await app.getUrl(),
    database,
    close: async () => {
      await app.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
