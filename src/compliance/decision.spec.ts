import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { capFreeAt, decide, type DialFacts, type RefusalCode } from './decision.js';

const HOUR = 3_600_000;
const NOW = new Date('2026-03-02T10:00:00Z');
const inHours = (hours: number) => new Date(NOW.getTime() + hours * HOUR);

interface Changes extends Partial<Omit<DialFacts, 'campaign' | 'phone'>> {
  campaign?: Partial<DialFacts['campaign']>;
  phone?: Partial<DialFacts['phone']>;
}

/** A phone that may be called now; `changes` say what is different. */
function factsWith(changes: Changes = {}): DialFacts {
  return {
    attempts: 0,
    promised: false,
    caps: [
      { max: 3, windowMs: 24 * HOUR },
      { max: 7, windowMs: 168 * HOUR },
    ],
    registries: [{ registry: 'TPS', maxAgeDays: 28, datedAt: inHours(-24 * 28) }],
    open: [{ start: inHours(-1).getTime(), end: inHours(9).getTime() }],
    clockSafe: true,
    ...changes,
    campaign: { state: 'running', maxAttempts: 5, maxLines: 10, linesInUse: 0, leaseHeld: true, ...changes.campaign },
    phone: { suppressions: [], live: false, triedAt: [], ...changes.phone },
  };
}

const suppressed = { suppressions: [{ scope: 'client', reason: 'request' }] };
const triedThrice = { triedAt: [inHours(-20), inHours(-10), inHours(-1)] };
const stale = [{ registry: 'TPS', maxAgeDays: 28, datedAt: inHours(-24 * 29 - 1) }];
/** Refused a day ago, and left alone for two. */
const cooling = { days: 2, refusedAt: inHours(-24) };
const closed = [{ start: inHours(3).getTime(), end: inHours(8).getTime() }];

/** Each reason by itself: what brings it about, what it does, and when it ends. */
const ALONE: Record<RefusalCode, { facts: DialFacts; verdict: 'defer' | 'deny'; nextAt: Date | null }> = {
  suppressed: { facts: factsWith({ phone: suppressed }), verdict: 'deny', nextAt: null },
  attempts_exhausted: { facts: factsWith({ attempts: 5 }), verdict: 'deny', nextAt: null },
  outside_window: { facts: factsWith({ open: closed }), verdict: 'defer', nextAt: inHours(3) },
  cap_reached: { facts: factsWith({ phone: triedThrice }), verdict: 'defer', nextAt: inHours(4) },
  cooling_down: { facts: factsWith({ coolDown: cooling }), verdict: 'defer', nextAt: inHours(24) },
  registry_stale: { facts: factsWith({ registries: stale }), verdict: 'defer', nextAt: null },
  already_live: { facts: factsWith({ phone: { live: true } }), verdict: 'defer', nextAt: null },
  no_free_lines: { facts: factsWith({ campaign: { linesInUse: 10 } }), verdict: 'defer', nextAt: null },
  campaign_not_running: { facts: factsWith({ campaign: { state: 'paused' } }), verdict: 'defer', nextAt: null },
  lease_lost: { facts: factsWith({ campaign: { leaseHeld: false } }), verdict: 'defer', nextAt: null },
  clock_unsafe: { facts: factsWith({ clockSafe: false }), verdict: 'defer', nextAt: null },
};
const CODES = Object.keys(ALONE) as RefusalCode[];

