import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { decide, IDLE_CODES, type PacingSettings, type PacingSnapshot } from './pacing-policy.js';

const PROGRESSIVE: PacingSettings = { mode: 'progressive', ratio: 1 };
const ratio = (value: number): PacingSettings => ({ mode: 'ratio', ratio: value });

type Changes = { operators?: Partial<PacingSnapshot['operators']>; calls?: Partial<PacingSnapshot['calls']> } & Partial<
  Pick<PacingSnapshot, 'callableNow' | 'maxLines' | 'linesInUse' | 'promises'>
>;

function snapshot({ operators, calls, ...rest }: Changes = {}): PacingSnapshot {
  return {
    at: new Date('2026-11-23T09:00:00Z'),
    operators: { ready: 4, inCall: 6, wrapUp: 1, onBreak: 0, ...operators },
    calls: { inFlight: 0, waiting: 0, ...calls },
    callableNow: 'unknown',
    maxLines: 100,
    linesInUse: 6,
    connectTimeoutMs: 2_000,
    ...rest,
  };
}

const count = (max: number) => fc.nat({ max });
const anySnapshot: fc.Arbitrary<PacingSnapshot> = fc.record({
  at: fc.constant(new Date('2026-11-23T09:00:00Z')),
  operators: fc.record({ ready: count(200), inCall: count(200), wrapUp: count(50), onBreak: count(50) }),
  calls: fc.record({ inFlight: count(400), waiting: count(30) }),
  callableNow: fc.oneof(fc.constant('unknown' as const), count(500)),
  maxLines: count(600),
  linesInUse: count(700),
  promises: fc.record({ due: count(60), soon: count(60) }),
  connectTimeoutMs: fc.constant(2_000),
});
const anySettings: fc.Arbitrary<PacingSettings> = fc.record({
  mode: fc.constantFrom('progressive' as const, 'ratio' as const),
  ratio: fc.integer({ min: 100, max: 500 }).map((hundredths) => hundredths / 100),
});

