import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { stockOf, type BucketHours, type StandingCell } from './stock.js';

const AT = new Date('2026-03-02T10:00:00Z');
const later = (minutes: number) => new Date(AT.getTime() + minutes * 60_000);
const PLACE = { country: 'FR', regions: [], zones: ['Europe/Paris'] };
const HOURS = new Map<number, BucketHours>([
  [1, { open: true, opensAt: null, ...PLACE }],
  [2, { open: false, opensAt: later(60), ...PLACE }],
  [3, { open: false, opensAt: null, ...PLACE }],
]);

const cell = (own: Partial<StandingCell>): StandingCell => ({
  ...{ state: 'ready', tier: 5, bucketId: 1, attempted: false, promised: false, owned: false, due: false },
  ...{ heldBy: null, completedCode: null, entries: 1, firstDueAt: AT },
  ...own,
});

const anyCell: fc.Arbitrary<StandingCell> = fc
  .record({
    state: fc.constantFrom('ready', 'waiting', 'in_progress', 'completed' as const),
    tier: fc.integer({ min: 0, max: 5 }),
    bucketId: fc.constantFrom(1, 2, 3),
    ...{ attempted: fc.boolean(), promised: fc.boolean(), owned: fc.boolean(), due: fc.boolean() },
    heldBy: fc.constantFrom(null, 'cap_reached', 'outside_window'),
    completedCode: fc.constantFrom('sale', 'suppressed'),
    entries: fc.integer({ min: 1, max: 1_000_000 }),
    firstDueAt: fc.integer({ min: -100, max: 100 }).map(later),
  })
  .map((own) => ({
    ...own,
    due: own.state === 'waiting' && own.due,
    completedCode: own.state === 'completed' ? own.completedCode : null,
  }));

const sum = (counts: readonly { count: number }[]) => counts.reduce((total, { count }) => total + count, 0);

describe('the stock of a list', () => {
  it('adds up, whatever stands on the list', () => {
    fc.assert(
      fc.property(fc.array(anyCell, { maxLength: 40 }), (cells) => {
        const stock = stockOf(cells, HOURS);
        expect(stock.total).toBe(cells.reduce((total, { entries }) => total + entries, 0));
        expect(stock.completed + stock.available).toBe(stock.total);
        expect(stock.notYetDialled + stock.toBeRedialled + stock.inProgress).toBe(stock.available);
        expect(stock.ready + stock.inProgress + sum(stock.notNow)).toBe(stock.available);
        expect(sum(stock.readyBy)).toBe(stock.ready);
        expect(sum(stock.completedBy)).toBe(stock.completed);
        const outside = stock.notNow.find(({ code }) => code === 'outside_window')?.count ?? 0;
        expect(sum(stock.closed)).toBeLessThanOrEqual(outside);
      }),
    );
  });

  it('counts as ready who is due where people may be called, promoted or not', () => {
    const cells = [
      cell({ entries: 3 }),
      cell({ state: 'waiting', due: true, attempted: true, tier: 4, heldBy: 'cap_reached', entries: 2 }),
      cell({ promised: true, owned: true, attempted: true, tier: 1 }),
    ];
    expect(stockOf(cells, HOURS)).toMatchObject({
      ...{ ready: 6, notNow: [], notYetDialled: 3, toBeRedialled: 3 },
      readyBy: [
        { code: 'new', count: 3 },
        { code: 'retry', count: 2 },
        { code: 'own_callback', count: 1 },
      ],
    });
  });

  it('says what the others wait for, and when the first of them may be called', () => {
    const cells = [
      cell({ bucketId: 2, entries: 7 }),
      cell({ bucketId: 3, entries: 2 }),
      cell({ state: 'waiting', heldBy: 'cap_reached', entries: 4, firstDueAt: later(30) }),
      cell({ state: 'waiting', heldBy: 'cap_reached', attempted: true, entries: 1, firstDueAt: later(5) }),
      cell({ state: 'waiting', attempted: true, tier: 4, entries: 3, firstDueAt: later(10) }),
      cell({ state: 'waiting', promised: true, attempted: true, tier: 1, firstDueAt: later(600) }),
    ];
    const stock = stockOf(cells, HOURS);
    expect(stock.notNow).toEqual([
      { code: 'outside_window', count: 9, nextAt: later(60) },
      { code: 'cap_reached', count: 5, nextAt: later(5) },
      { code: 'retry', count: 3, nextAt: later(10) },
      { code: 'callback', count: 1, nextAt: later(600) },
    ]);
    expect(stock.closed.map(({ bucketId, count, opensAt }) => [bucketId, count, opensAt])).toEqual([
      [2, 7, later(60)],
      [3, 2, null],
    ]);
  });
});
