import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { AGED_MS, blendOf, ladder, retryCreditAfter, wantsFresh, type Head } from './order.js';
import { TIER } from './retry-plan.js';

const NOW = Date.UTC(2026, 2, 2, 10);
const MINUTE = 60_000;
const FIRST = blendOf(null, null);

let ids = 0;
const head = (tier: number, more: Partial<Head> = {}): Head => ({
  ...{ id: ++ids, tier, rank: 0, due_at: NOW - MINUTE, owned: false },
  ...more,
});
const order = (heads: readonly Head[], blend = FIRST, now = NOW) => ladder(heads, blend, now).map(({ id }) => id);

const anyHead = fc.record({
  tier: fc.integer({ min: 0, max: 5 }),
  rank: fc.integer({ min: 0, max: 9 }),
  due_at: fc.integer({ min: 0, max: 12 * 60 }).map((minutes) => NOW - minutes * MINUTE),
  owned: fc.constant(false),
});
const anyHeads = fc
  .array(anyHead, { maxLength: 30 })
  .map((heads) => heads.map((each, id): Head => ({ id: id + 1, ...each })));
const anyBlend = fc.record({
  share: fc.integer({ min: 0, max: 20 }).map((n) => n / 20),
  credit: fc.integer({ min: 0, max: 99 }).map((n) => n / 100),
});

describe('the ladder', () => {
  it('has personal callbacks before shared ones, overdue before due, then those whom we abandoned, hot, retries, new', () => {
    const rungs = [
      head(TIER.callbackOverdue, { owned: true }),
      head(TIER.callback, { owned: true }),
      head(TIER.callbackOverdue),
      head(TIER.callback),
      head(TIER.abandoned),
      head(TIER.hot),
      head(TIER.retry),
      head(TIER.fresh),
    ];
    expect(order([...rungs].reverse())).toEqual(rungs.map(({ id }) => id));
  });

  it('orders hot and new leads by rank, all else by its time', () => {
    for (const tier of [TIER.hot, TIER.fresh]) {
      const [a, b] = [head(tier, { rank: 1 }), head(tier, { rank: 2, due_at: NOW - 5 * MINUTE })];
      expect(order([b, a])).toEqual([a.id, b.id]);
    }
    for (const tier of [TIER.callbackOverdue, TIER.callback, TIER.abandoned, TIER.retry]) {
      const [a, b] = [head(tier, { rank: 9, due_at: NOW - 5 * MINUTE }), head(tier, { rank: 1 })];
      expect(order([b, a])).toEqual([a.id, b.id]);
    }
  });

  it('lets who is overdue climb a rung each four hours, before those who belong there, and never over a callback', () => {
    const hours = (count: number) => NOW - count * 3_600_000;
    const hot = head(TIER.hot);
    const aged = head(TIER.retry, { due_at: hours(4) });
    const almost = head(TIER.retry, { due_at: hours(4) + 1 });
    expect(order([hot, almost, aged])).toEqual([aged.id, hot.id, almost.id]);
    const abandoned = head(TIER.abandoned);
    const old = head(TIER.retry, { due_at: hours(8) });
    expect(order([abandoned, old, hot])).toEqual([old.id, abandoned.id, hot.id]);
    const callback = head(TIER.callback, { due_at: NOW });
    expect(order([head(TIER.retry, { due_at: hours(1000) }), callback])[0]).toBe(callback.id);
  });

  it('takes a new lead along whose turn comes before an aged retry’s', () => {
    const [hot, fresh] = [head(TIER.hot), head(TIER.fresh)];
    const aged = head(TIER.retry, { due_at: NOW - AGED_MS });
    const half = { share: 0.5, credit: 0 };
    expect(order([hot, fresh, aged], half)).toEqual([fresh.id, aged.id, hot.id]);
    expect(order([hot, fresh, aged], { share: 0.5, credit: 0.5 })).toEqual([aged.id, hot.id, fresh.id]);
  });

  it('loses nobody and calls nobody twice', () => {
    fc.assert(
      fc.property(anyHeads, anyBlend, (heads, blend) => {
        expect(order(heads, blend).sort((a, b) => a - b)).toEqual(heads.map(({ id }) => id));
      }),
    );
  });

  it('starves nobody: whoever waits comes before all who arrive after enough time, but promises', () => {
    fc.assert(
      fc.property(anyHeads, anyBlend, anyHead, (heads, blend, waiting) => {
        fc.pre(waiting.tier >= TIER.abandoned && waiting.tier <= TIER.retry);
        const patient: Head = { ...waiting, id: 1000, due_at: NOW - 3 * AGED_MS };
        const late = heads.map((each) => ({ ...each, due_at: NOW - MINUTE }));
        const before = ladder([...late, patient], blend, NOW)
          .slice(0, -1)
          .map((each) => each);
        const place = before.findIndex(({ id }) => id === patient.id);
        const ahead = place < 0 ? before : before.slice(0, place);
        // New leads by their share, whatever the age of retries.
        const others = ahead.filter(({ tier }) => tier > TIER.callback && tier !== TIER.fresh);
        expect(others.map(({ tier }) => tier)).toEqual([]);
      }),
    );
  });

  it('gives its first turns to retries by their share, wherever these stand', () => {
    fc.assert(
      fc.property(anyBlend, fc.integer({ min: 1, max: 20 }), ({ share, credit }, turns) => {
        const both = Array.from({ length: turns }, (_, id) => [
          head(TIER.retry, { id: id + 1 }),
          head(TIER.fresh, { id: id + 101 }),
        ]).flat();
        const first = ladder(both, { share, credit }, NOW).slice(0, turns);
        const retries = first.filter(({ tier }) => tier === TIER.retry).length;
        expect(Math.abs(retries - (credit + share * turns))).toBeLessThan(1 + 1e-6);
        expect(wantsFresh({ share, credit }, turns)).toBe(retries < turns);
      }),
    );
  });
});

