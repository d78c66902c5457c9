import { describe, expect, it } from '@jest/globals';

import { proposeMapping } from './mapping.js';
import { rowReader, type RowPlan } from './row.js';

const COLUMNS = ['id', 'first name', 'last name', 'phone', 'state', 'time zone', 'priority', 'bill', '__proto__'];
const plan: RowPlan = { columns: COLUMNS, mapping: proposeMapping(COLUMNS), country: 'US', generate: null };
const read = (fields: string[], rowNumber = 1, with_: Partial<RowPlan> = {}) =>
  rowReader({ ...plan, ...with_ })({ line: 2, fields, fault: null }, rowNumber);

const GOOD = ['7', ' Anna ', 'Smith', '(415) 555-0000', 'CA', '', '', '', ''];
const replaced = (at: number, value: string) => GOOD.map((field, i) => (i === at ? value : field));

describe('a row', () => {
  it('becomes a lead: name from its parts, phone, region, zone from the state, the rest as attributes', () => {
    expect(read(replaced(7, '12.50'))).toEqual({
      phone: { e164: '+14155550000', country: 'US', lineType: 'fixed_line_or_mobile', lastDigits: '00' },
      externalId: '7',
      name: 'Anna Smith',
      region: 'CA',
      attributes: { bill: '12.50' },
      priority: 0,
      zones: ['America/Los_Angeles'],
    });
  });

  it('goes by its own time zone before its state, and by its own country code before the base', () => {
    expect(read(replaced(5, 'America/Denver'))).toMatchObject({ zones: ['America/Denver'] });
    expect(read(replaced(3, '+33199001234'))).toMatchObject({ phone: { country: 'FR' }, zones: ['Europe/Paris'] });
  });

  it('loses no column, whatever it is called', () => {
    const row = read(replaced(8, 'kept'));
    expect(Object.entries((row as { attributes: object }).attributes)).toEqual([['__proto__', 'kept']]);
  });

  it('drops the apostrophe that a safe export put before a formula', () => {
    expect(read(replaced(7, "'=1+1"))).toMatchObject({ attributes: { bill: '=1+1' } });
  });

  it.each([
    [GOOD.slice(1), 'row_too_narrow', null],
    [[...GOOD, 'more'], 'row_too_wide', null],
    [replaced(1, 'An\0na'), 'null_byte', 'first name'],
    [replaced(6, 'high'), 'priority_invalid', 'priority'],
    [replaced(6, '99999'), 'priority_invalid', 'priority'],
    [replaced(3, ''), 'phone_missing', 'phone'],
    [replaced(3, '12'), 'phone_too_short', 'phone'],
  ])('%j is rejected as %s', (fields, code, column) => {
    expect(read(fields)).toMatchObject({ code, column });
  });

  it('gets the fictional number of its own place when phones are generated, until they run out', () => {
    const generate = { seed: 's', from: 0 };
    const columns = ['name'];
    const mapping = proposeMapping(columns);
    const at = (rowNumber: number, from = 0) =>
      read(['x'], rowNumber, { columns, mapping, generate: { ...generate, from } });
    expect(at(1)).toMatchObject({ phone: { country: 'FR', lineType: 'fixed_line' }, zones: ['Europe/Paris'] });
    expect(at(2, 0)).toEqual(at(1, 1));
    expect(at(1)).not.toEqual(at(2));
    expect(at(64_001)).toMatchObject({ code: 'fictional_phones_exhausted' });
  });
});
