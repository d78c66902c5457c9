import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { guessType, isPlaceholder, readAttribute } from './attribute-types.js';

describe('a number', () => {
  it.each([
    ['12', 12],
    ['-3.5', -3.5],
    ['−3,5', -3.5],
    ['1 234,56', 1234.56],
    ['1\u00a0234\u202f567', undefined],
    ['1\u00a0234\u00a0567', 1_234_567],
    ['1,234.56', 1234.56],
    ['1.234,56', 1234.56],
    ["1'234.5", 1234.5],
    ['1,234', 1234],
    ['1.234', 1.234],
    ['0,125', 0.125],
    ['12,5', 12.5],
    ['007', 7],
    ['123456789012345', 123_456_789_012_345],
    ['1234567890123456', undefined],
    ['12%', undefined],
    ['$5', undefined],
    ['1e5', undefined],
    ['1,23,456', undefined],
    ['1,234,5', undefined],
    ['NaN', undefined],
    ['0x1F', undefined],
    ['-', undefined],
  ])('%j is %p', (text, value) => {
    expect(readAttribute('number', text)).toBe(value);
  });

  it('is read as it was, whatever thousands and decimals are written with', () => {
    const amount = fc.tuple(fc.integer({ min: 0, max: 9_999_999_999 }), fc.integer({ min: 0, max: 99 }));
    const style = fc.constantFrom([',', '.'], ['.', ','], [' ', ','], ["'", '.'], ['\u00a0', ',']);
    fc.assert(
      fc.property(amount, style, fc.boolean(), ([whole, cents], [group, point], negative) => {
        const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, group!);
        const text = `${negative ? '-' : ''}${grouped}${point}${String(cents).padStart(2, '0')}`;
        expect(readAttribute('number', text)).toBe(
          Number(`${negative ? '-' : ''}${whole}.${String(cents).padStart(2, '0')}`),
        );
      }),
    );
  });
});

describe('a date', () => {
  it.each([
    ['2025-04-03', undefined, '2025-04-03'],
    ['2025/4/3', 'mdy', '2025-04-03'],
    ['03.04.2025', 'dmy', '2025-04-03'],
    ['03/04/2025', 'dmy', '2025-04-03'],
    ['03/04/2025', 'mdy', '2025-03-04'],
    ['03-4-25', 'ymd', '2003-04-25'],
    ['3-4-5', 'dmy', undefined],
    ['10/10/13 7:35', 'mdy', '2013-10-10T07:35:00'],
    ['1.2.68', 'dmy', '1968-02-01'],
    ['07/15/2009 02:14:45+0800', 'mdy', '2009-07-15T02:14:45+08:00'],
    ['2010-10-14T00:00:00.000Z', 'ymd', '2010-10-14T00:00:00Z'],
    ['2010-10-14 12:05 PM', 'ymd', '2010-10-14T12:05:00'],
    ['2010-10-14 12:05:09.25 am', 'ymd', '2010-10-14T00:05:09.25'],
    ['29.02.2024', 'dmy', '2024-02-29'],
    ['29.02.2023', 'dmy', undefined],
    ['29.02.1900', 'dmy', undefined],
    ['31/04/2025', 'dmy', undefined],
    ['13/13/2025', 'dmy', undefined],
    ['25/12/2025', 'mdy', undefined],
    ['2025-04-03 24:00', 'ymd', undefined],
    ['2025-04-03 13:00 pm', 'ymd', undefined],
    ['1/2-2025', 'dmy', undefined],
    ['0001-01-01', 'ymd', undefined],
    ['192.168.1', 'dmy', undefined],
    ['tomorrow', 'dmy', undefined],
  ] as const)('%s as %s is %p', (text, order, value) => {
    expect(readAttribute('date', text, order)).toBe(value);
  });

  it('comes back from each way of writing it', () => {
    const day = fc.date({ min: new Date('1930-01-01'), max: new Date('2029-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(day, fc.constantFrom('/', '.', '-'), fc.boolean(), (date, mark, short) => {
        const iso = date.toISOString().slice(0, 10);
        const [y, m, d] = iso.split('-') as [string, string, string];
        const year = short ? y.slice(2) : y;
        expect(readAttribute('date', [d, m, year].join(mark), 'dmy')).toBe(iso);
        expect(readAttribute('date', [m, d, year].join(mark), 'mdy')).toBe(iso);
        expect(readAttribute('date', [year, m, d].join(mark), 'ymd')).toBe(iso);
      }),
    );
  });
});

