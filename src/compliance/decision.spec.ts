import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';

import type { StoredConsent } from './consent.js';
import { capFreeAt, countedBy, decide, REFUSAL_CODES, replay, TRIED, type DialFacts, type Tried } from './decision.js';
import type { CapRule } from './profile.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = new Date('2026-03-02T10:00:00Z');
const at = (hours: number) => NOW.getTime() + hours * HOUR;
const inHours = (hours: number) => new Date(at(hours));

interface Changes extends Partial<Omit<DialFacts, 'campaign'>> {
  campaign?: Partial<DialFacts['campaign']>;
}

/** A phone that may be called now; `changes` say what is different. */
function factsWith(changes: Changes = {}): DialFacts {
  return {
    profiles: ['house@2026-11'],
    stamp: 1,
    attempts: 0,
    promisedAt: null,
    suppressions: [],
    live: false,
    tried: [],
    caps: [
      { key: 'phone', count: 'attempts', max: 3, window: { hours: 24 } },
      { key: 'phone', count: 'attempts', max: 7, window: { hours: 168 } },
    ],
    redialAfterHours: 72,
    householdPauseHours: 24,
    registries: [{ registry: 'TPS', maxAgeDays: 28, datedAt: at(-24 * 28) }],
    open: [{ start: at(-1), end: at(9) }],
    clockSafe: true,
    ...changes,
    campaign: {
      ...{ state: 'running', mode: 'ratio', maxAttempts: 5, maxLines: 10, linesInUse: 0, leaseHeld: true },
      ...changes.campaign,
    },
  };
}

/** An attempt at this phone and person, in this campaign, that nobody answered; and what else it was. */
const tried = (hours: number, more = 0): Tried => [
  at(hours),
  at(hours),
  TRIED.phone | TRIED.person | TRIED.campaign | more,
];
const CALLED = TRIED.contact | TRIED.spoken;

const suppressed = [{ scope: 'client', reason: 'request' }];
const triedThrice = [tried(-20), tried(-10), tried(-1)];
const stale = [{ registry: 'TPS', maxAgeDays: 28, datedAt: at(-24 * 29 - 1) }];
/** Refused a day ago, and left alone for two. */
const sparing = { sparedDays: 2, refusedAt: at(-24) };
const closed = [{ start: at(3), end: at(8) }];
const consent: NonNullable<DialFacts['consent']> = {
  ...({ form: 'prior', maxAgeDays: 730, campaignId: 7, purpose: 'sales', ledger: [] } as const),
};
const granted: StoredConsent = {
  ...({
    id: 1,
    kind: 'granted',
    form: 'prior',
    scope: 'company',
    campaignId: null,
    purpose: null,
    proven: true,
  } as const),
  ...{ at: inHours(-24 * 100).toISOString(), validTo: null },
};
const known = { name: 'Us', authority: 'owned', mobile: false, countries: [], registered: true, validTo: null };
const callerId: NonNullable<DialFacts['callerId']> = {
  ...{ number: '+33199000000', country: 'FR', known },
  rule: { required: true, mobileAllowed: false, prefixes: ['331'], registered: true },
};
const spending = { today: 9, total: 50, daily: 10, inTotal: 100, dayEndsAt: at(14) };

type Code = (typeof REFUSAL_CODES)[number];