describe('the share of retries', () => {
  it('is kept to within one dial, however dials are bundled', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60 }),
        (share, bundles) => {
          let credit = 0;
          let dials = 0;
          let retries = 0;
          const both = Array.from({ length: 9 }, () => [head(TIER.retry), head(TIER.fresh)]).flat();
          for (const size of bundles) {
            const tiers = ladder(both, { share, credit }, NOW)
              .slice(0, size)
              .map(({ tier }) => tier);
            credit = retryCreditAfter(credit, share, tiers);
            dials += size;
            retries += tiers.filter((tier) => tier === TIER.retry).length;
            expect(Math.abs(retries - share * dials)).toBeLessThan(1 + 1e-6);
          }
        },
      ),
    );
  });

  it('leaves one dial of twenty to new leads where the campaign has none of its own, and the first to a retry', () => {
    let { credit } = FIRST;
    const tiers: number[] = [];
    for (let dial = 0; dial < 100; dial++) {
      const [next] = ladder([head(TIER.retry), head(TIER.fresh)], { ...FIRST, credit }, NOW);
      tiers.push(next!.tier);
      credit = retryCreditAfter(credit, FIRST.share, [next!.tier]);
    }
    expect(tiers[0]).toBe(TIER.retry);
    expect(tiers.filter((tier) => tier === TIER.fresh)).toHaveLength(5);
  });

  it('is not made up for when there were no retries, or nothing else', () => {
    expect(retryCreditAfter(0, 0.5, Array<number>(100).fill(TIER.fresh))).toBeLessThan(1);
    expect(retryCreditAfter(0.5, 0.5, Array<number>(100).fill(TIER.retry))).toBe(0);
  });

  it('leaves callbacks and hot leads out of account', () => {
    expect(retryCreditAfter(0.25, 0.5, [TIER.callback, TIER.hot, TIER.abandoned])).toBe(0.25);
  });
});
