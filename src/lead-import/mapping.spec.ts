import { describe, expect, it } from '@jest/globals';

import { mappingSignature, proposeMapping, resolveMapping, type AskedMapping } from './mapping.js';

const propose = (header: string, rows: string[] = [], country = 'FR') =>
  proposeMapping(
    header.split(/[,;]/),
    rows.map((row) => row.split(/[,;]/)),
    country,
  );
const fieldsOf = (header: string, rows: string[] = [], country = 'FR') =>
  Object.fromEntries(propose(header, rows, country).guesses.map(({ column, field }) => [column, field]));

describe('the mapping proposed by names', () => {
  it.each([
    [
      'Phone,FIRSTName,Last,Email,ID',
      { phones: ['Phone'], name: null, nameParts: ['FIRSTName', 'Last'], externalId: 'ID' },
    ],
    [
      'ФИО;Номер телефона;Регион;Часовой пояс;Ответственный',
      { phones: ['Номер телефона'], name: 'ФИО', region: 'Регион', timeZone: 'Часовой пояс', owner: 'Ответственный' },
    ],
    ['Фамилия;Имя;Отчество;Моб. тел.', { phones: ['Моб. тел.'], nameParts: ['Имя', 'Отчество', 'Фамилия'] }],
    [
      'Họ và tên,Số điện thoại,Tỉnh/Thành phố',
      { phones: ['Số điện thoại'], name: 'Họ và tên', region: 'Tỉnh/Thành phố' },
    ],
    ['Họ đệm,Tên,SĐT', { phones: ['SĐT'], nameParts: ['Họ đệm', 'Tên'] }],
    ['ho ten,sdt,do uu tien', { phones: ['sdt'], name: 'ho ten', priority: 'do uu tien' }],
    ['telefono,nombre,celular', { phones: ['celular', 'telefono'], name: 'nombre' }],
    ['telefono,nombre,apellido', { phones: ['telefono'], name: null, nameParts: ['nombre', 'apellido'] }],
    ['ФИО,Фамилия,Телефон', { name: 'ФИО', nameParts: [] }],
    [
      'vendor_lead_code,phone_code,phone_number,state,alt_phone,rank,owner',
      {
        phones: ['phone_number', 'alt_phone'],
        externalId: 'vendor_lead_code',
        region: 'state',
        priority: 'rank',
        owner: 'owner',
      },
    ],
    [
      'Id,FirstName,LastName,Fax,MobilePhone,HomePhone,OtherPhone,MailingState,Oracle_Id__c',
      {
        phones: ['MobilePhone', 'HomePhone', 'OtherPhone'],
        nameParts: ['FirstName', 'LastName'],
        externalId: 'Id',
        region: 'MailingState',
      },
    ],
    [
      'Record ID,First Name,Last Name,Phone Number,Mobile Phone Number,Contact owner,State/Region,Time Zone,Lead Status',
      {
        phones: ['Mobile Phone Number', 'Phone Number'],
        externalId: 'Record ID',
        owner: 'Contact owner',
        region: 'State/Region',
        timeZone: 'Time Zone',
      },
    ],
    [
      'ID;Имя;Отчество;Фамилия;Рабочий телефон;Мобильный телефон;Номер факса;Домашний телефон;Номер пейджера',
      {
        phones: ['Мобильный телефон', 'Домашний телефон', 'Рабочий телефон'],
        nameParts: ['Имя', 'Отчество', 'Фамилия'],
        externalId: 'ID',
      },
    ],
    [
      'Work Phone,Home Phone,Fax Number,Pager Number,Mobile Number,First Name,Last Name,Display Name,Home State',
      { phones: ['Mobile Number', 'Home Phone', 'Work Phone'], name: 'Display Name', region: 'Home State' },
    ],
    ['age;job;contact;day', { phones: [], name: null, externalId: null, nameParts: [] }],
    [
      'Fax Number,Pager,Home Fax,Phone Type,Phone 1 - Label,Phone status,Код телефона,Last phone call,Phonetic name',
      { phones: [] },
    ],
  ])('of %s', (header, expected) => {
    expect(propose(header).mapping).toMatchObject(expected);
  });

  it('takes five columns of phones at most, the others as attributes', () => {
    const { mapping } = propose('Phone,Phone 2,Phone 3,Phone 4,Phone 5,Phone 6,Mobile');
    expect(mapping.phones).toEqual(['Mobile', 'Phone', 'Phone 2', 'Phone 3', 'Phone 4']);
    expect(mapping.attributes.map(({ name }) => name)).toEqual(['Phone 5', 'Phone 6']);
  });

  it('names each column once, and none is lost', () => {
    const header = 'name,phone,name (2),id,lead id,state,region,email,Notes,first name';
    const { mapping, guesses } = propose(header);
    const { phones, nameParts, attributes, ...single } = mapping;
    const named = [...phones, ...nameParts, ...attributes.map(({ column }) => column), ...Object.values(single)].filter(
      (column) => column !== null,
    );
    expect([...named].sort()).toEqual(header.split(',').sort());
    expect(guesses.map(({ column }) => column)).toEqual(header.split(','));
  });

  it('is surer with values than without', () => {
    const confidence = (rows: string[]) => propose('phone,name', rows).guesses.map((guess) => guess.confidence);
    expect(confidence(['+33612345678,Anna'])).toEqual([0.99, 0.95]);
    expect(confidence([])).toEqual([0.8, 0.8]);
    expect(confidence([',Anna'])).toEqual([0.4, 0.95]);
  });
});

