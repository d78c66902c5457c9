import { describe, expect, it } from '@jest/globals';

import { VirtualClock } from '../common/virtual-clock.js';
import { REST_MS, SharedReads } from './shared-reads.js';

const flush = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

describe('shared reads', () => {
  function reader(takesMs: number) {
    const clock = new VirtualClock(new Date(0));
    const startedAt: number[] = [];
    const reads = new SharedReads((id) => {
      startedAt.push(clock.now().getTime());
      return new Promise<string>((resolve, reject) =>
        clock.after(takesMs, () => (id < 0 ? reject(new Error('gone')) : resolve(`${id} as of ${startedAt.at(-1)!}`))),
      );
    }, clock);
    const run = async (ms: number) => {
      for (let i = 0; i < ms; i += 10) {
        await clock.run(10);
        await flush();
      }
    };
    return { clock, startedAt, reads, run };
  }

  it('answer the first at once, and all who come while it is read with the one after it', async () => {
    const { reads, run, startedAt } = reader(20);
    const first = reads.read(1);
    const later = [reads.read(1), reads.read(1)];
    await run(20);
    expect(await first).toBe('1 as of 0');
    later.push(reads.read(1));
    await run(REST_MS + 50);
    expect(new Set(await Promise.all(later))).toEqual(new Set([`1 as of ${startedAt[1]!}`]));
    expect(startedAt).toHaveLength(2);
    expect(startedAt[1]).toBeGreaterThanOrEqual(REST_MS);
  });

  it('rest longer after a reading that took long', async () => {
    const { reads, run, startedAt } = reader(500);
    void reads.read(1);
    void reads.read(1);
    await run(3000);
    expect(startedAt).toHaveLength(2);
    expect(startedAt[1]).toBeGreaterThanOrEqual(500 * 5);
  });

  it('do not let one thing wait for another', async () => {
    const { reads, run, startedAt } = reader(20);
    const both = Promise.all([reads.read(1), reads.read(2)]);
    await run(20);
    expect(await both).toHaveLength(2);
    expect(startedAt).toEqual([0, 0]);
  });

  it('try again after a failure, and after a rest start at once', async () => {
    const { reads, run, startedAt, clock } = reader(20);
    const failed = reads.read(-1).catch((error: Error) => error.message);
    await run(20);
    expect(await failed).toBe('gone');
    await run(1000);
    const again = reads.read(-1).catch((error: Error) => error.message);
    expect(startedAt.at(-1)).toBe(clock.now().getTime());
    await run(20);
    expect(await again).toBe('gone');
  });
});
