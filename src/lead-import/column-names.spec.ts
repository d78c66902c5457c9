import { describe, expect, it } from '@jest/globals';

import { isUsualName, meaningOf, namesCode, simplifyName } from './column-names.js';

describe('the name of a column', () => {
  it('is the same with and without accents, capital letters and marks', () => {
    expect(simplifyName('Số điện-thoại')).toBe('sodienthoai');
    expect(simplifyName('ORACLE_ID__c')).toBe(simplifyName('Oracle id'));
    expect(simplifyName('Рабочий')).toBe(simplifyName('РАБОЧИЙ'.normalize('NFD')));
  });

  it.each([
    ['Phone', 'main'],
    ['PHONENUMBER', 'main'],
    ['phone_number', 'main'],
    ['Phone 1 - Value', 'main'],
    ['Primary Phone', 'main'],
    ['Owner Phone', 'main'],
    ['Mobile', 'mobile'],
    ['MobilePhone', 'mobile'],
    ['Cell', 'mobile'],
    ['WhatsApp Phone Number', 'mobile'],
    ['Сотовый', 'mobile'],
    ['Моб. тел.', 'mobile'],
    ['Мобильный телефон', 'mobile'],
    ['Di động', 'mobile'],
    ['celular', 'mobile'],
    ['Home Phone 2', 'home'],
    ['Домашний телефон', 'home'],
    ['Телефон дом. 2', 'home'],
    ['Business Phone', 'work'],
    ['Company Main Phone', 'work'],
    ['Рабочий телефон', 'work'],
    ['Основной телефон организации', 'work'],
    ['alt_phone', 'other'],
    ['Other Phone', 'other'],
    ['Телефон в машине', 'other'],
    ['Радиотелефон', 'other'],
    ['SĐT khác', 'other'],
  ])('%s is a phone: %s', (name, kind) => {
    expect(meaningOf(name)).toEqual({ field: 'phone', kind, certain: true });
  });

  it.each(['home', 'Contact', 'Номер', 'number'])('%s may be a phone', (name) => {
    expect(meaningOf(name)).toMatchObject({ field: 'phone', certain: false });
  });

  it.each([
    'Fax Number',
    'Home Fax',
    'Рабочий факс',
    'Пейджер',
    'Phone 1 - Label',
    'Phone 1 - Type',
    'phone_code',
    'Phone extension',
    'Телефон: добавочный',
    'Phone status',
    'Phonetic First Name',
    'Last phone call',
    'hotel',
    'city',
    '',
    '№',
  ])('%j is none', (name) => {
    expect(meaningOf(name)?.field).not.toBe('phone');
  });

  it('is known also where the importer has no use for the column', () => {
    expect(['E-mail 2 Address', 'Комментарий', 'Ghi chú', 'Zip code'].map(isUsualName)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['', '№', 'Anna', '249 Mundon Road'].map(isUsualName)).toEqual([false, false, false, false]);
  });

  it('tells codes from quantities', () => {
    expect(['ID', 'Zip Code', 'Почтовый индекс', '№ договора', 'mã KH'].map(namesCode)).toEqual(Array(5).fill(true));
    expect(['Bill', 'Возраст', 'Idea'].map(namesCode)).toEqual([false, false, false]);
  });
});
