import { DateTime } from 'luxon';

import { WEEKDAYS, type LocalWindow, type WeekHours } from './profile.js';

/** From `start` (inclusive) to `end` (exclusive), milliseconds since the epoch. */
export interface Interval {
  start: number;
  end: number;
}

/** Whether it is open at an instant, and when that changes (null: not within the compiled days). */
export interface Opening {
  open: boolean;
  changesAt: Date | null;
}

/** Days without hours, and how long before its end a window is closed to new calls. */
export interface Closing {
  /** Local dates, `YYYY-MM-DD`, of whichever zone. */
  closedDays: ReadonlySet<string>;
  marginSeconds: number;
}

const NOTHING_CLOSED: Closing = { closedDays: new Set(), marginSeconds: 0 };

/**
 * The instants at which every one of `hours` is open in every one of `zones`, as sorted, disjoint intervals of the `days`
 * local dates from the day before `from`. Local dates carry daylight saving: a window is cut where its local times say, on
 * each date anew. A day is closed by the date of each zone; the margin is taken off where what is open ends.
 */
export function openIntervals(
  hours: readonly WeekHours[],
  zones: readonly string[],
  from: Date,
  days: number,
  { closedDays, marginSeconds }: Closing = NOTHING_CLOSED,
): Interval[] {
  let open: Interval[] | null = null;
  for (const zone of zones)
    for (const week of hours) {
      const own = intervalsOf(week, zone, from, days, closedDays);
      open = open === null ? own : intersect(open, own);
    }
  if (!open || marginSeconds === 0) return open ?? [];
  return open
    .map(({ start, end }) => ({ start, end: end - marginSeconds * 1_000 }))
    .filter(({ start, end }) => start < end);
}

/** Look an instant up among compiled intervals. */
export function openingAt(intervals: readonly Interval[], at: Date): Opening {
  const instant = at.getTime();
  for (const { start, end } of intervals) {
    if (instant < start) return { open: false, changesAt: new Date(start) };
    if (instant < end) return { open: true, changesAt: new Date(end) };
  }
  return { open: false, changesAt: null };
}

/** What lies in both of two sorted lists of disjoint intervals. */
export function intersect(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const both: Interval[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const start = Math.max(a[i]!.start, b[j]!.start);
    const end = Math.min(a[i]!.end, b[j]!.end);
    if (start < end) both.push({ start, end });
    if (a[i]!.end < b[j]!.end) i++;
    else j++;
  }
  return both;
}

function intervalsOf(
  week: WeekHours,
  zone: string,
  from: Date,
  days: number,
  closedDays: ReadonlySet<string>,
): Interval[] {
  const first = DateTime.fromJSDate(from, { zone }).startOf('day').minus({ days: 1 });
  const found: Interval[] = [];
  for (let day = 0; day < days; day++) {
    const date = first.plus({ days: day });
    if (closedDays.has(date.toISODate()!)) continue;
    for (const window of week[WEEKDAYS[date.weekday - 1]!] ?? []) {
      const interval = windowOn(date, zone, window);
      if (interval) found.push(interval);
    }
  }
  return joined(found.sort((x, y) => x.start - y.start));
}

function windowOn(date: DateTime, zone: string, [opens, closes]: LocalWindow): Interval | null {
  const day = date.toISODate()!;
  const start = resolveLocal(`${day}T${opens}`, zone).getTime();
  const end =
    closes === '24:00'
      ? resolveLocal(`${date.plus({ days: 1 }).toISODate()!}T00:00`, zone).getTime()
      : resolveLocal(`${day}T${closes}`, zone).getTime();
  return start < end ? { start, end } : null;
}

function joined(sorted: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const interval of sorted) {
    const last = merged[merged.length - 1];
    if (last && interval.start <= last.end) last.end = Math.max(last.end, interval.end);
    else merged.push({ ...interval });
  }
  return merged;
}

/**
 * The instant that a local date and time (`YYYY-MM-DDTHH:mm`) means in a zone. One that does not exist (the clocks went
 * forward) is the first valid instant after it, one that comes twice (they went back) the earlier.
 */
export function resolveLocal(local: string, zone: string): Date {
  const wanted = DateTime.fromISO(local, { zone });
  if (!wanted.isValid)
    throw new RangeError(`${local} in ${zone}: ${wanted.invalidExplanation ?? wanted.invalidReason}`);
  const naive = DateTime.fromISO(local, { zone: 'utc' });
  const same = (at: DateTime) => at.toFormat(LOCAL) === naive.toFormat(LOCAL);
  // The offsets before and after any change nearby; the local time is right under one, both or none of them.
  const offsets = [-24, 24].map((hours) => wanted.plus({ hours }).offset);
  const candidates = offsets
    .map((offset) => naive.minus({ minutes: offset }).setZone(zone))
    .filter(same)
    .map((at) => at.toMillis());
  if (candidates.length > 0) return new Date(Math.min(...candidates));
  // The new offset puts the missing time before the leap, the old one after it.
  const [before, after] = [Math.max(...offsets), Math.min(...offsets)].map((offset) =>
    naive.minus({ minutes: offset }).toMillis(),
  );
  return firstInstantAfterGap(before!, after!, zone, naive.toFormat(LOCAL));
}

/** Is it a date and a time of day that a calendar has (`YYYY-MM-DDTHH:mm`), whatever a zone makes of it? */
export function isLocalTime(local: string): boolean {
  return DateTime.fromFormat(local, "yyyy-MM-dd'T'HH:mm", { zone: 'utc' }).isValid;
}

const LOCAL = "yyyy-MM-dd'T'HH:mm:ss";

/** Local time leaps over `missing`; find where, by halving. The local clock, read as text, grows with the instant here. */
function firstInstantAfterGap(from: number, to: number, zone: string, missing: string): Date {
  let before = from;
  let after = to;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (DateTime.fromMillis(middle, { zone }).toFormat(LOCAL) < missing) before = middle;
    else after = middle;
  }
  return new Date(after);
}
