import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { dataPath, DEFAULT_DEMO_PASSWORD, readSettings } from './settings.js';

describe('settings', () => {
  it('need nothing from the environment: everything in one process, on the loopback, with its own servers', () => {
    expect(readSettings({})).toMatchObject({
      role: 'all',
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: null,
      redisUrl: null,
      dataDir: resolve('.zvon'),
      secret: null,
      demo: true,
      profiles: 'simulation',
      demoPasswords: {
        marketer: DEFAULT_DEMO_PASSWORD,
        manager: DEFAULT_DEMO_PASSWORD,
        operator: DEFAULT_DEMO_PASSWORD,
      },
      metricsToken: null,
      simulatedAnswerRate: 0.5,
      maxUploadBytes: 2 * 1024 ** 3,
      publicUrl: null,
      logFormat: 'text',
    });
  });

  it('are read from the environment', () => {
    const settings = readSettings({
      ZVON_ROLE: 'worker',
      HOST: '0.0.0.0',
      PORT: '8080',
      DATABASE_URL: 'postgres://db/zvon',
      REDIS_URL: 'redis://cache',
      ZVON_DATA: '/srv/zvon',
      ZVON_SECRET: 'x'.repeat(32),
      ZVON_DEMO: 'off',
      DEMO_OPERATOR_PASSWORD: 'another',
      METRICS_TOKEN: 'token',
      SIMULATED_ANSWER_PERCENT: '30',
      MAX_UPLOAD_MB: '10',
      PUBLIC_URL: 'https://zvon.example',
      LOG_FORMAT: 'json',
      ZVON_NODE: 'node-1',
    });
    expect(settings).toEqual({
      role: 'worker',
      host: '0.0.0.0',
      port: 8080,
      databaseUrl: 'postgres://db/zvon',
      redisUrl: 'redis://cache',
      dataDir: resolve('/srv/zvon'),
      secret: 'x'.repeat(32),
      demo: false,
      profiles: 'law',
      demoPasswords: { marketer: DEFAULT_DEMO_PASSWORD, manager: DEFAULT_DEMO_PASSWORD, operator: 'another' },
      metricsToken: 'token',
      simulatedAnswerRate: 0.3,
      maxUploadBytes: 10 * 1024 ** 2,
      publicUrl: 'https://zvon.example',
      logFormat: 'json',
      nodeName: 'node-1',
    });
  });

  it('take an empty variable for one that is not set', () => {
    expect(readSettings({ DATABASE_URL: '  ', PORT: '', ZVON_ROLE: ' ' })).toMatchObject({
      databaseUrl: null,
      port: 3000,
      role: 'all',
    });
  });

  it('name every variable that makes no sense, in one error', () => {
    const wrong = { PORT: '80a', ZVON_ROLE: 'boss', ZVON_DEMO: 'yes', ZVON_SECRET: 'short', MAX_UPLOAD_MB: '0' };
    let message = '';
    try {
      readSettings(wrong);
    } catch (error) {
      message = (error as Error).message;
    }
    for (const name of Object.keys(wrong)) expect(message).toContain(name);
    expect(message).not.toContain('short');
  });

  it.each(['-1', '65536', '1.5', '1e9', 'NaN'])('refuse the port %s', (port) => {
    expect(() => readSettings({ PORT: port })).toThrow('PORT must be a whole number from 0 to 65535');
  });

  it('measure a secret in bytes', () => {
    expect(readSettings({ ZVON_SECRET: 'ж'.repeat(16) }).secret).toHaveLength(16);
    expect(() => readSettings({ ZVON_SECRET: 'ж'.repeat(15) })).toThrow('ZVON_SECRET');
  });

  it('name the process after its machine and number, so that two on one machine differ', () => {
    expect(readSettings({}).nodeName).toMatch(new RegExp(`:${process.pid}$`));
  });

  it('give folders inside the data folder', () => {
    expect(dataPath({ dataDir: '/srv/zvon' }, 'uploads', '7')).toBe(join('/srv/zvon', 'uploads', '7'));
  });
});
