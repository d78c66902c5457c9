import { describe, expect, it } from '@jest/globals';

import { proposeMapping, type Mapping } from './mapping.js';
import { isRowFault, rowReader, type LeadRow, type RowPlan } from './row.js';

const COLUMNS = ['id', 'first name', 'last name', 'phone', 'state', 'time zone', 'priority', 'bill', '__proto__'];
const plan: RowPlan = {
  columns: COLUMNS,
  mapping: proposeMapping(COLUMNS, [], 'US').mapping,
  country: 'US',
  defaultPriority: 0,
  generate: null,
  owners: null,
};
const read = (fields: string[], rowNumber = 1, with_: Partial<RowPlan> = {}) =>
  rowReader({ ...plan, ...with_ })({ line: 2, fields, fault: null }, rowNumber);

const GOOD = ['7', ' Anna ', 'Smith', '(415) 555-0000', 'CA', '', '', '', ''];
const replaced = (at: number, value: string) => GOOD.map((field, i) => (i === at ? value : field));

const NOTHING: Mapping = {
  phones: [],
  name: null,
  nameParts: [],
  externalId: null,
  region: null,
  timeZone: null,
  priority: null,
  owner: null,
  attributes: [],
};
/** A row of a file that has these columns alone, mapped as told. */
const readCells = (cells: Record<string, string>, mapping: Partial<Mapping>, with_: Partial<RowPlan> = {}) =>
  read(Object.values(cells), 1, { columns: Object.keys(cells), mapping: { ...NOTHING, ...mapping }, ...with_ });
const numbers = (row: ReturnType<typeof read>) => (isRowFault(row) ? row : row.phones.map(({ e164 }) => e164));

describe('a row', () => {
  it('becomes a lead: name from its parts, phone, region, zone from the state, the rest as attributes', () => {
    expect(read(replaced(7, '12.50'))).toEqual({
      phones: [{ e164: '+14155550000', country: 'US', lineType: 'fixed_line_or_mobile', lastDigits: '00' }],
      externalId: '7',
      name: 'Anna Smith',
      region: 'CA',
      attributes: { bill: '12.50' },
      priority: 0,
      ownerId: null,
      zones: ['America/Los_Angeles'],
      places: [{ zones: ['America/Los_Angeles'], regions: ['US-CA'], source: 'file_region' }],
    });
  });

  it('goes by its own time zone before its state, and by its own country code before the base', () => {
    expect(read(replaced(5, 'America/Denver'))).toMatchObject({ zones: ['America/Denver'] });
    expect(read(replaced(3, '+33199001234'))).toMatchObject({ phones: [{ country: 'FR' }], zones: ['Europe/Paris'] });
  });

  it('keeps a time zone that is none as it was written', () => {
    expect(read(replaced(5, 'UTC-8'))).toMatchObject({
      attributes: { 'time zone': 'UTC-8' },
      zones: ['America/Los_Angeles'],
    });
  });

  it('loses no column, whatever it is called', () => {
    const row = read(replaced(8, 'kept'));
    expect(Object.entries((row as LeadRow).attributes)).toEqual([['__proto__', 'kept']]);
  });

  it('drops the apostrophe that a safe export put before a formula', () => {
    expect(read(replaced(7, "'=1+1"))).toMatchObject({ attributes: { bill: '=1+1' } });
    expect(read(replaced(7, "'tis"))).toMatchObject({ attributes: { bill: "'tis" } });
    expect(read(replaced(3, "'+1 415 555-0000"))).toMatchObject({ phones: [{ e164: '+14155550000' }] });
  });

  it('leaves off blanks of every kind', () => {
    expect(read(replaced(7, '\u00a0 12 \u2003'))).toMatchObject({ attributes: { bill: '12' } });
    expect((read(replaced(7, '\u00a0')) as LeadRow).attributes).toEqual({});
  });

  it('has the priority that the import gives where it states none', () => {
    expect(read(GOOD, 1, { defaultPriority: 5 })).toMatchObject({ priority: 5 });
    expect(read(replaced(6, '-3'), 1, { defaultPriority: 5 })).toMatchObject({ priority: -3 });
    expect(read(replaced(6, '7.0'), 1, { defaultPriority: 5 })).toMatchObject({ priority: 7 });
    expect(read(replaced(6, '0'), 1, { defaultPriority: 5 })).toMatchObject({ priority: 0 });
  });

  it('may have delimiters too many, but no value behind them', () => {
    expect(read([...GOOD, '', ' '])).toHaveProperty('phones');
  });

  it.each([
    [GOOD.slice(1), 'row_too_narrow', null],
    [[...GOOD, 'more'], 'row_too_wide', null],
    [replaced(1, 'An\0na'), 'null_byte', 'first name'],
    [replaced(6, 'high'), 'priority_invalid', 'priority'],
    [replaced(6, '99999'), 'priority_invalid', 'priority'],
    [replaced(6, '0x10'), 'priority_invalid', 'priority'],
    [replaced(3, ''), 'phone_missing', 'phone'],
    [replaced(3, '12'), 'phone_too_short', 'phone'],
    [replaced(0, 'x'.repeat(201)), 'external_id_too_long', 'id'],
    [replaced(1, 'x'.repeat(500)), 'name_too_long', 'first name'],
  ])('%j is rejected as %s', (fields, code, column) => {
    expect(read(fields)).toMatchObject({ code, column });
  });

  it('is rejected for what was wrong with its line', () => {
    const fault = { code: 'quote_not_closed', detail: 'x' } as const;
    expect(rowReader(plan)({ line: 2, fields: ['"'], fault }, 1)).toEqual({ ...fault, column: null });
  });

  it('gets the fictional number of its own place when phones are generated, until they run out', () => {
    const generate = { seed: 's', from: 0 };
    const columns = ['name'];
    const mapping = { ...NOTHING, name: 'name' };
    const at = (rowNumber: number, from = 0) =>
      read(['x'], rowNumber, { columns, mapping, generate: { ...generate, from } });
    expect(at(1)).toMatchObject({ phones: [{ country: 'FR', lineType: 'fixed_line' }], zones: ['Europe/Paris'] });
    expect(at(2, 0)).toEqual(at(1, 1));
    expect(at(1)).not.toEqual(at(2));
    expect(at(64_001)).toMatchObject({ code: 'fictional_phones_exhausted' });
  });
});

