import {
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
  type CountryCode,
  type PhoneNumber,
} from 'libphonenumber-js/core';
// One set of metadata for all: the smaller ones disagree with `max` on about 2 numbers in 10,000.
import metadata from 'libphonenumber-js/max/metadata';

import { Problem } from '../common/problem.js';
import { MAX_DIGITS, parsePlainPhone, type ParsedPhone } from './phone-fast-path.js';

export type { ParsedPhone };

/** Why a text is no number that can be dialled. `detail` never repeats the text: it is stored unsealed. */
export interface PhoneFault {
  code: 'phone_missing' | 'phone_invalid' | 'phone_too_short' | 'phone_too_long' | 'phone_digits_lost';
  detail: string;
}

export type PhoneParse = ParsedPhone | PhoneFault;

export function isPhoneFault(parse: PhoneParse): parse is PhoneFault {
  return 'code' in parse;
}

/** Is it a country whose numbers we can read? */
export function isPhoneCountry(country: string): country is CountryCode {
  return isSupportedCountry(country as CountryCode, metadata);
}

/** Throws country_unknown (422) for what is no country with numbers that we can read. */
export function checkCountry(country: string, field: string): void {
  if (isPhoneCountry(country)) return;
  throw new Problem('country_unknown', 422, `${country} is no country that has phone numbers.`, {
    field,
    fix: 'Give the two letters of ISO 3166-1, such as FR or VN.',
  });
}

const MISSING: PhoneFault = { code: 'phone_missing', detail: 'The phone is empty.' };
const NO_DIGITS: PhoneFault = { code: 'phone_invalid', detail: 'The phone holds no number.' };
const DIGITS_LOST: PhoneFault = {
  code: 'phone_digits_lost',
  detail:
    'A spreadsheet shortened the number to powers of ten and its last digits are lost. Format the column as text and export again.',
};
const TOO_SHORT: PhoneFault = { code: 'phone_too_short', detail: 'The phone has too few digits.' };
const TOO_LONG: PhoneFault = { code: 'phone_too_long', detail: 'The phone has too many digits.' };

/**
 * Read a phone as people and spreadsheets write it. `country` (ISO 3166-1) is that of numbers written without one.
 * Where a cell holds several (`… ::: …`, as Google Contacts exports them) the first counts.
 */
export function parsePhone(raw: string, country: string): PhoneParse {
  const plain = parsePlainPhone(raw, country);
  if (plain === null) return parsePhoneByLibrary(raw, country);
  return typeof plain === 'string' ? faultFor(plain, country) : plain;
}

/** The same, by the library alone: what `parsePhone` must agree with, and asks for whatever is not plainly written. */
export function parsePhoneByLibrary(raw: string, country: string): PhoneParse {
  const text = tidy(raw);
  if (text === '') return MISSING;
  const expanded = undoSpreadsheet(text);
  if (expanded === null) return DIGITS_LOST;
  const digits = expanded.replace(/\D/g, '');
  if (digits.length === 0) return NO_DIGITS;
  // Dialled as a service code, not as a number: `*100#`, `#322*67`.
  if (/^[*#]/.test(expanded)) return { code: 'phone_invalid', detail: 'The phone is a service code.' };
  const home = isPhoneCountry(country) ? { defaultCountry: country } : {};
  for (const meaning of meanings(expanded)) {
    const number = parsePhoneNumberFromString(meaning, home, metadata);
    if (number?.isValid()) return parsedOf(number);
  }
  if (digits.length > MAX_DIGITS) return TOO_LONG;
  return faultFor(validatePhoneNumberLength(expanded, home, metadata), country);
}

/**
 * What may be shown of a phone, from what is stored unsealed: `+33 ••• •• 67`. `country` is ISO 3166-1; a country without
 * a calling code shows none.
 */
export function maskPhone(country: string, lastDigits: string): string {
  const code = isPhoneCountry(country) ? `+${getCountryCallingCode(country, metadata)} ` : '';
  return `${code}••• •• ${lastDigits}`;
}

function tidy(raw: string): string {
  const first = raw.split(':::', 1)[0]!;
  // Digits of full width and their like become plain ones; most texts are plain already.
  const plain = /[^\u0020-\u007e]/.test(first) ? first.normalize('NFKC') : first;
  return plain
    .replace(/[\s\u00a0\u200b-\u200f\u202a-\u202e\u2060\ufeff]+/g, ' ')
    .trim()
    .replace(/^'+/, '')
    .trim();
}

/**
 * `7.9161234567E+10` and `79161234567.0` are numbers that a spreadsheet took for quantities. Exact where every digit is
 * there; null where it shortened them.
 */
function undoSpreadsheet(text: string): string | null {
  const exponent = /^(\+?)(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})$/.exec(text);
  if (exponent) {
    const [, plus, lead, fraction = '', power] = exponent;
    const digits = lead! + fraction;
    return digits.length === Number(power) + 1 ? plus! + digits : null;
  }
  return text.replace(/^(\+?\d{5,})[.,]0+$/, '$1');
}

/** What the text may mean, the likeliest first. */
function meanings(text: string): string[] {
  const found = [text];
  // 00 is the international prefix of most of the world, also where the default country's is another.
  if (/^\(?00[1-9]/.test(text)) found.push(text.replace(/^\(?00/, '+'));
  // A number with words around it, in brackets or not.
  const inner = text.match(/\+?\d[\d ().\-–/]{4,}\d/g);
  if (inner?.length === 1 && inner[0] !== text) found.push(inner[0]!);
  return found;
}

function parsedOf(number: PhoneNumber): PhoneParse {
  if (!number.country) return { code: 'phone_invalid', detail: 'The phone belongs to no country.' };
  return {
    e164: number.number,
    country: number.country,
    lineType: number.getType()?.toLowerCase() ?? 'unknown',
    lastDigits: number.number.slice(-2),
  };
}

/** `reason`: the library's word for it. */
function faultFor(reason: string | undefined, country: string): PhoneFault {
  switch (reason) {
    case 'TOO_SHORT':
      return TOO_SHORT;
    case 'TOO_LONG':
      return TOO_LONG;
    case 'INVALID_COUNTRY':
      return {
        code: 'phone_invalid',
        detail: 'The phone has no known country code, and the base no country to read it by.',
      };
    default:
      return { code: 'phone_invalid', detail: `The phone is no number in use in ${country} or abroad.` };
  }
}
