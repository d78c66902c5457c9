import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  leastDelayMinutes,
  retryRuleOf,
  RETRIED_RESULTS,
  STANDARD_RETRY_PLAN,
  type RetryPlan,
  type RetryRule,
} from '../campaigns/retry-settings.js';
import { openIntervals, openingAt } from '../compliance/calling-hours.js';
import { HOUSE_PROFILE, type CoolDown } from '../compliance/profile.js';
import {
  historyOf,
  planAfterDisposition,
  planAfterResult,
  TIER,
  whenOpen,
  type EntryAttempt,
  type EntryFacts,
  type OutcomeEffects,
  type SystemResult,
  type TriedPhone,
  type WaitingPlan,
} from './retry-plan.js';

const NOW = new Date('2026-03-02T10:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const inMs = (ms: number) => new Date(NOW.getTime() + ms);

const untried = (position: number): TriedPhone => ({ position, tries: 0, ended: {}, last: null, dead: false });
const tried = (position: number, result: string, times: number): TriedPhone => ({
  ...{ position, tries: times, ended: { [result]: times }, last: result, dead: false },
});

function entry(changes: Partial<EntryFacts> = {}): EntryFacts {
  return {
    attempts: 1,
    maxAttempts: 5,
    phonePosition: 1,
    phones: [untried(1)],
    outcomes: {},
    callback: null,
    floors: { redialAfterHours: 72, coolDowns: [] },
    now: NOW,
    ...changes,
  };
}

/** The one phone of the lead has ended so, so often. */
const ended = (result: string, times: number, changes: Partial<EntryFacts> = {}) =>
  entry({ attempts: times, phones: [tried(1, result, times)], ...changes });

const planWith = (changes: Partial<RetryPlan>): RetryPlan => ({ ...STANDARD_RETRY_PLAN, ...changes });
const rule = (changes: Partial<RetryRule>): RetryRule => ({
  ...{ delayMinutes: 10, growth: 2, limit: null, phone: 'same', ...changes },
});

const after = (result: SystemResult, facts: EntryFacts, plan: RetryPlan = STANDARD_RETRY_PLAN) =>
  planAfterResult(result, facts, plan);

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

describe('the standard plan after an attempt that no operator had', () => {
  it.each(RETRIED)(
    'tries again after %s, in a time that grows with each such end',
    (result, firstMs, secondMs, tier) => {
      const waiting = { state: 'waiting', tier, phonePosition: 1, callback: 'none', ownerId: null };
      expect(after(result, ended(result, 1))).toMatchObject({ ...waiting, dueAt: inMs(firstMs) });
      expect(after(result, ended(result, 2))).toMatchObject({ ...waiting, dueAt: inMs(secondMs) });
    },
  );

  it.each(RETRIED)('gives up after %s when the attempts are exhausted', (result) => {
    const plan = after(result, ended(result, 5));
    expect(plan).toMatchObject({ state: 'completed', code: 'attempts_exhausted', callback: 'none' });
  });

  it('does not let one kind of end lengthen the delay of another', () => {
    const phones = [{ ...tried(1, 'no_answer', 3), ended: { no_answer: 3, busy: 1 }, tries: 4 }];
    expect(after('busy', entry({ attempts: 4, phones }))).toMatchObject({ dueAt: inMs(10 * MINUTE) });
  });

  it('waits no longer than a day, but for a person whom we abandoned', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALL), fc.integer({ min: 1, max: 49 }), (result, times) => {
        const plan = after(result, ended(result, times, { maxAttempts: 50 }));
        if (plan.state === 'completed') return;
        const delay = plan.dueAt.getTime() - NOW.getTime();
        expect(delay).toBeGreaterThan(0);
        expect(delay).toBeLessThanOrEqual((result === 'abandoned' ? 72 : 24) * HOUR);
      }),
    );
  });

  it.each(DEAD)('goes to the next phone at once after %s, and ends where there is none', (result) => {
    const two = { phones: [{ ...untried(1), dead: true }, untried(2)] };
    const next = { state: 'waiting', dueAt: NOW, tier: TIER.retry, phonePosition: 2, callback: 'none', ownerId: null };
    expect(after(result, entry(two))).toMatchObject(next);
    expect(after(result, entry())).toMatchObject({ state: 'completed', code: result, callback: 'none' });
    expect(after(result, entry({ ...two, attempts: 5 }))).toMatchObject({ state: 'completed', code: result });
  });
});

