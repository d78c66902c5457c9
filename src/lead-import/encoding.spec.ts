import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ENCODINGS, type Encoding } from './csv-dialect.js';
import { bomEncoding, decoderOf, detectEncoding } from './encoding.js';

/** The bytes of a text in an encoding of one byte a character. */
function encode(text: string, encoding: Encoding): Buffer {
  const decoder = decoderOf(encoding);
  const bytes = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte] as const));
  return Buffer.from(
    [...text].map((char) => {
      const byte = bytes.get(char);
      if (byte === undefined) throw new Error(`${encoding} has no ${char}`);
      return byte;
    }),
  );
}

const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();
const encodingOf = (sample: Buffer, isUtf8 = false) => detectEncoding(sample, isUtf8).encoding;

describe('a byte order mark', () => {
  it('says what the encoding is', () => {
    expect(bomEncoding(Buffer.from('\ufeffa'))).toBe('utf-8');
    expect(bomEncoding(Buffer.from('\ufeffa', 'utf16le'))).toBe('utf-16le');
    expect(bomEncoding(bigEndian('\ufeffa'))).toBe('utf-16be');
    expect(bomEncoding(Buffer.from('a'))).toBeNull();
    expect(detectEncoding(bigEndian('\ufeff漢字'), false)).toEqual({
      encoding: 'utf-16be',
      confidence: 1,
      marked: true,
    });
  });
});

describe('UTF-16 without a mark', () => {
  it.each([
    ['phone;name\n+33199000001;Anna\n'],
    ['телефон;фио\n+79160000001;Иванова Анна\n'],
    ['Họ và tên\tSố điện thoại\nNguyễn Thị Bích\t0900000001\n'],
  ])('is told from its upper halves: %j', (text) => {
    expect(detectEncoding(Buffer.from(text, 'utf16le'), true)).toMatchObject({ encoding: 'utf-16le', marked: false });
    expect(encodingOf(bigEndian(text), true)).toBe('utf-16be');
    // Cut in the middle of a character.
    expect(encodingOf(Buffer.from(text, 'utf16le').subarray(0, -1), true)).toBe('utf-16le');
  });

  it('is not a text with a few null bytes', () => {
    expect(encodingOf(Buffer.from('phone,name\n0199000041,An\0na Maria\n'), true)).toBe('utf-8');
  });
});

describe('UTF-8', () => {
  it('is what is valid as such', () => {
    expect(detectEncoding(Buffer.from('телефон;ФИО\n'), true)).toEqual({
      encoding: 'utf-8',
      confidence: 1,
      marked: false,
    });
    expect(encodingOf(Buffer.from('phone,name\n'), true)).toBe('utf-8');
  });

  it('is still what a text is that has lost a byte of many characters', () => {
    const bytes = Buffer.from('Иванова Анна;Москва;Позвонить вечером\n'.repeat(3));
    const damaged = Buffer.concat([bytes.subarray(0, 11), bytes.subarray(12)]);
    const { encoding, confidence } = detectEncoding(damaged, false);
    expect(encoding).toBe('utf-8');
    expect(confidence).toBeLessThan(1);
    // The damage may lie beyond the sample, and the sample may end within a character.
    expect(encodingOf(bytes.subarray(0, 15), false)).toBe('utf-8');
  });
});

