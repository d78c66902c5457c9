import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { OPERATORS_OF as SERVER_OPERATORS, parseRule, typeOfField } from '../src/segmentation/rule.js';
import { redo, settle, startHistory, step, undo } from '../web/src/segments/edit-history.js';
import {
  editable,
  filledRule,
  newCondition,
  newGroup,
  OPERATORS_OF,
  operatorsOf,
  ruleOf,
  valueKind,
  type ConditionNode,
  type FieldType,
  type TypeOf,
} from '../web/src/segments/rule.js';

const TYPES: Record<string, FieldType> = {
  ...{ base: 'base', priority: 'number', attempts: 'number', refusal_price: 'amount', consent: 'boolean' },
  ...{ reconsider_on: 'date', loaded_at: 'instant', refused_offer: 'offer', bought_offer: 'offers', owner: 'user' },
  ...{ segment: 'segment', zone: 'zone', 'attribute.age': 'number', 'attribute.tags': 'list' },
  ...{ 'attribute.born': 'date', 'attribute.married': 'boolean' },
};
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

  it('says days as whole numbers, and dates only when they are there', () => {
    const last = { field: 'loaded_at', is: 'in_last_days', value: 30 };
    expect(ruleOf(filled('loaded_at', 'in_last_days', '30'), typeOf)).toEqual(last);
    for (const text of ['-1', '1.5', '36501', 'soon'])
      expect(ruleOf(filled('loaded_at', 'in_last_days', text), typeOf)).toBeNull();
    expect(ruleOf(filled('reconsider_on', 'before', '2026-3-1'), typeOf)).toBeNull();
    expect(ruleOf(filled('reconsider_on', 'between', '2026-03-01', '2026-04-01'), typeOf)).toEqual({
      field: 'reconsider_on',
      is: 'between',
      value: ['2026-03-01', '2026-04-01'],
    });
  });

  it('can be told in part while it is not filled in', () => {
    const region = { field: 'region', is: 'equals', value: 'Bretagne' };
    const half = newGroup('all', [filled('region', 'equals', 'Bretagne'), newGroup('any', [newCondition('name')])]);
    expect(filledRule(half, typeOf)).toEqual({ all: [region] });
    expect(filledRule(newGroup('all', [newCondition()]), typeOf)).toBeNull();
    expect(filledRule(newGroup('all'), typeOf)).toEqual({ all: [] });
  });

  it('keeps a number a number where the field may hold either', () => {
    const rule = { all: [{ field: 'attribute.code', is: 'equals' as const, value: 7 }] };
    expect(ruleOf(editable(rule), typeOf)).toEqual(rule);
    const days = { all: [{ field: 'attribute.seen', is: 'between' as const, value: ['2026-01-01', '2026-02-01'] }] };
    expect(ruleOf(editable(days), typeOf)).toEqual(days);
  });

  it('asks nothing of a field that the server would refuse', () => {
    for (const [field, type] of Object.entries({ region: 'text' as const, ...TYPES })) {
      const known = typeOfField(field)!;
      const unfit = operatorsOf(field, type).filter((is) => !SERVER_OPERATORS[known].includes(is));
      expect({ field, unfit }).toEqual({ field, unfit: [] });
    }
  });

  it('comes back from the editor as it was saved, and the server reads it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ж', '7', '-'), minLength: 1 });
    const valueOf: Record<string, fc.Arbitrary<string | number>> = {
      text,
      number: fc.integer({ min: -1000, max: 1000 }),
      days: fc.integer({ min: 0, max: 36_500 }),
      date: fc.constantFrom('2026-03-01', '2025-12-31'),
      id: fc.integer({ min: 1, max: 1000 }),
    };
    const condition = fc
      .constantFrom('region', 'name', 'attribute.free', ...Object.keys(TYPES))
      .chain((field) =>
        fc.record({ field: fc.constant(field), is: fc.constantFrom(...operatorsOf(field, typeOf(field))) }),
      )
      .chain(({ field, is }): fc.Arbitrary<object> => {
        const kind = valueKind(typeOf(field), { is });
        if (kind === 'none') return fc.constant({ field, is });
        const value = valueOf[kind]!;
        const wanted =
          is === 'between'
            ? fc.tuple(value, value)
            : is === 'one_of' || is === 'has'
              ? fc.array(value, { minLength: 1, maxLength: 3 })
              : value;
        return wanted.map((each) => ({ field, is, value: each }));
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
        const again = ruleOf(editable(rule as Parameters<typeof editable>[0]), typeOf);
        expect(again).toEqual(rule);
        const refused = parseRule(again).problems.filter(
          ({ code }) => code !== 'rule_too_deep' && code !== 'rule_too_long',
        );
        expect(refused).toEqual([]);
      }),
    );
  });

  it('offers each comparison of a type once', () => {
    for (const operators of Object.values(OPERATORS_OF)) expect(new Set(operators).size).toBe(operators.length);
  });
});

describe('the steps of an editor', () => {
  it('go back and forth again', () => {
    const made = step(step(startHistory('a'), 'b'), 'c');
    expect(undo(made).present).toBe('b');
    expect(undo(undo(undo(made))).present).toBe('a');
    expect(redo(redo(redo(undo(undo(made))))).present).toBe('c');
  });

  it('forget what was undone once something else is done', () => {
    const other = step(undo(step(startHistory('a'), 'b')), 'c');
    expect(redo(other).present).toBe('c');
    expect(undo(other).present).toBe('a');
  });

  it('take what is typed in one place for one step, until it is left', () => {
    const typed = ['a', 'ab', 'abc'].reduce((history, text) => step(history, text, 'name'), startHistory(''));
    expect(undo(typed).present).toBe('');
    const later = step(settle(typed), 'abcd', 'name');
    expect(undo(later).present).toBe('abc');
    expect(undo(step(typed, 'x', 'price')).present).toBe('abc');
  });
});
