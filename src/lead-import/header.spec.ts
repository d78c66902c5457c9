import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { columnsAt, findHeader } from './header.js';
import type { FileRecord } from './record.js';

/** Records of lines whose fields are set apart by commas. */
const records = (...lines: string[]): FileRecord[] =>
  lines.map((line, i) => ({ line: i + 1, fields: line.split(','), fault: null }));
const codes = (found: { notices: { code: string }[] }) => found.notices.map(({ code }) => code);

describe('the header', () => {
  it.each([
    ['the first line of names', ['phone,name', '+33199001234,Anna', '+33199001235,Bob'], 0],
    ['the only line, when it looks like names', ['Phone,FIRSTName,LAST,Email'], 0],
    ['a line of names nobody knows, above values', ['Nummer,Ort', '030 1234567,Berlin', '040 1234567,Hamburg'], 0],
    ['a line of words above words', ['column1,column2', 'row1-1,row1-2', 'row2-1,row2-2'], 0],
    ['a name above a list', ['telefono', '35430098657', '11153450923'], 0],
    ['a name above a single value that is no id', ['ID', 'not an id'], 0],
    [
      'a line with names for half of the columns',
      ['Phone,Custom,,', '1234567-89-5,Foo,A,B', '1234567-89-6,Bar,C,D'],
      0,
    ],
    ['a line that ends before the rows do', ['phone,name', '+33199001234,Anna,Paris', '+33199001235,Bob,Lyon'], 0],
    ['a line that comes again further down', ['one,two', 'a,b', 'one,two', 'c,d'], 0],
    ['below a title', ['Report of March', 'phone,name', '+33199001234,Anna'], 1],
    ['below a title with all its delimiters', ['Report of March,,,', 'phone,name,city,age', '1,2,3,4', '5,6,7,8'], 1],
    [
      'below a title, a date and a blank row',
      ['Clients', 'made on:,2025-01-31', ',,', 'Kunde,Nummer,Ort', 'Anna,030 1234567,Berlin', 'Bob,030 1234568,Bonn'],
      3,
    ],
    ['below a title of a list', ['Leads of March', 'phone', '+33199001234', '+33199001235'], 1],
    ['below a line about delimiters', ['sep=;,', 'Nummer,Ort', '030 1234567,Berlin'], 1],
    ['below the names of groups', ['Contact,,Address,', 'Name,Phone,Street,City', 'Anna,123456,Main,Bonn'], 1],
  ])('is %s', (_, lines, at) => {
    expect(findHeader(records(...lines)).at).toBe(at);
  });

  it.each([
    ['a list of phones', ['+33199001234', '+33199001235']],
    ['one phone', ['+33199001234,Anna']],
    ['rows of values', ['1234567-89-5,Foo,A,B', '1234567-89-6,Bar,C,D']],
    ['a row whose names come again', ['Anna,Berlin,F', 'Lena,Bonn,F', 'Otto,Berlin,M']],
    [
      'lines of a dialer',
      [
        '100001,10001,129,1,7275551213,MR,John,COMMENTS,1970-01-01',
        '100002,10002,129,1,3125551213,MR,Jane,,1970-01-01',
      ],
    ],
    ['a shortened phone', ['7.9161E+10,Anna', '7.9162E+10,Bob']],
  ])('is not looked for in %s', (_, lines) => {
    const found = findHeader(records(...lines));
    expect(found.at).toBe(-1);
    expect(codes(found)).toEqual(['no_header']);
    expect(found.columns).toEqual(lines[0]!.split(',').map((_cell, i) => `column ${i + 1}`));
  });

  it('is not a line with a fault', () => {
    const [title, ...rest] = records('Report "of" March', 'phone,name', '+33199001234,Anna');
    const fault = { code: 'quote_misplaced', detail: 'x' } as const;
    expect(findHeader([{ ...title!, fault }, ...rest]).at).toBe(1);
  });

  it('is found whatever titles stand above it', () => {
    const title = fc.string({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(title, { maxLength: 5 }), (titles) => {
        const junk = titles.map((text, i) => ({ line: i + 1, fields: [text, '', ''], fault: null }));
        const table = records(
          'Name,Phone,City',
          'Anna,+33199001234,Paris',
          'Bob,+33199001235,Lyon',
          'Eve,+33199001236,Metz',
        );
        const found = findHeader([...junk, ...table]);
        expect(found.at).toBe(titles.length);
        expect(found.columns).toEqual(['Name', 'Phone', 'City']);
      }),
    );
  });

  it('may be named by whoever knows better', () => {
    const lines = records('Anna,Paris', 'Bob,Lyon');
    expect(columnsAt(lines, 1)).toMatchObject({ at: 1, columns: ['Bob', 'Lyon'] });
    expect(columnsAt(lines, null)).toMatchObject({ at: -1, columns: ['column 1', 'column 2'] });
  });
});

