import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  editable,
  newCondition,
  newGroup,
  OPERATORS_OF,
  ruleOf,
  type ConditionNode,
  type TypeOf,
} from '../web/src/segments/rule.js';

const TYPES: Record<string, 'text' | 'number' | 'base'> = { base: 'base', priority: 'number', attempts: 'number' };
const typeOf: TypeOf = (field) => TYPES[field] ?? 'text';
const filled = (field: string, is: ConditionNode['is'], ...values: string[]): ConditionNode => ({
  ...newCondition(field, is),
  values,
});

describe('a rule in the editor of segments', () => {
  it('is not said while something in it is not filled in', () => {
    expect(ruleOf(newCondition(), typeOf)).toBeNull();
    expect(ruleOf(filled('region', 'equals', '  '), typeOf)).toBeNull();
    expect(ruleOf(filled('priority', 'between', '1'), typeOf)).toBeNull();
    expect(ruleOf(filled('priority', 'equals', 'many'), typeOf)).toBeNull();
    const half = newGroup('all', [filled('region', 'equals', 'Bretagne'), newCondition('name')]);
    expect(ruleOf(half, typeOf)).toBeNull();
  });

  it('says numbers as numbers and texts as texts', () => {
    expect(ruleOf(filled('priority', 'greater_than', ' 1,5 '), typeOf)).toEqual({
      field: 'priority',
      is: 'greater_than',
      value: 1.5,
    });
    expect(ruleOf(filled('region', 'equals', ' 75 '), typeOf)).toEqual({ field: 'region', is: 'equals', value: '75' });
    expect(ruleOf(filled('base', 'one_of', '3', '4'), typeOf)).toEqual({ field: 'base', is: 'one_of', value: [3, 4] });
  });

  it('asks for no value where the comparison takes none', () => {
    expect(ruleOf(filled('region', 'empty', 'left over'), typeOf)).toEqual({ field: 'region', is: 'empty' });
  });

  it('takes a group without conditions for everybody', () => {
    expect(ruleOf(newGroup('all'), typeOf)).toEqual({ all: [] });
  });

  it('is edited within a group, also when it was saved as one condition', () => {
    const group = editable({ field: 'region', is: 'equals', value: 'Bretagne' });
    expect(group.kind).toBe('all');
    expect(ruleOf(group, typeOf)).toEqual({ all: [{ field: 'region', is: 'equals', value: 'Bretagne' }] });
  });

  it('comes back from the editor as it was saved', () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    const text = fc.string({ unit: fc.constantFrom('a', 'ж', '7', '-'), minLength: 1 });
    const condition = fc
      .constantFrom('region', 'name', 'priority', 'base')
      .chain((field) => fc.record({ field: fc.constant(field), is: fc.constantFrom(...OPERATORS_OF[typeOf(field)]) }))
      .chain(({ field, is }): fc.Arbitrary<object> => {
        const value = typeOf(field) === 'text' ? text : number;
        if (is === 'empty' || is === 'not_empty') return fc.constant({ field, is });
        if (is === 'between')
          return fc.record({ field: fc.constant(field), is: fc.constant(is), value: fc.tuple(value, value) });
        if (is === 'one_of')
          return fc.record({
            field: fc.constant(field),
            is: fc.constant(is),
            value: fc.array(value as fc.Arbitrary<string | number>, { minLength: 1, maxLength: 3 }),
          });
        return fc.record({ field: fc.constant(field), is: fc.constant(is), value });
      });
    const { group } = fc.letrec((tie) => ({
      group: fc.oneof(
        ...(['all', 'any', 'none'] as const).map((kind) =>
          fc
            .array(fc.oneof({ depthSize: 'small' }, condition, tie('group')), { maxLength: 3 })
            .map((rules) => ({ [kind]: rules })),
        ),
      ),
    }));
    fc.assert(
      fc.property(group, (rule) => {
        expect(ruleOf(editable(rule as Parameters<typeof editable>[0]), typeOf)).toEqual(rule);
      }),
    );
  });
});
