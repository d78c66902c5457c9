import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';

import { openIntervals, openingAt } from '../compliance/calling-hours.js';
import { HOUSE_PROFILE } from '../compliance/profile.js';
import { checkPromise } from './promise-time.js';

/** A Monday, 11:00 in Paris. */
const NOW = new Date('2026-03-02T10:00:00Z');
const ZONE = 'Europe/Paris';
const open = openIntervals([HOUSE_PROFILE.hours], [ZONE], NOW, 16);
const check = (local: string, zone = ZONE) => checkPromise(local, zone, open, NOW);
const utc = (text: string) => new Date(text);

describe('the time of a promised callback', () => {
  it('is the customer’s local time', () => {
    expect(check('2026-03-03T09:30')).toEqual({ ok: true, dueAt: utc('2026-03-03T08:30:00Z') });
    expect(check('2026-03-03T14:30', 'Asia/Ho_Chi_Minh')).toMatchObject({ code: 'callback_outside_hours' });
    expect(check('2026-03-03T17:30', 'Asia/Ho_Chi_Minh')).toEqual({ ok: true, dueAt: utc('2026-03-03T10:30:00Z') });
  });

  it('lies ahead; one that has passed comes with the first time that is allowed', () => {
    expect(check('2026-03-02T10:30')).toEqual({
      ok: false,
      code: 'callback_in_past',
      nearestAt: utc('2026-03-02T10:15:00Z'),
    });
    expect(check('2026-03-02T11:00')).toMatchObject({ code: 'callback_in_past' });
    // What comes with it can be taken.
    expect(check('2026-03-02T11:15')).toMatchObject({ ok: true });
    const sunday = utc('2026-03-08T10:00:00Z');
    expect(checkPromise('2026-03-07T12:00', ZONE, open, sunday)).toMatchObject({
      nearestAt: utc('2026-03-09T08:00:00Z'),
    });
  });

  it('lies within calling hours; one outside comes with the nearest later time inside', () => {
    const outside = { ok: false, code: 'callback_outside_hours' };
    expect(check('2026-03-02T20:00')).toEqual({ ...outside, nearestAt: utc('2026-03-03T08:00:00Z') });
    expect(check('2026-03-03T08:59')).toEqual({ ...outside, nearestAt: utc('2026-03-03T08:00:00Z') });
    // Saturday evening: Sunday is closed.
    expect(check('2026-03-07T18:00')).toEqual({ ...outside, nearestAt: utc('2026-03-09T08:00:00Z') });
  });

  it('is no more than a year ahead', () => {
    expect(check('2027-03-02T11:00')).toMatchObject({ ok: true });
    expect(check('2027-03-02T11:01')).toEqual({ ok: false, code: 'callback_too_far', nearestAt: null });
  });

  it('is a date that a calendar has', () => {
    for (const local of ['2026-02-30T10:00', '2026-03-03T25:00', 'soon'])
      expect(check(local)).toEqual({ ok: false, code: 'callback_time_invalid', nearestAt: null });
  });

  it('that the clocks skip is the first instant after; one that comes twice is the earlier', () => {
    const always = [{ start: 0, end: Date.UTC(2027, 0, 1) }];
    expect(checkPromise('2026-03-29T02:30', ZONE, always, NOW)).toEqual({
      ok: true,
      dueAt: utc('2026-03-29T01:00:00Z'),
    });
    expect(checkPromise('2026-10-25T02:30', ZONE, always, NOW)).toEqual({
      ok: true,
      dueAt: utc('2026-10-25T00:30:00Z'),
    });
  });

  it('is allowed exactly within the hours, and the nearest that is offered instead is always allowed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 14 * 24 * 60 }), (minutes) => {
        const wanted = DateTime.fromJSDate(NOW, { zone: ZONE }).plus({ minutes });
        const answer = check(wanted.toFormat("yyyy-MM-dd'T'HH:mm"));
        expect(answer.ok).toBe(openingAt(open, wanted.toJSDate()).open);
        if (answer.ok) return;
        expect(answer.nearestAt!.getTime()).toBeGreaterThan(wanted.toMillis());
        expect(openingAt(open, answer.nearestAt!).open).toBe(true);
      }),
    );
  });
});