describe('the phones of a row', () => {
  const phones = ['mobile', 'home', 'work'];
  const row = (mobile: string, home: string, work: string) => readCells({ mobile, home, work }, { phones });

  it('come in the order of their columns, empty ones passed over', () => {
    expect(numbers(row('', '4155550002', '4155550001'))).toEqual(['+14155550002', '+14155550001']);
  });

  it('are there once each', () => {
    expect(numbers(row('4155550001', '+1 (415) 555-0001', '4155550002'))).toEqual(['+14155550001', '+14155550002']);
  });

  it('have the zones of their own countries, and of the region in theirs', () => {
    const found = readCells(
      { mobile: '4155550001', home: '+33199001234', state: 'CA' },
      { phones: ['mobile', 'home'], region: 'state' },
    );
    expect(found).toMatchObject({
      zones: ['America/Los_Angeles'],
      places: [{ zones: ['America/Los_Angeles'] }, { zones: ['Europe/Paris'] }],
    });
  });

  it('are kept as they were written where they are none, beside one that is', () => {
    expect(row('12', '4155550001', 'none')).toMatchObject({
      phones: [{ e164: '+14155550001' }],
      attributes: { mobile: '12', work: 'none' },
    });
  });

  it('are kept under a name of their own', () => {
    const found = readCells(
      { mobile: '12', home: '4155550001', x: 'y' },
      { phones: ['mobile', 'home'], attributes: [{ column: 'x', name: 'Mobile', type: 'text' }] },
    );
    expect(found).toMatchObject({ attributes: { 'mobile (2)': '12', Mobile: 'y' } });
  });

  it('are at fault where none of them is one: the first that is there', () => {
    expect(row('', '12', 'x')).toMatchObject({ code: 'phone_too_short', column: 'home' });
    expect(row('', ' ', '')).toMatchObject({ code: 'phone_missing', column: 'mobile' });
  });

  it.each([
    ['+1 415-555-0001 ::: +33199001234', ['+14155550001', '+33199001234'], {}],
    ['+1 415-555-0001 ::: *100#', ['+14155550001'], { mobile: '*100#' }],
    ['800 ::: +1 415-555-0001', ['+14155550001'], { mobile: '800' }],
    ['4155550001, (415) 555-0002', ['+14155550001', '+14155550002'], {}],
    ['4155550001;4155550002 / 4155550003', ['+14155550001', '+14155550002', '+14155550003'], {}],
    ['4155550001\n4155550001', ['+14155550001'], {}],
    ['(415) 555-0001, office', ['+14155550001'], {}],
  ])('may share a cell: %j', (cell, expected, attributes) => {
    const found = row(cell, '', '');
    expect(numbers(found)).toEqual(expected);
    expect((found as LeadRow).attributes).toEqual(attributes);
  });

  it('are not made of the last digits of another', () => {
    const row = readCells({ phone: '8 495 123-45-67/68' }, { phones: ['phone'] }, { country: 'RU' });
    expect(row).toMatchObject({ code: expect.stringMatching(/^phone_/), column: 'phone' });
  });
});