describe('the mapping proposed by values', () => {
  const PHONES = ['+33612345678', '+33612345679', '06 12 34 56 70'];
  const beside = (...cells: string[][]) => PHONES.map((_phone, i) => cells.map((column) => column[i] ?? '').join());

  it('finds phones, whatever their column is called', () => {
    const { mapping, guesses } = propose('column 1,column 2', beside(['Anna', 'Bob', 'Eve'], PHONES));
    expect(mapping).toMatchObject({ phones: ['column 2'], name: null });
    expect(guesses[1]).toMatchObject({ field: 'phone', by: 'content', confidence: 0.8 });
    expect(fieldsOf('Kontakt,Ort', beside(PHONES, ['a', 'b', 'c']))).toMatchObject({ Kontakt: 'phone' });
    expect(fieldsOf('Контакт,Город', beside(PHONES, ['a', 'b', 'c']))).toMatchObject({ Контакт: 'phone' });
  });

  it('takes the word of the header for phones that are none, with little confidence', () => {
    const { mapping, guesses } = propose('Phone,Custom', ['1234567-89-5,Foo', '1234567-89-6,Bar'], 'US');
    expect(mapping.phones).toEqual(['Phone']);
    expect(guesses[0]).toMatchObject({ field: 'phone', by: 'header', confidence: 0.2 });
  });

  it('prefers a column that has phones to one that is called so', () => {
    expect(fieldsOf('Phone,Number', beside(['yes', 'no', 'yes'], PHONES))).toEqual({
      Phone: 'attribute',
      Number: 'phone',
    });
    expect(fieldsOf('Mobile,Phone', beside(['none', 'none', 'none'], PHONES))).toEqual({
      Mobile: 'attribute',
      Phone: 'phone',
    });
    expect(propose('Mobile,Phone', beside(['', '', 'x'], PHONES)).mapping.phones).toEqual(['Phone']);
    expect(propose('Mobile,Phone', beside(['', '', ''], PHONES)).mapping.phones).toEqual(['Phone', 'Mobile']);
    expect(propose('Mobile,Phone', beside(['-', 'x', '0612345678'], PHONES)).mapping.phones).toEqual([
      'Phone',
      'Mobile',
    ]);
  });

  it('takes no ids, amounts or days for phones beside a column that has them', () => {
    const header = 'phone,order,id,postal code,day';
    const rows = beside(
      PHONES,
      ['612345678', '612345679', '612345670'],
      ['1', '2', '3'],
      ['75001', '75002', '75003'],
      ['20250131', '20250201', '20250202'],
    );
    expect(propose(header, rows).mapping.phones).toEqual(['phone']);
    expect(fieldsOf('day', ['20250131', '20250201'], 'SG')).toEqual({ day: 'attribute' });
  });

  it('finds time zones, and believes no column that is called so but has none', () => {
    expect(fieldsOf('phone,where', ['+33612345678,Europe/Paris', '+33612345679,America/New_York'])).toMatchObject({
      where: 'timeZone',
    });
    expect(fieldsOf('phone,time zone', ['+33612345678,UTC+3'])).toMatchObject({ 'time zone': 'attribute' });
  });

  it('believes no priority in words, no key that hardly differs, no name of digits', () => {
    expect(fieldsOf('phone,Priority', ['+33612345678,Normal'])).toMatchObject({ Priority: 'attribute' });
    expect(fieldsOf('phone,client', ['+33612345678,1001'])).toMatchObject({ client: 'attribute' });
    const same = Array.from({ length: 10 }, () => '+33612345678,7');
    expect(fieldsOf('phone,code', same)).toMatchObject({ code: 'attribute' });
  });

  it('takes the parts of a name where the whole is empty', () => {
    expect(propose('Name,Given Name,Family Name', [',Anna,Smith']).mapping).toMatchObject({
      name: null,
      nameParts: ['Given Name', 'Family Name'],
    });
  });

  it('gives a column to owners only if they are known, where it can tell', () => {
    const rows = [
      ['+33612345678', 'Anna'],
      ['+33612345679', 'ben'],
    ];
    const owner = (logins: string[] | null) =>
      proposeMapping(['phone', 'owner'], rows, 'FR', logins && new Set(logins)).mapping.owner;
    expect(owner(null)).toBe('owner');
    expect(owner(['anna', 'ben'])).toBe('owner');
    expect(owner(['carl'])).toBeNull();
  });

  it('guesses the types of attributes, and keeps codes as text', () => {
    const { mapping } = propose('phone,bill,since,vip,zip', [
      '+33612345678,12.5,31/01/2025,yes,75001',
      '+33612345679,3,01/02/2025,no,123',
    ]);
    expect(mapping.attributes).toEqual([
      { column: 'bill', name: 'bill', type: 'number' },
      { column: 'since', name: 'since', type: 'date', dateOrder: 'dmy' },
      { column: 'vip', name: 'vip', type: 'boolean' },
      { column: 'zip', name: 'zip', type: 'text' },
    ]);
  });

  it('reads dates that tell nothing as the country writes them', () => {
    const order = (country: string) => propose('since', ['03/04/2025'], country).mapping.attributes[0]!.dateOrder;
    expect([order('FR'), order('US')]).toEqual(['dmy', 'mdy']);
  });

  it('knows the columns of a dialer that writes no header, if all of them fit', () => {
    const columns = Array.from({ length: 24 }, (_, i) => `column ${i + 1}`);
    const row = (i: number) =>
      `10000${i},77,129,1,415555000${i},MR,John,Q,Public,1 Main,,,Oakland,CA,,00${i}09,USA,M,1970-01-01,4155551234,a@b.com,,note,${i}`;
    const rows = [1, 2, 3].map((i) => row(i).split(','));
    const { mapping } = proposeMapping(columns, rows, 'US');
    expect(mapping).toMatchObject({
      phones: ['column 5', 'column 20'],
      nameParts: ['column 7', 'column 8', 'column 9'],
      externalId: 'column 1',
      region: 'column 14',
      priority: 'column 24',
      owner: null,
    });
    expect(mapping.attributes).toContainEqual({ column: 'column 16', name: 'postal_code', type: 'text' });
    const spoilt = rows.map((fields) => fields.with(18, 'soon'));
    expect(proposeMapping(columns, spoilt, 'US').mapping).toMatchObject({ nameParts: [], externalId: null });
  });
});

