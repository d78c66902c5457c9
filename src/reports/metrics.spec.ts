import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { idleOf } from './idle.js';
import {
  computeRates,
  countCalls,
  countStock,
  fillMinutes,
  firstMinute,
  FORMULAS,
  type CallCell,
  type StockCell,
} from './metrics.js';

const cell = (part: Partial<CallCell>): CallCell => ({
  result: 'no_answer',
  answered: false,
  contact: false,
  bridged: false,
  outcomeCode: null,
  category: null,
  success: false,
  rightParty: false,
  refusalReason: null,
  calls: 1,
  ...part,
});

const talked = { result: 'answered', answered: true, contact: true, bridged: true };

describe('metrics', () => {
  const cells = [
    cell({ calls: 60 }),
    cell({ result: 'busy', calls: 10 }),
    cell({ result: 'machine', answered: true, outcomeCode: 'machine', category: 'automatic', calls: 8 }),
    cell({
      result: 'abandoned',
      answered: true,
      contact: true,
      outcomeCode: 'abandoned',
      category: 'automatic',
      calls: 2,
    }),
    cell({ ...talked, outcomeCode: 'sale', category: 'success', success: true, rightParty: true, calls: 5 }),
    cell({
      ...talked,
      outcomeCode: 'refusal',
      category: 'refusal',
      rightParty: true,
      refusalReason: 'no_need',
      calls: 9,
    }),
    cell({
      ...talked,
      outcomeCode: 'refusal',
      category: 'refusal',
      rightParty: true,
      refusalReason: 'too_expensive',
      calls: 3,
    }),
    cell({ ...talked, outcomeCode: 'wrong_person', category: 'wrong_person', calls: 1 }),
    cell({ result: null, calls: 2 }),
  ];

  it('are what the field defines them to be', () => {
    const calls = countCalls(cells);
    expect(calls).toEqual({
      dials: 100,
      connections: 28,
      contacts: 20,
      rightParty: 17,
      abandoned: 2,
      bridged: 18,
      successes: 5,
      results: [
        { result: 'no_answer', count: 60 },
        { result: 'answered', count: 18 },
        { result: 'busy', count: 10 },
        { result: 'machine', count: 8 },
        { result: 'abandoned', count: 2 },
      ],
      outcomes: [
        { code: 'refusal', category: 'refusal', count: 12 },
        { code: 'machine', category: 'automatic', count: 8 },
        { code: 'sale', category: 'success', count: 5 },
        { code: 'abandoned', category: 'automatic', count: 2 },
        { code: 'wrong_person', category: 'wrong_person', count: 1 },
      ],
      refusalReasons: [
        { code: 'no_need', count: 9 },
        { code: 'too_expensive', count: 3 },
      ],
    });
    const time = { talkSeconds: 3600, wrapUpSeconds: 1800, signedInSeconds: 7200 };
    expect(computeRates(calls, { attempted: 50, listed: 200 }, time)).toEqual({
      connectionRate: 0.28,
      contactRate: 0.2,
      rightPartyRate: 0.85,
      abandonmentRate: 0.1,
      conversionRate: 0.25,
      successesPerLeadAttempted: 0.1,
      penetrationRate: 0.25,
      talkMinutesPerOperatorHour: 30,
      occupancyRate: 0.75,
      ahtSeconds: 300,
    });
  });

  it('are null where there is nothing to divide by, never zero or NaN', () => {
    const time = { talkSeconds: 0, wrapUpSeconds: 0, signedInSeconds: 0 };
    const rates = computeRates(countCalls([]), { attempted: 0, listed: 0 }, time);
    expect(new Set(Object.values(rates))).toEqual(new Set([null]));
  });

  it('have a formula each', () => {
    const time = { talkSeconds: 0, wrapUpSeconds: 0, signedInSeconds: 0 };
    const rates = Object.keys(computeRates(countCalls([]), { attempted: 0, listed: 0 }, time));
    expect(Object.keys(FORMULAS)).toEqual(expect.arrayContaining(rates));
  });

  it('account for every entry of the list, whatever it holds', () => {
    const stock: fc.Arbitrary<StockCell> = fc.record({
      state: fc.constantFrom('ready', 'waiting', 'in_progress', 'completed'),
      attempted: fc.boolean(),
      completedCode: fc.constantFrom('sale', 'refusal'),
      entries: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(stock), (drawn) => {
        const held = drawn.map((row) => (row.state === 'completed' ? row : { ...row, completedCode: null }));
        const list = countStock(held);
        expect(list.total).toBe(held.reduce((sum, row) => sum + row.entries, 0));
        expect(list.total).toBe(list.completed + list.available);
        expect(list.available).toBe(list.notYetDialled + list.toBeRedialled + list.inProgress);
        expect(list.available).toBe(list.ready + list.waiting + list.inProgress);
        expect(list.byCompletedCode.reduce((sum, row) => sum + row.count, 0)).toBe(list.completed);
      }),
    );
  });

  it('show minutes in which nothing happened', () => {
    const to = new Date('2026-03-02T10:02:30Z');
    expect(firstMinute(to, 3)).toEqual(new Date('2026-03-02T10:00:00Z'));
    const counted = [{ minute: new Date('2026-03-02T10:01:00Z'), dials: 4, contacts: 2, successes: 1 }];
    expect(fillMinutes(counted, to, 3)).toEqual([
      { minute: '2026-03-02T10:00:00.000Z', dials: 0, contacts: 0, successes: 0 },
      { minute: '2026-03-02T10:01:00.000Z', dials: 4, contacts: 2, successes: 1 },
      { minute: '2026-03-02T10:02:00.000Z', dials: 0, contacts: 0, successes: 0 },
    ]);
  });
});

describe('why a campaign is idle', () => {
  const now = new Date('2026-03-02T10:00:00Z');
  const leaseUntil = new Date('2026-03-02T10:00:05Z');
  const outside = {
    code: 'outside_hours',
    sentence: 'Nobody may be called at this hour.',
    until: '2026-03-03T08:00:00.000Z',
  };
  const decision = { dials: 0, reason: outside, idle: outside };

  it('is what its loop last said while it runs', () => {
    expect(idleOf({ campaignState: 'running', decision, leaseUntil }, now)).toEqual(outside);
    expect(idleOf({ campaignState: 'running', decision: { ...decision, idle: null }, leaseUntil }, now)).toBeNull();
  });

  it('is its own state when it does not run, whatever the loop said', () => {
    expect(idleOf({ campaignState: 'paused', decision, leaseUntil }, now)?.code).toBe('paused');
    expect(idleOf({ campaignState: 'ready', decision: null, leaseUntil: null }, now)?.code).toBe('not_running');
  });

  it('is that nobody dials when its loop has no living owner', () => {
    expect(idleOf({ campaignState: 'running', decision, leaseUntil: now }, now)?.code).toBe('not_running');
    expect(idleOf({ campaignState: 'running', decision: null, leaseUntil: null }, now)?.code).toBe('not_running');
  });
});
