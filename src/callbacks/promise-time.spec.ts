import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';

import { openIntervals, openingAt, resolveLocal } from '../compliance/calling-hours.js';
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

  it('agrees, in any zone and on any day, with a clock that is read minute by minute', () => {
    const always = [{ start: 0, end: Date.UTC(2032, 0, 1) }];
    const minute = fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2028, 0, 1) / 60_000 });
    // Of the days on which clocks are changed more than their share.
    const nearChange = fc.constantFrom(...CHANGES).chain(([zone, at]) =>
      fc.tuple(
        fc.constant(zone),
        fc.integer({ min: -300, max: 300 }).map((off) => Date.parse(at) / 60_000 + off),
      ),
    );
    fc.assert(
      fc.property(fc.oneof(fc.tuple(fc.constantFrom(...ZONES), minute), nearChange), ([zone, naive]) => {
        const local = new Date(naive * 60_000).toISOString().slice(0, 16);
        const asked = new Date(Date.UTC(2025, 11, 31));
        const answer = checkPromise(
          local,
          zone,
          always,
          new Date(Math.max(asked.getTime(), naive * 60_000 - 300 * DAY)),
        );
        expect(answer).toEqual({ ok: true, dueAt: firstInstantShowing(local, zone, naive * 60_000) });
      }),
      { numRuns: 300 },
    );
  });

  const VECTORS = join(import.meta.dirname, '../../../shared/data/time/dst-vectors.json');
  (existsSync(VECTORS) ? it : it.skip)(
    'agrees with local times around changes of clocks that were computed elsewhere',
    () => {
      const vectors = JSON.parse(readFileSync(VECTORS, 'utf8')) as Vector[];
      expect(vectors.length).toBeGreaterThan(20);
      const wrong = vectors.flatMap(({ zone, local, utc: instants }) => {
        // A time that the clocks skip has no instant: then the first one after the gap is meant. Of two it is the earlier.
        const meant =
          instants.length > 0
            ? new Date(instants.toSorted()[0]!)
            : firstInstantShowing(local.slice(0, 16), zone, Date.parse(`${local}Z`));
        const found = resolveLocal(local, zone);
        return found.getTime() === meant.getTime() ? [] : [{ zone, local, found, meant }];
      });
      expect(wrong).toEqual([]);
    },
  );
});

interface Vector {
  zone: string;
  local: string;
  utc: string[];
}

const DAY = 24 * 3_600_000;
const ZONES = [
  ...['Europe/Paris', 'Europe/London', 'Europe/Lisbon', 'Europe/Moscow', 'Europe/Kaliningrad', 'America/New_York'],
  ...['America/Phoenix', 'America/St_Johns', 'America/Santiago', 'Asia/Ho_Chi_Minh', 'Asia/Kathmandu', 'Asia/Almaty'],
  ...['Asia/Beirut', 'Africa/Cairo', 'Australia/Lord_Howe', 'Pacific/Chatham', 'Pacific/Kiritimati', 'Etc/UTC'],
];
/** Local instants around which clocks are changed, as if they were UTC. */
const CHANGES: [zone: string, at: string][] = [
  ['Europe/Paris', '2026-03-29T02:30Z'],
  ['Europe/Paris', '2026-10-25T02:30Z'],
  ['Europe/London', '2027-03-28T01:30Z'],
  ['America/New_York', '2026-11-01T01:30Z'],
  ['America/New_York', '2027-03-14T02:30Z'],
  ['America/St_Johns', '2026-03-08T02:30Z'],
  ['America/Santiago', '2026-09-06T00:30Z'],
  ['Australia/Lord_Howe', '2026-10-04T02:15Z'],
  ['Australia/Lord_Howe', '2027-04-04T01:45Z'],
  ['Pacific/Chatham', '2026-09-27T03:00Z'],
  ['Africa/Cairo', '2026-04-24T00:30Z'],
  ['Asia/Beirut', '2027-03-28T00:30Z'],
];

/**
 * The first instant at which the clocks of a zone show a time, or have gone past it because they skipped it: found by walking
 * over all minutes from a day before, with the machine's own calendar.
 */
function firstInstantShowing(local: string, zone: string, naive: number): Date {
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    ...({ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const),
  });
  // Zones are at most 14 hours ahead of UTC and 12 behind.
  for (let at = naive - 15 * 3_600_000; at <= naive + 15 * 3_600_000; at += 60_000)
    if (clock.format(at).replace(' ', 'T') >= local) return new Date(at);
  throw new Error(`${zone} never shows ${local}`);
}
