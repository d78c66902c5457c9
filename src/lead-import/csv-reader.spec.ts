import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { CsvReader, MAX_RECORD_BYTES, type CsvRecord } from './csv-reader.js';

/** The records of a text that comes in pieces of `size` bytes. */
async function read(text: string, size = Infinity, lineEnding: 'lf' | 'cr' = 'lf'): Promise<CsvRecord[]> {
  const reader = new CsvReader({ delimiter: ',', lineEnding });
  const bytes = Buffer.from(text);
  const records: CsvRecord[] = [];
  for (let at = 0; at < bytes.length; at += size) records.push(...(await reader.push(bytes.subarray(at, at + size))));
  return [...records, ...(await reader.end())];
}

const brief = (records: CsvRecord[]) =>
  records.map(({ line, fields, fault }) => [line, fault?.code ?? fields.join('/')]);

describe('the records of a file', () => {
  it('carry the lines where they start, blank lines and line ends inside quotes counted', async () => {
    const text = 'a,b\r\n\r\n1,"x\r\ny"\r\n\n\n2,z\n3,end';
    for (const size of [Infinity, 7, 1])
      expect(brief(await read(text, size))).toEqual([
        [1, 'a/b'],
        [3, '1/x\r\ny'],
        [7, '2/z'],
        [8, '3/end'],
      ]);
  });

  it('are those of csv-parse, however the bytes are cut', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é'), maxLength: 5 });
    const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 20 }),
        async (rows, size) => {
          const text = rows.map((row) => `${row.map(quoted).join(',')}\n`).join('');
          const records = await read(text, size);
          expect(records.map((record) => record.fields)).toEqual(parse(text, { relax_column_count: true }));
          expect(records.every((record) => record.fault === null)).toBe(true);
        },
      ),
    );
  });

  it('may end with carriage returns alone', async () => {
    expect(brief(await read('a,b\r1,2\r3,4', Infinity, 'cr'))).toEqual([
      [1, 'a/b'],
      [2, '1/2'],
      [3, '3/4'],
    ]);
  });
});

describe('a broken line', () => {
  it('is given up alone, whatever was broken and however the bytes are cut', async () => {
    const text = 'a,b\n1,"lost\n2,ok\n3,"x"y\n4,"fine"\n5,5" pipe\n6,"lost again\n7,ok\n';
    for (const size of [Infinity, 11, 1])
      expect(brief(await read(text, size))).toEqual([
        [1, 'a/b'],
        [2, 'quote_not_closed'],
        [3, '2/ok'],
        [4, 'quote_misplaced'],
        [5, '4/fine'],
        [6, '5/5" pipe'],
        [7, 'quote_not_closed'],
        [8, '7/ok'],
      ]);
  });

  it('accounts for each line of any text, as part of a record or as faulty', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', '"', ',', ' '), minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 30 }), async (lines, size) => {
        const records = await read(`${lines.join('\n')}\n`, size);
        const covered = records.map(({ fields, fault }) => (fault ? 1 : 1 + fields.join('').split('\n').length - 1));
        expect(covered.reduce((sum, count) => sum + count, 0)).toBe(lines.length);
        expect(brief(records)).toEqual(brief(await read(`${lines.join('\n')}\n`)));
      }),
    );
  });

  it('that is longer than 1 MB is passed over without being kept', async () => {
    const long = 'x'.repeat(3 * MAX_RECORD_BYTES);
    const records = await read(`a,b\n1,2\n${long},3\n4,5\n`, 65_536);
    expect(brief(records)).toEqual([
      [1, 'a/b'],
      [2, '1/2'],
      [3, 'row_too_long'],
      [4, '4/5'],
    ]);
    expect(records[2]!.fields[0]!.length).toBeLessThan(5_000);
  });

  it('with a quote that swallows more than 1 MB costs one line', async () => {
    const rest = Array.from({ length: 150_000 }, (_, i) => `${i},person\n`).join('');
    const records = await read(`a,b\n1,"lost\n${rest}`, 65_536);
    expect(records).toHaveLength(150_002);
    expect(brief(records.filter((record) => record.fault))).toEqual([[2, 'quote_not_closed']]);
  });
});
