import { describe, expect, it } from '@jest/globals';

import { isPhoneFault, maskPhone, parsePhone } from './phone-number.js';

const e164 = (raw: string, country: string) => {
  const parse = parsePhone(raw, country);
  return isPhoneFault(parse) ? parse.code : parse.e164;
};

describe('a phone as people write it', () => {
  it.each([
    ['01 99 00 12 34', 'FR', '+33199001234'],
    ['0033 1 99 00 12 34', 'US', '+33199001234'],
    ['+33 (0)1 99 00 12 34', 'US', '+33199001234'],
    ["'+33199001234", 'US', '+33199001234'],
    ['8 (912) 345-67-89', 'RU', '+79123456789'],
    ['8\u00a0912\u00a03456789', 'RU', '+79123456789'],
    ['8 (912) 345-67-89 (рабочий)', 'RU', '+79123456789'],
    ['моб. 89123456789', 'RU', '+79123456789'],
    ['0912 345 678', 'VN', '+84912345678'],
    ['+1 415-555-0000 ::: +1 415-555-0001', 'FR', '+14155550000'],
  ])('%s in a base of %s is %s', (raw, country, expected) => {
    expect(e164(raw, country)).toBe(expected);
  });

  it('carries country, line type and its last two digits', () => {
    expect(parsePhone('8 912 345 67 89', 'RU')).toEqual({
      e164: '+79123456789',
      country: 'RU',
      lineType: 'mobile',
      lastDigits: '89',
    });
    expect(parsePhone('+442079460123', 'FR')).toMatchObject({ country: 'GB', lineType: 'fixed_line' });
  });
});

describe('a phone as spreadsheets leave it', () => {
  it.each([
    ['3.3199001234E+10', '+33199001234'],
    ['3,3199001234e10', '+33199001234'],
    ['33199001234.0', '+33199001234'],
    ['33199001234,00', '+33199001234'],
  ])('%s holds every digit: %s', (raw, expected) => {
    expect(e164(raw, 'FR')).toBe(expected);
  });

  it.each(['3.3199E+10', '3,3E+10', '3E+10', '3.31990012345E+10'])(
    '%s has lost digits and is not guessed at',
    (raw) => {
      expect(e164(raw, 'FR')).toBe('phone_digits_lost');
    },
  );
});

describe('what is no phone', () => {
  it.each([
    ['', 'phone_missing'],
    ['  \u00a0 ', 'phone_missing'],
    ['-', 'phone_invalid'],
    ['call the neighbour', 'phone_invalid'],
    ['#322*67', 'phone_invalid'],
    ['01 99', 'phone_too_short'],
    ['01 99 00 12 34 56', 'phone_too_long'],
    ['1'.repeat(40), 'phone_too_long'],
    ['00 00 00 00 00', 'phone_invalid'],
    ['+800 1234 5678', 'phone_invalid'],
    ['+999 123456789', 'phone_invalid'],
  ])('%j is %s', (raw, code) => {
    expect(e164(raw, 'FR')).toBe(code);
  });

  it('is told without a digit of it: reasons are stored unsealed', () => {
    for (const raw of ['01 99', '3.3199E+10', '1234567', '+999 123456789']) {
      const parse = parsePhone(raw, 'FR');
      expect(isPhoneFault(parse) && parse.detail).not.toMatch(/\d/);
    }
  });
});

it('shows the calling code and the last two digits of a phone, and nothing between', () => {
  expect(maskPhone('FR', '67')).toBe('+33 ••• •• 67');
  expect(maskPhone('RU', '01')).toBe('+7 ••• •• 01');
});
