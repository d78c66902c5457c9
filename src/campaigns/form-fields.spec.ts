import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { checkAnswers, checkFields, FIELD_TYPES, type FormField } from './form-fields.js';

const field = (type: FormField['type'], more: Partial<FormField> = {}): FormField => ({
  id: 'f',
  label: 'F',
  type,
  ...more,
});
const answer = (one: FormField, value: unknown) => {
  const { values, faults } = checkAnswers([one], { f: value }, 'FR');
  return faults.length > 0 ? faults.map((fault) => fault.code).join() : values['f'];
};

describe('the answers of a form', () => {
  it.each<[FormField, unknown, unknown]>([
    [field('text'), '  Ann ', 'Ann'],
    [field('text', { min: 2, max: 3 }), '😀', 'answer_too_small'],
    [field('text', { max: 3 }), 'four', 'answer_too_large'],
    [field('text'), 7, 'answer_wrong'],
    [field('text'), 'a\0', 'answer_wrong'],
    [field('text', { pattern: 'digits' }), '0123', '0123'],
    [field('text', { pattern: 'digits' }), '12a', 'answer_unfit'],
    [field('text', { pattern: 'letters' }), 'Жан-Поль O’Neil', 'Жан-Поль O’Neil'],
    [field('text', { pattern: 'letters' }), 'R2D2', 'answer_unfit'],
    [field('text', { pattern: 'letters_and_digits' }), '12 б/3', '12 б/3'],
    [field('text', { pattern: 'iban' }), 'DE89 3704 0044 0532 0130 00', 'DE89 3704 0044 0532 0130 00'],
    [field('text', { pattern: 'iban' }), 'DE88 3704 0044 0532 0130 00', 'answer_unfit'],
    [field('text', { pattern: 'inn' }), '7707083893', '7707083893'],
    [field('text', { pattern: 'inn' }), '7707083894', 'answer_unfit'],
    [field('text', { pattern: 'inn' }), '500100732259', '500100732259'],
    [field('text', { pattern: 'inn' }), '500100732258', 'answer_unfit'],
    [field('number'), '12,5', 12.5],
    [field('number'), 12.5, 12.5],
    [field('number'), 'a dozen', 'answer_wrong'],
    [field('number'), 'Infinity', 'answer_wrong'],
    [field('number', { min: 1, max: 3 }), 0, 'answer_too_small'],
    [field('number', { min: 1, max: 3 }), '4', 'answer_too_large'],
    [field('date'), '2028-02-29', '2028-02-29'],
    [field('date'), '2027-02-29', 'answer_wrong'],
    [field('date'), '29.02.2028', 'answer_wrong'],
    [field('date', { min: '2026-03-02' }), '2026-03-01', 'answer_too_small'],
    [field('date', { max: '2026-03-02' }), '2026-03-03', 'answer_too_large'],
    [field('boolean'), false, false],
    [field('boolean'), 'yes', 'answer_wrong'],
    [field('choice', { choices: ['Gas', ' Power '] }), 'Power', 'Power'],
    [field('choice', { choices: ['Gas', 'Power'] }), 'Water', 'answer_no_choice'],
    [field('choice'), 'Water', 'answer_no_choice'],
    [field('phone'), '06 12 34 56 78', '+33612345678'],
    [field('phone'), '123', 'answer_wrong'],
    [field('email'), 'ann@example.org', 'ann@example.org'],
    [field('email'), 'анна@пример.рф', 'анна@пример.рф'],
    [field('email'), 'ann@example', 'answer_wrong'],
    [field('email'), 'a@b@example.org', 'answer_wrong'],
    [field('email'), 'ann@example..org', 'answer_wrong'],
    [field('address'), '1 rue X, Lyon', '1 rue X, Lyon'],
    [field('address'), 'Lyon', 'answer_too_small'],
  ])('%j given %j: %j', (one, given, expected) => {
    expect(answer(one, given)).toEqual(expected);
  });

  it('may be left out where nothing demands them, whatever emptiness is sent', () => {
    for (const type of FIELD_TYPES)
      for (const given of [undefined, null, '', '   ']) {
        expect(answer(field(type, { choices: ['a', 'b'] }), given)).toBeUndefined();
        expect(answer(field(type, { required: true, choices: ['a', 'b'] }), given)).toBe('answer_missing');
      }
  });

  it('are refused where nobody asked, and never repeat what was typed', () => {
    const { values, faults } = checkAnswers([field('phone')], JSON.parse('{"f":"secret 1","__proto__":"x"}'));
    expect(faults.map(({ path, code }) => `${path} ${code}`)).toEqual(['__proto__ answer_unknown', 'f answer_wrong']);
    expect(JSON.stringify(faults)).not.toContain('secret');
    expect(values).toEqual({});
  });

  it('are checked without failing, and what is kept is accepted again', () => {
    const anyField = fc.record({
      id: fc.constantFrom('f', 'g', '__proto__'),
      label: fc.constant('F'),
      type: fc.constantFrom(...FIELD_TYPES),
      required: fc.boolean(),
      choices: fc.constant<string[]>(['a', 'b']),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(anyField, { selector: (one) => one.id }),
        fc.dictionary(fc.string(), fc.anything()),
        (fields, given) => {
          const { values, faults } = checkAnswers(fields, given, 'FR');
          if (faults.length === 0) expect(checkAnswers(fields, values, 'FR')).toEqual({ values, faults: [] });
        },
      ),
    );
  });
});

describe('fields that somebody put together', () => {
  const codes = (one: FormField) => checkFields([one], 'fields').map(({ path, code }) => `${code} ${path}`);

  it.each<[FormField, string[]]>([
    [field('number', { min: 1, max: 2 }), []],
    [field('date', { min: '2026-01-01', max: '2026-12-31' }), []],
    [field('choice', { choices: ['a', 'b'] }), []],
    [field('number', { min: 2, max: 1 }), ['bounds_crossed fields.0.max']],
    [field('date', { min: '2026-02-01', max: '2026-01-01' }), ['bounds_crossed fields.0.max']],
    [field('number', { min: '1' }), ['bound_unfit fields.0.min']],
    [field('date', { max: 3 }), ['bound_unfit fields.0.max']],
    [field('text', { max: 1.5 }), ['bound_unfit fields.0.max']],
    [field('boolean', { min: 1 }), ['bound_unfit fields.0.min']],
    [field('number', { pattern: 'digits' }), ['pattern_unfit fields.0.pattern']],
    [field('choice', { choices: ['a'] }), ['choices_missing fields.0.choices']],
    [field('choice', { choices: ['a', 'a '] }), ['choice_twice fields.0.choices']],
    [field('text', { choices: ['a', 'b'] }), ['choices_unfit fields.0.choices']],
  ])('%j: %j', (one, expected) => {
    expect(codes(one)).toEqual(expected);
  });
});