describe('yes and no', () => {
  it.each(['yes', 'Y', 'TRUE', 'да', 'Да', 'có', 'co\u0301', '1'])('%s is true', (text) => {
    expect(readAttribute('boolean', text)).toBe(true);
  });

  it.each(['no', 'N', 'False', 'НЕТ', 'không', 'không'.normalize('NFD'), '0'])('%s is false', (text) => {
    expect(readAttribute('boolean', text)).toBe(false);
  });

  it.each(['maybe', '2', 'нетто', 'constructor'])('%s is neither', (text) => {
    expect(readAttribute('boolean', text)).toBeUndefined();
  });
});

describe('a list', () => {
  it.each([
    ['a; b ;c', ['a', 'b', 'c']],
    ['a|b', ['a', 'b']],
    ['a, b,', ['a', 'b']],
    ['Smith, John; Doe, Jane', ['Smith, John', 'Doe, Jane']],
    ['* myContacts ::: * Friends', ['* myContacts', '* Friends']],
    ['alone', ['alone']],
  ])('%j is %j', (text, items) => {
    expect(readAttribute('list', text)).toEqual(items);
  });
});

describe('a missing value', () => {
  it.each(['-', '—', 'n/a', 'NULL', '#N/A', 'н/д'])('may be %j', (text) => {
    expect(isPlaceholder(text)).toBe(true);
  });

  it.each(['no', '0', '-1', 'Nathan', 'none of it'])('is not %j', (text) => {
    expect(isPlaceholder(text)).toBe(false);
  });
});

describe('the type of a column', () => {
  const many = (value: (i: number) => string, count = 200) => Array.from({ length: count }, (_, i) => value(i));

  it.each([
    [['12', '7', '', '1 250'], { type: 'number' }],
    [['12,5', '1 250,00', 'n/a'], { type: 'number' }],
    [['45000', '52000', '61500'], { type: 'number' }],
    [['33', '33709', '33709'], { type: 'number' }],
    [['1', '0', '1'], { type: 'number' }],
    [['007', '123'], { type: 'text' }],
    [['33709', '10115', '90210'], { type: 'text' }],
    [['79161234567'], { type: 'text' }],
    [['1234567890123456789'], { type: 'text' }],
    [['1,234', '5'], { type: 'text' }],
    [['12%', '15%'], { type: 'text' }],
    [['yes', 'No', ''], { type: 'boolean' }],
    [['да', 'нет'], { type: 'boolean' }],
    [['yes', 'perhaps'], { type: 'text' }],
    [['2025-04-03', '2025-04-30'], { type: 'date', dateOrder: 'ymd' }],
    [['03/04/2025', '13/04/2025'], { type: 'date', dateOrder: 'dmy' }],
    [['03/04/2025', '04/13/2025'], { type: 'date', dateOrder: 'mdy' }],
    [['13/04/2025', '04/13/2025'], { type: 'text' }],
    [['03/04/2025', '05/06/2025'], { type: 'date', dateOrder: 'dmy' }],
    [['10/10/13 7:35', '12/31/13 19:02'], { type: 'date', dateOrder: 'mdy' }],
    [['vip;new', 'new', 'vip;old', 'old;new', 'vip;new'], { type: 'list' }],
    [['He called; no answer', 'She wrote; later'], { type: 'text' }],
    [['', ' '], { type: 'text' }],
    [[], { type: 'text' }],
    [['Anna', '12'], { type: 'text' }],
  ])('of %j is %j', (values, guess) => {
    expect(guessType(values)).toEqual(guess);
  });

  it('takes dates that may be read both ways as the country writes them, dots with the day first', () => {
    expect(guessType(['03/04/2025'], 'mdy')).toEqual({ type: 'date', dateOrder: 'mdy' });
    expect(guessType(['03.04.2025'], 'mdy')).toEqual({ type: 'date', dateOrder: 'dmy' });
  });

  it('bears one value of a hundred that does not fit, and no more', () => {
    expect(guessType(many((i) => (i < 2 ? 'x' : String(i))))).toEqual({ type: 'number' });
    expect(guessType(many((i) => (i < 3 ? 'x' : String(i))))).toEqual({ type: 'text' });
    expect(guessType(many((i) => (i < 1 ? 'x' : String(i)), 99))).toEqual({ type: 'text' });
  });

  it('guesses no type that its values can not be read as', () => {
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom('0', '1', '2', '9', '/', '.', '-', ',', ' ', ':', ';', 'y', 'n', 'a') }),
      fc.constantFrom('yes', '12/01/2024', '2024-02-30', '1,234.5', 'a;b'),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), (values) => {
        const { type, dateOrder } = guessType(values);
        for (const text of values.map((each) => each.trim()))
          if (text !== '' && !isPlaceholder(text)) expect(readAttribute(type, text, dateOrder)).toBeDefined();
      }),
    );
  });
});
