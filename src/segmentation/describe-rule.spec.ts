import { describe, expect, it } from '@jest/globals';

import { describeRule, RULE_LOCALES } from './describe-rule.js';
import { OPERATORS_OF, STANDARD_FIELDS, type Rule, type StandardField } from './rule.js';

const rule: Rule = {
  all: [
    { field: 'base', is: 'one_of', value: [1, 2] },
    { field: 'attribute.age', is: 'between', value: [30, 60] },
    {
      any: [
        { field: 'refusal_reason', is: 'equals', value: 'too_expensive' },
        { field: 'refusal_price', is: 'greater_than', value: 500 },
      ],
    },
    { none: [{ field: 'last_attempt_at', is: 'in_last_days', value: 2 }] },
  ],
};
const nameOf = (kind: string, id: number) => (kind === 'base' && id === 1 ? 'May' : null);

describe('a rule in words', () => {
  it('reads as a sentence in each language', () => {
    expect(describeRule(rule, 'en', nameOf)).toBe(
      'Leads for whom all of this holds: base is “May” or base 2; “age” is from 30 to 60; any of (refusal reason is ' +
        '“too_expensive”; price named in the refusal is greater than 500); none of (last attempt was within the last 2 days).',
    );
    expect(describeRule(rule, 'ru', nameOf)).toBe(
      'Лиды, для которых верно всё это: база — «May» или база 2; «age» от 30 до 60; хотя бы одно из (причина отказа — ' +
        '«too_expensive»; цена, названная при отказе больше 500); ничего из (последняя попытка не раньше чем 2 дня назад).',
    );
    expect(describeRule(rule, 'vi', nameOf)).toBe(
      'Khách hàng thỏa mãn tất cả: tệp dữ liệu là “May” hoặc tệp dữ liệu 2; “age” từ 30 đến 60; ít nhất một trong (lý do ' +
        'từ chối là “too_expensive”; giá nêu khi từ chối lớn hơn 500); không điều nào trong (lần gọi gần nhất trong 2 ngày vừa qua).',
    );
  });

  it('says what groups of nothing mean', () => {
    expect(describeRule({ all: [] }, 'en')).toBe('All leads.');
    expect(describeRule({ any: [] }, 'en')).toBe('No leads.');
  });

  it('repeats a value as it was typed, and takes nothing of it for a place to fill', () => {
    const odd: Rule = { field: 'attribute.{value}', is: 'equals', value: '{field} $& $1' };
    expect(describeRule(odd, 'en')).toBe('Leads for whom all of this holds: “{value}” is “{field} $& $1”.');
  });

  it.each(RULE_LOCALES)('has words for every field and every operator in %s', (locale) => {
    const fields = [...(Object.keys(STANDARD_FIELDS) as StandardField[]), 'attribute.x'];
    for (const field of fields)
      for (const is of OPERATORS_OF[field === 'attribute.x' ? 'attribute' : STANDARD_FIELDS[field as StandardField]]) {
        const said = describeRule({ field, is, value: is === 'between' || is === 'one_of' ? [1, 2] : 1 }, locale);
        expect(said).not.toMatch(/undefined|[{}]/);
      }
  });

  it('counts days in Russian as Russians do', () => {
    const days = (value: number) => describeRule({ field: 'loaded_at', is: 'more_than_days_ago', value }, 'ru');
    expect(days(1)).toContain('1 день');
    expect(days(3)).toContain('3 дня');
    expect(days(11)).toContain('11 дней');
    expect(days(21)).toContain('21 день');
  });
});