/** Each reason by itself: what brings it about, what it does, and when it ends. */
const ALONE: Record<Code, { facts: DialFacts; verdict: 'defer' | 'deny'; nextAt: Date | null }> = {
  suppressed: { facts: factsWith({ suppressions: suppressed }), verdict: 'deny', nextAt: null },
  attempts_exhausted: { facts: factsWith({ attempts: 5 }), verdict: 'deny', nextAt: null },
  outside_window: { facts: factsWith({ open: closed }), verdict: 'defer', nextAt: inHours(3) },
  cap_reached: { facts: factsWith({ tried: triedThrice }), verdict: 'defer', nextAt: inHours(4) },
  cooling_down: { facts: factsWith(sparing), verdict: 'defer', nextAt: inHours(24) },
  abandoned_lately: {
    facts: factsWith({ tried: [tried(-70, TRIED.abandoned | TRIED.contact)] }),
    ...{ verdict: 'defer', nextAt: inHours(2) },
  },
  household_spoken: {
    facts: factsWith({ tried: [[at(-4), at(-3), TRIED.phone | CALLED]] }),
    ...{ verdict: 'defer', nextAt: inHours(21) },
  },
  no_consent: { facts: factsWith({ consent }), verdict: 'defer', nextAt: null },
  registry_stale: { facts: factsWith({ registries: stale }), verdict: 'defer', nextAt: null },
  mode_forbidden: { facts: factsWith({ modes: ['manual', 'preview'] }), verdict: 'defer', nextAt: null },
  caller_id_missing: { facts: factsWith({ callerId: { ...callerId, number: null } }), verdict: 'defer', nextAt: null },
  caller_id_unauthorised: {
    facts: factsWith({ callerId: { ...callerId, known: null } }),
    ...{ verdict: 'defer', nextAt: null },
  },
  already_live: { facts: factsWith({ live: true }), verdict: 'defer', nextAt: null },
  no_free_lines: { facts: factsWith({ campaign: { linesInUse: 10 } }), verdict: 'defer', nextAt: null },
  spend_ceiling: { facts: factsWith({ spending: { ...spending, today: 10 } }), verdict: 'defer', nextAt: inHours(14) },
  campaign_not_running: { facts: factsWith({ campaign: { state: 'paused' } }), verdict: 'defer', nextAt: null },
  lease_lost: { facts: factsWith({ campaign: { leaseHeld: false } }), verdict: 'defer', nextAt: null },
  clock_unsafe: { facts: factsWith({ clockSafe: false }), verdict: 'defer', nextAt: null },
};

const codesOf = (changes: Changes, now = NOW) => decide(factsWith(changes), now).reasons.map(({ code }) => code);

