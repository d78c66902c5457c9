import { spawn } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

import { identityOf, isAlive, programOf, serverEnvironment } from './live-process.js';

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((done) => child.once('exit', done));
  return child.pid!;
}

describe('a process, by its number', () => {
  it('is alive until it has ended', async () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(isAlive(await endedProcess())).toBe(false);
  });

  it.each([0, -1, NaN, 1.5])('is never alive when the number is %p', (pid) => {
    expect(isAlive(pid)).toBe(false);
  });

  it('is alive when it is of another user', () => {
    expect(isAlive(1)).toBe(true);
  });

  it('has the name of its program', () => {
    expect(programOf(process.pid)).toMatch(/node|MainThread/i);
  });

  (process.platform === 'linux' ? it : it.skip)('has an identity that stays, and that no other shares', async () => {
    expect(identityOf(process.pid)).toBe(identityOf(process.pid));
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
    expect(identityOf(child.pid!)).not.toBe(identityOf(process.pid));
    child.kill('SIGKILL');
    await new Promise((done) => child.once('exit', done));
    expect(identityOf(child.pid!)).toBeNull();
  });
});

describe('the environment of a server that we start', () => {
  it('holds the way to programs and none of our secrets', () => {
    process.env['ZVON_SECRET'] = 'of ours';
    expect(serverEnvironment()).toMatchObject({ PATH: process.env['PATH'] });
    expect(JSON.stringify(serverEnvironment())).not.toContain('of ours');
    delete process.env['ZVON_SECRET'];
  });
});