describe('a plan of the campaign’s own', () => {
  it('has its delays and its growth, and says which time of how many it was', () => {
    const plan = planWith({ results: { busy: rule({ delayMinutes: 30, growth: 3, limit: 3 }) } });
    const second = after('busy', ended('busy', 2), plan) as WaitingPlan;
    expect(second.dueAt).toEqual(inMs(90 * MINUTE));
    expect(second.reason).toMatchObject({ code: 'again', because: 'busy', time: 2, limit: 3, attempt: 2, held: [] });
    expect(second.reason.sentence).toBe('Busy (time 2 of 3): tried again.');
  });

  it('stops a phone at the limit of a result, and goes to another one that is not used up', () => {
    const plan = planWith({ results: { busy: rule({ limit: 3 }) } });
    expect(after('busy', ended('busy', 3), plan)).toMatchObject({ state: 'completed', code: 'retries_exhausted' });
    const two = { attempts: 3, phones: [tried(1, 'busy', 3), untried(2)] };
    expect(after('busy', entry(two), plan)).toMatchObject({
      phonePosition: 2,
      dueAt: NOW,
      reason: { code: 'other_phone' },
    });
    const usedUp = {
      attempts: 4,
      maxAttempts: 9,
      phonePosition: 2,
      phones: [tried(1, 'busy', 3), tried(2, 'busy', 3)],
    };
    expect(after('busy', entry(usedUp), { ...plan, phones: { ...plan.phones, wrap: true } })).toMatchObject({
      code: 'retries_exhausted',
    });
  });

  it('goes to another phone after a result that asks for it, and stays where there is none', () => {
    const plan = planWith({ results: { no_answer: rule({ delayMinutes: 60, phone: 'next' }) } });
    const phones = [tried(1, 'no_answer', 1), untried(2)];
    expect(after('no_answer', entry({ phones }), plan)).toMatchObject({ phonePosition: 2, dueAt: NOW });
    expect(after('no_answer', ended('no_answer', 1), plan)).toMatchObject({ phonePosition: 1, dueAt: inMs(HOUR) });
  });

  it('wraps round to the first phone only where it says so, and then waits as if it had stayed', () => {
    const results = { no_answer: rule({ delayMinutes: 60, phone: 'next' }) };
    const facts = entry({
      ...{ attempts: 2, phonePosition: 2, phones: [tried(1, 'no_answer', 1), tried(2, 'no_answer', 1)] },
    });
    const [stays, wraps] = [false, true].map((wrap) =>
      planWith({ results, phones: { ...STANDARD_RETRY_PLAN.phones, wrap } }),
    );
    expect(after('no_answer', facts, stays)).toMatchObject({ phonePosition: 2, dueAt: inMs(HOUR) });
    expect(after('no_answer', facts, wraps)).toMatchObject({ phonePosition: 1, dueAt: inMs(HOUR) });
  });

  it('goes on after so many tries at one phone', () => {
    const plan = planWith({ phones: { triesEach: 2, wrap: false, delayMinutes: 5 } });
    const phones = (times: number) => [tried(1, 'busy', times), untried(2)];
    expect(after('busy', entry({ phones: phones(1) }), plan)).toMatchObject({ phonePosition: 1 });
    expect(after('busy', entry({ attempts: 2, phones: phones(2) }), plan)).toMatchObject({
      ...{ phonePosition: 2, dueAt: inMs(5 * MINUTE) },
    });
  });

  it('comes back, from a number that is dead, to one that is not, in the time of how that one ended', () => {
    const plan = planWith({ phones: { triesEach: null, wrap: true, delayMinutes: 0 } });
    const phones = [tried(1, 'busy', 2), { ...tried(2, 'invalid_number', 1), dead: true }];
    expect(after('invalid_number', entry({ attempts: 3, phonePosition: 2, phones }), plan)).toMatchObject({
      ...{ phonePosition: 1, dueAt: inMs(20 * MINUTE) },
    });
  });
});

