import { describe, expect, it } from '@jest/globals';

import { STANDARD_OUTCOMES, STANDARD_REFUSAL_REASONS } from '../campaigns/standard-outcomes.js';
import { Problem } from '../common/problem.js';
import { checkDisposition, type DispositionInput } from './disposition-input.js';

const set = { outcomes: STANDARD_OUTCOMES, refusalReasons: STANDARD_REFUSAL_REASONS };
const check = (input: DispositionInput) => checkDisposition(input, set);

function problemOf(input: DispositionInput): Problem {
  try {
    check(input);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

const callback = { localTime: '2026-03-03T10:00' };

describe('an operator’s outcome', () => {
  it('is one of the campaign’s, with what that one asks', () => {
    for (const { code, asks } of STANDARD_OUTCOMES) {
      const input: DispositionInput = { outcome: code };
      if (asks === 'refusal_reason') input.refusalReason = 'no_need';
      if (asks === 'callback') input.callback = callback;
      expect(check(input)).toMatchObject({ code });
    }
  });

  it.each<[string, DispositionInput, code: string, field: string]>([
    ['that the campaign does not have', { outcome: 'maybe' }, 'unknown_outcome', 'outcome'],
    ['of refusal without a reason', { outcome: 'refusal' }, 'refusal_reason_missing', 'refusalReason'],
    [
      'of refusal with a made-up reason',
      { outcome: 'refusal', refusalReason: 'rain' },
      'unknown_refusal_reason',
      'refusalReason',
    ],
    [
      'of refusal with a reason that has parts',
      { outcome: 'refusal', refusalReason: 'price' },
      'refusal_reason_too_broad',
      'refusalReason',
    ],
    [
      'of sale with a reason to refuse',
      { outcome: 'sale', refusalReason: 'no_need' },
      'refusal_reason_unexpected',
      'refusalReason',
    ],
    ['of callback without its time', { outcome: 'callback' }, 'callback_missing', 'callback.localTime'],
    [
      'of refusal with a day that there is not',
      { outcome: 'refusal', refusalReason: 'bad_timing', refusalDetail: { date: '2026-02-30' } },
      'refusal_date_invalid',
      'refusalDetail.date',
    ],
    ['of sale with a callback', { outcome: 'sale', callback }, 'callback_unexpected', 'callback'],
  ])('%s is refused, and the field is named', (_, input, code, field) => {
    expect(problemOf(input)).toMatchObject({ code, status: 422, field });
  });

  it('that is refused comes with the codes to choose from', () => {
    expect(problemOf({ outcome: 'maybe' }).fix).toContain('sale, refusal, callback');
    expect(problemOf({ outcome: 'refusal', refusalReason: 'price' }).fix).toBe(
      'Choose one of: too_expensive, pays_less_now.',
    );
  });

  it('needs no detail of its reason: a customer who hangs up tells no price', () => {
    for (const { code } of STANDARD_REFUSAL_REASONS.filter(({ code }) => code !== 'price'))
      expect(check({ outcome: 'refusal', refusalReason: code })).toMatchObject({ code: 'refusal' });
  });
});
