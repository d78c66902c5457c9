import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { openIntervals, openingAt } from './calling-hours.js';
import { decide, type DialFacts, type Tried } from './decision.js';
import type { StoredConsent } from './consent.js';
import { meet, meetAll, profilesFor, ruleOf } from './effective-rule.js';
import { fillFrom, type LoadedProfile } from './profile-document.js';
import {
  CONSENTS,
  RECORDINGS,
  RULE_MODES,
  WEEKDAYS,
  type CapRule,
  type ConsentRule,
  type CoolDown,
  type EffectiveRule,
  type Purpose,
  type RegistryRule,
  type RuleMode,
  type WeekHours,
} from './profile.js';
import { loadShippedProfiles } from './shipped-profiles.js';

/** Rules that object to everything would let nothing be seen: most cells ask for little. */
const mostly = <T>(mild: T, others: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(mild) }, { weight: 1, arbitrary: others });
const clockTime = (half: number) => `${String(half >> 1).padStart(2, '0')}:${half % 2 ? '30' : '00'}`;
const window = fc
  .tuple(fc.integer({ min: 0, max: 48 }), fc.integer({ min: 0, max: 48 }))
  .filter(([a, b]) => a !== b)
  .map(([a, b]): [string, string] => [clockTime(Math.min(a, b)), clockTime(Math.max(a, b))]);
const ALWAYS: WeekHours = Object.fromEntries(WEEKDAYS.map((day) => [day, [['00:00', '24:00']]]));
const week = mostly(
  ALWAYS,
  fc
    .record(Object.fromEntries(WEEKDAYS.map((day) => [day, fc.array(window, { maxLength: 3 })])))
    .map((days): WeekHours => days),
);
const cap = fc.record({
  key: fc.constantFrom('phone' as const, 'person' as const, 'campaign' as const),
  count: fc.constantFrom('attempts' as const, 'contacts' as const),
  max: fc.integer({ min: 1, max: 4 }),
  window: fc.oneof(
    fc.integer({ min: 1, max: 72 }).map((hours) => ({ hours })),
    fc.integer({ min: 1, max: 7 }).map((days) => ({ days })),
  ),
});
const coolDown = fc.record({
  after: fc.constantFrom('refusal' as const, 'abandoned' as const, 'contact' as const),
  hours: fc.integer({ min: 1, max: 100 }),
  scope: fc.constantFrom('campaign' as const, 'company' as const),
});
const registry = fc.record({ registry: fc.constantFrom('TPS', 'CTPS'), maxAgeDays: fc.integer({ min: 1, max: 40 }) });
const prefix = fc.constantFrom('3', '33', '331', '339', '44', '4420', '7', '7495');

/** As a profile by itself makes it; what comes out of a meet are such rules too. */
const rule: fc.Arbitrary<EffectiveRule> = fc
  .record({
    code: fc.constantFrom('one', 'two', 'three'),
    hours: week,
    closedOnHolidays: mostly(false, fc.constant(true)),
    closingMarginSeconds: fc.constantFrom(0, 30, 60, 600),
    caps: mostly<CapRule[]>([], fc.array(cap, { maxLength: 2 })),
    coolDowns: mostly<CoolDown[]>([], fc.array(coolDown, { maxLength: 1 })),
    consent: mostly<ConsentRule>('none', fc.constantFrom(...CONSENTS)),
    consentMaxAgeDays: fc.option(fc.integer({ min: 1, max: 800 })),
    registries: mostly<RegistryRule[]>([], fc.array(registry, { maxLength: 2 })),
    modes: mostly<RuleMode[]>([...RULE_MODES], fc.subarray([...RULE_MODES])),
    abandon: fc.record({
      maxRate: fc.constantFrom(0, 0.01, 0.03),
      windowDays: fc.constantFrom(1, 30),
      connectTimeoutMs: fc.constantFrom(1_000, 2_000),
      message: fc.boolean(),
      redialAfterHours: mostly(0, fc.constantFrom(24, 72)),
    }),
    ring: fc.record({ minSeconds: fc.constantFrom(10, 15, 20), maxSeconds: fc.constantFrom(30, 60) }),
    callerId: fc.record({
      required: mostly(false, fc.constant(true)),
      mobileAllowed: mostly(true, fc.constant(false)),
      prefixes: mostly<string[] | null>(null, fc.array(prefix, { maxLength: 3 })),
      registered: mostly(false, fc.constant(true)),
    }),
    recording: fc.constantFrom(...RECORDINGS),
    retentionDays: fc.constantFrom(365, 1_826),
  })
  .map(({ code, hours, ...cells }) =>
    ruleOf({ code, version: '1', hash: code, rule: { ...cells, hours: [hours] } } as unknown as LoadedProfile),
  );

