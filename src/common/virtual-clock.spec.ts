import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { VirtualClock } from './virtual-clock.js';

const START = new Date('2026-03-02T09:00:00Z');

function at(ms: number): Date {
  return new Date(START.getTime() + ms);
}

describe('the virtual clock', () => {
  it('stands still until it is told to run', async () => {
    const clock = new VirtualClock(START);
    let runs = 0;
    clock.after(0, () => void runs++);
    await Promise.resolve();
    expect(clock.now()).toEqual(START);
    expect(runs).toBe(0);
    await clock.run(0);
    expect(runs).toBe(1);
  });

  it('runs every task once, at its instant, in order of instants and then of scheduling', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), async (delays) => {
        const clock = new VirtualClock(START);
        const ran: [number, number][] = [];
        delays.forEach((ms, index) =>
          clock.after(ms, () => {
            expect(clock.now()).toEqual(at(ms));
            ran.push([ms, index]);
          }),
        );
        await clock.run(50);
        const expected = delays.map((ms, index): [number, number] => [ms, index]);
        expect(ran).toEqual(expected.sort(([a, i], [b, j]) => a - b || i - j));
      }),
    );
  });

  it('runs the same tasks whether it goes in one step or in many', async () => {
    const steps = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 10 });
    const periods = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(steps, periods, async (parts, everyMs) => {
        const trace = async (runs: number[]) => {
          const clock = new VirtualClock(START);
          const seen: string[] = [];
          everyMs.forEach((ms, index) => clock.every(ms, () => void seen.push(`${index} ${clock.now().getTime()}`)));
          for (const ms of runs) await clock.run(ms);
          return seen;
        };
        expect(await trace(parts)).toEqual(await trace([parts.reduce((sum, ms) => sum + ms, 0)]));
      }),
    );
  });

  it('leaves for later what lies beyond the instant it was told to reach, and stands at that instant', async () => {
    const clock = new VirtualClock(START);
    const ran: string[] = [];
    clock.after(10, () => void ran.push('at the end'));
    clock.after(11, () => void ran.push('beyond'));
    await clock.run(10);
    expect(ran).toEqual(['at the end']);
    expect(clock.now()).toEqual(at(10));
    expect(clock.nextAt()).toEqual(at(11));
    await clock.runUntil(at(3));
    expect(clock.now()).toEqual(at(10));
  });

  it('runs what a task schedules while it runs', async () => {
    const clock = new VirtualClock(START);
    const ran: number[] = [];
    clock.after(5, () => {
      clock.after(0, () => void ran.push(clock.now().getTime() - START.getTime()));
      clock.after(5, () => void ran.push(clock.now().getTime() - START.getTime()));
    });
    await clock.run(10);
    expect(ran).toEqual([5, 10]);
  });

  it('waits for a task to end before the next begins', async () => {
    const clock = new VirtualClock(START);
    const ran: string[] = [];
    clock.after(1, async () => {
      ran.push('first begins');
      for (let i = 0; i < 5; i++) await Promise.resolve();
      ran.push('first ends');
    });
    clock.after(1, () => void ran.push('second'));
    await clock.run(1);
    expect(ran).toEqual(['first begins', 'first ends', 'second']);
  });

  it('repeats a task until it is cancelled, also from within', async () => {
    const clock = new VirtualClock(START);
    let runs = 0;
    const timer = clock.every(10, () => {
      runs++;
      if (runs === 3) timer.cancel();
    });
    await clock.run(1000);
    expect(runs).toBe(3);
    expect(clock.nextAt()).toBeNull();
  });

  it('never runs what was cancelled', async () => {
    const clock = new VirtualClock(START);
    const ran: string[] = [];
    const cancelled = clock.after(5, () => void ran.push('cancelled'));
    clock.after(5, () => void ran.push('kept'));
    cancelled.cancel();
    await clock.run(10);
    expect(ran).toEqual(['kept']);
  });

  it('stops at a task that fails, and hands its error on', async () => {
    const clock = new VirtualClock(START);
    const ran: string[] = [];
    clock.after(5, () => {
      throw new Error('broken');
    });
    clock.after(6, () => void ran.push('after it'));
    await expect(clock.run(10)).rejects.toThrow('broken');
    expect(ran).toEqual([]);
    expect(clock.now()).toEqual(at(5));
  });
});
