import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { burnDown, type BurnDownInput } from './burn-down.js';

const usual: BurnDownInput = {
  leads: 10_000,
  operators: 10,
  contactRate: 0.3,
  hoursPerDay: 6,
  maxAttempts: 5,
  maxAttemptsPerDay: 2,
  handleSeconds: 180,
  ringSeconds: 25,
  linesPerOperator: 1,
};

const inputs = fc.record({
  leads: fc.integer({ min: 0, max: 10_000_000 }),
  operators: fc.integer({ min: 1, max: 2_000 }),
  contactRate: fc.double({ min: 0.001, max: 1, noNaN: true }),
  hoursPerDay: fc.double({ min: 0.25, max: 24, noNaN: true }),
  maxAttempts: fc.integer({ min: 1, max: 50 }),
  maxAttemptsPerDay: fc.integer({ min: 1, max: 10 }),
  handleSeconds: fc.integer({ min: 1, max: 3_600 }),
  ringSeconds: fc.integer({ min: 1, max: 60 }),
  linesPerOperator: fc.double({ min: 1, max: 5, noNaN: true }),
});

describe('a burn-down', () => {
  it('takes one dial a lead where everybody answers', () => {
    const all = burnDown({ ...usual, contactRate: 1 });
    expect(all).toMatchObject({ attemptsPerLead: 1, reachRate: 1, perDay: (10 * 6 * 3_600) / 180 });
    expect(all.days).toBe(8.4);
  });

  it('is over at once with nobody to call', () => {
    expect(burnDown({ ...usual, leads: 0 }).days).toBe(0);
  });

  it('takes the days that the dials of one lead take, however many operators there are', () => {
    expect(
      burnDown({ ...usual, operators: 2_000, contactRate: 0.01, maxAttemptsPerDay: 1 }).days,
    ).toBeGreaterThanOrEqual(5);
  });

  it('never takes longer with more operators, more hours or more lines', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { days } = burnDown(input);
        expect(Number.isFinite(days)).toBe(true);
        expect(burnDown({ ...input, operators: input.operators + 1 }).days).toBeLessThanOrEqual(days);
        expect(burnDown({ ...input, hoursPerDay: input.hoursPerDay + 1 }).days).toBeLessThanOrEqual(days);
        expect(burnDown({ ...input, linesPerOperator: input.linesPerOperator + 1 }).days).toBeLessThanOrEqual(days);
      }),
    );
  });
});
