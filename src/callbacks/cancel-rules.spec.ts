import { describe, expect, it } from '@jest/globals';

import { STANDARD_OUTCOMES } from '../campaigns/standard-outcomes.js';
import { CANCEL_RULES, rulesOfOutcome, ruleOfSuppression } from './cancel-rules.js';

const rulesOf = (code: string) => {
  const outcome = STANDARD_OUTCOMES.find((known) => known.code === code)!;
  return rulesOfOutcome(outcome).map(({ rule, in: reach }) => `${rule} in ${reach}`);
};

describe('what ends a promise', () => {
  it('is a wish not to be called and a complaint, everywhere, for the whole person', () => {
    expect(rulesOf('do_not_call')).toEqual(['do_not_call in all']);
    expect(rulesOf('complaint')).toEqual(['complaint in all']);
    expect(CANCEL_RULES.do_not_call.of).toBe('person');
    expect(CANCEL_RULES.complaint.of).toBe('person');
  });

  it('is a sale, of the same offer; and a refusal, in the same campaign', () => {
    expect(rulesOf('sale')).toEqual(['bought in same_offer']);
    expect(rulesOf('refusal')).toEqual(['refused in campaign']);
  });

  it('is a wrong number, for that number alone and where it was wrong', () => {
    expect(rulesOf('wrong_person')).toEqual(['suppressed in campaign']);
    expect(CANCEL_RULES.suppressed.of).toBe('number');
  });

  it('is nothing that leaves the person where they were', () => {
    for (const code of ['callback', 'silent', 'bad_data']) expect(rulesOf(code)).toEqual([]);
  });

  it('is a suppression: of a person who asked for it, else of a number', () => {
    expect(ruleOfSuppression('request')).toBe('do_not_call');
    expect(ruleOfSuppression('complaint')).toBe('complaint');
    for (const reason of ['registry', 'wrong_person', 'imported', 'carrier_block', 'erasure', 'reassigned'])
      expect(ruleOfSuppression(reason)).toBe('suppressed');
  });
});