describe('Russian', () => {
  const texts = [
    'телефон;фио;город\n+33199000051;Иванова Анна;Париж\n',
    'phone,name,city\n+79160000001,Смирнов Иван,Москва\n',
    'id,comment\n1,ok\n2,перезвонить позже\n3,busy\n',
    '<row><name>Пётр</name><note>нет ответа</note></row>',
    '900;0000000;0061999;62000;ООО "Русская связь";Краснодарский край;"г. Сочи"\n',
    'Фамилия|Имя|Отчество|Телефон\nЩукина|Юлия|Эдуардовна|89160000001\n',
  ];

  it.each(texts)('is told in windows-1251 and in KOI8-R, without regard to capitals: %j', (text) => {
    for (const encoding of ['windows-1251', 'koi8-r'] as const) {
      const { encoding: found, confidence } = detectEncoding(encode(text, encoding), false);
      expect(found).toBe(encoding);
      expect(confidence).toBeGreaterThan(0.99);
    }
  });

  it('is told in capitals too', () => {
    const text = 'ФАМИЛИЯ;ИМЯ;ГОРОД\nИВАНОВА;АННА;НИЖНИЙ НОВГОРОД\nПЕТРОВ;СЕРГЕЙ;КРАСНОЯРСК\n';
    expect(encodingOf(encode(text, 'windows-1251'))).toBe('windows-1251');
    expect(encodingOf(encode(text, 'koi8-r'))).toBe('koi8-r');
  });

  it('is windows-1251 with typographic quotes, dashes and numero signs, and in a word of Ukrainian', () => {
    expect(encodingOf(encode('ПАО «Связь» — филиал № 5', 'windows-1251'))).toBe('windows-1251');
    expect(encodingOf(encode('Київ, вул. Січових Стрільців', 'windows-1251'))).toBe('windows-1251');
  });

  it('is told from lists of names alone', () => {
    const first = ['Анна', 'Мария', 'Елена', 'Ольга', 'Юлия', 'Иван', 'Пётр', 'Сергей', 'Алексей', 'Фёдор', 'Эдуард'];
    const last = ['Иванов', 'Смирнов', 'Кузнецов', 'Попов', 'Щербаков', 'Цветков', 'Жуков', 'Чехов', 'Шульгин'];
    const names = fc
      .array(fc.tuple(fc.constantFrom(...last), fc.constantFrom(...first)), { minLength: 3, maxLength: 20 })
      .map((list) => list.map((name) => `${name.join(' ')};+79160000000`).join('\n'));
    fc.assert(
      fc.property(names, fc.constantFrom('windows-1251' as const, 'koi8-r' as const), (text, encoding) => {
        expect(encodingOf(encode(text, encoding))).toBe(encoding);
      }),
    );
  });
});

describe('a western text', () => {
  it.each([
    'Prénom;Téléphone\nChloé;0199000001\nFrançois;0199000002\n',
    'Straße,Ort\nMünchner Straße 5,Köln\n',
    'nombre,teléfono\nMaría José Peña,\nÑandú,\n',
    'São João\n',
    'ÉTÉ;MÜLLER;GARCÍA\n',
    'price;£2;£82\n',
    'Then he said, “The names Bod”',
    '5 €',
  ])('is windows-1252: %j', (text) => {
    expect(encodingOf(encode(text, 'windows-1252'))).toBe('windows-1252');
  });
});

it('takes windows-1251 where nothing in the sample tells, and is not sure', () => {
  const { encoding, confidence } = detectEncoding(Buffer.from('phone,name\n'), false);
  expect(encoding).toBe('windows-1251');
  expect(confidence).toBeLessThan(0.5);
});

describe('a decoder', () => {
  it('exists for every encoding, and waits for the rest of a character', () => {
    for (const encoding of ENCODINGS) expect(decoderOf(encoding).decode(Buffer.alloc(0))).toBe('');
    const decoder = decoderOf('utf-16be');
    const bytes = bigEndian('\ufeffяб');
    expect(decoder.decode(bytes.subarray(0, 3), { stream: true })).toBe('');
    expect(decoder.decode(bytes.subarray(3), { stream: true })).toBe('яб');
    expect(decoder.decode()).toBe('');
  });

  it('reads the typography of windows-1252, which is not that of Latin-1', () => {
    expect(decoderOf('windows-1252').decode(Uint8Array.of(0x80, 0x93, 0xe9, 0x94, 0x9f))).toBe('€“é”Ÿ');
  });
});