describe('the owner of a row', () => {
  const owners = { anna: 3 };
  const owner = (login: string, with_: Partial<RowPlan> = { owners }) =>
    readCells({ phone: '4155550001', owner: login }, { phones: ['phone'], owner: 'owner' }, with_);

  it('is who has the login, however it is written', () => {
    expect(owner(' Anna ')).toMatchObject({ ownerId: 3 });
    expect(owner('')).toMatchObject({ ownerId: null });
  });

  it('is not made up', () => {
    expect(owner('ben')).toMatchObject({ code: 'owner_unknown', column: 'owner' });
    expect(owner('constructor')).toMatchObject({ code: 'owner_unknown' });
    expect(owner('anna', { owners: null })).toMatchObject({ code: 'owner_unknown' });
  });
});

describe('the attributes of a row', () => {
  const typed = (type: 'number' | 'date' | 'boolean' | 'list' | 'text', value: string) =>
    readCells(
      { phone: '4155550001', x: value },
      {
        phones: ['phone'],
        attributes: [{ column: 'x', name: 'y', type, ...(type === 'date' ? { dateOrder: 'mdy' } : {}) }],
      },
    );

  it.each([
    ['number', '1 234,50', 1234.5],
    ['number', '0', 0],
    ['date', '01/31/2025', '2025-01-31'],
    ['boolean', 'no', false],
    ['list', 'a; b', ['a', 'b']],
    ['text', ' 007 ', '007'],
  ] as const)('have their type and their name: %s %j', (type, text, value) => {
    expect(typed(type, text)).toMatchObject({ attributes: { y: value } });
  });

  it.each([
    ['number', 'many'],
    ['date', '31/01/2025'],
    ['boolean', 'perhaps'],
  ] as const)('that are none of their type reject it: %s %j', (type, text) => {
    expect(typed(type, text)).toMatchObject({ code: 'attribute_invalid', column: 'x' });
    expect(JSON.stringify(typed(type, text))).not.toContain(text);
  });

  it('are left out where they are empty, or say so', () => {
    expect((typed('number', 'n/a') as LeadRow).attributes).toEqual({});
    expect((typed('date', '-') as LeadRow).attributes).toEqual({});
    expect((typed('text', '') as LeadRow).attributes).toEqual({});
    expect(typed('text', '-')).toMatchObject({ attributes: { y: '-' } });
  });

  it('are those that are mapped', () => {
    expect((readCells({ phone: '4155550001', x: 'y' }, { phones: ['phone'] }) as LeadRow).attributes).toEqual({});
  });
});

describe('the name of a row', () => {
  it('is made of its parts where the whole is empty or none is mapped', () => {
    const named = (name: string, first: string, last: string) =>
      readCells(
        { phone: '4155550001', name, first, last },
        { phones: ['phone'], name: 'name', nameParts: ['first', 'last'] },
      );
    expect(named('Anna Smith', 'Anna', 'S.')).toMatchObject({ name: 'Anna Smith' });
    expect(named('', 'Anna', 'Smith')).toMatchObject({ name: 'Anna Smith' });
    expect(named('', '', 'Smith')).toMatchObject({ name: 'Smith' });
    expect(named('', '', '')).toMatchObject({ name: null });
  });
});