describe('the decision whether a phone may be called', () => {
  it('is yes when nothing speaks against it', () => {
    expect(decide(factsWith(), NOW)).toEqual({ verdict: 'allow', reasons: [], nextAt: null });
    expect(codesOf({ callerId, consent: { ...consent, ledger: [granted] }, spending, modes: ['ratio'] })).toEqual([]);
  });

  it.each(REFUSAL_CODES)('is no for %s alone, and says when that ends', (code) => {
    const { facts, verdict, nextAt } = ALONE[code];
    const decision = decide(facts, NOW);
    expect(decision).toMatchObject({ verdict, nextAt });
    expect(decision.reasons).toEqual([{ code, sentence: expect.stringMatching(/^[A-Z0-9].*\.$/), nextAt }]);
    if (nextAt) {
      const last = new Date(nextAt.getTime() - 1);
      expect(decide(facts, last).reasons.map((reason) => reason.code)).toContain(code);
      expect(decide(facts, nextAt).reasons.map((reason) => reason.code)).not.toContain(code);
    }
  });

  it('names every rule that says no, not the first alone', () => {
    const decision = decide(
      factsWith({
        attempts: 6,
        clockSafe: false,
        open: closed,
        registries: stale,
        ...sparing,
        suppressions: suppressed,
        live: true,
        consent,
        modes: [],
        callerId: { ...callerId, known: null },
        spending: { ...spending, total: 100 },
        tried: [...triedThrice, [at(-4), at(-3), TRIED.phone | CALLED | TRIED.abandoned]],
        campaign: { state: 'paused', leaseHeld: false, linesInUse: 11 },
      }),
      NOW,
    );
    const all = REFUSAL_CODES.filter((code) => code !== 'caller_id_missing');
    expect(decision.reasons.map((reason) => reason.code).sort()).toEqual([...all].sort());
    expect(decision).toMatchObject({ verdict: 'deny', nextAt: null });
  });

  it('names each suppression and each cap by itself', () => {
    const week = [-100, -80, -60, -30, -20, -10, -1].map((hours) => tried(hours));
    const suppressions = [...suppressed, { scope: 'company', reason: 'carrier_block' }];
    const { reasons } = decide(factsWith({ suppressions, tried: week }), NOW);
    expect(reasons.map(({ code, nextAt }) => [code, nextAt])).toEqual([
      ['suppressed', null],
      ['suppressed', null],
      ['cap_reached', inHours(4)],
      ['cap_reached', inHours(68)],
    ]);
    expect(reasons[1]!.sentence).toContain('carrier block');
  });

  it('leaves who refused alone until the last instant of the cool-down, and keeps a promise all the same', () => {
    const codes = (refusedAt: number | null, promisedAt: number | null = null) =>
      codesOf({ sparedDays: 2, refusedAt, promisedAt });
    expect(codes(at(-48) + 1)).toEqual(['cooling_down']);
    expect(codes(at(-48))).toEqual([]);
    expect(codes(null)).toEqual([]);
    expect(codes(at(-1), at(-2))).toEqual([]);
  });

  it('names the list, where a list says no', () => {
    const registry = { scope: 'company', reason: 'registry', list: 'TPS' };
    const { reasons } = decide(factsWith({ suppressions: [registry] }), NOW);
    expect(reasons[0]!.sentence).toBe('The number may not be called (registry TPS, scope company).');
  });

  it('says how old a registry is, and how old it may be', () => {
    const [reason] = decide(factsWith({ registries: stale }), NOW).reasons;
    expect(reason!.sentence).toBe('The file of the registry TPS is 29 days old; it may be 28 days old at most.');
    const none = decide(factsWith({ registries: [{ ...stale[0]!, datedAt: null }] }), NOW).reasons;
    expect(none.map(({ code, sentence }) => [code, sentence])).toEqual([
      ['registry_stale', expect.stringMatching(/^No file of the registry TPS is in force/)],
    ]);
  });

  it('takes a registry on its last day, and not an instant later', () => {
    const dated = (ms: number) => [{ registry: 'TPS', maxAgeDays: 28, datedAt: at(-24 * 28) - ms }];
    expect(codesOf({ registries: dated(0) })).toEqual([]);
    expect(codesOf({ registries: dated(1) })).toEqual(['registry_stale']);
  });

  it('waits for the last of the reasons whose end is known', () => {
    const both = decide(factsWith({ open: closed, tried: triedThrice }), NOW);
    expect(both).toMatchObject({ verdict: 'defer', nextAt: inHours(4) });
  });

  it('promises no instant while one of the reasons has none', () => {
    expect(decide(factsWith({ open: closed, live: true }), NOW).nextAt).toBeNull();
    expect(decide(factsWith({ open: [] }), NOW)).toMatchObject({ verdict: 'defer', nextAt: null });
  });

  it('is final, whatever else, for a suppressed number and for one that was tried often enough', () => {
    for (const code of REFUSAL_CODES) {
      const { facts } = ALONE[code];
      expect(decide({ ...facts, attempts: 5 }, NOW).verdict).toBe('deny');
      expect(decide({ ...facts, suppressions: suppressed }, NOW).verdict).toBe('deny');
    }
  });

  it('lets a promised call pass what is ours: the limit of attempts, the sparing, the pause of a household', () => {
    const spoken: Tried = [at(-4), at(-3), TRIED.phone | CALLED];
    expect(codesOf({ attempts: 9, ...sparing, tried: [spoken], promisedAt: at(-200) })).toEqual([]);
  });

  it.each(REFUSAL_CODES.filter((code) => !['attempts_exhausted', 'cooling_down', 'household_spoken'].includes(code)))(
    'lets a promised call pass no law: %s holds',
    (code) => {
      const decision = decide({ ...ALONE[code].facts, promisedAt: at(-200) }, NOW);
      expect(decision.reasons.map((reason) => reason.code)).toEqual([code]);
    },
  );
});

