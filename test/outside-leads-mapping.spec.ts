import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';

import { findHeader } from '../src/lead-import/header.js';
import { proposeMapping, type Mapping } from '../src/lead-import/mapping.js';
import type { FileRecord } from '../src/lead-import/record.js';
import { isRowFault, rowReader } from '../src/lead-import/row.js';

/** What the columns of other systems' files are taken for: files and headers as those systems write them. */

const LEADS = join(import.meta.dirname, '../../shared/data/leads');
const VICIDIAL_EXPORT = join(import.meta.dirname, '../../shared/data/vicidial/list_download_header.tsv');
const present = existsSync(LEADS) && existsSync(VICIDIAL_EXPORT);
if (!present) process.stderr.write(`SKIPPED: ${LEADS} is not there\n`);
const outside = present ? describe : describe.skip;

const files = present
  ? readdirSync(LEADS, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(csv|txt)$/.test(file) && !file.includes('LICENSE'))
      .map((file) => file.replaceAll('\\', '/'))
      .sort()
  : ['none'];

/** Other tests guess the delimiter; here it is known. */
function delimiterOf(file: string): string {
  if (file.startsWith('vicidial') && file.endsWith('.txt')) return '|';
  if (file.includes('semicolon')) return ';';
  return file.endsWith('.txt') ? '\t' : ',';
}

function read(file: string) {
  const options = {
    delimiter: delimiterOf(file),
    relax_column_count: true,
    skip_empty_lines: true,
    bom: true,
  } as const;
  const rows: string[][] = parse(readFileSync(join(LEADS, file), 'utf8'), options);
  const records = rows.map((fields, i): FileRecord => ({ line: i + 1, fields, fault: null }));
  const header = findHeader(records);
  const data = records.slice(header.at + 1);
  const country = file.startsWith('ominicontacto') ? 'AR' : 'US';
  const sample = data.map(({ fields }) => fields);
  return { header, data, country, proposal: proposeMapping(header.columns, sample, country) };
}

const columnsIn = ({ phones, nameParts, attributes, ...single }: Mapping) =>
  [...phones, ...nameParts, ...attributes.map(({ column }) => column), ...Object.values(single)].filter(
    (column) => column !== null,
  );

outside('a file of another system', () => {
  it.each(files)('%s has each of its columns named once, and a lead or a reason for each row', (file) => {
    const { header, data, country, proposal } = read(file);
    expect(columnsIn(proposal.mapping).sort()).toEqual([...header.columns].sort());
    expect(new Set(proposal.mapping.attributes.map(({ name }) => name)).size).toBe(proposal.mapping.attributes.length);
    const generate = proposal.mapping.phones.length > 0 ? null : { seed: 's', from: 0 };
    const plan = {
      columns: header.columns,
      mapping: proposal.mapping,
      country,
      defaultPriority: 0,
      generate,
      owners: null,
    };
    const readRow = rowReader(plan);
    for (const [i, record] of data.entries()) {
      const row = readRow(record, i + 1);
      if (!isRowFault(row)) expect(row.phones.length).toBeGreaterThan(0);
      // No type was guessed that a row of the file is then refused for.
      else expect(row.code).toMatch(/^(phone_|row_too_|owner_unknown)/);
    }
  });

  const US_LIST = { phones: ['Phone'], nameParts: ['FIRSTName', 'MiddleName', 'LAST'], externalId: 'ID' };
  it.each([
    ['impactdialing/cell_scrub_valid_voters.csv', US_LIST],
    ['impactdialing/valid_voters_list.txt', US_LIST],
    ['impactdialing/voter_list_only_headers.csv', US_LIST],
    ['impactdialing/valid_voters_duplicate_phone_headers.csv', { phones: ['PHONENUMBER', 'PHONENUMBER (2)'] }],
    ['impactdialing/voters_with_nil_header_info.csv', { phones: ['Phone'] }],
    ['impactdialing/windoze_voters_list.csv', { phones: ['Phone', 'Phone (2)', 'Phone2', 'Phone3', 'Phone4'] }],
    [
      'misc/google_shared_contacts_outlook.csv',
      {
        phones: ['Mobile Phone', 'Home Phone', 'Home Phone 2', 'Business Phone', 'Business Phone 2'],
        name: 'Name',
        externalId: 'ID',
      },
    ],
    [
      'misc/thunderbird_basic_csv_addressbook.csv',
      { phones: ['Mobile Number', 'Home Phone', 'Work Phone'], name: 'Display Name', region: 'Home State' },
    ],
    ['misc/thunderbird_csv_semicolon.csv', { phones: [], name: 'Display Name' }],
    ['ominicontacto/base_prueba_multinum2.csv', { phones: ['cell', 'phone'] }],
    [
      'ominicontacto/example-db.csv',
      { phones: ['telefono'], nameParts: ['name', 'surname'], externalId: 'id_contact' },
    ],
    ['ominicontacto/planilla-ejemplo-1.csv', { phones: ['celular', 'telefono'], name: 'nombre' }],
    ['salesforce-dataloader/updateAccountCsvTemplate.csv', { phones: ['PHONE'], name: 'NAME', externalId: 'ID' }],
    ['salesforce-dataloader/updateAccountWithExternalIdCsvTemplate.csv', { owner: 'OWNER:User-username' }],
    ['salesforce-dataloader/bulkV2MultipleJobsCsvTemplate.csv', { phones: ['PHONE'], name: 'NAME' }],
  ])('%s has its header found and understood', (file, mapping) => {
    const { header, proposal } = read(file);
    expect(header.at).toBe(0);
    expect(proposal.mapping).toMatchObject(mapping);
  });

  it.each(files.filter((file) => file.startsWith('vicidial')))(
    '%s is read by its order, as it has no header',
    (file) => {
      const { header, proposal } = read(file);
      expect(header).toMatchObject({
        at: -1,
        notices: expect.arrayContaining([expect.objectContaining({ code: 'no_header' })]),
      });
      expect(proposal.mapping).toMatchObject({
        phones: ['column 5', 'column 20'],
        nameParts: ['column 7', 'column 8', 'column 9'],
        externalId: 'column 1',
        region: 'column 14',
      });
    },
  );

  it('without a header is not taken to have one', () => {
    const { header } = read('impactdialing/voters_with_no_header_info.csv');
    expect(header).toMatchObject({ at: -1, columns: ['column 1', 'column 2', 'column 3', 'column 4'] });
  });

  it('has the types of its other columns guessed', () => {
    const typesOf = (file: string) =>
      Object.fromEntries(
        read(file).proposal.mapping.attributes.map(({ name, type, dateOrder }) => [name, dateOrder ?? type]),
      );
    expect(typesOf('salesforce-dataloader/dateOnlyWithTimeZone.csv')).toEqual({
      TYPE: 'text',
      WEBSITE: 'text',
      ANNUALREVENUE: 'number',
      ORACLE_ID__C: 'text',
      DATE_ONLY: 'ymd',
    });
    expect(typesOf('impactdialing/windoze_voters_list.csv')).toMatchObject({ 'XYZA Added': 'mdy', Zip: 'text' });
    expect(typesOf('vicidial/testMULTI_VICIDIAL_lead_file.txt')).toMatchObject({
      list_id: 'text',
      phone_code: 'text',
      postal_code: 'text',
      date_of_birth: 'ymd',
    });
  });
});

