import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { isPhoneFault, parsePhone } from '../src/leads/phone-number.js';

/** Numbers of all countries with what Google's libphonenumber, of an older release than ours, makes of them. */
const VECTORS = join(import.meta.dirname, '../../shared/data/phone/vectors.json');
const present = existsSync(VECTORS);
if (!present) process.stderr.write(`SKIPPED: ${VECTORS} is not there\n`);

interface Vector {
  input: string;
  region: string;
  e164?: string;
  valid?: boolean;
  number_region?: string | null;
  type?: string;
}

/** Every number of which we think otherwise, by cause: `input | country of the base`, and what we make of it. */
const DIFFERENCES: Record<string, readonly string[]> = {
  'Plans changed since: Benin has ten digits since the end of 2024': [
    'tel:+229-20-21-12-34 | BJ: phone_invalid',
    '+22990011234 | BJ: phone_too_short',
    '90 01 12 34 | BJ: phone_too_short',
    'tel:+229-90-01-12-34 | BJ: phone_invalid',
    '+229 85 75 12 34 | BJ: phone_too_short',
    '85 75 12 34 | BJ: phone_too_short',
    'tel:+229-85-75-12-34 | BJ: phone_invalid',
    '+22981123456 | BJ: phone_too_short',
    '+229 81 12 34 56 | BJ: phone_too_short',
  ],
  'Plans changed since: ranges of premium rate, company numbers and an area that are no more': [
    '+55300123456 | BR: phone_invalid',
    '0300 12 3456 | BR: phone_invalid',
    '+385611234 | HR: phone_too_short',
    '+385 61 12 34 | HR: phone_too_short',
    'tel:+385-61-12-34 | HR: phone_invalid',
    '+9668110123456 | SA: phone_invalid',
    '0811 012 3456 | SA: phone_invalid',
    '+2631312345 | ZW: phone_invalid',
    '+263 13 12345 | ZW: phone_invalid',
  ],
  'We also take 00 for the international prefix where the country of the base has another': [
    '0079123456789 | RU: +79123456789',
    '00375294911911 | BY: +375294911911',
    '005511961234567 | BR: +5511961234567',
  ],
  'We undo the decimals of a number that a spreadsheet took for a quantity': [
    '79123456789.0 | RU: +79123456789',
    '375294911911.0 | BY: +375294911911',
    '380501234567.0 | UA: +380501234567',
    '447400123456.0 | GB: +447400123456',
    // Without decimals both read it so: German area codes begin with 49 too, and are as long.
    '4915123456789.0 | DE: +494915123456789',
    '33612345678.0 | FR: +33612345678',
    '918123456789.0 | IN: +918123456789',
  ],
  'We find a number that has words around it': [
    '8 (912) 345-67-89 (рабочий) | RU: +79123456789',
    '050 123 4567 (рабочий) | UA: +380501234567',
    '06 12 34 56 78 (рабочий) | FR: +33612345678',
  ],
};

/** The same number, of another type or country: `number: theirs, ours`. */
const TYPE_DIFFERENCES: Record<string, readonly string[]> = {
  'Plans changed since': [
    '+26779101234: BW voip, BW mobile',
    '+856301234567: LA uan, LA mobile',
    '+13052090123: US voip, US fixed_line_or_mobile',
  ],
  'Western Sahara and Morocco share a calling code, and our library asks Morocco first': [
    '+212528812345: EH fixed_line, MA fixed_line',
  ],
  'Our library has no mobiles for Tristan da Cunha, and takes that for one pattern for both': [
    '+2908999: TA fixed_line, TA fixed_line_or_mobile',
  ],
};

(present ? describe : describe.skip)("libphonenumber's own numbers", () => {
  const vectors = present ? (JSON.parse(readFileSync(VECTORS, 'utf8')) as Vector[]) : [];
  const read = vectors.map((vector) => {
    const parse = parsePhone(vector.input, vector.region);
    // Numbers of no country (+800 …) are valid there, and none that we dial.
    const expected = vector.valid && vector.number_region !== '001' ? vector.e164! : null;
    return { vector, expected, parse };
  });

  it('are the same numbers to us, valid and not, but for those whose cause is known', () => {
    const found = read.flatMap(({ vector, expected, parse }) => {
      const ours = isPhoneFault(parse) ? null : parse.e164;
      if (ours === expected) return [];
      return [`${vector.input} | ${vector.region}: ${isPhoneFault(parse) ? parse.code : parse.e164}`];
    });
    expect(vectors.length).toBe(2_438);
    expect(found.sort()).toEqual(Object.values(DIFFERENCES).flat().sort());
  });

  it('are of the same country and type to us, but for those whose cause is known', () => {
    const found = read.flatMap(({ vector, expected, parse }) => {
      if (expected === null || isPhoneFault(parse)) return [];
      const theirs = `${vector.number_region} ${vector.type!.toLowerCase()}`;
      const ours = `${parse.country} ${parse.lineType}`;
      return theirs === ours ? [] : [`${expected}: ${theirs}, ${ours}`];
    });
    expect([...new Set(found)].sort()).toEqual(Object.values(TYPE_DIFFERENCES).flat().sort());
  });
});