const SUNDAY = new Date('2026-03-08T00:00:00Z');
const HOUR = 3_600_000;

/** What happened to a person before, and what is known of them: none of it depends on the rules. */
const situation = fc.record({
  zones: fc.subarray(['Europe/Paris', 'America/New_York', 'Asia/Ho_Chi_Minh'], { minLength: 1 }),
  holidays: fc.subarray(['2026-03-08', '2026-03-09', '2026-03-10', '2026-03-11']),
  minute: fc.integer({ min: 0, max: 4 * 24 * 60 }),
  mode: fc.constantFrom(...RULE_MODES),
  tried: fc.array(fc.tuple(fc.integer({ min: 1, max: 24 * 8 * 60 }), fc.integer({ min: 0, max: 127 })), {
    maxLength: 6,
  }),
  registryAgeDays: fc.integer({ min: 0, max: 45 }),
  consent: fc.option(fc.record({ written: fc.boolean(), ageDays: fc.integer({ min: 0, max: 900 }) })),
  callerId: fc.option(
    fc.record({
      number: prefix.map((digits) => `+${digits}123456789`.slice(0, 12)),
      mobile: fc.boolean(),
      registered: fc.boolean(),
    }),
  ),
});
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

function nowOf({ minute }: Situation): Date {
  return new Date(SUNDAY.getTime() + minute * 60_000);
}

/** The facts of a situation under a rule, as the gate lays them before the decision. */
function factsOf(effective: EffectiveRule, s: Situation): DialFacts {
  const now = nowOf(s);
  const closing = {
    closedDays: new Set(effective.closedOnHolidays ? s.holidays : []),
    marginSeconds: effective.closingMarginSeconds,
  };
  const tried = s.tried
    .map(([minutesAgo, what]): Tried => {
      const at = now.getTime() - minutesAgo * 60_000;
      return [at, at + 30_000, what];
    })
    .sort(([a], [b]) => a - b);
  const granted = (s.consent?.ageDays ?? 0) * 24 * HOUR;
  return {
    profiles: [],
    stamp: 1,
    campaign: { state: 'running', mode: s.mode, maxAttempts: 99, maxLines: 9, linesInUse: 0, leaseHeld: true },
    modes: effective.modes,
    ...((s.callerId !== null || effective.callerId.required) && {
      callerId: {
        number: s.callerId?.number ?? null,
        country: 'FR',
        rule: effective.callerId,
        known: s.callerId && {
          ...{ name: 'Ours', authority: 'owned', countries: [], validTo: null },
          ...{ mobile: s.callerId.mobile, registered: s.callerId.registered },
        },
      },
    }),
    attempts: 0,
    promisedAt: null,
    suppressions: [],
    live: false,
    tried,
    caps: effective.caps,
    zones: s.zones,
    coolDowns: effective.coolDowns,
    redialAfterHours: effective.abandon.redialAfterHours,
    householdPauseHours: 0,
    ...(effective.consent !== 'none' && {
      consent: {
        form: effective.consent,
        maxAgeDays: effective.consentMaxAgeDays,
        campaignId: 1,
        purpose: 'sales' as Purpose,
        ledger: s.consent ? [consentOf(s.consent.written, new Date(now.getTime() - granted))] : [],
      },
    }),
    registries: effective.registries.map((each) => ({
      ...each,
      datedAt: now.getTime() - s.registryAgeDays * 24 * HOUR,
    })),
    open: openIntervals(effective.hours, s.zones, now, 3, closing)
      .filter(({ end }) => end > now.getTime())
      .slice(0, 1),
    clockSafe: true,
  };
}

function consentOf(isWritten: boolean, at: Date): StoredConsent {
  return {
    ...{ id: 1, kind: 'granted', form: isWritten ? 'written' : 'prior', scope: 'company', campaignId: null },
    ...{ purpose: null, proven: true, at, validTo: null },
  } as const;
}