describe('what an earlier call asks for', () => {
  const rule = (after: 'refusal' | 'contact', scope: 'campaign' | 'company') => ({
    coolDowns: [{ after, hours: 60 * 24, scope } as const],
  });

  it('is a cool-down of the law after a refusal, in whatever campaign', () => {
    expect(codesOf({ ...rule('refusal', 'company'), declinedAt: at(-59 * 24) })).toEqual(['cooling_down']);
    expect(codesOf({ ...rule('refusal', 'company'), declinedAt: at(-60 * 24) })).toEqual([]);
    expect(codesOf({ ...rule('refusal', 'company'), declinedAt: null })).toEqual([]);
  });

  it('leaves nobody alone for whom only the offer was wrong', () => {
    expect(codesOf({ ...rule('refusal', 'company'), declinedAt: null, refusedAt: at(-1) })).toEqual([]);
  });

  it('leaves to the suppression of that call what is asked for within one campaign', () => {
    expect(codesOf({ ...rule('refusal', 'campaign'), declinedAt: at(-1) })).toEqual([]);
  });

  it('is a cool-down after a conversation with the person or at the phone, in the campaign or everywhere', () => {
    const elsewhere = [tried(-9, CALLED)].map(([a, b, what]): Tried => [a, b, what & ~TRIED.campaign]);
    expect(codesOf({ ...rule('contact', 'company'), tried: elsewhere })).toEqual(['cooling_down']);
    expect(codesOf({ ...rule('contact', 'campaign'), tried: elsewhere })).toEqual([]);
    expect(codesOf({ ...rule('contact', 'campaign'), tried: [tried(-9, CALLED)] })).toEqual(['cooling_down']);
  });

  it('counts from the last one', () => {
    const decision = decide(
      factsWith({ ...rule('contact', 'company'), tried: [tried(-1400, 8), tried(-1000, 8)] }),
      NOW,
    );
    expect(decision.nextAt).toEqual(inHours(440));
  });

  it('ends with what the person says later: a call that they asked for afterwards may be made', () => {
    const twice = { ...rule('refusal', 'company'), declinedAt: at(-30) };
    expect(codesOf({ ...twice, promisedAt: at(-20) })).toEqual([]);
    expect(codesOf({ ...twice, promisedAt: at(-40) })).toEqual(['cooling_down']);
    const abandoned = { tried: [tried(-30, TRIED.abandoned)] };
    expect(codesOf({ ...abandoned, promisedAt: at(-20) })).toEqual([]);
    expect(codesOf({ ...abandoned, promisedAt: at(-40) })).toEqual(['abandoned_lately']);
  });

  it('is no pause of a household after one’s own conversation, nor after one at another phone of one’s own', () => {
    expect(codesOf({ tried: [tried(-3, CALLED)] })).toEqual([]);
    expect(codesOf({ tried: [[at(-3), at(-3), TRIED.person | CALLED]] })).toEqual([]);
    expect(codesOf({ tried: [[at(-3), at(-3), TRIED.phone | TRIED.contact]] })).toEqual([]);
    expect(codesOf({ tried: [[at(-3), at(-3), TRIED.phone | CALLED]], householdPauseHours: 0 })).toEqual([]);
  });
});

describe('consent', () => {
  const codes = (ledger: unknown[], more: Partial<typeof consent> = {}) =>
    codesOf({ consent: { ...consent, ledger: ledger as never, ...more } });

  it('must hold now: not taken back, not run out, not too old, in the form and for the campaign that is asked for', () => {
    expect(codes([granted])).toEqual([]);
    const withdrawn = { ...granted, id: 2, kind: 'withdrawn', form: null, at: inHours(-24).toISOString() };
    expect(codes([granted, withdrawn])).toEqual(['no_consent']);
    expect(codes([{ ...granted, validTo: NOW.toISOString() }])).toEqual(['no_consent']);
    expect(codes([granted], { maxAgeDays: 99 })).toEqual(['no_consent']);
    expect(codes([granted], { form: 'written' })).toEqual(['no_consent']);
    expect(codes([{ ...granted, scope: 'campaign', campaignId: 8 }])).toEqual(['no_consent']);
    expect(codes([{ ...granted, proven: false }])).toEqual(['no_consent']);
  });
});