describe('the floors', () => {
  it('give a full network its time, whatever the plan says', () => {
    const plan = planWith({ results: { congestion: rule({ delayMinutes: 0 }) } });
    expect(after('congestion', ended('congestion', 1), plan)).toMatchObject({
      ...{ dueAt: inMs(3 * MINUTE), reason: { held: ['congestion'] } },
    });
  });

  it('leave whom we abandoned alone for as long as the profile says, and longer where the plan does', () => {
    const floors = { redialAfterHours: 24, coolDowns: [] };
    const longer = planWith({ results: { abandoned: rule({ delayMinutes: 48 * 60, growth: 1 }) } });
    const facts = ended('abandoned', 1, { floors });
    expect(after('abandoned', facts)).toMatchObject({ dueAt: inMs(24 * HOUR), reason: { held: ['drop_lockout'] } });
    expect(after('abandoned', facts, longer)).toMatchObject({ dueAt: inMs(48 * HOUR), reason: { held: [] } });
  });

  it('are the cool-downs of the profile, after what they follow', () => {
    const coolDowns: CoolDown[] = [
      { after: 'contact', hours: 48, scope: 'company' },
      { after: 'refusal', hours: 60 * 24, scope: 'company' },
    ];
    const floors = { redialAfterHours: 0, coolDowns };
    const facts = (result: string) => ended(result, 1, { floors });
    expect(after('answered', facts('answered'))).toMatchObject({
      dueAt: inMs(48 * HOUR),
      reason: { held: ['cool_down'] },
    });
    expect(after('no_answer', facts('no_answer'))).toMatchObject({ dueAt: inMs(2 * HOUR) });
    const silent = { code: 'silent', category: 'silent', isFinal: false, retryAfterMinutes: 60, badPhone: false };
    const refusal = { ...silent, code: 'not_now', category: 'refusal' };
    const say = (outcome: OutcomeEffects) => planAfterDisposition(outcome, null, facts('x'), STANDARD_RETRY_PLAN);
    expect(say(silent)).toMatchObject({ dueAt: inMs(48 * HOUR) });
    expect(say(refusal)).toMatchObject({ dueAt: inMs(60 * 24 * HOUR) });
  });
});

