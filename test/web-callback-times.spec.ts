import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { quickTimes, wallClock } from '../web/src/desk/callback-times.js';

const at = (instant: string) => Date.parse(instant);
const ZONES = ['Europe/Paris', 'Asia/Ho_Chi_Minh', 'America/Los_Angeles', 'Australia/Lord_Howe', 'Pacific/Kiritimati'];

describe('the times that a callback is quickly chosen from', () => {
  it('are told as the wall clock of the customer shows them', () => {
    expect(wallClock(at('2026-11-21T23:30:00Z'), 'Europe/Paris')).toBe('2026-11-22T00:30');
    expect(wallClock(at('2026-11-21T23:30:00Z'), 'America/Los_Angeles')).toBe('2026-11-21T15:30');
    expect(wallClock(at('2026-01-01T00:00:00Z'), 'UTC')).toBe('2026-01-01T00:00');
  });

  it('count days by the calendar of the customer, not by ours', () => {
    const times = quickTimes(at('2026-11-21T23:30:00Z'), 'Europe/Paris');
    expect(times).toEqual({
      hour: '2026-11-22T01:30',
      evening: '2026-11-22T18:00',
      tomorrow: '2026-11-23T10:00',
      nextWeek: '2026-11-29T10:00',
    });
  });

  it('go over the ends of months and years', () => {
    const times = quickTimes(at('2026-12-31T12:00:00Z'), 'UTC');
    expect(times.tomorrow).toBe('2027-01-01T10:00');
    expect(times.nextWeek).toBe('2027-01-07T10:00');
    expect(quickTimes(at('2028-02-28T12:00:00Z'), 'UTC').tomorrow).toBe('2028-02-29T10:00');
  });

  it('offer no evening when it has come', () => {
    expect(quickTimes(at('2026-11-21T17:29:00Z'), 'UTC').evening).toBe('2026-11-21T18:00');
    expect(quickTimes(at('2026-11-21T17:30:00Z'), 'UTC').evening).toBeNull();
  });

  it('round an hour from now up to five minutes', () => {
    expect(quickTimes(at('2026-11-21T09:00:00Z'), 'UTC').hour).toBe('2026-11-21T10:00');
    expect(quickTimes(at('2026-11-21T09:00:01Z'), 'UTC').hour).toBe('2026-11-21T10:05');
  });

  it('lie in the hour that the clocks show after they were changed', () => {
    // At 01:00Z of that day Paris goes from 03:00 back to 02:00.
    expect(quickTimes(at('2026-10-25T00:30:00Z'), 'Europe/Paris').hour).toBe('2026-10-25T02:30');
  });

  it('lie ahead of now, whenever and wherever', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') }),
        fc.constantFrom(...ZONES),
        (now, zone) => {
          const { evening, tomorrow, nextWeek } = quickTimes(now, zone);
          const shown = wallClock(now, zone);
          for (const time of [evening, tomorrow, nextWeek]) if (time !== null) expect(time > shown).toBe(true);
          expect(tomorrow! < nextWeek!).toBe(true);
          if (evening !== null) expect(evening < tomorrow!).toBe(true);
        },
      ),
    );
  });
});
