import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';

import { intersect, isLocalTime, openIntervals, openingAt, resolveLocal, type Interval } from './calling-hours.js';
import { WEEKDAYS, type WeekHours } from './profile.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAILY = (opens: string, closes: string): WeekHours =>
  Object.fromEntries(WEEKDAYS.map((day) => [day, [[opens, closes]]]));
const utc = (text: string) => new Date(text);
const texts = (intervals: readonly Interval[]) =>
  intervals.map(({ start, end }) => `${new Date(start).toISOString()}/${new Date(end).toISOString()}`);

/** Minute by minute, by reading the wall: no arithmetic on local times. Right where no clock skips over an edge of a window. */
function isOpen(instant: number, hours: readonly WeekHours[], zones: readonly string[]): boolean {
  return zones.every((zone) => {
    const wall = DateTime.fromMillis(instant, { zone });
    const time = wall.toFormat('HH:mm');
    return hours.every((week) =>
      (week[WEEKDAYS[wall.weekday - 1]!] ?? []).some(([opens, closes]) => opens <= time && time < closes),
    );
  });
}

describe('the open intervals of calling hours', () => {
  it('are the hours of each local date in the zone', () => {
    const found = openIntervals([DAILY('09:00', '20:00')], ['Europe/Paris'], utc('2026-01-15T12:00:00Z'), 2);
    expect(texts(found)).toEqual([
      '2026-01-14T08:00:00.000Z/2026-01-14T19:00:00.000Z',
      '2026-01-15T08:00:00.000Z/2026-01-15T19:00:00.000Z',
    ]);
  });

  it('keep to the wall when the clocks go forward and back: 9 to 20 is nine to eight o’clock on both days', () => {
    const on = (day: string) =>
      texts(openIntervals([DAILY('09:00', '20:00')], ['Europe/Paris'], utc(`${day}T12:00:00Z`), 2)).at(-1);
    expect(on('2026-03-28')).toBe('2026-03-28T08:00:00.000Z/2026-03-28T19:00:00.000Z');
    expect(on('2026-03-29')).toBe('2026-03-29T07:00:00.000Z/2026-03-29T18:00:00.000Z');
    expect(on('2026-10-25')).toBe('2026-10-25T08:00:00.000Z/2026-10-25T19:00:00.000Z');
  });

  it('join over midnight, so that a day that never closes is one interval', () => {
    const found = openIntervals([DAILY('00:00', '24:00')], ['Europe/Paris'], utc('2026-03-29T12:00:00Z'), 3);
    expect(texts(found)).toEqual(['2026-03-27T23:00:00.000Z/2026-03-30T22:00:00.000Z']);
  });

  it('open at the first valid instant where the clocks skip the opening', () => {
    const found = openIntervals([DAILY('02:30', '05:00')], ['Europe/Paris'], utc('2026-03-29T12:00:00Z'), 2);
    expect(texts(found).at(-1)).toBe('2026-03-29T01:00:00.000Z/2026-03-29T03:00:00.000Z');
  });

  it('leave out a window that the clocks skip whole', () => {
    const found = openIntervals([DAILY('02:10', '02:50')], ['Europe/Paris'], utc('2026-03-29T12:00:00Z'), 2);
    expect(texts(found)).toEqual(['2026-03-28T01:10:00.000Z/2026-03-28T01:50:00.000Z']);
  });

  it('count the day of the person, not ours: Sunday is closed where it is Sunday', () => {
    const weekdays: WeekHours = { mon: [['00:00', '24:00']] };
    const found = openIntervals([weekdays], ['Asia/Vladivostok'], utc('2026-03-02T00:00:00Z'), 2);
    expect(texts(found)).toEqual(['2026-03-01T14:00:00.000Z/2026-03-02T14:00:00.000Z']);
  });

  it('are few where the person may be anywhere from Kaliningrad to Vladivostok', () => {
    const zones = ['Europe/Kaliningrad', 'Asia/Vladivostok'];
    const found = openIntervals([DAILY('09:00', '20:00')], zones, utc('2026-01-15T12:00:00Z'), 3);
    // From nine in the west to eight in the east: 7:00Z to 10:00Z.
    for (const { start, end } of found) expect((end - start) / HOUR).toBe(3);
    expect(texts(found)).toContain('2026-01-15T07:00:00.000Z/2026-01-15T10:00:00.000Z');
  });

  it('are nothing without hours, without zones, and on days that are absent', () => {
    const from = utc('2026-01-15T12:00:00Z');
    expect(openIntervals([], ['Europe/Paris'], from, 3)).toEqual([]);
    expect(openIntervals([DAILY('09:00', '20:00')], [], from, 3)).toEqual([]);
    expect(openIntervals([{}], ['Europe/Paris'], from, 3)).toEqual([]);
  });

  // Half-hour edges off the hours at which clocks change, so that the wall alone decides; see the two tests above for those.
  const edge = fc.integer({ min: 8, max: 47 }).map((half) => (half === 47 ? '24:00' : clockText(half)));
  const window = fc
    .tuple(edge, edge)
    .filter(([a, b]) => a !== b)
    .map(([a, b]): [string, string] => (a < b ? [a, b] : [b, a]));
  const week = fc
    .record(Object.fromEntries(WEEKDAYS.map((day) => [day, fc.array(window, { maxLength: 2 })])))
    .map((days): WeekHours => days);
  const zone = fc.constantFrom(
    ...[
      'Europe/Paris',
      'America/New_York',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Asia/Ho_Chi_Minh',
      'Pacific/Chatham',
    ],
    ...['America/St_Johns', 'Europe/Moscow'],
  );
  const from = fc.oneof(
    fc.constantFrom('2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-04-05', '2026-10-04', '2026-09-27'),
    fc.integer({ min: 0, max: 364 }).map((day) => DateTime.utc(2026, 1, 1).plus({ days: day }).toISODate()),
  );

  it('are open exactly at the minutes at which every wall says so, whatever the zones, the hours and the day', () => {
    fc.assert(
      fc.property(
        fc.array(week, { minLength: 1, maxLength: 2 }),
        fc.array(zone, { minLength: 1, maxLength: 2 }),
        from,
        (hours, zones, day) => {
          const noon = utc(`${day}T12:00:00Z`);
          const found = openIntervals(hours, zones, noon, 4);
          for (let i = 1; i < found.length; i++) expect(found[i]!.start).toBeGreaterThan(found[i - 1]!.end);
          // Six and twenty minutes past: between the edges, and so on the side of them that the wall shows.
          for (let at = noon.getTime() - 18 * HOUR; at < noon.getTime() + 24 * HOUR; at += 10 * MINUTE)
            expect([new Date(at), openingAt(found, new Date(at)).open]).toEqual([
              new Date(at),
              isOpen(at, hours, zones),
            ]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('only shrink when a zone or another source of hours is added', () => {
    const length = (intervals: readonly Interval[]) => intervals.reduce((sum, { start, end }) => sum + end - start, 0);
    fc.assert(
      fc.property(week, week, zone, zone, from, (one, other, here, there, day) => {
        const noon = utc(`${day}T12:00:00Z`);
        const narrow = openIntervals([one, other], [here, there], noon, 4);
        const wide = openIntervals([one], [here], noon, 4);
        expect(intersect(narrow, wide)).toEqual(narrow);
        expect(length(narrow)).toBeLessThanOrEqual(length(wide));
      }),
      { numRuns: 40 },
    );
  });
});

describe('the law’s windows, with holidays and a margin for ring time', () => {
  // One minute off the hours and half hours, so that no edge falls where a clock is moved; see the tests above for those.
  const edge = fc.integer({ min: 8 * 30, max: 47 * 30 }).filter((minute) => minute % 30 !== 0);
  const window = fc
    .tuple(edge, edge)
    .filter(([a, b]) => a !== b)
    .map(([a, b]): [string, string] => [wall(Math.min(a, b)), wall(Math.max(a, b))]);
  const week = fc
    .record(Object.fromEntries(WEEKDAYS.map((day) => [day, fc.array(window, { maxLength: 2 })])))
    .map((days): WeekHours => days);
  const zone = fc.constantFrom(
    ...['Europe/Paris', 'America/New_York', 'America/Los_Angeles', 'Europe/Saratov', 'Europe/Kaliningrad'],
    ...['Asia/Almaty', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Asia/Ho_Chi_Minh', 'Pacific/Chatham'],
  );
  const day = fc.oneof(
    fc.constantFrom('2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-04-05', '2026-10-04', '2026-12-31'),
    fc.integer({ min: 0, max: 364 }).map((days) => DateTime.utc(2026, 1, 1).plus({ days }).toISODate()),
  );
  const DAYS = 4;
  const MINUTES = 36 * 60;

  /** Minute by minute for a day and a half, by reading the walls and the calendars: the margin by looking at every minute of it. */
  const oracle = (hours: WeekHours[], zones: string[], closed: ReadonlySet<string>, margin: number, from: number) => {
    const isWithin = (at: number) =>
      zones.every((zone) => {
        const there = DateTime.fromMillis(at, { zone });
        if (closed.has(there.toISODate()!)) return false;
        const time = there.toFormat('HH:mm');
        return hours.every((each) =>
          (each[WEEKDAYS[there.weekday - 1]!] ?? []).some(([opens, closes]) => opens <= time && time < closes),
        );
      });
    const within = Array.from({ length: MINUTES + margin }, (_, minute) => isWithin(from + minute * MINUTE));
    return Array.from({ length: MINUTES }, (_, minute) =>
      within.slice(minute, minute + margin + 1).every((isOpen) => isOpen),
    );
  };

  it('are open at exactly the minutes of the oracle, and open next when it says', () => {
    fc.assert(
      fc.property(
        fc.array(week, { minLength: 1, maxLength: 2 }),
        fc.array(zone, { minLength: 1, maxLength: 2 }),
        day,
        fc.array(fc.integer({ min: -1, max: 2 }), { maxLength: 2 }),
        fc.constantFrom(0, 1, 10),
        (hours, zones, on, offsets, margin) => {
          const from = utc(`${on}T00:00:00Z`);
          const closedDays = new Set(
            offsets.map((days) => DateTime.fromJSDate(from, { zone: 'utc' }).plus({ days }).toISODate()!),
          );
          // A margin of some minutes, less the second at its end: a call at the last minute that is left rings within the window.
          const marginSeconds = margin * 60;
          const found = openIntervals(hours, zones, from, DAYS, { closedDays, marginSeconds });
          const expected = oracle(hours, zones, closedDays, margin, from.getTime());
          let nextAt: number | null = null;
          for (let minute = MINUTES - 1; minute >= 0; minute--) {
            const at = from.getTime() + minute * MINUTE;
            const opening = openingAt(found, new Date(at));
            expect([new Date(at), opening.open]).toEqual([new Date(at), expected[minute]]);
            if (expected[minute]) nextAt = at;
            else if (nextAt !== null) expect(opening.changesAt?.getTime()).toBe(nextAt);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('close a holiday where it is one: Monday in Sydney while it is Sunday in Paris', () => {
    const closing = { closedDays: new Set(['2026-04-06']), marginSeconds: 0 };
    const open = (zone: string) =>
      texts(openIntervals([DAILY('09:00', '20:00')], [zone], utc('2026-04-06T00:00:00Z'), 3, closing));
    expect(open('Europe/Paris')).toEqual([
      '2026-04-05T07:00:00.000Z/2026-04-05T18:00:00.000Z',
      '2026-04-07T07:00:00.000Z/2026-04-07T18:00:00.000Z',
    ]);
    expect(open('Australia/Sydney')).toEqual([
      '2026-04-04T23:00:00.000Z/2026-04-05T10:00:00.000Z',
      '2026-04-06T23:00:00.000Z/2026-04-07T10:00:00.000Z',
    ]);
  });

  it('take the margin off where they close, and not off midnight where they go on', () => {
    const closing = { closedDays: new Set<string>(), marginSeconds: 60 };
    const found = openIntervals([DAILY('00:00', '24:00')], ['Europe/Paris'], utc('2026-03-10T12:00:00Z'), 3, closing);
    expect(texts(found)).toEqual(['2026-03-08T23:00:00.000Z/2026-03-11T22:59:00.000Z']);
    expect(openIntervals([DAILY('10:00', '10:01')], ['Europe/Paris'], utc('2026-03-10T12:00:00Z'), 3, closing)).toEqual(
      [],
    );
  });
});

function wall(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function clockText(half: number): string {
  return `${String(half >> 1).padStart(2, '0')}:${half % 2 ? '30' : '00'}`;
}

describe('the meet of two lists of intervals', () => {
  const list = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), { maxLength: 8 })
    .map((steps) => {
      let at = 0;
      return steps.map(([gap, length]) => ({ start: (at += gap), end: (at += length) }));
    });
  const inside = (intervals: readonly Interval[], at: number) =>
    intervals.some(({ start, end }) => start <= at && at < end);

  it('holds what is in both, and is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(list, list, list, (a, b, c) => {
        const both = intersect(a, b);
        for (let at = 0; at < 160; at++) expect(inside(both, at)).toBe(inside(a, at) && inside(b, at));
        expect(intersect(b, a)).toEqual(both);
        expect(intersect(a, a)).toEqual(a);
        expect(intersect(intersect(a, b), c)).toEqual(intersect(a, intersect(b, c)));
      }),
    );
  });
});

describe('an opening', () => {
  const intervals = [
    { start: 100, end: 200 },
    { start: 300, end: 400 },
  ];

  it('begins with its first instant, ends before its last, and says when that changes', () => {
    const at = (ms: number) => openingAt(intervals, new Date(ms));
    expect(at(99)).toEqual({ open: false, changesAt: new Date(100) });
    expect(at(100)).toEqual({ open: true, changesAt: new Date(200) });
    expect(at(199)).toEqual({ open: true, changesAt: new Date(200) });
    expect(at(200)).toEqual({ open: false, changesAt: new Date(300) });
    expect(at(400)).toEqual({ open: false, changesAt: null });
  });
});

describe('a local time', () => {
  it('is an instant in its zone', () => {
    expect(resolveLocal('2026-01-15T09:00', 'Europe/Paris')).toEqual(utc('2026-01-15T08:00:00Z'));
    expect(resolveLocal('2026-07-15T09:00', 'Europe/Paris')).toEqual(utc('2026-07-15T07:00:00Z'));
    expect(resolveLocal('2026-01-15T09:00', 'Asia/Kathmandu')).toEqual(utc('2026-01-15T03:15:00Z'));
  });

  it('that the clocks skip means the first instant after the gap', () => {
    for (const local of ['2026-03-29T02:00', '2026-03-29T02:30', '2026-03-29T02:59'])
      expect(resolveLocal(local, 'Europe/Paris')).toEqual(utc('2026-03-29T01:00:00Z'));
    // Half an hour only; and one that swallows midnight.
    expect(resolveLocal('2026-10-04T02:15', 'Australia/Lord_Howe')).toEqual(utc('2026-10-03T15:30:00Z'));
    expect(resolveLocal('2026-04-24T00:30', 'Africa/Cairo')).toEqual(utc('2026-04-23T22:00:00Z'));
  });

  it('on a date that a country left out means the first instant of the next', () => {
    expect(resolveLocal('2011-12-30T12:00', 'Pacific/Apia')).toEqual(utc('2011-12-30T10:00:00Z'));
  });

  it('that comes twice means the earlier', () => {
    expect(resolveLocal('2026-10-25T02:30', 'Europe/Paris')).toEqual(utc('2026-10-25T00:30:00Z'));
    expect(resolveLocal('2026-11-01T01:00', 'America/New_York')).toEqual(utc('2026-11-01T05:00:00Z'));
    expect(resolveLocal('2026-04-05T01:45', 'Australia/Lord_Howe')).toEqual(utc('2026-04-04T14:45:00Z'));
  });

  it('is refused when there is no such date, time or zone', () => {
    expect(() => resolveLocal('2026-02-30T10:00', 'Europe/Paris')).toThrow(RangeError);
    expect(() => resolveLocal('2026-02-03T10:00', 'Europe/Atlantis')).toThrow(RangeError);
    expect(isLocalTime('2026-02-28T23:59')).toBe(true);
    for (const text of ['2026-02-29T10:00', '2026-02-28T24:30', '2026-02-28', '2026-02-28T10:00Z', 'tomorrow'])
      expect([text, isLocalTime(text)]).toEqual([text, false]);
  });

  it('never comes before the one that a wall showed earlier', () => {
    const zone = fc.constantFrom(
      'Europe/Paris',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Cairo',
      'America/Santiago',
    );
    fc.assert(
      fc.property(
        zone,
        fc.integer({ min: 0, max: 525_000 }),
        fc.integer({ min: 1, max: 3_000 }),
        (where, start, more) => {
          const text = (minutes: number) => DateTime.utc(2026, 1, 1).plus({ minutes }).toFormat("yyyy-MM-dd'T'HH:mm");
          const [first, second] = [resolveLocal(text(start), where), resolveLocal(text(start + more), where)];
          expect(first.getTime()).toBeLessThanOrEqual(second.getTime());
        },
      ),
    );
  });

  const file = join(import.meta.dirname, '../../../shared/data/time/dst-vectors.json');
  const vectors = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Vector[]) : null;
  if (!vectors) process.stderr.write(`SKIPPED: ${file} is not there, so its vectors are not tried\n`);

  (vectors ? it : it.skip)('agrees with the vectors of 44 zones, 2024 to 2027', () => {
    for (const { zone, local, kind, utc: instants, offset_before_min: before } of vectors!) {
      const found = resolveLocal(local, zone);
      const name = `${kind} ${local} ${zone}`;
      if (kind !== 'gap') expect([name, found]).toEqual([name, utc(instants[0]!)]);
      else {
        // The missing time, had the clocks not moved, lies after the leap; one millisecond earlier the old offset still held.
        const offsetAt = (ms: number) => DateTime.fromMillis(ms, { zone }).offset;
        expect([name, offsetAt(found.getTime() - 1)]).toEqual([name, before]);
        expect([name, offsetAt(found.getTime())]).not.toEqual([name, before]);
        expect(found.getTime()).toBeLessThanOrEqual(Date.parse(`${local}Z`) - before! * MINUTE);
      }
    }
    expect(new Set(vectors!.map((vector) => vector.kind))).toEqual(
      new Set(['normal', 'gap', 'overlap', 'window-edge-on-change-day']),
    );
  });
});

interface Vector {
  zone: string;
  local: string;
  kind: string;
  utc: string[];
  offset_before_min?: number;
}
