import { describe, expect, it } from '@jest/globals';

import { expandSegments, MAX_EXPANDED, MAX_NESTING } from './expand-segments.js';
import type { Rule } from './rule.js';

const nurse: Rule = { field: 'attribute.job', is: 'equals', value: 'nurse' };
const within = (id: number): Rule => ({ field: 'segment', is: 'in', value: id });
const outside = (id: number): Rule => ({ field: 'segment', is: 'not_in', value: id });
const code = (work: () => unknown) => {
  try {
    work();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a rule that names segments', () => {
  it('has their rules in their place', () => {
    const rules = new Map<number, Rule>([
      [1, nurse],
      [2, { any: [within(1), { field: 'name', is: 'empty' }] }],
    ]);
    expect(expandSegments({ all: [outside(2), within(1)] }, rules)).toEqual({
      all: [{ none: [{ any: [nurse, { field: 'name', is: 'empty' }] }] }, nurse],
    });
  });

  it('may name one twice, side by side', () => {
    expect(expandSegments({ any: [within(1), within(1)] }, new Map([[1, nurse]]))).toEqual({ any: [nurse, nurse] });
  });

  it('is refused when a name leads back, to itself or to the rule’s own segment', () => {
    const rules = new Map<number, Rule>([
      [1, within(2)],
      [2, { none: [within(1)] }],
      [3, within(4)],
      [4, nurse],
    ]);
    expect(code(() => expandSegments(within(1), rules))).toBe('rule_cycle');
    expect(code(() => expandSegments(within(3), rules, 4))).toBe('rule_cycle');
    expect(code(() => expandSegments(within(3), rules, 5))).toBe('done');
    expect(code(() => expandSegments(within(9), rules))).toBe('segment_not_found');
  });

  it(`is nested ${MAX_NESTING} levels deep at most`, () => {
    const chain = (length: number) =>
      new Map<number, Rule>(Array.from({ length }, (_, i) => [i + 1, i + 1 === length ? nurse : within(i + 2)]));
    expect(code(() => expandSegments(within(1), chain(MAX_NESTING)))).toBe('done');
    expect(code(() => expandSegments(within(1), chain(MAX_NESTING + 2)))).toBe('rule_invalid');
  });

  it('does not grow without end, also where segments are empty', () => {
    const ten = (id: number): Rule => ({ all: Array.from({ length: 10 }, () => within(id)) });
    const doubling = (last: Rule) =>
      new Map<number, Rule>([
        [1, ten(2)],
        [2, ten(3)],
        [3, ten(4)],
        [4, ten(5)],
        [5, last],
      ]);
    expect(MAX_EXPANDED).toBeLessThan(10_000);
    expect(code(() => expandSegments(within(1), doubling(nurse)))).toBe('rule_invalid');
    expect(code(() => expandSegments(within(1), doubling({ all: [] })))).toBe('rule_invalid');
  });
});