outside('a header of another system', () => {
  const aliases = () => JSON.parse(readFileSync(join(LEADS, 'header_aliases.json'), 'utf8')) as Record<string, unknown>;
  const columnsOf = (key: string) => {
    const header = aliases()[key];
    return typeof header === 'string' ? header.split(',') : (header as string[]);
  };

  it.each([
    [
      'google_new',
      {
        phones: ['Phone 1 - Value', 'Phone 2 - Value'],
        nameParts: ['First Name', 'Middle Name', 'Last Name'],
        region: 'Address 1 - Region',
      },
    ],
    ['google_old', { phones: ['Phone 1 - Value', 'Phone 2 - Value'], name: 'Name', priority: 'Priority' }],
    [
      'outlook_en',
      {
        phones: ['Mobile Phone', 'Primary Phone', 'Home Phone', 'Home Phone 2', 'Business Phone'],
        nameParts: ['First Name', 'Middle Name', 'Last Name'],
        region: 'Business State',
      },
    ],
    [
      'outlook_ru',
      {
        phones: ['Телефон переносной', 'Основной телефон', 'Домашний телефон', 'Телефон дом. 2', 'Рабочий телефон'],
        nameParts: ['Имя', 'Отчество', 'Фамилия'],
        region: 'Область (раб. адрес)',
      },
    ],
  ])('%s is understood by its names', (key, mapping) => {
    expect(proposeMapping(columnsOf(key), [], 'FR').mapping).toMatchObject(mapping);
  });

  it('is found as one, though there is nothing below it', () => {
    for (const key of ['google_new', 'google_old', 'outlook_en', 'outlook_ru'])
      expect(findHeader([{ line: 1, fields: columnsOf(key), fault: null }]).at).toBe(0);
  });

  it('of a download from VICIdial is understood by its names', () => {
    const columns = readFileSync(VICIDIAL_EXPORT, 'utf8').trim().split('\t');
    expect(proposeMapping(columns, [], 'US').mapping).toMatchObject({
      phones: ['phone_number', 'alt_phone'],
      nameParts: ['first_name', 'middle_initial', 'last_name'],
      externalId: 'vendor_lead_code',
      region: 'state',
      timeZone: null,
      priority: 'rank',
      owner: 'owner',
    });
  });
});
