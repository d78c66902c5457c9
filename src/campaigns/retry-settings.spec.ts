import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';

import { RetryPlanDto, retryPlanOf } from './retry-plan.dto.js';
import {
  faultInRetryPlan,
  leastDelayMinutes,
  retryDelayMinutes,
  RETRIED_RESULTS,
  STANDARD_RETRY_PLAN,
  type RetryPlan,
} from './retry-settings.js';
import { STANDARD_OUTCOMES } from './standard-outcomes.js';

const planWith = (changes: Partial<RetryPlan>): RetryPlan => ({ ...STANDARD_RETRY_PLAN, ...changes });
const faultOf = (changes: Partial<RetryPlan>) => faultInRetryPlan(planWith(changes), STANDARD_OUTCOMES);
const rule = { delayMinutes: 10, growth: 2, limit: null, phone: 'same' as const };
const recycling = (codes: string[]) => ({ automatic: false, rounds: 1, rules: [{ codes, afterDays: 7 }] });

describe('a retry plan', () => {
  it('is sound where it is the standard one, in itself and over the wire', () => {
    expect(faultOf({})).toBeNull();
    const body = plainToInstance(RetryPlanDto, JSON.parse(JSON.stringify(STANDARD_RETRY_PLAN)));
    expect(validateSync(body, { whitelist: true, forbidNonWhitelisted: true })).toEqual([]);
    expect(retryPlanOf(body)).toEqual(STANDARD_RETRY_PLAN);
  });

  it.each<[string, Partial<RetryPlan>, string, string]>([
    [
      'gives a full network no time',
      { results: { congestion: { ...rule, delayMinutes: 2 } } },
      'retry_delay_too_short',
      'retryPlan.results.congestion.delayMinutes',
    ],
    [
      'tries again at once',
      { results: { busy: { ...rule, delayMinutes: 0 } } },
      'retry_delay_too_short',
      'retryPlan.results.busy.delayMinutes',
    ],
    [
      'has a longest delay that is shorter than a first one',
      { longestDelayMinutes: 60 },
      'retry_longest_too_short',
      'retryPlan.longestDelayMinutes',
    ],
    [
      'tries again after an outcome that there is not',
      { outcomes: [{ ...rule, code: 'nope' }] },
      'retry_outcome_unknown',
      'retryPlan.outcomes.0.code',
    ],
    [
      'tries again after a sale',
      { outcomes: [{ ...rule, code: 'sale' }] },
      'retry_outcome_final',
      'retryPlan.outcomes.0.code',
    ],
    [
      'has two rules for one outcome',
      { outcomes: ['silent', 'silent'].map((code) => ({ ...rule, code })) },
      'retry_code_twice',
      'retryPlan.outcomes.1.code',
    ],
    [
      'brings back after what there is not',
      { recycling: recycling(['nope']) },
      'recycle_code_unknown',
      'retryPlan.recycling.rules.0.codes',
    ],
    ...['sale', 'do_not_call', 'complaint', 'wrong_person', 'bad_data', 'invalid_number', 'fax'].map(
      (code): [string, Partial<RetryPlan>, string, string] => [
        `brings back after ${code}`,
        { recycling: recycling(['busy', code]) },
        'recycle_code_forbidden',
        'retryPlan.recycling.rules.0.codes',
      ],
    ),
  ])('is refused where it %s', (_what, changes, code, field) => {
    expect(faultOf(changes)).toMatchObject({ code, field });
  });

  it('may bring back whom nobody reached, and who refused', () => {
    expect(faultOf({ recycling: recycling([...RETRIED_RESULTS, 'refusal', 'silent', 'operator_gone']) })).toBeNull();
  });

  it.each<[string, (plan: Record<string, never>) => unknown]>([
    ['shrinking delays', (plan) => ({ ...plan, results: { busy: { ...rule, growth: 0.5 } } })],
    ['a limit of none', (plan) => ({ ...plan, results: { busy: { ...rule, limit: 0 } } })],
    ['a rule for a number that is dead', (plan) => ({ ...plan, results: { invalid_number: rule } })],
    ['no word on phones', (plan) => ({ ...plan, phones: undefined })],
    ['rounds without end', (plan) => ({ ...plan, recycling: { ...recycling(['busy']), rounds: 100 } })],
    ['nobody to bring back', (plan) => ({ ...plan, recycling: recycling([]) })],
  ])('is refused by its form with %s', (_what, change) => {
    const plan = JSON.parse(JSON.stringify(STANDARD_RETRY_PLAN)) as Record<string, never>;
    const body = plainToInstance(RetryPlanDto, change(plan) as object);
    expect(validateSync(body, { whitelist: true, forbidNonWhitelisted: true })).not.toEqual([]);
  });

  it('is kept without what was not said of it', () => {
    const plan = { ...STANDARD_RETRY_PLAN, results: { busy: rule } };
    expect(retryPlanOf(plainToInstance(RetryPlanDto, plan))).toEqual(plan);
  });
});

describe('delays', () => {
  it('grow by their factor, up to the longest, and never shrink', () => {
    const delay = { delayMinutes: 10, growth: 2, limit: null };
    expect([1, 2, 3, 4].map((time) => retryDelayMinutes(delay, time, 60))).toEqual([10, 20, 40, 60]);
    const delays = fc.record({
      delayMinutes: fc.integer({ min: 0, max: 43_200 }),
      growth: fc.double({ min: 1, max: 5, noNaN: true }),
      limit: fc.constant(null),
    });
    fc.assert(
      fc.property(
        delays,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 43_200 }),
        (own, time, longest) => {
          const [now, next] = [time, time + 1].map((n) => retryDelayMinutes(own, n, longest));
          expect(next).toBeGreaterThanOrEqual(now!);
          expect(next).toBeLessThanOrEqual(Math.max(longest, own.delayMinutes));
        },
      ),
    );
  });

  it('have a least one, a longer one where the network is full', () => {
    expect(['congestion', 'busy', 'abandoned'].map(leastDelayMinutes)).toEqual([3, 1, 0]);
  });
});