describe('pacing', () => {
  it('calls for each operator who waits and has no call on its way', () => {
    const decision = decide(snapshot({ calls: { inFlight: 1, waiting: 1 } }), PROGRESSIVE);
    expect(decision).toEqual({
      dials: 2,
      cancels: [],
      reason: { code: 'dialing', sentence: '4 operators ready, 1 call in flight: 2 more calls.' },
    });
  });

  it('waits while enough calls are on their way', () => {
    expect(decide(snapshot({ calls: { inFlight: 4 } }), PROGRESSIVE)).toMatchObject({
      dials: 0,
      reason: { code: 'enough_in_flight', sentence: '4 operators ready, 4 calls in flight: enough.' },
    });
  });

  it('keeps the ratio in calls in flight for each free operator, rounded down', () => {
    expect(decide(snapshot(), ratio(1.6)).dials).toBe(6);
    expect(decide(snapshot({ calls: { inFlight: 5 } }), ratio(1.6)).dials).toBe(1);
    expect(decide(snapshot({ calls: { waiting: 1 } }), ratio(2)).dials).toBe(6);
  });

  it('rounds no call away in floating point', () => {
    expect(1.16 * 25).toBeLessThan(29);
    expect(decide(snapshot({ operators: { ready: 25 } }), ratio(1.16)).dials).toBe(29);
  });

  it('stops at the last line and at the last lead, and says which', () => {
    expect(decide(snapshot({ maxLines: 9 }), PROGRESSIVE)).toMatchObject({
      dials: 3,
      reason: { sentence: '4 operators ready, 0 calls in flight: 3 more calls, for want of lines, of 4.' },
    });
    expect(decide(snapshot({ callableNow: 1 }), PROGRESSIVE)).toMatchObject({
      dials: 1,
      reason: { sentence: '4 operators ready, 0 calls in flight: 1 more call, for want of leads, of 4.' },
    });
  });

  it.each([
    ['no_operators', { operators: { ready: 0, inCall: 0, wrapUp: 0 } }, 'Nobody is signed in.'],
    [
      'no_operators_ready',
      { operators: { ready: 0 } },
      'No operator is ready: 6 in a call, 1 in wrap-up, 0 on a break.',
    ],
    ['no_operators_ready', { calls: { waiting: 4 } }, '4 operators ready, and 4 customers waiting for one.'],
    ['no_free_lines', { maxLines: 6 }, 'All 6 lines in use.'],
    ['out_of_leads', { callableNow: 0 }, 'No lead may be called now.'],
  ] as [(typeof IDLE_CODES)[number], Changes, string][])('says when it stands still: %s', (code, changes, sentence) => {
    expect(decide(snapshot(changes), PROGRESSIVE)).toEqual({ dials: 0, cancels: [], reason: { code, sentence } });
  });

  it('never asks for more than free lines, callable leads or a whole number', () => {
    fc.assert(
      fc.property(anySnapshot, anySettings, (seen, settings) => {
        const { dials } = decide(seen, settings);
        expect(Number.isInteger(dials) && dials >= 0).toBe(true);
        expect(dials).toBeLessThanOrEqual(Math.max(0, seen.maxLines - seen.linesInUse));
        if (seen.callableNow !== 'unknown') expect(dials).toBeLessThanOrEqual(seen.callableNow);
      }),
    );
  });

  it('places no call with nobody signed in', () => {
    fc.assert(
      fc.property(anySnapshot, anySettings, (seen, settings) => {
        const empty = { ...seen, operators: { ready: 0, inCall: 0, wrapUp: 0, onBreak: 0 } };
        expect(decide(empty, settings)).toMatchObject({ dials: 0, reason: { code: 'no_operators' } });
      }),
    );
  });

  it('never places fewer calls for more operators who are ready', () => {
    fc.assert(
      fc.property(anySnapshot, anySettings, fc.integer({ min: 1, max: 50 }), (seen, settings, more) => {
        const larger = { ...seen, operators: { ...seen.operators, ready: seen.operators.ready + more } };
        expect(decide(larger, settings).dials).toBeGreaterThanOrEqual(decide(seen, settings).dials);
      }),
    );
  });

  it('never has more calls in flight, in progressive, than operators to take them', () => {
    fc.assert(
      fc.property(anySnapshot, (seen) => {
        const { dials } = decide(seen, PROGRESSIVE);
        if (dials > 0)
          expect(seen.calls.inFlight + seen.calls.waiting + dials).toBeLessThanOrEqual(seen.operators.ready);
      }),
    );
  });

  it('is progressive at a ratio of 1', () => {
    fc.assert(
      fc.property(anySnapshot, (seen) => {
        expect(decide(seen, ratio(1))).toEqual(decide(seen, PROGRESSIVE));
      }),
    );
  });

  it('explains every decision', () => {
    fc.assert(
      fc.property(anySnapshot, anySettings, (seen, settings) => {
        const { dials, reason } = decide(seen, settings);
        expect(reason.code === 'dialing').toBe(dials > 0);
        expect(reason.sentence).toMatch(/^[A-Z0-9].*\.$/);
        expect(reason.sentence).not.toMatch(/NaN|undefined/);
      }),
    );
  });

  describe('with promised calls', () => {
    it('spends nobody on new leads who is wanted for a promise within a minute', () => {
      expect(decide(snapshot({ promises: { due: 0, soon: 3 } }), PROGRESSIVE).dials).toBe(1);
      expect(decide(snapshot({ promises: { due: 0, soon: 4 } }), PROGRESSIVE)).toMatchObject({
        dials: 0,
        reason: { code: 'kept_for_callbacks' },
      });
      expect(decide(snapshot({ promises: { due: 0, soon: 3 } }), ratio(3)).dials).toBe(3);
    });

    it('calls for those that are due, even with all others kept', () => {
      expect(decide(snapshot({ promises: { due: 2, soon: 9 } }), PROGRESSIVE).dials).toBe(2);
      expect(decide(snapshot({ promises: { due: 2, soon: 9 } }), ratio(1)).dials).toBe(2);
      expect(decide(snapshot({ promises: { due: 9, soon: 9 }, calls: { inFlight: 3 } }), PROGRESSIVE).dials).toBe(1);
    });

    it('never calls less than promises that are due allow, as far as operators and lines are free', () => {
      fc.assert(
        fc.property(anySnapshot, anySettings, (given, settings) => {
          const { operators, calls, maxLines, linesInUse, callableNow, promises } = given;
          const free = operators.ready - calls.inFlight - calls.waiting;
          const leads = callableNow === 'unknown' ? Infinity : callableNow;
          const possible = Math.min(promises!.due, free, Math.max(0, maxLines - linesInUse), leads);
          expect(decide(given, settings).dials).toBeGreaterThanOrEqual(Math.max(0, possible));
        }),
      );
    });

    it('never calls more for promises that come soon, and never starves new leads but for them', () => {
      fc.assert(
        fc.property(anySnapshot, anySettings, (given, settings) => {
          const { soon } = given.promises!;
          const without = decide({ ...given, promises: { ...given.promises!, soon: 0 } }, settings).dials;
          expect(decide(given, settings).dials).toBeLessThanOrEqual(without);
          // Whoever is not wanted dials as if those who are were not there at all.
          const ready = Math.max(0, given.operators.ready - soon);
          const fewer = decide({ ...given, operators: { ...given.operators, ready }, promises: undefined }, settings);
          expect(decide(given, settings).dials).toBeGreaterThanOrEqual(fewer.dials);
        }),
      );
    });
  });
});
