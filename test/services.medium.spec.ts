import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { isAlive } from '../src/common/live-process.js';
import { removeEmbeddedPostgres } from '../src/database/embedded-postgres.js';
import { startServices } from '../src/services.js';

const here = import.meta.dirname;
const SILENT = () => undefined;

let dataDir: string;
let children: ChildProcess[];

beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'zvon-test-')), 'data');
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  const redis = redisPid();
  if (redis !== null && isAlive(redis)) process.kill(redis, 'SIGKILL');
  await removeEmbeddedPostgres(join(dataDir, 'postgres'));
  rmSync(dirname(dataDir), { recursive: true, force: true });
});

const settings = () => ({
  role: 'all' as const,
  host: '127.0.0.1',
  port: 3999,
  databaseUrl: null,
  redisUrl: null,
  dataDir,
});

function otherProcess(env: Record<string, string> = {}): ChildProcess {
  const child = spawn(
    process.execPath,
    ['--import', join(here, 'register-typescript.mjs'), join(here, 'process-with-services.ts')],
    {
      env: { PATH: process.env['PATH'], ZVON_DATA: dataDir, PORT: '3998', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  children.push(child);
  return child;
}

/** What the process has, once it has it. */
async function ready(child: ChildProcess): Promise<{ databaseUrl: string; redisUrl: string | null }> {
  for await (const line of createInterface({ input: child.stdout! })) return JSON.parse(line);
  throw new Error(await text(child.stderr!));
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((done) => child.once('exit', done));
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

function postgresPid(): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function redisPid(): number | null {
  const trace = join(dataDir, 'redis', 'redis.json');
  return existsSync(trace) ? (JSON.parse(readFileSync(trace, 'utf8')) as { pid: number }).pid : null;
}

describe('the services of a process', () => {
  it('leave no process behind when they stop', async () => {
    const child = otherProcess();
    const { databaseUrl } = await ready(child);
    const pids = [postgresPid(), redisPid()].filter((pid) => pid !== null);
    expect(pids.every(isAlive)).toBe(true);
    expect(await query(databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);

    child.kill('SIGTERM');
    expect(await ended(child)).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(join(dataDir, 'running.json'))).toBe(false);
  });

  it('recover when the process that held them was killed, with everything it had committed', async () => {
    const child = otherProcess();
    const { databaseUrl } = await ready(child);
    await query(databaseUrl, 'create table kept (id int primary key)');
    await query(databaseUrl, 'insert into kept values (7)');
    const before = { postgres: postgresPid(), redis: redisPid() };
    child.kill('SIGKILL');
    await ended(child);
    expect(isAlive(before.postgres)).toBe(true);

    const lines: string[] = [];
    const services = await startServices(settings(), (line) => lines.push(line));
    try {
      expect(postgresPid()).toBe(before.postgres);
      expect(await query(services.databaseUrl, 'select id from kept')).toEqual([{ id: 7 }]);
      if (before.redis !== null) {
        expect(isAlive(before.redis)).toBe(false);
        expect(isAlive(redisPid()!)).toBe(true);
      }
      expect(lines).toContain('The run before did not end properly; taking over its data');
      expect(lines).toContain('Taking over the database server that an earlier run left behind');
    } finally {
      await services.stop();
    }
    expect(isAlive(before.postgres)).toBe(false);
  });

  it('recover when the database server was killed too', async () => {
    const child = otherProcess();
    const { databaseUrl } = await ready(child);
    await query(databaseUrl, 'create table kept as select 7 as id');
    child.kill('SIGKILL');
    process.kill(postgresPid(), 'SIGKILL');
    await ended(child);

    const services = await startServices(settings(), SILENT);
    try {
      expect(await query(services.databaseUrl, 'select id from kept')).toEqual([{ id: 7 }]);
    } finally {
      await services.stop();
    }
  });

  it('are refused to a second process, which is told the number and the address of the first', async () => {
    const first = otherProcess();
    await ready(first);
    const second = otherProcess({ PORT: '4001' });
    const message = await text(second.stderr!);
    expect(await ended(second)).toBe(1);
    expect(message).toContain(`Zvon already runs on ${dataDir}: process ${first.pid}, http://127.0.0.1:3998`);
    first.kill('SIGTERM');
    expect(await ended(first)).toBe(0);
  });

  it('wait for a process that is about to end', async () => {
    const first = otherProcess();
    await ready(first);
    first.kill('SIGTERM');
    const second = otherProcess();
    await ready(second);
    second.kill('SIGTERM');
    expect(await ended(second)).toBe(0);
  });

  (process.platform === 'linux' ? it : it.skip)(
    'take over a lock whose number another process has by now',
    async () => {
      const services = await startServices(settings(), SILENT);
      const file = join(dataDir, 'running.json');
      const holder = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; identity: string | null };
      await services.stop();
      writeFileSync(file, JSON.stringify({ ...holder, pid: process.ppid, identity: 'an earlier start/1' }));
      const again = await startServices(settings(), SILENT);
      await again.stop();
    },
  );

  it('are those of the environment where it names them: nothing is started and nothing locked', async () => {
    const given = { ...settings(), databaseUrl: 'postgres://given/zvon', redisUrl: 'redis://given' };
    const services = await startServices(given, SILENT);
    expect(services).toMatchObject({ databaseUrl: 'postgres://given/zvon', redisUrl: 'redis://given' });
    await services.stop();
    expect(existsSync(dataDir)).toBe(false);
  });

  it('are not private to a process with a part of the work', async () => {
    await expect(startServices({ ...settings(), role: 'worker' }, SILENT)).rejects.toThrow('set DATABASE_URL');
    const given = { ...settings(), role: 'worker' as const, databaseUrl: 'postgres://given/zvon' };
    expect((await startServices(given, SILENT)).redisUrl).toBeNull();
  });

  it('let go of the data when one of them does not start', async () => {
    const first = await startServices(settings(), SILENT);
    await first.stop();
    rmSync(join(dataDir, 'postgres.password'));
    await expect(startServices(settings(), SILENT)).rejects.toThrow('postgres.password is missing');
    expect(existsSync(join(dataDir, 'running.json'))).toBe(false);
  });
});
