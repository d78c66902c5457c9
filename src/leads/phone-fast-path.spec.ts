import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import metadata from 'libphonenumber-js/max/metadata';

import { parsePlainPhone } from './phone-fast-path.js';
import { isPhoneFault, parsePhone, parsePhoneByLibrary } from './phone-number.js';

type Plan = readonly unknown[];

const countries = Object.keys(metadata.countries);
const plans = metadata.countries as unknown as Record<string, Plan>;
const callingCodes = Object.keys(metadata.country_calling_codes);
const noCountryCodes = Object.keys((metadata as unknown as { nonGeographic: object }).nonGeographic);

const digit = fc.integer({ min: 0, max: 9 }).map(String);
const digits = (min: number, max: number) =>
  fc.array(digit, { minLength: min, maxLength: max }).map((all) => all.join(''));

/** National numbers of every type of a country, as its patterns have them. */
const numbersOf = new Map(
  countries.map((country) => {
    const [, , general] = plans[country] as string[];
    const types = (plans[country]![11] ?? []) as (readonly [string?] | 0)[];
    const patterns = types.map((type) => (type ? type[0] : undefined)).filter((pattern) => pattern);
    return [
      country,
      fc.oneof(...[general, ...patterns].map((pattern) => fc.stringMatching(new RegExp(`^(?:${pattern})$`)))),
    ];
  }),
);

const national = (country: string) =>
  fc.oneof(
    { weight: 6, arbitrary: numbersOf.get(country)! },
    // One digit wrong, too many, or too few.
    {
      weight: 3,
      arbitrary: fc
        .tuple(numbersOf.get(country)!, fc.nat(12), digits(0, 2), fc.nat(2))
        .map(([number, at, put, cut]) => number.slice(0, at) + put + number.slice(at + cut)),
    },
    { weight: 1, arbitrary: digits(1, 18) },
  );

const prefixOf = (country: string) => {
  const [callingCode, , , , , nationalPrefix] = plans[country] as string[];
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom('', '', `+${callingCode}`, `+${callingCode}`, nationalPrefix || '', callingCode!),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom(`00${callingCode}`, `011${callingCode}`, `810${callingCode}`, '00', '0', '8', '1'),
    },
    { weight: 1, arbitrary: fc.constantFrom(...callingCodes, ...noCountryCodes).map((code) => `+${code}`) },
  );
};

/** What people put between digits. */
const separator = fc.constantFrom(' ', '-', '.', '(', ')', '/', ') ', ' (', '\u00a0', '\u2011', '–');
const punctuated = (text: string) =>
  fc
    .array(fc.tuple(fc.nat(text.length), separator), { maxLength: 5 })
    .map((marks) => marks.reduce((all, [at, mark]) => all.slice(0, at) + mark + all.slice(at), text));

/** What is left to the library, and its like that is not. */
const around = fc.oneof(
  { weight: 12, arbitrary: fc.constant(['', '']) },
  { weight: 2, arbitrary: fc.constantFrom([' ', ' '], ["'", ''], ['(', ''], ['', ')'], ["' ", '.'], ['\u00a0', '']) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(['', '.0'], ['', ',00'], ['', 'E+10'], ['', ' доб. 12'], ['', '#12'], ['+', '']),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(['моб. ', ''], ['', ' (рабочий)'], ['+ ', ''], ['(+', ''], ['', '; 1'], ['\t', '\n']),
  },
);

const cell = fc.constantFrom(...countries).chain((country) =>
  fc.record({
    raw: fc
      .tuple(prefixOf(country), national(country), around)
      .chain(([prefix, number, [before, after]]) =>
        fc
          .oneof(fc.constant(prefix + number), punctuated(prefix + number))
          .map((written) => `${before}${written}${after}`),
      ),
    country: fc.oneof(
      { weight: 8, arbitrary: fc.constant(country) },
      { weight: 3, arbitrary: fc.constantFrom(...countries) },
      { weight: 1, arbitrary: fc.constantFrom('XX', '', '001', 'constructor') },
    ),
  }),
);

describe('the fast way to read a phone', () => {
  it('says what the library says, of every cell', () => {
    const seen = new Map<string, number>();
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    fc.assert(
      fc.property(cell, ({ raw, country }) => {
        const parse = parsePhone(raw, country);
        const byLibrary = parsePhoneByLibrary(raw, country);
        if (!isDeepStrictEqual(parse, byLibrary)) expect(parse).toEqual(byLibrary);
        if (parsePlainPhone(raw, country) !== null) count('fast');
        count(isPhoneFault(parse) ? parse.code : parse.lineType);
        if (!isPhoneFault(parse)) count('valid');
      }),
      { numRuns: 20_000 },
    );
    // The sample is of what it speaks about.
    expect(seen.get('fast')).toBeGreaterThan(12_000);
    expect(seen.get('valid')).toBeGreaterThan(6_000);
    const kinds = ['mobile', 'fixed_line', 'fixed_line_or_mobile', 'voip', 'toll_free', 'premium_rate', 'shared_cost'];
    for (const kind of [...kinds, 'personal_number', 'uan']) expect(seen.get(kind)).toBeGreaterThan(50);
    for (const code of ['phone_invalid', 'phone_too_short', 'phone_too_long']) {
      expect(seen.get(code)).toBeGreaterThan(200);
    }
  });

  it.each([
    ['+79161234567', 'RU', '+79161234567'],
    ['8 (916) 123-45-67', 'RU', '+79161234567'],
    ['0912 345 678', 'VN', '+84912345678'],
    ['(212) 555-0123', 'US', '+12125550123'],
    ['06 12 34 56 78', 'FR', '+33612345678'],
    ['0033 6 12 34 56 78', 'RU', '+33612345678'],
    ["'07400 123456", 'GB', '+447400123456'],
    ['06 698 12345', 'IT', '+390669812345'],
  ])('reads %s in a base of %s without the library', (raw, country, e164) => {
    expect(parsePlainPhone(raw, country)).toMatchObject({ e164 });
  });

  it.each([
    '79161234567.0',
    '7.9161E+10',
    '8 916 123-45-67 доб. 12',
    '1-800-FLOWERS',
    '+7916+1234567',
    '12',
    '1'.repeat(65),
  ])('leaves %s to the library', (raw) => {
    expect(parsePlainPhone(raw, 'RU')).toBeNull();
  });
});