describe('the number that is shown', () => {
  const fault = (changes: Partial<typeof known>, more: Partial<typeof callerId.rule> = {}) =>
    codesOf({
      callerId: { ...callerId, rule: { ...callerId.rule, ...more }, known: { ...known, ...changes } as never },
    });

  it('must be ours to show, there and now, and be what the rule asks for', () => {
    expect(fault({})).toEqual([]);
    expect(fault({ countries: ['FR', 'BE'] as never })).toEqual([]);
    for (const changes of [{ countries: ['BE'] }, { validTo: NOW.getTime() }, { mobile: true }, { registered: false }])
      expect(fault(changes as never)).toEqual(['caller_id_unauthorised']);
    expect(fault({}, { prefixes: ['332'] })).toEqual(['caller_id_unauthorised']);
    expect(fault({}, { prefixes: [] })).toEqual(['caller_id_unauthorised']);
  });
});

describe('a ceiling of spending', () => {
  it('is reached by its last hundredth, for the day or for good', () => {
    expect(codesOf({ spending: { ...spending, today: 9.99 } })).toEqual([]);
    expect(decide(factsWith({ spending: { ...spending, total: 100 } }), NOW)).toMatchObject({ nextAt: null });
    expect(codesOf({ spending: { ...spending, today: 1e9, daily: null } })).toEqual([]);
  });
});

describe('a rule that is added', () => {
  const hour = fc.integer({ min: -200, max: 0 });
  const cap: fc.Arbitrary<CapRule> = fc.record({
    key: fc.constantFrom('phone', 'person', 'campaign'),
    count: fc.constantFrom('attempts', 'contacts'),
    max: fc.integer({ min: 1, max: 5 }),
    window: fc.oneof(
      fc.record({ hours: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ days: fc.integer({ min: 1, max: 8 }) }),
    ),
  });
  const suppression = fc.constantFrom(
    { scope: 'campaign', reason: 'request' },
    { scope: 'global', reason: 'registry' },
  );
  const interval = fc
    .tuple(fc.integer({ min: -5, max: 10 }), fc.integer({ min: 1, max: 10 }))
    .map(([from, length]) => ({ start: at(from), end: at(from + length) }));
  const registry = fc.record({
    registry: fc.constantFrom('TPS', 'CTPS'),
    maxAgeDays: fc.integer({ min: 1, max: 31 }),
    datedAt: fc.option(fc.integer({ min: 0, max: 40 }).map((days) => at(-24 * days))),
  });
  const coolDown = fc.record({
    after: fc.constantFrom('refusal' as const, 'abandoned' as const, 'contact' as const),
    hours: fc.integer({ min: 1, max: 100 }),
    scope: fc.constantFrom('campaign' as const, 'company' as const),
  });
  const attempt = fc
    .tuple(hour, fc.integer({ min: 1, max: 63 }))
    .map(([hours, what]): Tried => [at(hours), at(hours) + 60_000, what]);
  const world = fc.record({
    registries: fc.array(registry, { maxLength: 2 }),
    caps: fc.array(cap, { maxLength: 3 }),
    coolDowns: fc.array(coolDown, { maxLength: 2 }),
    tried: fc.array(attempt, { maxLength: 8 }).map((list) => list.sort((a, b) => a[0] - b[0])),
    zones: fc.subarray(['Europe/Paris', 'Pacific/Auckland', 'America/New_York'], { minLength: 1 }),
    suppressions: fc.array(suppression, { maxLength: 1 }),
    open: fc.array(interval, { maxLength: 1 }),
    refusedAt: fc.option(hour.map((hours) => at(hours))),
    declinedAt: fc.option(hour.map((hours) => at(hours))),
    promisedAt: fc.option(hour.map((hours) => at(hours))),
    attempts: fc.integer({ min: 0, max: 6 }),
    redialAfterHours: fc.integer({ min: 0, max: 100 }),
    householdPauseHours: fc.integer({ min: 0, max: 48 }),
    modes: fc.constantFrom<string[]>(['ratio', 'manual'], ['manual']),
  });
  type World = typeof world extends fc.Arbitrary<infer T> ? T : never;
  const isAllowed = (facts: World) => decide(factsWith(facts), NOW).verdict === 'allow';

  it('never enables a call: a suppression, a cap, a pause, an attempt more, a narrower window, a registry', () => {
    fc.assert(
      fc.property(
        fc.tuple(world, suppression, cap, registry, coolDown, attempt, fc.integer({ min: 0, max: 5 })),
        ([facts, ban, limit, more, pause, call, cut]) => {
          const stricter: World[] = [
            { ...facts, suppressions: [...facts.suppressions, ban] },
            { ...facts, caps: [...facts.caps, limit] },
            { ...facts, coolDowns: [...facts.coolDowns, pause] },
            { ...facts, tried: [...facts.tried, call].sort((a, b) => a[0] - b[0]) },
            { ...facts, zones: [...facts.zones, 'Asia/Tokyo'] },
            { ...facts, attempts: facts.attempts + 1 },
            { ...facts, registries: [...facts.registries, more] },
            { ...facts, registries: facts.registries.map((rule) => ({ ...rule, maxAgeDays: rule.maxAgeDays - 1 })) },
            { ...facts, promisedAt: null },
            { ...facts, redialAfterHours: facts.redialAfterHours + cut },
            { ...facts, householdPauseHours: facts.householdPauseHours + cut },
            { ...facts, modes: [] },
            { ...facts, open: facts.open.map(({ start, end }) => ({ start: start + cut * HOUR, end })) },
            { ...facts, open: facts.open.map(({ start, end }) => ({ start, end: end - cut * HOUR })) },
          ];
          for (const world of stricter) if (isAllowed(world)) expect(isAllowed(facts)).toBe(true);
          expect(isAllowed(stricter[0]!)).toBe(false);
        },
      ),
    );
  });

  it('is yes exactly when there is no reason, and reads the same from stored facts', () => {
    fc.assert(
      fc.property(world, (facts) => {
        const decision = decide(factsWith(facts), NOW);
        expect(decision.verdict === 'allow').toBe(decision.reasons.length === 0);
        const stored: unknown = JSON.parse(JSON.stringify(factsWith(facts)));
        expect(replay(stored, NOW)).toEqual(decision);
      }),
    );
  });
});

