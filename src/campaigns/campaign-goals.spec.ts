import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  GOAL_KINDS,
  goalsProgress,
  newlyReached,
  spentOf,
  stillReached,
  type CampaignGoals,
  type CampaignTally,
} from './campaign-goals.js';

const FREE = { costPerDial: null, costPerMinute: null };
const TALLY: CampaignTally = { dials: 100, contacts: 30, talkMs: 90_000, sales: 5 };

describe('the goals of a campaign', () => {
  it('are measured against what the ledger says', () => {
    const goals: CampaignGoals = { sales: 10, budget: 20, action: 'finish' };
    const costs = { costPerDial: 0.05, costPerMinute: 2 };
    // 100 × 0.05 + 1.5 × 2
    expect(goalsProgress(goals, TALLY, costs, {})).toEqual([
      { goal: 'sales', value: 5, target: 10, share: 0.5, reachedAt: null },
      { goal: 'budget', value: 8, target: 20, share: 0.4, reachedAt: null },
    ]);
    expect(goalsProgress(null, TALLY, costs, {})).toEqual([]);
  });

  it('are reached at their target, once', () => {
    const goals: CampaignGoals = { sales: 5, contacts: 31, action: 'alert' };
    const reached = newlyReached(goalsProgress(goals, TALLY, FREE, {}));
    expect(reached.map(({ goal }) => goal)).toEqual(['sales']);
    const known = { sales: { at: '2026-03-02T10:00:00.000Z', value: 5 } };
    expect(newlyReached(goalsProgress(goals, { ...TALLY, sales: 9 }, FREE, known))).toEqual([]);
  });

  it('stay reached when they are lowered, and are to be reached anew when they rise', () => {
    const known = { sales: { at: '2026-03-02T10:00:00.000Z', value: 5 } };
    expect(stillReached(known, { sales: 4, action: 'alert' })).toEqual(known);
    expect(stillReached(known, { sales: 6, action: 'alert' })).toEqual({});
    expect(stillReached(known, { contacts: 1, action: 'alert' })).toEqual({});
    expect(stillReached(known, null)).toEqual({});
  });

  it('are no nearer with fewer calls, and never announced twice', () => {
    const count = fc.nat(10_000);
    const tallies = fc.array(fc.record({ dials: count, contacts: count, talkMs: count, sales: count }), {
      maxLength: 8,
    });
    const targets = fc.record(
      { sales: fc.integer({ min: 1, max: 20_000 }), contacts: fc.integer({ min: 1, max: 20_000 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(tallies, targets, (steps, goals) => {
        const all: CampaignGoals = { ...goals, action: 'alert' };
        let sum: CampaignTally = { dials: 0, contacts: 0, talkMs: 0, sales: 0 };
        let known = {};
        const announced: string[] = [];
        for (const step of steps) {
          sum = {
            dials: sum.dials + step.dials,
            contacts: sum.contacts + step.contacts,
            talkMs: sum.talkMs + step.talkMs,
            sales: sum.sales + step.sales,
          };
          for (const { goal, value } of newlyReached(goalsProgress(all, sum, FREE, known))) {
            announced.push(goal);
            known = { ...known, [goal]: { at: '2026-03-02T10:00:00.000Z', value } };
          }
        }
        const due = GOAL_KINDS.filter(
          (goal) => all[goal] !== undefined && (goal === 'sales' ? sum.sales : sum.contacts) >= all[goal],
        );
        expect(announced.sort()).toEqual([...due].sort());
      }),
    );
  });

  it('count money to the hundredth', () => {
    expect(spentOf({ ...TALLY, dials: 3, talkMs: 0 }, { costPerDial: 0.1, costPerMinute: null })).toBe(0.3);
    expect(spentOf({ ...TALLY, dials: 0, talkMs: 20_000 }, { costPerDial: null, costPerMinute: 1 })).toBe(0.33);
    expect(spentOf(TALLY, FREE)).toBe(0);
  });
});