describe('the meet of rules', () => {
  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(rule, rule, rule, (a, b, c) => {
        expect(meet(a, b)).toEqual(meet(b, a));
        expect(meet(meet(a, b), c)).toEqual(meet(a, meet(b, c)));
        expect(meet(a, a)).toEqual(a);
        expect(meetAll([a, b, c, b])).toEqual(meetAll([c, b, a]));
      }),
    );
  });

  it('never enables a call: what is refused under one of them is refused under both', () => {
    let allowed = 0;
    fc.assert(
      fc.property(rule, rule, situation, (a, b, s) => {
        const now = nowOf(s);
        const alone = decide(factsOf(a, s), now);
        const together = decide(factsOf(meet(a, b), s), now);
        if (together.verdict !== 'allow') return;
        allowed++;
        expect(alone.verdict).toBe('allow');
      }),
      { numRuns: 600 },
    );
    // Else the law would hold of nothing.
    expect(allowed).toBeGreaterThan(10);
  });

  it('never forgets a reason: whatever one of them objects to, both do', () => {
    fc.assert(
      fc.property(rule, rule, situation, (a, b, s) => {
        const now = nowOf(s);
        const codes = (effective: EffectiveRule) =>
          new Set(decide(factsOf(effective, s), now).reasons.map(({ code }) => code));
        const together = codes(meet(a, b));
        for (const code of codes(a)) expect([...together]).toContain(code);
      }),
      { numRuns: 300 },
    );
  });

  it('opens no window and holds none open longer', () => {
    fc.assert(
      fc.property(rule, rule, situation, (a, b, s) => {
        const now = nowOf(s);
        const [alone, together] = [factsOf(a, s), factsOf(meet(a, b), s)].map(({ open }) => openingAt(open, now));
        if (!together!.open) return;
        expect(alone!.open).toBe(true);
        expect(together!.changesAt!.getTime()).toBeLessThanOrEqual(alone!.changesAt!.getTime());
      }),
    );
  });

  it('knows a prefix within another, and nothing that begins with both', () => {
    const withPrefixes = (prefixes: string[]) => {
      const [base] = fc.sample(rule, { numRuns: 1, seed: 1 });
      return { ...base!, callerId: { ...base!.callerId, prefixes } };
    };
    const met = (a: string[], b: string[]) => meet(withPrefixes(a), withPrefixes(b)).callerId.prefixes;
    expect(met(['33'], ['331', '339', '44'])).toEqual(['331', '339']);
    expect(met(['33'], ['44'])).toEqual([]);
    expect(met(['33', '331'], ['33'])).toEqual(['33']);
  });
});

describe('the profiles that apply', () => {
  const { house, documents } = loadShippedProfiles();
  const load = (all = documents) => all.map((document) => fillFrom(house, document));
  const known = { house: fillFrom(house, house), shipped: load(), uploaded: [] as LoadedProfile[] };
  const codes = (country: string, regions: string[] = [], purpose: Purpose = 'sales', uploaded = known.uploaded) =>
    profilesFor({ ...known, uploaded }, { country, regions }, purpose).map(({ code }) => code);

  it('are those of the country, of its region and of where the person is said to live', () => {
    expect(codes('FR')).toEqual(['fr']);
    expect(codes('US')).toEqual(['us']);
    expect(codes('US', ['US-FL'])).toEqual(['us', 'us-fl']);
    expect(codes('US', ['US-AL', 'US-FL'])).toEqual(['us', 'us-al', 'us-fl']);
    expect(codes('US', ['US-TX'])).toEqual(['us']);
    expect(codes('GB', ['FR-IDF'])).toEqual(['fr', 'gb']);
  });

  it('are the house’s where no shipped one speaks of the country, or of the purpose', () => {
    expect(codes('BR')).toEqual(['house']);
    expect(codes('FR', [], 'service')).toEqual(['house']);
    expect(codes('RU')).toEqual(['ru-sales']);
    expect(codes('RU', [], 'service')).toEqual(['ru-service']);
    expect(codes('GB', ['BR-SP'])).toEqual(['house', 'gb']);
  });

  it('have uploaded ones on top, never instead', () => {
    const mine = fillFrom(house, { ...documents.find(({ code }) => code === 'fr')!, code: 'mine' });
    const brazil = { ...mine, appliesWhen: { countries: ['BR'], regions: [], purposes: ['sales' as const] } };
    expect(codes('FR', [], 'sales', [mine])).toEqual(['fr', 'mine']);
    expect(codes('BR', [], 'sales', [brazil])).toEqual(['house', 'mine']);
  });

  it('let Russian sales be dialled by hand and in preview only', () => {
    const ru = meetAll(profilesFor(known, { country: 'RU', regions: [] }, 'sales').map((each) => ruleOf(each)));
    expect(ru.modes).toEqual(['manual', 'preview']);
    expect(ru.consent).toBe('prior');
    expect(ru.caps).toContainEqual({ key: 'person', count: 'attempts', max: 1, window: { days: 1 } });
  });

  it('make Florida stricter than the federal rules', () => {
    const of = (regions: string[]) =>
      meetAll(profilesFor(known, { country: 'US', regions }, 'sales').map((each) => ruleOf(each)));
    expect(of([]).hours[0]!.mon).toEqual([['08:00', '21:00']]);
    expect(of(['US-FL']).hours[0]!.mon).toEqual([['08:00', '20:00']]);
    expect(of(['US-FL']).consent).toBe('written');
    expect(of(['US-FL', 'US-AL']).hours[0]!.sun).toBeUndefined();
    expect(of(['US-FL']).registries).toEqual([{ registry: 'US-DNC', maxAgeDays: 31 }]);
  });
});