describe('a decision of an older shape', () => {
  it('replays as what it meant', () => {
    const stored = {
      campaign: { state: 'running', maxAttempts: 5, maxLines: 10, linesInUse: 0, leaseHeld: true },
      attempts: 0,
      coolDown: { days: 2, refusedAt: inHours(-24).toISOString() },
      promised: false,
      phone: { suppressions: [], live: true, triedAt: [-20, -10, -1].map((hours) => inHours(hours).toISOString()) },
      caps: [{ max: 3, windowMs: DAY }],
      registries: [{ registry: 'TPS', maxAgeDays: 28, datedAt: null }],
      open: closed,
      clockSafe: true,
    };
    const { verdict, reasons } = replay(stored, NOW);
    expect(verdict).toBe('defer');
    expect(reasons.map(({ code, nextAt }) => [code, nextAt])).toEqual([
      ['registry_stale', null],
      ['already_live', null],
      ['cooling_down', inHours(24)],
      ['cap_reached', inHours(4)],
      ['outside_window', inHours(3)],
    ]);
    expect(replay({ ...stored, promised: true }, NOW).reasons.map(({ code }) => code)).not.toContain('cooling_down');
  });
});

describe('a cap', () => {
  const minutes = (count: number) => NOW.getTime() + count * 60_000;
  const hourly = (max: number, hours = 1): CapRule => ({ key: 'phone', count: 'attempts', max, window: { hours } });
  const free = (cap: CapRule, list: number[], now = NOW.getTime(), zones = ['UTC']) => capFreeAt(cap, list, zones, now);

  it('lets so many through, and the next when the oldest that counts has left the window', () => {
    expect(free(hourly(2), [minutes(-30)])).toBeNull();
    expect(free(hourly(2), [minutes(-50), minutes(-30)])).toEqual(minutes(10));
    // Over the limit already, as by a cap that was tightened: two of them have to leave.
    expect(free(hourly(2), [minutes(-50), minutes(-30), minutes(-20)])).toEqual(minutes(30));
  });

  it('counts an attempt until its window has passed to the millisecond', () => {
    expect(free(hourly(1), [minutes(-60) + 1])).toBe(NOW.getTime() + 1);
    expect(free(hourly(1), [minutes(-60)])).toBeNull();
  });

  it('counts a phone, a person on all their phones, or a person in the campaign; attempts, or those that were answered', () => {
    const all: Tried[] = [
      [1, 1, TRIED.phone],
      [2, 2, TRIED.phone | TRIED.contact],
      [3, 3, TRIED.person],
      [4, 4, TRIED.person | TRIED.campaign | TRIED.contact],
      [5, 5, TRIED.phone | TRIED.person | TRIED.campaign],
    ];
    const counted = (key: CapRule['key'], count: CapRule['count']) =>
      countedBy({ key, count, max: 1, window: { hours: 1 } }, all);
    expect(counted('phone', 'attempts')).toEqual([1, 2, 5]);
    expect(counted('phone', 'contacts')).toEqual([2]);
    expect(counted('person', 'attempts')).toEqual([3, 4, 5]);
    expect(counted('campaign', 'attempts')).toEqual([4, 5]);
    expect(counted('person', 'contacts')).toEqual([4]);
  });

  it('frees the first instant at which no window of its length would hold too many, and none before', () => {
    const list = fc
      .array(fc.integer({ min: -300, max: 0 }), { maxLength: 9 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (list, max, hours) => {
        // Windows that end with a new attempt at `at`: how many of the old lie in it.
        const counted = (at: number) => list.filter((minute) => minute > at - hours * 60 && minute <= at).length;
        let first = 0;
        while (counted(first) >= max) first++;
        expect(free(hourly(max, hours), list.map(minutes))).toEqual(first === 0 ? null : minutes(first));
      }),
    );
  });

  it('holds in every sliding window when attempts are made as soon as it allows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        (gaps, max) => {
          const made: number[] = [];
          let now = NOW.getTime();
          for (const gap of gaps) {
            now += gap * 60_000;
            now = free(hourly(max), made, now) ?? now;
            made.push(now);
          }
          for (const start of made)
            expect(made.filter((each) => each >= start && each < start + HOUR).length).toBeLessThanOrEqual(max);
        },
      ),
    );
  });

  it('by days holds on the calendar of every zone where the person may be, and ends at a midnight of theirs', () => {
    const zones = ['Europe/Paris', 'America/New_York', 'Pacific/Auckland', 'Asia/Kolkata'];
    // Over both changes of the clocks.
    const start = fc.constantFrom('2026-03-06T12:00:00Z', '2026-03-28T20:00:00Z', '2026-10-24T12:00:00Z');
    fc.assert(
      fc.property(
        fc.tuple(
          start,
          fc.subarray(zones, { minLength: 1 }),
          fc.integer({ min: 1, max: 3 }),
          fc.integer({ min: 1, max: 4 }),
        ),
        fc.array(fc.integer({ min: -100, max: 0 }), { maxLength: 6 }),
        ([from, there, max, days], hours) => {
          const now = Date.parse(from);
          const list = hours.sort((a, b) => a - b).map((each) => now + each * HOUR + 123);
          const dayOf = (instant: number, zone: string) =>
            Math.round(Date.parse(`${DateTime.fromMillis(instant, { zone }).toISODate()!}T00:00:00Z`) / DAY);
          // By the hour: the first at which no zone has too many on the days that end with its own.
          const isFull = (instant: number) =>
            there.some((zone) => list.filter((each) => dayOf(each, zone) > dayOf(instant, zone) - days).length >= max);
          const cap: CapRule = { key: 'phone', count: 'attempts', max, window: { days } };
          const found = free(cap, list, now, there);
          expect(found !== null).toBe(isFull(now));
          if (found === null) return;
          expect(isFull(found)).toBe(false);
          expect(isFull(found - 1)).toBe(true);
          expect(
            there.some((zone) => DateTime.fromMillis(found, { zone }).toFormat('HH:mm:ss.SSS') === '00:00:00.000'),
          ).toBe(true);
        },
      ),
    );
  });
});