describe('the decision whether a phone may be called', () => {
  it('is yes when nothing speaks against it', () => {
    expect(decide(factsWith(), NOW)).toEqual({ verdict: 'allow', reasons: [], nextAt: null });
  });

  it.each(CODES)('is no for %s alone, and says when that ends', (code) => {
    const { facts, verdict, nextAt } = ALONE[code];
    const decision = decide(facts, NOW);
    expect(decision).toMatchObject({ verdict, nextAt });
    expect(decision.reasons).toEqual([{ code, sentence: expect.stringMatching(/^[A-Z].*\.$/), nextAt }]);
  });

  it('names every rule that says no, not the first alone', () => {
    const decision = decide(
      factsWith({
        attempts: 6,
        clockSafe: false,
        open: closed,
        registries: stale,
        coolDown: cooling,
        campaign: { state: 'paused', leaseHeld: false, linesInUse: 11 },
        phone: { ...suppressed, ...triedThrice, live: true },
      }),
      NOW,
    );
    expect(decision.reasons.map((reason) => reason.code).sort()).toEqual([...CODES].sort());
    expect(decision).toMatchObject({ verdict: 'deny', nextAt: null });
  });

  it('names each suppression and each cap by itself', () => {
    const week = [-100, -80, -60, -30, -20, -10, -1].map(inHours);
    const suppressions = [...suppressed.suppressions, { scope: 'company', reason: 'carrier_block' }];
    const { reasons } = decide(factsWith({ phone: { suppressions, triedAt: week } }), NOW);
    expect(reasons.map(({ code, nextAt }) => [code, nextAt])).toEqual([
      ['suppressed', null],
      ['suppressed', null],
      ['cap_reached', inHours(4)],
      ['cap_reached', inHours(68)],
    ]);
    expect(reasons[1]!.sentence).toContain('carrier block');
  });

  it('leaves who refused alone until the last instant of the cool-down, and keeps a promise all the same', () => {
    const codes = (refusedAt: Date | null, promised = false) =>
      decide(factsWith({ coolDown: { days: 2, refusedAt }, promised }), NOW).reasons.map(({ code }) => code);
    expect(codes(new Date(inHours(-48).getTime() + 1))).toEqual(['cooling_down']);
    expect(codes(inHours(-48))).toEqual([]);
    expect(codes(null)).toEqual([]);
    expect(codes(inHours(-1), true)).toEqual([]);
  });

  it('names the list, where a list says no', () => {
    const registry = { scope: 'company', reason: 'registry', list: 'TPS' };
    const { reasons } = decide(factsWith({ phone: { suppressions: [registry] } }), NOW);
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
    const dated = (ms: number) => [
      { registry: 'TPS', maxAgeDays: 28, datedAt: new Date(inHours(-24 * 28).getTime() - ms) },
    ];
    expect(decide(factsWith({ registries: dated(0) }), NOW).verdict).toBe('allow');
    expect(decide(factsWith({ registries: dated(1) }), NOW).reasons.map(({ code }) => code)).toEqual([
      'registry_stale',
    ]);
  });

  it('waits for the last of the reasons whose end is known', () => {
    const both = decide(factsWith({ open: closed, phone: triedThrice }), NOW);
    expect(both).toMatchObject({ verdict: 'defer', nextAt: inHours(4) });
  });

  it('promises no instant while one of the reasons has none', () => {
    expect(decide(factsWith({ open: closed, phone: { live: true } }), NOW).nextAt).toBeNull();
    expect(decide(factsWith({ open: [] }), NOW)).toMatchObject({ verdict: 'defer', nextAt: null });
  });

  it('is final, whatever else, for a suppressed number and for one that was tried often enough', () => {
    for (const code of CODES) {
      const { attempts: _, phone, ...facts } = ALONE[code].facts;
      expect(decide(factsWith({ ...facts, phone, attempts: 5 }), NOW).verdict).toBe('deny');
      expect(decide(factsWith({ ...facts, phone: { ...phone, ...suppressed } }), NOW).verdict).toBe('deny');
    }
  });

  it('lets a promised call pass the campaign’s limit of attempts and its cool-down', () => {
    expect(decide(factsWith({ attempts: 9, coolDown: cooling, promised: true }), NOW).verdict).toBe('allow');
  });

  it.each(CODES.filter((code) => code !== 'attempts_exhausted' && code !== 'cooling_down'))(
    'lets a promised call pass no law: %s holds',
    (code) => {
      const decision = decide({ ...ALONE[code].facts, promised: true }, NOW);
      expect(decision.reasons.map((reason) => reason.code)).toEqual([code]);
    },
  );
});

