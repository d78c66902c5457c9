import { describe, expect, it } from '@jest/globals';

import { Turnstile } from './turnstile.js';

describe('a turnstile', () => {
  it('lets so many through at once, in their order, whatever becomes of them', async () => {
    const turnstile = new Turnstile(2);
    const ends: (() => void)[] = [];
    const log: string[] = [];
    let inside = 0;
    let most = 0;
    const pass = (name: string, fails = false) =>
      turnstile.pass(async () => {
        log.push(name);
        most = Math.max(most, ++inside);
        await new Promise<void>((end) => ends.push(end));
        inside--;
        if (fails) throw new Error(name);
        return name;
      });
    const all = Promise.allSettled([pass('a'), pass('b', true), pass('c'), pass('d', true), pass('e')]);
    for (let i = 0; i < 5; i++) {
      while (ends.length <= i) await Promise.resolve();
      expect(log.length).toBeLessThanOrEqual(i + 2);
      ends[i]!();
    }
    expect((await all).map(({ status }) => status)).toEqual([
      ...['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    ]);
    expect(log).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(most).toBe(2);
    expect(await turnstile.pass(() => Promise.resolve(7))).toBe(7);
  });
});
