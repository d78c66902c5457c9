import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { readHead, splitRecords } from '../web/src/bases/csv-head.js';

const file = (text: string | Buffer) => new File([typeof text === 'string' ? text : new Uint8Array(text)], 'base.csv');

describe('the first look into a chosen file', () => {
  it('finds the columns and the first rows, whatever stands between them', async () => {
    for (const delimiter of [',', ';', '\t', '|']) {
      const lines = [
        ['phone', 'name'],
        ['+33199000001', 'Anna'],
      ].map((cells) => cells.join(delimiter));
      expect(await readHead(file(lines.join('\r\n')))).toEqual({
        columns: ['phone', 'name'],
        rows: [['+33199000001', 'Anna']],
      });
    }
  });

  it('leaves a byte-order mark and blanks out of the names of columns', async () => {
    expect((await readHead(file('\ufeffphone , name\n'))).columns).toEqual(['phone', 'name']);
  });

  it('shows three rows at most', async () => {
    expect((await readHead(file('phone\n1\n2\n3\n4\n5\n'))).rows).toEqual([['1'], ['2'], ['3']]);
  });

  it('has nothing to show of an empty file', async () => {
    expect(await readHead(file(''))).toEqual({ columns: [], rows: [] });
  });

  it('reads no more than the head of a file of any size', async () => {
    const long = `phone,name\n${'+33199000001,Anna\n'.repeat(100_000)}`;
    const { rows } = await readHead(file(long));
    expect(rows).toHaveLength(3);
  });

  it('keeps delimiters, quotes and line ends that are within quotes', () => {
    expect(splitRecords('a,"b, ""c""\nd",e\nf', ',', 10)).toEqual([['a', 'b, "c"\nd', 'e'], ['f']]);
  });

  it('gives back every record that was written', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', ' ', ',', '"', '\n', ';') });
    const record = fc.array(cell, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (records) => {
        const text = records
          .map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(',') + '\n')
          .join('');
        expect(splitRecords(text, ',', 100)).toEqual(records);
      }),
    );
  });
});
