import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import Bull from 'bull';

import { BullWaker } from './bull-waker.js';
import { LocalWaker } from './local-waker.js';
import { startPrivateRedis, type PrivateRedis } from './private-redis.js';
import type { Waker } from './waker.js';

Logger.overrideLogger(false);

/** What both drivers must do. `create` gives a waker that shares its messenger with those that it gave before. */
function itWakes(create: () => Waker): void {
  const wakers: Waker[] = [];
  const make = () => {
    const waker = create();
    wakers.push(waker);
    return waker;
  };

  afterEach(async () => {
    for (const waker of wakers.splice(0)) await waker.close();
  });

  function heard(waker: Waker): { kinds: string[]; until: (kind: string) => Promise<void>; ready: Promise<void> } {
    const kinds: string[] = [];
    const waiting: { kind: string; resolve: () => void }[] = [];
    const ready = waker.onWake((kind) => {
      kinds.push(kind);
      for (const each of waiting) if (each.kind === kind) each.resolve();
    });
    const until = (kind: string) =>
      kinds.includes(kind) ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ kind, resolve }));
    return { kinds, until, ready };
  }

  it('wakes its own listener, with the kind', async () => {
    const waker = make();
    const ears = heard(waker);
    await ears.ready;
    waker.wake('import');
    await ears.until('import');
    expect(new Set(ears.kinds)).toEqual(new Set(['import']));
  });

  it('loses no kind, however many wake-ups come at once', async () => {
    const waker = make();
    const ears = heard(waker);
    await ears.ready;
    for (let i = 0; i < 200; i++) waker.wake(i % 2 === 0 ? 'even' : 'odd');
    waker.wake('last');
    await Promise.all(['even', 'odd', 'last'].map(ears.until));
    expect(ears.kinds.length).toBeLessThanOrEqual(10);
  });

  it('wakes again for what is asked after a wake-up was heard', async () => {
    const waker = make();
    let again: () => void = () => undefined;
    const twice = new Promise<void>((resolve) => (again = resolve));
    let count = 0;
    await waker.onWake(() => {
      count++;
      if (count === 1) waker.wake('import');
      else again();
    });
    waker.wake('import');
    await twice;
    expect(count).toBe(2);
  });

  it('does not run the listener in the turn of whoever wakes', async () => {
    const waker = make();
    const ears = heard(waker);
    await ears.ready;
    waker.wake('import');
    expect(ears.kinds).toEqual([]);
    await ears.until('import');
  });

  it('is silent and harmless once closed, and closes twice', async () => {
    const waker = make();
    const ears = heard(waker);
    await ears.ready;
    await waker.close();
    waker.wake('import');
    await waker.close();
    expect(ears.kinds).toEqual([]);
  });

  it('closes at once when nobody ever listened', async () => {
    const waker = make();
    waker.wake('import');
    await waker.close();
  });
}

describe('the waker within a process', () => {
  itWakes(() => new LocalWaker());
});

const dir = mkdtempSync(join(tmpdir(), 'zvon-waker-'));
const redis: PrivateRedis | null = await startPrivateRedis({ dir });
if (redis === null)
  process.stderr.write('SKIPPED: no redis-server or valkey-server on the PATH, so Bull is not tested here\n');

afterAll(async () => {
  await redis?.stop();
  rmSync(dir, { recursive: true, force: true });
});

(redis ? describe : describe.skip)('the waker through Bull', () => {
  let names = 0;
  let name = '';
  itWakes(() => new BullWaker(redis!.url, name || (name = `zvon-test-${process.pid}-${names++}`)));
  afterEach(() => void (name = ''));

  it('wakes a listener in another process', async () => {
    const [here, there] = [new BullWaker(redis!.url, 'pair'), new BullWaker(redis!.url, 'pair')];
    const woken = new Promise<string>((resolve) => void there.onWake(resolve));
    here.wake('import');
    expect(await woken).toBe('import');
    await Promise.all([here.close(), there.close()]);
  });

  it('leaves nothing behind in Redis', async () => {
    const waker = new BullWaker(redis!.url, 'tidy');
    const woken = new Promise<string>((resolve) => void waker.onWake(resolve));
    waker.wake('import');
    await woken;
    await waker.close();
    const queue = new Bull('tidy-wake', redis!.url);
    const keys = await (await queue.isReady()).client.keys('bull:tidy-wake:*');
    await queue.close();
    expect(keys.filter((key) => !/:(id|stalled-check|active|meta-paused)$/.test(key))).toEqual([]);
  });
});

describe('the waker through Bull, without a Redis', () => {
  // Nothing listens on port 1.
  const NOWHERE = 'redis://127.0.0.1:1';

  beforeAll(() => Logger.overrideLogger(false));

  it('never makes anybody wait: it wakes into the void, says that Redis is out of reach, and closes', async () => {
    const waker = new BullWaker(NOWHERE);
    for (let i = 0; i < 1_000; i++) waker.wake('import');
    void waker.onWake(() => undefined);
    expect(await waker.isReachable()).toBe(false);
    await waker.close();
  }, 10_000);
});

(redis ? describe : describe.skip)('the waker through Bull, when Redis goes and comes back', () => {
  it('goes on waking', async () => {
    const own = mkdtempSync(join(tmpdir(), 'zvon-waker-'));
    const { createServer, connect } = await import('node:net');
    const target = new URL(redis!.url);
    // A cable that can be pulled: Redis itself stays, its clients lose it.
    const cables = new Set<import('node:net').Socket>();
    let plugged = true;
    const server = createServer((near) => {
      if (!plugged) return void near.destroy();
      const far = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        cables.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          cables.delete(from);
          to.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(redis!.url);
    url.port = String((server.address() as import('node:net').AddressInfo).port);
    const waker = new BullWaker(url.toString(), 'cable');
    let next: (kind: string) => void = () => undefined;
    const wakeUp = () => new Promise<string>((resolve) => (next = resolve));
    await waker.onWake((kind) => next(kind));
    const first = wakeUp();
    waker.wake('before');
    expect(await first).toBe('before');
    plugged = false;
    for (const cable of cables) cable.destroy();
    waker.wake('meanwhile');
    const second = wakeUp();
    plugged = true;
    expect(await second).toBe('meanwhile');
    await waker.close();
    for (const cable of cables) cable.destroy();
    await new Promise((resolve) => server.close(resolve));
    rmSync(own, { recursive: true, force: true });
  }, 20_000);
});