describe('a rule that is added', () => {
  const hour = fc.integer({ min: -200, max: 0 }).map(inHours);
  const cap = fc.record({
    max: fc.integer({ min: 1, max: 5 }),
    windowMs: fc.integer({ min: 1, max: 200 }).map((h) => h * HOUR),
  });
  const suppression = fc.constantFrom(
    { scope: 'campaign', reason: 'request' },
    { scope: 'global', reason: 'registry' },
  );
  const interval = fc
    .tuple(fc.integer({ min: -5, max: 10 }), fc.integer({ min: 1, max: 10 }))
    .map(([from, length]) => ({ start: inHours(from).getTime(), end: inHours(from + length).getTime() }));
  const registry = fc.record({
    registry: fc.constantFrom('TPS', 'CTPS'),
    maxAgeDays: fc.integer({ min: 1, max: 31 }),
    datedAt: fc.option(fc.integer({ min: 0, max: 40 }).map((days) => inHours(-24 * days))),
  });
  const world = fc.record({
    registries: fc.array(registry, { maxLength: 2 }),
    caps: fc.array(cap, { maxLength: 3 }),
    triedAt: fc.array(hour, { maxLength: 8 }).map((tried) => tried.sort((a, b) => a.getTime() - b.getTime())),
    suppressions: fc.array(suppression, { maxLength: 1 }),
    open: fc.array(interval, { maxLength: 1 }),
    promised: fc.boolean(),
    attempts: fc.integer({ min: 0, max: 6 }),
  });
  type World = typeof world extends fc.Arbitrary<infer T> ? T : never;
  const factsOf = ({ triedAt, suppressions, ...rest }: World) =>
    factsWith({ ...rest, phone: { triedAt, suppressions } });
  const isAllowed = (facts: World) => decide(factsOf(facts), NOW).verdict === 'allow';

  it('never enables a call: a suppression, a cap, an attempt more, a narrower window, a registry', () => {
    fc.assert(
      fc.property(world, suppression, cap, registry, fc.integer({ min: 0, max: 5 }), (facts, ban, limit, more, cut) => {
        const stricter: World[] = [
          { ...facts, suppressions: [...facts.suppressions, ban] },
          { ...facts, caps: [...facts.caps, limit] },
          { ...facts, triedAt: [...facts.triedAt, NOW] },
          { ...facts, attempts: facts.attempts + 1 },
          { ...facts, registries: [...facts.registries, more] },
          { ...facts, registries: facts.registries.map((rule) => ({ ...rule, maxAgeDays: rule.maxAgeDays - 1 })) },
          { ...facts, promised: false },
          { ...facts, open: facts.open.map(({ start, end }) => ({ start: start + cut * HOUR, end })) },
          { ...facts, open: facts.open.map(({ start, end }) => ({ start, end: end - cut * HOUR })) },
        ];
        for (const world of stricter) if (isAllowed(world)) expect(isAllowed(facts)).toBe(true);
        expect(isAllowed(stricter[0]!)).toBe(false);
      }),
    );
  });

  it('is yes exactly when there is no reason, and reads the same from stored facts', () => {
    fc.assert(
      fc.property(world, (facts) => {
        const decision = decide(factsOf(facts), NOW);
        expect(decision.verdict === 'allow').toBe(decision.reasons.length === 0);
        const stored = JSON.parse(JSON.stringify(factsOf(facts))) as DialFacts;
        const revived = {
          ...stored,
          phone: { ...stored.phone, triedAt: stored.phone.triedAt.map((at) => new Date(at)) },
          registries: stored.registries.map((rule) => ({ ...rule, datedAt: rule.datedAt && new Date(rule.datedAt) })),
        };
        expect(decide(revived, NOW)).toEqual(decision);
      }),
    );
  });
});

describe('a cap on attempts', () => {
  const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);

  it('lets so many through, and the next when the oldest that counts has left the window', () => {
    const cap = { max: 2, windowMs: 60 * 60_000 };
    expect(capFreeAt(cap, [minutes(-30)], NOW)).toBeNull();
    expect(capFreeAt(cap, [minutes(-50), minutes(-30)], NOW)).toEqual(minutes(10));
    // Over the limit already, as by a cap that was tightened: two of them have to leave.
    expect(capFreeAt(cap, [minutes(-50), minutes(-30), minutes(-20)], NOW)).toEqual(minutes(30));
  });

  it('counts an attempt until its window has passed to the millisecond', () => {
    const cap = { max: 1, windowMs: 60 * 60_000 };
    expect(capFreeAt(cap, [new Date(NOW.getTime() - cap.windowMs + 1)], NOW)).toEqual(new Date(NOW.getTime() + 1));
    expect(capFreeAt(cap, [minutes(-60)], NOW)).toBeNull();
  });

  it('frees the first instant at which no window of its length would hold too many, and none before', () => {
    const tried = fc
      .array(fc.integer({ min: -100, max: 0 }), { maxLength: 9 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(tried, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 90 }), (list, max, length) => {
        const cap = { max, windowMs: length * 60_000 };
        // Windows of `length` minutes that end with a new attempt at `at`: how many of the old lie in it.
        const counted = (at: number) => list.filter((minute) => minute > at - length && minute <= at).length;
        let first = 0;
        while (counted(first) >= max) first++;
        expect(capFreeAt(cap, list.map(minutes), NOW)).toEqual(first === 0 ? null : minutes(first));
      }),
    );
  });

  it('holds in every sliding window when attempts are made as soon as it allows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        (gaps, max) => {
          const cap = { max, windowMs: 60 * 60_000 };
          const made: Date[] = [];
          let now = NOW;
          for (const gap of gaps) {
            now = new Date(now.getTime() + gap * 60_000);
            const free = capFreeAt(cap, made, now);
            now = free ?? now;
            made.push(now);
          }
          for (const start of made) {
            const within = made.filter((at) => at >= start && at.getTime() < start.getTime() + cap.windowMs);
            expect(within.length).toBeLessThanOrEqual(max);
          }
        },
      ),
    );
  });
});
