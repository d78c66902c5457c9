import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { cellFormat, numberText, plainNumber, unescapeText } from './cell-text.js';

const shown = (written: string, code: string, date1904 = false) => numberText(written, cellFormat(164, code), date1904);

describe('a number', () => {
  it.each([
    ['79161234567', '79161234567'],
    ['7.9161234567E10', '79161234567'],
    ['7.9161234567e+10', '79161234567'],
    ['79161234567.0', '79161234567'],
    ['8.40000000001E+11', '840000000001'],
    ['12345678901234567890', '12345678901234567890'],
    ['1E+21', '1000000000000000000000'],
    ['-0', '0'],
    ['-12', '-12'],
    ['007', '7'],
    ['.5', '0.5'],
    ['12.50', '12.5'],
    ['0.30000000000000004', '0.3'],
    ['1.1000000000000001', '1.1'],
    ['79161234567.000001', '79161234567'],
    ['1E-7', '0.0000001'],
    ['-1.25E-8', '-0.0000000125'],
    ['0E5', '0'],
    ['1E999', '1E999'],
    ['none', 'none'],
  ])('that is written %s is %s', (written, text) => {
    expect(plainNumber(written)).toBe(text);
  });

  it('keeps every digit, wherever its exponent puts the point', () => {
    const digits = fc.stringMatching(/^[1-9]\d{0,14}$/);
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 20 }), (text, zeros) => {
        const whole = text + '0'.repeat(zeros);
        const mantissa = text.length > 1 ? `${text[0]}.${text.slice(1)}` : text;
        expect(plainNumber(`${mantissa}E${whole.length - 1}`)).toBe(whole);
      }),
    );
  });

  it('says in full what it says with an exponent, to 15 digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e60, max: 1e60 }), (value) => {
        const text = plainNumber(String(value));
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(Number(text).toPrecision(15))).toBe(Number(value.toPrecision(15)) + 0);
      }),
    );
  });
});

describe('a number that is shown through a mask', () => {
  it.each([
    ['912345678', '0000000000', '0912345678'],
    ['42', '00000', '00042'],
    ['79161234567', '+0\\ \\(000\\)\\ 000\\-00\\-00', '+7 (916) 123-45-67'],
    ['9161234567', '"+7 "000 000-00-00', '+7 916 123-45-67'],
    ['84901234567', '+#', '84901234567'],
    ['84901234567', '+00', '+84901234567'],
    ['123', '##-##', '1-23'],
    ['42', '00000;[Red]-00000', '00042'],
    ['42.5', '00000', '42.5'],
  ])('%s in %s is %s', (written, code, text) => {
    expect(shown(written, code)).toBe(text);
  });

  it.each([
    'General',
    '0',
    '#,##0',
    '0.00',
    '0%',
    '0.00E+00',
    '@',
    '#,##0 "₽"',
    '0 "pcs"',
    '[<=9999999]###-####;(###) ###-####',
  ])('but not through %s', (code) => {
    expect(shown('84901234567', code)).toBe('84901234567');
  });
});

describe('a date', () => {
  it.each([
    ['33000', 'yyyy-mm-dd', '1990-05-07'],
    ['45306', 'm/d/yy', '2024-01-15'],
    ['45306.5', 'dd.mm.yyyy', '2024-01-15'],
    ['45306.5', 'dd.mm.yyyy hh:mm', '2024-01-15T12:00:00'],
    ['45306', 'dd/mm/yyyy\\ h:mm\\ AM/PM;@', '2024-01-15T00:00:00'],
    ['45306.999999', 'yyyy-mm-dd hh:mm:ss', '2024-01-16T00:00:00'],
    ['45306', '[$-419]d\\ mmm\\ yyyy" г.";@', '2024-01-15'],
    ['45306', 'mmmm', '2024-01-15'],
    ['0.375', 'h:mm', '09:00:00'],
    ['45306.375', 'h:mm', '2024-01-15T09:00:00'],
    ['1.5', '[h]:mm:ss', '36:00:00'],
    ['0.0006944444', 'mm:ss', '00:01:00'],
    ['1', 'yyyy-mm-dd', '1900-01-01'],
    ['59', 'yyyy-mm-dd', '1900-02-28'],
    ['61', 'yyyy-mm-dd', '1900-03-01'],
    ['2958465', 'yyyy-mm-dd', '9999-12-31'],
  ])('of serial %s in %s is %s', (written, code, text) => {
    expect(shown(written, code)).toBe(text);
  });

  it('counts from 1904 in workbooks of old Macs', () => {
    expect(shown('0', 'yyyy-mm-dd', true)).toBe('1904-01-01');
    expect(shown('43844', 'yyyy-mm-dd', true)).toBe('2024-01-15');
  });

  it.each(['0', '60', '-1', '2958466', '79161234567'])('that is none stays the number %s', (written) => {
    expect(shown(written, 'yyyy-mm-dd')).toBe(written);
  });

  it('is every day from 1 March 1900 on, one after the other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 61, max: 2_958_464 }), (serial) => {
        const day = (at: number) => Date.parse(shown(String(at), 'yyyy-mm-dd'));
        expect(day(serial + 1) - day(serial)).toBe(86_400_000);
      }),
    );
  });

  it('is told by the number of a format that no workbook spells out', () => {
    expect(numberText('45306', cellFormat(14, undefined), false)).toBe('2024-01-15');
    expect(numberText('45306.25', cellFormat(22, undefined), false)).toBe('2024-01-15T06:00:00');
    expect(numberText('0.25', cellFormat(20, undefined), false)).toBe('06:00:00');
    expect(numberText('45306', cellFormat(1, undefined), false)).toBe('45306');
  });

  it.each(['"day" 0', '0\\d', '[Red]0', '#,##0\\ "days"', '0_d'])('is not what %s shows', (code) => {
    expect(shown('45306', code)).toBe('45306');
  });
});

it('reads control characters back that a workbook can only hold escaped', () => {
  expect(unescapeText('a_x000D_b_x005F_x000D_c_xyz_')).toBe('a\rb_x000D_c_xyz_');
});
