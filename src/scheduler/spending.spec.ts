import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { dayStart, SpendingMeter, spendingOf, withDials } from './spending.js';

const DAY = 24 * 3_600_000;
const START = Date.UTC(2026, 2, 2, 22);

interface Call {
  at: number;
  /** Milliseconds until it is over, all of them talked. */
  lasts: number;
}

/** What the database says of calls, as scheduler.read_spending has it. */
function readFrom(calls: readonly Call[], now: number) {
  return (since: number, day: number) => {
    const live = calls.filter((call) => call.at <= now && call.at + call.lasts > now);
    const edge = Math.min(now, ...live.map((call) => call.at));
    const sum = (fits: (call: Call) => boolean) => {
      const found = calls.filter((call) => call.at <= now && call.at >= since && fits(call));
      return { dials: found.length, talk: found.reduce((ms, call) => ms + Math.min(call.lasts, now - call.at), 0) };
    };
    const [done, doneToday] = [sum((call) => call.at < edge), sum((call) => call.at < edge && call.at >= day)];
    const [open, openToday] = [sum((call) => call.at >= edge), sum((call) => call.at >= edge && call.at >= day)];
    return Promise.resolve({
      ...{ edge, dials: done.dials, talk_ms: done.talk, day_dials: doneToday.dials, day_talk_ms: doneToday.talk },
      ...{ open_dials: open.dials, open_talk_ms: open.talk },
      ...{ open_day_dials: openToday.dials, open_day_talk_ms: openToday.talk },
    });
  };
}

describe('what a campaign has spent', () => {
  it('is what its calls say, however often it is read, over the end of a day', async () => {
    const call = fc.record({
      at: fc.integer({ min: 0, max: 5 * 3_600_000 }),
      lasts: fc.integer({ min: 0, max: 3_600_000 }),
    });
    const looks = fc.array(fc.integer({ min: 0, max: 6 * 3_600_000 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 15 }), looks, async (made, times) => {
        const calls = made.map(({ at, lasts }) => ({ at: START + at, lasts }));
        const meter = new SpendingMeter();
        let readAt = -Infinity;
        for (const time of times.sort((a, b) => a - b)) {
          const now = START + time;
          await meter.refresh(now, readFrom(calls, now));
          // Within five seconds it is not read again, unless a day has begun.
          if (now - readAt < 5_000 && dayStart(now) === dayStart(readAt)) continue;
          readAt = now;
          const all = calls.filter((each) => each.at <= now);
          const today = all.filter((each) => each.at >= dayStart(now));
          const talk = (list: readonly Call[]) =>
            list.reduce((ms, each) => ms + Math.min(each.lasts, now - each.at), 0);
          expect(meter.total).toEqual({ dials: all.length, talkMs: talk(all) });
          expect(meter.today).toEqual({ dials: today.length, talkMs: talk(today) });
        }
      }),
    );
  });

  it('grows with each dial of our own until it is read again', async () => {
    const meter = new SpendingMeter();
    await meter.refresh(START, readFrom([], START));
    meter.add(2);
    await meter.refresh(START + 4_999, readFrom([], START));
    expect(meter.today).toEqual({ dials: 2, talkMs: 0 });
    await meter.refresh(START + 5_000, readFrom([{ at: START, lasts: 0 }], START + 5_000));
    expect(meter.total).toEqual({ dials: 1, talkMs: 0 });
  });

  it('is money in whole hundredths, and its day ends at midnight', () => {
    const rule = { daily: 10, inTotal: null, costPerDial: 0.015, costPerMinute: 0.1 };
    const spending = spendingOf(rule, { dials: 3, talkMs: 90_000 }, { dials: 100, talkMs: 0 }, START);
    expect(spending).toEqual({ today: 0.2, total: 1.5, daily: 10, inTotal: null, dayEndsAt: dayStart(START) + DAY });
    expect(withDials(spending, { costPerDial: 0.5, costPerMinute: null }, 3)).toMatchObject({ today: 1.7, total: 3 });
  });
});
