import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { compileRule } from './compile-rule.js';
import { MAX_CONDITIONS, MAX_DEPTH, parseRule, type Rule } from './rule.js';

const NOW = new Date('2026-03-02T10:00:00Z');
const job = { field: 'attribute.job', is: 'equals', value: 'nurse' };

function nested(depth: number): unknown {
  return depth === 1 ? job : { all: [nested(depth - 1)] };
}

function faults(value: unknown): [string, string][] {
  return parseRule(value).problems.map((problem) => [problem.field, problem.code]);
}

describe('a rule', () => {
  it('is taken as it was put together', () => {
    const rule = {
      all: [
        { field: 'base', is: 'one_of', value: [1, 2] },
        { any: [job, { field: 'attribute.age', is: 'between', value: [30, 60] }] },
        { none: [{ field: 'last_outcome', is: 'one_of', value: ['sale', 'do_not_call'] }] },
        { field: 'region', is: 'not_empty' },
        { field: 'attempts', is: 'less_than', value: 3 },
      ],
    };
    expect(parseRule(rule)).toEqual({ rule, problems: [] });
  });

  it.each<[string, unknown, string, string]>([
    ['nothing', null, 'rule', 'rule_malformed'],
    ['a list', [job], 'rule', 'rule_malformed'],
    ['a group that holds no list', { all: job }, 'rule.all', 'rule_malformed'],
    ['two groups in one', { all: [], any: [] }, 'rule', 'rule_malformed'],
    ['a stray member', { ...job, sql: '1=1' }, 'rule', 'rule_malformed'],
    ['no field', { is: 'equals', value: 1 }, 'rule.field', 'field_missing'],
    ['an unknown field', { any: [{ field: 'password', is: 'empty' }] }, 'rule.any.0.field', 'field_unknown'],
    ['a field of the object itself', { field: 'constructor', is: 'empty' }, 'rule.field', 'field_unknown'],
    ['an attribute without a key', { field: 'attribute.', is: 'empty' }, 'rule.field', 'field_missing'],
    ['an unknown operator', { field: 'name', is: 'matches', value: '.*' }, 'rule.is', 'operator_unknown'],
    ['an operator that does not fit', { field: 'base', is: 'contains', value: '1' }, 'rule.is', 'operator_unfit'],
    ['a number asked to be empty', { field: 'attempts', is: 'empty' }, 'rule.is', 'operator_unfit'],
    ['a value where none belongs', { field: 'name', is: 'empty', value: '' }, 'rule.value', 'value_unwanted'],
    ['no value', { field: 'name', is: 'equals' }, 'rule.value', 'value_malformed'],
    ['an object as value', { field: 'name', is: 'equals', value: { a: 1 } }, 'rule.value', 'value_malformed'],
    ['a base that is no id', { field: 'base', is: 'equals', value: 2 ** 31 }, 'rule.value', 'value_malformed'],
    ['a number written as text', { field: 'attempts', is: 'equals', value: '1' }, 'rule.value', 'value_malformed'],
    ['no choice', { field: 'name', is: 'one_of', value: [] }, 'rule.value', 'value_malformed'],
    ['a bad choice', { field: 'name', is: 'one_of', value: ['a', null] }, 'rule.value.1', 'value_malformed'],
    ['one bound', { field: 'attribute.age', is: 'between', value: [1] }, 'rule.value', 'value_malformed'],
    [
      'a text as bound',
      { all: [{ field: 'attribute.age', is: 'between', value: [1, 'b'] }] },
      'rule.all.0.value.1',
      'value_malformed',
    ],
    ['a number to contain', { field: 'name', is: 'contains', value: 5 }, 'rule.value', 'value_malformed'],
    [
      'a day that there is not',
      { field: 'reconsider_on', is: 'before', value: '2026-02-30' },
      'rule.value',
      'value_malformed',
    ],
    [
      'an instant for a day',
      { field: 'reconsider_on', is: 'after', value: '2026-02-03T10:00:00Z' },
      'rule.value',
      'value_malformed',
    ],
    ['half a day', { field: 'loaded_at', is: 'in_last_days', value: 0.5 }, 'rule.value', 'value_malformed'],
    [
      'bounds of two kinds',
      { field: 'attribute.x', is: 'between', value: [1, '2026-01-01'] },
      'rule.value.1',
      'value_malformed',
    ],
    ['an offer by its name', { field: 'bought_offer', is: 'has', value: 'Gold' }, 'rule.value', 'value_malformed'],
    ['a segment by its name', { field: 'segment', is: 'in', value: 'Gold' }, 'rule.value', 'value_malformed'],
    ['a null character', { field: 'name', is: 'equals', value: 'a\0' }, 'rule.value', 'value_malformed'],
    ['half a surrogate pair', { field: 'attribute.\ud800', is: 'empty' }, 'rule.field', 'value_malformed'],
    ['an endless text', { field: 'name', is: 'equals', value: 'a'.repeat(501) }, 'rule.value', 'value_too_long'],
  ])('with %s is refused at its path', (_what, rule, field, code) => {
    expect(faults(rule)).toEqual([[field, code]]);
  });

  it('names every fault', () => {
    const rule = { any: [{ field: 'x', is: 'empty' }, { none: [{ field: 'name', is: 'equals', value: null }] }] };
    expect(faults(rule)).toEqual([
      ['rule.any.0.field', 'field_unknown'],
      ['rule.any.1.none.0.value', 'value_malformed'],
    ]);
  });

  it(`is nested ${MAX_DEPTH} deep at most`, () => {
    expect(faults(nested(MAX_DEPTH))).toEqual([]);
    expect(faults(nested(MAX_DEPTH + 1))).toEqual([[`rule${'.all.0'.repeat(MAX_DEPTH)}`, 'rule_too_deep']]);
  });

  it(`has ${MAX_CONDITIONS} conditions at most, however they are grouped`, () => {
    const many = (count: number) => Array.from({ length: count }, () => job);
    expect(faults({ all: many(MAX_CONDITIONS) })).toEqual([]);
    expect(faults({ all: [{ any: many(60) }, { any: many(41) }] })).toEqual([['rule', 'rule_too_long']]);
    expect(faults({ all: many(MAX_CONDITIONS + 1) })).toEqual([['rule.all', 'rule_too_long']]);
  });

  it('never fails to be read, whatever is sent', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 12 }), (value) => {
        const { rule, problems } = parseRule(value);
        expect(rule === null).toBe(problems.length > 0);
      }),
    );
  });
});