describe('a promise that did not reach the person', () => {
  it.each(RETRIED.filter(([result]) => result !== 'abandoned'))(
    'is tried again a quarter of an hour later after %s, for its owner',
    (result) => {
      expect(after(result, ended(result, 1, { attempts: 9, callback: { tries: 2, ownerId: 7 } }))).toMatchObject({
        state: 'waiting',
        dueAt: inMs(15 * MINUTE),
        tier: TIER.callback,
        phonePosition: 1,
        callback: 'stands',
        ownerId: 7,
      });
    },
  );

  it('is missed after three tries; the lead goes on as any other', () => {
    const callback = { tries: 3, ownerId: 7 };
    expect(after('busy', ended('busy', 3, { callback }))).toMatchObject({
      state: 'waiting',
      dueAt: inMs(40 * MINUTE),
      tier: TIER.retry,
      phonePosition: 1,
      callback: 'missed',
      ownerId: null,
    });
    expect(after('busy', ended('busy', 5, { callback }))).toMatchObject({
      state: 'completed',
      code: 'attempts_exhausted',
      callback: 'missed',
    });
  });

  it('is tried as often, and as long after, as the plan says', () => {
    const plan = planWith({ promises: { tries: 2, delayMinutes: 30 } });
    const facts = (tries: number) => ended('busy', 1, { callback: { tries, ownerId: null } });
    expect(after('busy', facts(1), plan)).toMatchObject({ callback: 'stands', dueAt: inMs(30 * MINUTE) });
    expect(after('busy', facts(2), plan)).toMatchObject({ callback: 'missed' });
  });

  it.each(DEAD)('is missed at once after %s: trying again is of no use', (result) => {
    const callback = { tries: 1, ownerId: null };
    expect(after(result, entry({ callback }))).toMatchObject({ state: 'completed', code: result, callback: 'missed' });
  });

  it('is missed when we abandoned the call: the person is left alone first', () => {
    const plan = after('abandoned', ended('abandoned', 1, { callback: { tries: 1, ownerId: 7 } }));
    expect(plan).toMatchObject({ dueAt: inMs(72 * HOUR), tier: TIER.abandoned, callback: 'missed', ownerId: null });
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
  const say = (
    effects: OutcomeEffects,
    promise: { dueAt: Date; ownerId: number | null } | null,
    facts: EntryFacts,
    plan: RetryPlan = STANDARD_RETRY_PLAN,
  ) => planAfterDisposition(effects, promise, facts, plan);

  it('ends with a final outcome, named by it', () => {
    const plan = say(outcome({ code: 'sale', isFinal: true }), null, entry());
    expect(plan).toMatchObject({
      state: 'completed',
      code: 'sale',
      callback: 'none',
      reason: { code: 'final_outcome' },
    });
  });

  it('waits as long as the outcome says, a day where it says nothing, while attempts are left', () => {
    expect(say(outcome({ retryAfterMinutes: 90 }), null, entry())).toMatchObject({ dueAt: inMs(90 * MINUTE) });
    expect(say(outcome({}), null, entry())).toMatchObject({ dueAt: inMs(24 * HOUR), tier: TIER.retry });
    expect(say(outcome({}), null, entry({ attempts: 5 }))).toMatchObject({ code: 'attempts_exhausted' });
  });

  it('goes by the plan’s own rule for the outcome, its growth and its limit', () => {
    const plan = planWith({ outcomes: [{ code: 'an_outcome', delayMinutes: 60, growth: 2, limit: 3 }] });
    const facts = (times: number) => entry({ outcomes: { an_outcome: times } });
    expect(say(outcome({ retryAfterMinutes: 90 }), null, facts(1), plan)).toMatchObject({ dueAt: inMs(HOUR) });
    expect(say(outcome({}), null, facts(2), plan)).toMatchObject({ dueAt: inMs(2 * HOUR) });
    expect(say(outcome({}), null, facts(3), plan)).toMatchObject({ code: 'retries_exhausted' });
    expect(say(outcome({ code: 'sale', isFinal: true }), null, facts(1), plan)).toMatchObject({ code: 'sale' });
  });

  it('waits for the time that was promised, with its owner, whatever the limit of attempts', () => {
    const promise = { dueAt: inMs(26 * HOUR), ownerId: 7 };
    expect(say(outcome({ code: 'callback' }), promise, entry({ attempts: 5 }))).toMatchObject({
      state: 'waiting',
      dueAt: inMs(26 * HOUR),
      tier: TIER.callback,
      phonePosition: 1,
      callback: 'none',
      ownerId: 7,
    });
  });

  it('keeps the promise that led to the call, also when it makes another', () => {
    const callback = { tries: 1, ownerId: 7 };
    const promise = { dueAt: inMs(HOUR), ownerId: null };
    expect(say(outcome({ isFinal: true }), null, entry({ callback })).callback).toBe('kept');
    expect(say(outcome({}), promise, entry({ callback })).callback).toBe('kept');
    expect(say(outcome({}), null, entry({ callback })).callback).toBe('kept');
  });

  it('goes to the next phone when this one is wrong, and ends where there is none or no attempt left', () => {
    const wrong = outcome({ code: 'wrong_person', badPhone: true });
    const two = { phones: [{ ...untried(1), dead: true }, untried(2)] };
    expect(say(wrong, null, entry(two))).toMatchObject({ state: 'waiting', dueAt: NOW, phonePosition: 2 });
    expect(say(wrong, null, entry())).toMatchObject({ state: 'completed', code: 'wrong_person' });
    expect(say(wrong, null, entry({ ...two, attempts: 5 }))).toMatchObject({ code: 'wrong_person' });
  });
});

describe('what came of the phones', () => {
  it('counts by phone, from this round alone; a dead number stays dead', () => {
    const attempt = (phoneId: number, number: number, result: string | null, more: Partial<EntryAttempt> = {}) => ({
      ...{ phoneId, number, result, outcome: null, dead: result === 'fax', ...more },
    });
    const attempts = [
      attempt(11, 1, 'busy'),
      attempt(12, 2, 'fax'),
      attempt(11, 3, 'busy'),
      attempt(11, 4, 'no_answer'),
      attempt(11, 5, null, { outcome: 'silent' }),
    ];
    const phones = [
      { id: 11, position: 1 },
      { id: 12, position: 2 },
    ];
    expect(historyOf(phones, attempts, 2)).toEqual({
      phones: [
        { position: 1, tries: 3, ended: { busy: 1, no_answer: 1 }, last: null, dead: false },
        { position: 2, tries: 0, ended: {}, last: null, dead: true },
      ],
      outcomes: { silent: 1 },
    });
  });
});

describe('any plan', () => {
  const rules = fc.record<RetryRule>({
    delayMinutes: fc.integer({ min: 0, max: 2_000 }),
    growth: fc.double({ min: 1, max: 5, noNaN: true }),
    limit: fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }),
    phone: fc.constantFrom('same', 'next'),
  });
  const plans = fc.record<RetryPlan>({
    results: fc.dictionary(fc.constantFrom(...RETRIED_RESULTS), rules, { noNullPrototype: true }),
    outcomes: fc.constant([]),
    longestDelayMinutes: fc.integer({ min: 1, max: 3_000 }),
    phones: fc.record({
      triesEach: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
      wrap: fc.boolean(),
      delayMinutes: fc.integer({ min: 0, max: 60 }),
    }),
    promises: fc.record({ tries: fc.integer({ min: 1, max: 4 }), delayMinutes: fc.integer({ min: 1, max: 60 }) }),
    recycling: fc.constant(null),
  });
  const floors = fc.record({
    redialAfterHours: fc.integer({ min: 0, max: 100 }),
    coolDowns: fc.array(
      fc.record<CoolDown>({
        after: fc.constantFrom('refusal', 'abandoned', 'contact'),
        hours: fc.integer({ min: 1, max: 200 }),
        scope: fc.constantFrom('campaign', 'company'),
      }),
      { maxLength: 3 },
    ),
  });
  const results = fc.constantFrom(...ALL);
  const open = openIntervals([HOUSE_PROFILE.hours], ['Europe/Paris'], NOW, 400);

  const afterHours = (coolDowns: readonly CoolDown[], ...what: CoolDown['after'][]) =>
    Math.max(0, ...coolDowns.filter((each) => what.includes(each.after)).map((each) => each.hours));

  it('is never due before a floor, and never at night', () => {
    fc.assert(
      fc.property(
        plans,
        floors,
        results,
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (plan, floor, result, times, promised) => {
          const callback = promised ? { tries: 1, ownerId: null } : null;
          const facts = ended(result, times, {
            floors: floor,
            callback,
            phones: [tried(1, result, times), untried(2)],
          });
          const next = planAfterResult(result, facts, plan);
          if (next.state === 'completed') return;
          const hours = {
            abandoned: Math.max(floor.redialAfterHours, afterHours(floor.coolDowns, 'abandoned', 'contact')),
            answered: afterHours(floor.coolDowns, 'contact'),
          };
          const least = result in hours ? hours[result as keyof typeof hours] * HOUR : 0;
          const again = next.phonePosition === 1 ? leastDelayMinutes(result) * MINUTE : 0;
          const network = result === 'congestion' ? 3 * MINUTE : 0;
          expect(next.dueAt.getTime() - NOW.getTime()).toBeGreaterThanOrEqual(Math.max(least, again, network));
          const lawful = whenOpen(next, open);
          expect(lawful.dueAt.getTime()).toBeGreaterThanOrEqual(next.dueAt.getTime());
          expect(openingAt(open, lawful.dueAt).open).toBe(true);
          expect(lawful.reason.held.includes('calling_hours')).toBe(lawful.dueAt.getTime() !== next.dueAt.getTime());
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never waits shorter for the same end the next time', () => {
    fc.assert(
      fc.property(plans, floors, results, fc.integer({ min: 1, max: 48 }), (plan, floor, result, times) => {
        const due = (n: number) => {
          const next = planAfterResult(result, ended(result, n, { maxAttempts: 50, floors: floor }), plan);
          return next.state === 'waiting' ? next.dueAt.getTime() : Infinity;
        };
        expect(due(times + 1)).toBeGreaterThanOrEqual(due(times));
      }),
    );
  });

  it('comes to an end: no more attempts than the campaign makes, none at a dead number, no limit passed', () => {
    fc.assert(
      fc.property(
        plans,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        fc.infiniteStream(results),
        (plan, maxAttempts, phoneCount, stream) => {
          const phones = Array.from({ length: phoneCount }, (_, i) => ({ id: i + 1, position: i + 1 }));
          const attempts: EntryAttempt[] = [];
          let phonePosition = 1;
          let now = NOW;
          for (;;) {
            const dead = attempts.filter((each) => each.dead).map((each) => each.phoneId);
            expect(dead).not.toContain(phonePosition);
            const result = stream.next().value!;
            const isDead = DEAD.includes(result);
            attempts.push({ phoneId: phonePosition, number: attempts.length + 1, result, outcome: null, dead: isDead });
            expect(attempts.length).toBeLessThanOrEqual(maxAttempts);
            const facts = entry({
              attempts: attempts.length,
              maxAttempts,
              phonePosition,
              now,
              ...historyOf(phones, attempts, 0),
            });
            for (const phone of facts.phones)
              for (const [end, times] of Object.entries(phone.ended))
                expect(times).toBeLessThanOrEqual(retryRuleOf(plan, end)?.limit ?? Infinity);
            const next = planAfterResult(result, facts, plan);
            if (next.state === 'completed') break;
            expect(next.dueAt.getTime()).toBeGreaterThanOrEqual(now.getTime());
            ({ phonePosition, dueAt: now } = next);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('ends a promise or lets it stand: none disappears', () => {
    const facts = fc.record({ attempts: fc.integer({ min: 1, max: 9 }), tries: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(plans, results, facts, (plan, result, { attempts, tries }) => {
        const { callback, state } = planAfterResult(
          result,
          ended(result, 1, { attempts, callback: { tries, ownerId: null } }),
          plan,
        );
        expect(['stands', 'missed']).toContain(callback);
        if (state === 'completed' || tries >= plan.promises.tries) expect(callback).toBe('missed');
      }),
    );
  });

  it('says why, in a sentence', () => {
    fc.assert(
      fc.property(plans, floors, results, fc.integer({ min: 1, max: 6 }), (plan, floor, result, times) => {
        const { reason } = planAfterResult(result, ended(result, times, { floors: floor }), plan);
        expect(reason.sentence).toMatch(/^[A-Z].*\((attempt|time) \d+ of \d+\): [a-z].*\.$/);
        expect(reason.because).toBe(result);
      }),
    );
  });
});