describe('the mapping that counts', () => {
  const columns = ['name', 'phone', 'mobile', 'since', 'vip'];
  const proposal = proposeMapping(columns, [['Anna', '+33612345678', '', '01/31/2025', 'yes']], 'FR');
  const resolve = (asked: AskedMapping | null, generatePhones = false) =>
    resolveMapping(columns, asked, generatePhones, proposal);

  it('is the proposed one when none was asked for', () => {
    expect(resolve(null)).toEqual(proposal.mapping);
  });

  it('is the one that was asked for, and nothing is guessed beside it but types', () => {
    expect(resolve({ phone: 'mobile' })).toEqual({
      phones: ['mobile'],
      name: null,
      nameParts: [],
      externalId: null,
      region: null,
      timeZone: null,
      priority: null,
      owner: null,
      attributes: [
        { column: 'name', name: 'name', type: 'text' },
        { column: 'phone', name: 'phone', type: 'text' },
        { column: 'since', name: 'since', type: 'date', dateOrder: 'mdy' },
        { column: 'vip', name: 'vip', type: 'boolean' },
      ],
    });
  });

  it('takes attributes as they were asked for, and leaves out the others', () => {
    const attributes = [
      { column: 'since', name: 'client since' },
      { column: 'vip', type: 'text' as const },
    ];
    expect(resolve({ phones: ['phone', 'mobile'], attributes })).toMatchObject({
      phones: ['phone', 'mobile'],
      attributes: [
        { column: 'since', name: 'client since', type: 'date', dateOrder: 'mdy' },
        { column: 'vip', name: 'vip', type: 'text' },
      ],
    });
  });

  it('may be what was resolved before', () => {
    const first = resolve({ phones: ['phone', 'mobile'], nameParts: ['name'] });
    expect(resolve(first)).toEqual(first);
  });

  it('needs a phone, unless phones are generated', () => {
    expect(() => resolve({ name: 'name' })).toThrow(
      expect.objectContaining({ code: 'phone_column_missing', status: 422, field: 'options.mapping.phones' }),
    );
    expect(resolve({ name: 'name', phone: null }, true).phones).toEqual([]);
  });

  it.each([
    [{ phone: 'fon' }, 'column_unknown', 'options.mapping.phone'],
    [{ phones: ['phone', 'fon'] }, 'column_unknown', 'options.mapping.phones.1'],
    [{ phone: 'phone', name: 'nom' }, 'column_unknown', 'options.mapping.name'],
    [{ phone: 'phone', attributes: [{ column: 'x' }] }, 'column_unknown', 'options.mapping.attributes.0.column'],
    [{ phone: 'phone', name: 'phone' }, 'column_used_twice', 'options.mapping.name'],
    [{ phones: ['phone', 'phone'] }, 'column_used_twice', 'options.mapping.phones.1'],
    [{ phone: 'phone', attributes: [{ column: 'phone' }] }, 'column_used_twice', 'options.mapping.attributes.0.column'],
    [
      { phone: 'phone', attributes: [{ column: 'vip' }, { column: 'since', name: 'VIP' }] },
      'attribute_name_taken',
      'options.mapping.attributes.1.name',
    ],
  ] as [AskedMapping, string, string][])('is refused for %j', (asked, code, field) => {
    expect(() => resolve(asked)).toThrow(expect.objectContaining({ code, status: 422, field }));
  });
});

describe('the signature of a header', () => {
  it('is the same for the same names in the same order, however they are written', () => {
    expect(mappingSignature(['Số điện-thoại', 'Full Name'])).toBe(mappingSignature(['so dien thoai', 'FULL_NAME']));
    expect(mappingSignature(['a', 'b'])).not.toBe(mappingSignature(['b', 'a']));
    expect(mappingSignature(['a', 'b'])).not.toBe(mappingSignature(['ab']));
    expect(mappingSignature(['#', '%'])).not.toBe(mappingSignature(['%', '#']));
  });
});