describe('the SQL of a rule', () => {
  it('holds nothing that a user typed', () => {
    const hostile = `x'); drop table leads; --`;
    const rule: Rule = {
      all: [
        { field: `attribute.${hostile}`, is: 'equals', value: hostile },
        { field: 'name', is: 'one_of', value: [hostile, 7] },
        { none: [{ field: 'country', is: 'starts_with', value: hostile }] },
      ],
    };
    const { sql, values } = compileRule(rule, 4, NOW);
    expect(sql).not.toContain('drop table');
    expect(new Set(values.flat())).toEqual(new Set([hostile, 7]));
    const numbers = [...sql.matchAll(/\$(\d+)/g)].map((match) => Number(match[1]));
    expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual([4, 5, 6, 7, 8]);
  });

  it('holds those off whom a phone or the history rules out, in a form that is planned as a join', () => {
    const rule: Rule = { none: [{ field: 'line_type', is: 'equals', value: 'mobile' }] };
    const { joins, sql } = compileRule(rule, 1, NOW);
    expect(joins).toBe('');
    expect(sql).toMatch(/^not exists \(select from phones main_phone where/);
  });

  it('joins the history once, whatever is asked of it', () => {
    const rule: Rule = {
      all: [
        { field: 'attempts', is: 'greater_than', value: 1 },
        { field: 'last_outcome', is: 'not_equals', value: 'sale' },
        {
          any: [
            { field: 'refusal_price', is: 'less_than', value: 5 },
            { field: 'name', is: 'empty' },
          ],
        },
      ],
    };
    const { joins, sql } = compileRule(rule, 1, NOW);
    expect(joins).toBe(' inner join lead_history history on history.lead_id = l.id');
    expect(sql).not.toContain('exists');
  });
});
