import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { csvLine, safeField, unsafeField } from './spreadsheet-safe.js';

const read = (line: string) => parse(line, { relax_column_count: true, record_delimiter: '\r\n' }) as string[][];

/** Texts of all that the rule looks at, and any text. */
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'=+-@＝\t\r\n\'",;|0123456789 .aé'), maxLength: 16 }),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^'{0,2}[+-]?\d{0,15}([.,]\d{1,2})?$/),
);

describe('a line for spreadsheets', () => {
  it('starts no formula in any field', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const [fields] = read(csvLine(values));
        for (const field of fields ?? [])
          if (!/^-\d+([.,]\d+)?$/.test(field)) expect(field).not.toMatch(/^[=+\-@＝＋－＠\t\r\n]/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('holds nothing that a spreadsheet would take for a quantity and shorten', () => {
    fc.assert(
      fc.property(value, (text) => {
        const [fields] = read(csvLine([text, 'x']));
        expect(fields![0]).not.toMatch(/^(0\d+|\d{12,})$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('comes back as it was through the import', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 2 }), (values) => {
        const records = read(csvLine(values));
        expect(records).toHaveLength(1);
        expect(records[0]!.map(unsafeField)).toEqual(values);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['+33199001234', "'+33199001234"],
    ['0199001234', "'0199001234"],
    ['33199001234567', "'33199001234567"],
    ['+33 1 99', "'+33 1 99"],
    ["'=1", "''=1"],
    ['-1', '-1'],
    ['-1,50', '"-1,50"'],
    ['-2+3', "'-2+3"],
    ['0', '0'],
    ['0.5', '0.5'],
    ['42', '42'],
    ["d'Arc", "d'Arc"],
    [' x', '" x"'],
  ])('writes %s as %s', (text, written) => {
    expect(safeField(text)).toBe(written);
  });
});
