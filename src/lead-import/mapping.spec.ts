import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { proposeMapping, readHeader, resolveMapping } from './mapping.js';

describe('the proposed mapping', () => {
  it.each([
    ['Phone,FIRSTName,Last,Email,ID', { phone: 'Phone', nameParts: ['FIRSTName', 'Last'], externalId: 'ID' }],
    [
      'ФИО;Номер телефона;Регион;Часовой пояс',
      { phone: 'Номер телефона', name: 'ФИО', region: 'Регион', timeZone: 'Часовой пояс' },
    ],
    ['Họ và tên,Số điện thoại,Tỉnh/Thành phố', { phone: 'Số điện thoại', name: 'Họ và tên', region: 'Tỉnh/Thành phố' }],
    ['ho ten,sdt,do uu tien', { phone: 'sdt', name: 'ho ten', priority: 'do uu tien' }],
    ['telefono,nombre,celular', { phone: 'telefono', name: 'nombre' }],
    [
      'vendor_lead_code,phone_number,state,rank',
      { phone: 'phone_number', externalId: 'vendor_lead_code', region: 'state', priority: 'rank' },
    ],
    ['age;job;contact;day', { phone: null, name: null, externalId: null, nameParts: [] }],
    ['Fax Number,Pager', { phone: null }],
  ])('of %s', (header, expected) => {
    expect(proposeMapping(header.split(/[,;]/))).toMatchObject(expected);
  });

  it('prefers a mobile to a home phone, and uses a column once', () => {
    expect(proposeMapping(['Home Phone', 'Mobile Phone']).phone).toBe('Mobile Phone');
  });

  const ALIASES = join(import.meta.dirname, '../../../shared/data/leads/header_aliases.json');
  const present = existsSync(ALIASES);
  if (!present) process.stderr.write(`SKIPPED: ${ALIASES} is not there\n`);
  (present ? it : it.skip)('finds phone and name in the exports of Google Contacts and Outlook', () => {
    const aliases = JSON.parse(readFileSync(ALIASES, 'utf8')) as Record<string, string | string[]>;
    for (const key of ['google_new', 'google_old', 'outlook_en', 'outlook_ru']) {
      const header = aliases[key]!;
      const mapping = proposeMapping(typeof header === 'string' ? header.split(',') : header);
      expect(mapping.phone).toMatch(/phone 1 - value|mobile phone|primary phone|основной телефон|телефон переносной/i);
      expect(mapping.name ?? mapping.nameParts.join(' ')).toMatch(/^(name|first name last name|имя фамилия)$/i);
    }
  });
});

describe('the mapping that counts', () => {
  it('is the one that was asked for, and nothing is guessed beside it', () => {
    expect(resolveMapping(['a', 'name', 'phone'], { phone: 'a' }, false)).toMatchObject({ phone: 'a', name: null });
  });

  it('needs a phone, unless phones are generated', () => {
    expect(() => resolveMapping(['name'], null, false)).toThrow(
      expect.objectContaining({ code: 'phone_column_missing', field: 'options.mapping.phone' }),
    );
    expect(resolveMapping(['name'], null, true).phone).toBeNull();
  });

  it('names no column that the file has not', () => {
    expect(() => resolveMapping(['phone'], { phone: 'phone', name: 'nom' }, false)).toThrow(
      expect.objectContaining({ code: 'column_unknown', field: 'options.mapping.name' }),
    );
  });
});

describe('the header', () => {
  it('calls columns without a name by their place', () => {
    expect(readHeader(['phone', '', ' '])).toEqual(['phone', 'column 2', 'column 3']);
  });

  it('is refused when two columns share a name, or when there are too many', () => {
    expect(() => readHeader(['Phone', 'name', 'phone '])).toThrow(
      expect.objectContaining({ code: 'duplicate_headers' }),
    );
    expect(() => readHeader(Array.from({ length: 501 }, (_, i) => `c${i}`))).toThrow(
      expect.objectContaining({ code: 'too_many_columns' }),
    );
  });
});
