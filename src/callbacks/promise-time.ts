import { isLocalTime, openingAt, resolveLocal, type Interval } from '../compliance/calling-hours.js';

/** A time that was asked for, checked. */
export type PromiseTime =
  | { ok: true; dueAt: Date }
  | {
      ok: false;
      code: 'callback_time_invalid' | 'callback_in_past' | 'callback_outside_hours' | 'callback_too_far';
      nearestAt: Date | null;
    };

const QUARTER_MS = 15 * 60_000;
const FURTHEST_MS = 365 * 24 * 3_600_000;

/**
 * May a callback be promised for this local time? `open` are the instants at which the person may be called. When not, the
 * nearest later instant that may be promised comes with it.
 */
export function checkPromise(local: string, zone: string, open: readonly Interval[], now: Date): PromiseTime {
  if (!isLocalTime(local)) return { ok: false, code: 'callback_time_invalid', nearestAt: null };
  const dueAt = resolveLocal(local, zone);
  if (dueAt <= now) return { ok: false, code: 'callback_in_past', nearestAt: nearest(open, soonAfter(now)) };
  if (dueAt.getTime() - now.getTime() > FURTHEST_MS) return { ok: false, code: 'callback_too_far', nearestAt: null };
  const last = open[open.length - 1];
  // Beyond the days that are compiled nothing is known yet; the gate will ask when the time has come.
  if (!last || dueAt.getTime() >= last.end) return { ok: true, dueAt };
  return openingAt(open, dueAt).open
    ? { ok: true, dueAt }
    : { ok: false, code: 'callback_outside_hours', nearestAt: nearest(open, dueAt) };
}

/** The next whole quarter of an hour: a time that is still ahead when it is taken, and that people would say. */
function soonAfter(now: Date): Date {
  return new Date((Math.floor(now.getTime() / QUARTER_MS) + 1) * QUARTER_MS);
}

function nearest(open: readonly Interval[], from: Date): Date | null {
  const opening = openingAt(open, from);
  return opening.open ? from : opening.changesAt;
}
