import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { isAlive } from '../common/live-process.js';
import { startPrivateRedis } from './private-redis.js';

const PATH = process.env['PATH'];
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zvon-test-'));
});

afterEach(() => {
  process.env['PATH'] = PATH;
  rmSync(dir, { recursive: true, force: true });
});

const trace = () => JSON.parse(readFileSync(join(dir, 'redis.json'), 'utf8')) as { pid: number; port: number };

/** The server's answers to these commands. */
async function ask(url: string, ...commands: string[]): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write([...commands, 'QUIT', ''].join('\r\n'));
  return await text(socket);
}

const password = (url: string) => decodeURIComponent(new URL(url).password);

const hasRedis = ['redis-server', 'valkey-server'].some((program) =>
  PATH!.split(delimiter).some((folder) => existsSync(join(folder, program))),
);
/** Skipped on a machine that has no Redis. */
const itWithRedis = hasRedis ? it : it.skip;

async function start() {
  const redis = await startPrivateRedis({ dir });
  if (redis === null) throw new Error('The Redis of this machine was not found');
  return redis;
}

describe('the private Redis', () => {
  it('is none where the machine has no such program', async () => {
    process.env['PATH'] = dir;
    expect(await startPrivateRedis({ dir })).toBeNull();
  });

  itWithRedis('answers to its password alone', async () => {
    const redis = await start();
    expect(await ask(redis.url, 'PING')).toContain('-NOAUTH');
    expect(await ask(redis.url, `AUTH ${password(redis.url)}`, 'PING')).toContain('+PONG');
    await redis.stop();
  });

  itWithRedis('never drops a key and keeps nothing on the disk', async () => {
    const redis = await start();
    const settings = await ask(
      redis.url,
      `AUTH ${password(redis.url)}`,
      'CONFIG GET maxmemory-policy',
      'CONFIG GET appendonly',
      'CONFIG GET save',
    );
    expect(settings.split('\r\n')).toEqual(expect.arrayContaining(['noeviction', 'no']));
    expect(settings).toContain('save\r\n$0\r\n');
    await redis.stop();
    expect(existsSync(join(dir, 'dump.rdb'))).toBe(false);
  });

  itWithRedis('leaves no process behind', async () => {
    const redis = await start();
    const { pid } = trace();
    expect(isAlive(pid)).toBe(true);
    await redis.stop();
    await redis.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(dir, 'redis.json'))).toBe(false);
  });

  itWithRedis('of a run that was killed ends when the next one starts', async () => {
    await start();
    const { pid } = trace();
    const next = await startPrivateRedis({ dir });
    expect(isAlive(pid)).toBe(false);
    expect(isAlive(trace().pid)).toBe(true);
    await next!.stop();
  });

  itWithRedis('is no business of ours once another server has its port', async () => {
    const other = await start();
    const { pid, port } = trace();
    writeFileSync(join(dir, 'redis.json'), JSON.stringify({ pid, port, password: 'of a run long ago' }));
    const next = await startPrivateRedis({ dir });
    expect(isAlive(pid)).toBe(true);
    await next!.stop();
    await other.stop();
  });

  it('that does not start says why', async () => {
    const program = join(dir, 'redis-server');
    writeFileSync(program, '#!/bin/sh\necho "no memory today"\nexit 1\n', { mode: 0o755 });
    process.env['PATH'] = dir + ':/bin:/usr/bin';
    await expect(startPrivateRedis({ dir })).rejects.toThrow('no memory today');
  });
});
