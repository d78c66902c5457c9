import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { isAlive } from '../common/live-process.js';
import { removeEmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';

let folder: string;
let dataDir: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zvon-test-'));
  dataDir = join(folder, 'postgres');
});

afterEach(async () => {
  await removeEmbeddedPostgres(dataDir);
  rmSync(folder, { recursive: true, force: true });
});

const start = (more: Partial<EmbeddedPostgresOptions> = {}) =>
  startEmbeddedPostgres({ dataDir, durable: false, tune: { shared_buffers: '16MB' }, ...more });

async function show(url: string, ...sql: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const values: unknown[] = [];
    for (const text of sql) values.push(Object.values((await client.query(text)).rows[0] ?? {})[0]);
    return values;
  } finally {
    await client.end();
  }
}

describe('embedded Postgres', () => {
  it('keeps its data and its password from one start to the next, and stops for good', async () => {
    const first = await start();
    await show(first.url, 'create table kept as select 7 as id');
    const pid = Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
    await first.stop();
    await first.stop();
    expect(isAlive(pid)).toBe(false);

    const second = await start();
    expect(await show(second.url, 'select id from kept')).toEqual([7]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    await second.stop();
  });

  it('is open to the loopback and the password alone', async () => {
    const { url, stop } = await start();
    expect(await show(url, 'show listen_addresses', 'show unix_socket_directories')).toEqual(['127.0.0.1', '']);
    expect(statSync(`${dataDir}.password`).mode & 0o777).toBe(0o600);
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(show(wrong.toString(), 'select 1')).rejects.toThrow('password authentication failed');
    await stop();
  });

  it('waits for the disk, except where tests say that it need not', async () => {
    const settings = ['show fsync', 'show synchronous_commit', 'show full_page_writes'];
    const durable = await start({ durable: true });
    expect(await show(durable.url, ...settings)).toEqual(['on', 'on', 'on']);
    await durable.stop();
    const fast = await start({ durable: false });
    expect(await show(fast.url, ...settings)).toEqual(['off', 'off', 'off']);
    await fast.stop();
  });

  it('knows small and capital letters of Cyrillic and Vietnamese on every platform', async () => {
    const { url, stop } = await start();
    expect(await show(url, `select lower('ЗВОНОК ĐIỆN')`, 'show server_encoding')).toEqual(['звонок điện', 'UTF8']);
    await stop();
  });

  it('starts after a first start that was cut short', async () => {
    mkdirSync(`${dataDir}.new`);
    writeFileSync(join(`${dataDir}.new`, 'PG_VERSION'), '18\n');
    writeFileSync(`${dataDir}.password`, 'of the start that was cut short');
    const { url, stop } = await start();
    expect(await show(url, 'select 1')).toEqual([1]);
    await stop();
  });

  it('is not misled by a pid file whose number another program has by now', async () => {
    const first = await start();
    const [, ...rest] = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    await first.stop();
    writeFileSync(join(dataDir, 'postmaster.pid'), [process.pid, ...rest].join('\n'), { mode: 0o600 });
    const { url, stop } = await start();
    expect(await show(url, 'select 1')).toEqual([1]);
    await stop();
  });

  it('says why it does not start, in the words of its log', async () => {
    await expect(start({ tune: { shared_buffers: 'plenty' } })).rejects.toThrow(
      /Postgres did not start on .*invalid value for parameter "shared_buffers": "plenty"/s,
    );
  });

  it('does not begin an empty database where a link leads nowhere', async () => {
    symlinkSync(join(folder, 'unmounted'), dataDir);
    await expect(start()).rejects.toThrow('which is not there');
  });

  (process.getuid?.() === 0 ? it : it.skip)(
    'as root, runs as another user and keeps its data where that user can reach them',
    async () => {
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      const { url, stop } = await start();
      expect(await show(url, 'select 1')).toEqual([1]);
      expect(lstatSync(dataDir).isSymbolicLink()).toBe(true);
      const data = realpathSync(dataDir);
      const pid = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]!;
      expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
      expect(statSync(data)).toMatchObject({ uid: statSync(`/proc/${pid}`).uid });
      expect(statSync(data).mode & 0o777).toBe(0o700);
      await stop();

      // Deleting the link deletes the database: the next start begins anew and clears what the link led to.
      rmSync(dataDir);
      const anew = await start();
      expect(existsSync(data)).toBe(false);
      await anew.stop();

      const home = dirname(realpathSync(dataDir));
      await removeEmbeddedPostgres(dataDir);
      expect(existsSync(home)).toBe(false);
    },
  );
});
