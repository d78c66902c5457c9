import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  planAfterDisposition,
  planAfterResult,
  TIER,
  type EntryFacts,
  type OutcomeEffects,
  type SystemResult,
} from './retry-plan.js';

const NOW = new Date('2026-03-02T10:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const inMs = (ms: number) => new Date(NOW.getTime() + ms);

function entry(changes: Partial<EntryFacts> = {}): EntryFacts {
  return {
    attempts: 1,
    maxAttempts: 5,
    hasOtherPhone: false,
    callback: null,
    redialAfterAbandonHours: 72,
    now: NOW,
    ...changes,
  };
}

const RETRIED: [SystemResult, firstMs: number, secondMs: number, tier: number][] = [
  ['busy', 10 * MINUTE, 20 * MINUTE, TIER.retry],
  ['no_answer', 2 * HOUR, 3 * HOUR, TIER.retry],
  ['machine', 4 * HOUR, 6 * HOUR, TIER.retry],
  ['congestion', 5 * MINUTE, 10 * MINUTE, TIER.retry],
  ['failed', 10 * MINUTE, 20 * MINUTE, TIER.retry],
  ['cancelled', 10 * MINUTE, 10 * MINUTE, TIER.retry],
  ['indeterminate', HOUR, 2 * HOUR, TIER.retry],
  ['answered', 4 * HOUR, 6 * HOUR, TIER.retry],
  ['abandoned', 72 * HOUR, 72 * HOUR, TIER.abandoned],
];
const DEAD: SystemResult[] = ['invalid_number', 'fax', 'blocked_by_carrier'];
const ALL: SystemResult[] = [...RETRIED.map(([result]) => result), ...DEAD];

describe('the plan after an attempt that no operator had', () => {
  it.each(RETRIED)(
    'tries again after %s, in a time that grows with the attempts',
    (result, firstMs, secondMs, tier) => {
      const waiting = { state: 'waiting', tier, phone: 'same', callback: 'none', ownerId: null };
      expect(planAfterResult(result, entry())).toEqual({ ...waiting, dueAt: inMs(firstMs) });
      expect(planAfterResult(result, entry({ attempts: 2 }))).toEqual({ ...waiting, dueAt: inMs(secondMs) });
    },
  );

  it.each(RETRIED)('gives up after %s when the attempts are exhausted', (result) => {
    const plan = planAfterResult(result, entry({ attempts: 5 }));
    expect(plan).toEqual({ state: 'completed', code: 'attempts_exhausted', callback: 'none' });
  });

  it('waits no longer than a day, but for a person whom we abandoned', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL),
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        (result, attempts, hasOtherPhone) => {
          const plan = planAfterResult(result, entry({ attempts, maxAttempts: 50, hasOtherPhone }));
          if (plan.state === 'completed') return;
          const delay = plan.dueAt.getTime() - NOW.getTime();
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual((result === 'abandoned' ? 72 : 24) * HOUR);
        },
      ),
    );
  });

  it('never grows shorter from attempt to attempt', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RETRIED.map(([result]) => result)),
        fc.integer({ min: 1, max: 48 }),
        (result, attempts) => {
          const due = (n: number) => {
            const plan = planAfterResult(result, entry({ attempts: n, maxAttempts: 50 }));
            return plan.state === 'waiting' ? plan.dueAt.getTime() : NaN;
          };
          expect(due(attempts + 1)).toBeGreaterThanOrEqual(due(attempts));
        },
      ),
    );
  });

  it('leaves whom we abandoned alone for as long as the profile says', () => {
    expect(planAfterResult('abandoned', entry({ redialAfterAbandonHours: 24 }))).toMatchObject({
      dueAt: inMs(24 * HOUR),
    });
  });

  it.each(DEAD)('goes to the next phone at once after %s, and ends where there is none', (result) => {
    const next = { state: 'waiting', dueAt: NOW, tier: TIER.retry, phone: 'next', callback: 'none', ownerId: null };
    expect(planAfterResult(result, entry({ hasOtherPhone: true }))).toEqual(next);
    expect(planAfterResult(result, entry())).toEqual({ state: 'completed', code: result, callback: 'none' });
    expect(planAfterResult(result, entry({ hasOtherPhone: true, attempts: 5 }))).toMatchObject({ code: result });
  });
});