describe('the columns', () => {
  it('are called by their place where they have no name', () => {
    expect(findHeader(records('phone,, ,city', '+33199001234,a,b,Paris')).columns).toEqual([
      'phone',
      'column 2',
      'column 3',
      'city',
    ]);
  });

  it('that share a name are told apart, and the importer is told', () => {
    const found = findHeader(records('Phone,Name,phone ,PHONE,Phone (2)', '+33199001234,Anna,,,'));
    expect(found.columns).toEqual(['Phone', 'Name', 'phone (3)', 'PHONE (4)', 'Phone (2)']);
    expect(found.notices).toEqual([
      expect.objectContaining({ code: 'duplicate_headers', columns: ['phone (3)', 'PHONE (4)'] }),
    ]);
  });

  it('have a name of their own each, whatever the header', () => {
    const name = fc.constantFrom('', ' ', 'a', 'A', 'a (2)', 'column 2', 'column 3', 'COLUMN 1', 'b\0');
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 12 }), (fields) => {
        const { columns } = columnsAt([{ line: 1, fields, fault: null }], 0);
        expect(columns).toHaveLength(fields.length);
        expect(new Set(columns.map((column) => column.toLowerCase())).size).toBe(columns.length);
        expect(columns).not.toContain('');
      }),
    );
  });

  it('without name and values are noted, and are none at the end of the line', () => {
    const found = findHeader(records('phone,,name,,', '+33199001234,,Anna,,', '+33199001235,,Bob,,'));
    expect(found.columns).toEqual(['phone', 'column 2', 'name']);
    expect(found.notices).toEqual([
      expect.objectContaining({ code: 'empty_columns', columns: ['column 2', 'column 4', 'column 5'] }),
    ]);
  });

  it('go as far as the rows do', () => {
    expect(findHeader(records('phone,name', '+33199001234,Anna,Paris', '+33199001235,Bob,Lyon')).columns).toEqual([
      'phone',
      'name',
      'column 3',
    ]);
  });

  it('tell how many lines were passed over', () => {
    expect(findHeader(records('Report', '', 'phone,name', '+33199001234,Anna')).notices).toEqual([
      expect.objectContaining({ code: 'junk_above_header', lines: 2 }),
    ]);
  });

  it('are at most 500', () => {
    expect(() => findHeader(records(Array.from({ length: 501 }, (_, i) => `c${i}`).join()))).toThrow(
      expect.objectContaining({ code: 'too_many_columns', status: 422 }),
    );
    expect(() => columnsAt(records('a,'.repeat(300_000)), 0)).toThrow(
      expect.objectContaining({ code: 'too_many_columns' }),
    );
    expect(() => findHeader(records('a,'.repeat(300_000)))).toThrow(
      expect.objectContaining({ code: 'too_many_columns' }),
    );
    expect(findHeader(records(`phone,name${','.repeat(300_000)}`, '+33199001234,Anna')).columns).toEqual([
      'phone',
      'name',
    ]);
    expect(findHeader(records(Array.from({ length: 500 }, (_, i) => `c${i}`).join())).columns).toHaveLength(500);
  });
});