describe('a promise that did not reach the person', () => {
  it.each(RETRIED.filter(([result]) => result !== 'abandoned'))(
    'is tried again a quarter of an hour later after %s, for its owner',
    (result) => {
      expect(planAfterResult(result, entry({ attempts: 9, callback: { tries: 2, ownerId: 7 } }))).toEqual({
        state: 'waiting',
        dueAt: inMs(15 * MINUTE),
        tier: TIER.callback,
        phone: 'same',
        callback: 'stands',
        ownerId: 7,
      });
    },
  );

  it('is missed after three tries; the lead goes on as any other', () => {
    const callback = { tries: 3, ownerId: 7 };
    expect(planAfterResult('busy', entry({ attempts: 3, callback }))).toEqual({
      state: 'waiting',
      dueAt: inMs(40 * MINUTE),
      tier: TIER.retry,
      phone: 'same',
      callback: 'missed',
      ownerId: null,
    });
    expect(planAfterResult('busy', entry({ attempts: 5, callback }))).toEqual({
      state: 'completed',
      code: 'attempts_exhausted',
      callback: 'missed',
    });
  });

  it.each(DEAD)('is missed at once after %s: trying again is of no use', (result) => {
    const callback = { tries: 1, ownerId: null };
    expect(planAfterResult(result, entry({ callback }))).toEqual({
      state: 'completed',
      code: result,
      callback: 'missed',
    });
  });

  it('is missed when we abandoned the call: the person is left alone first', () => {
    const plan = planAfterResult('abandoned', entry({ callback: { tries: 1, ownerId: 7 } }));
    expect(plan).toMatchObject({ dueAt: inMs(72 * HOUR), tier: TIER.abandoned, callback: 'missed', ownerId: null });
  });

  it('always ends or stands: a promise never disappears', () => {
    const facts = fc.record({
      attempts: fc.integer({ min: 1, max: 9 }),
      tries: fc.integer({ min: 1, max: 5 }),
      hasOtherPhone: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.constantFrom(...ALL), facts, (result, { attempts, tries, hasOtherPhone }) => {
        const { callback, state } = planAfterResult(
          result,
          entry({ attempts, hasOtherPhone, callback: { tries, ownerId: null } }),
        );
        expect(['stands', 'missed']).toContain(callback);
        if (state === 'completed' || tries >= 3) expect(callback).toBe('missed');
      }),
    );
  });
});

describe('the plan after an operator’s outcome', () => {
  const outcome = (changes: Partial<OutcomeEffects>): OutcomeEffects => ({
    code: 'an_outcome',
    isFinal: false,
    retryAfterMinutes: null,
    badPhone: false,
    ...changes,
  });

  it('ends with a final outcome, named by it', () => {
    const plan = planAfterDisposition(outcome({ code: 'sale', isFinal: true }), null, entry());
    expect(plan).toEqual({ state: 'completed', code: 'sale', callback: 'none' });
  });

  it('waits as long as the outcome says, a day where it says nothing, while attempts are left', () => {
    expect(planAfterDisposition(outcome({ retryAfterMinutes: 90 }), null, entry())).toMatchObject({
      dueAt: inMs(90 * MINUTE),
    });
    expect(planAfterDisposition(outcome({}), null, entry())).toMatchObject({
      dueAt: inMs(24 * HOUR),
      tier: TIER.retry,
    });
    expect(planAfterDisposition(outcome({}), null, entry({ attempts: 5 }))).toMatchObject({
      code: 'attempts_exhausted',
    });
  });

  it('waits for the time that was promised, with its owner, whatever the limit of attempts', () => {
    const promise = { dueAt: inMs(26 * HOUR), ownerId: 7 };
    expect(planAfterDisposition(outcome({ code: 'callback' }), promise, entry({ attempts: 5 }))).toEqual({
      state: 'waiting',
      dueAt: inMs(26 * HOUR),
      tier: TIER.callback,
      phone: 'same',
      callback: 'none',
      ownerId: 7,
    });
  });

  it('keeps the promise that led to the call, also when it makes another', () => {
    const callback = { tries: 1, ownerId: 7 };
    const promise = { dueAt: inMs(HOUR), ownerId: null };
    expect(planAfterDisposition(outcome({ isFinal: true }), null, entry({ callback })).callback).toBe('kept');
    expect(planAfterDisposition(outcome({}), promise, entry({ callback })).callback).toBe('kept');
    expect(planAfterDisposition(outcome({}), null, entry({ callback })).callback).toBe('kept');
  });

  it('goes to the next phone when this one is wrong, and ends where there is none or no attempt left', () => {
    const wrong = outcome({ code: 'wrong_person', badPhone: true });
    expect(planAfterDisposition(wrong, null, entry({ hasOtherPhone: true }))).toMatchObject({
      state: 'waiting',
      dueAt: NOW,
      phone: 'next',
    });
    expect(planAfterDisposition(wrong, null, entry())).toMatchObject({ state: 'completed', code: 'wrong_person' });
    expect(planAfterDisposition(wrong, null, entry({ hasOtherPhone: true, attempts: 5 }))).toMatchObject({
      code: 'wrong_person',
    });
  });
});
