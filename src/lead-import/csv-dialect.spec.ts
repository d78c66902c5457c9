import { describe, expect, it } from '@jest/globals';

import { encodingOf, refuseOtherFormats, sniffDialect } from './csv-dialect.js';

const delimiterOf = (text: string) => sniffDialect(text, true).delimiter;

describe('the delimiter', () => {
  it.each([
    ['a,b,c\n1,2,3\n', ','],
    ['a;b;c\n1,5;2,5;3,5\n2,5;3,5;4,5\n', ';'],
    ['a\tb\n1,2\t3\n', '\t'],
    ['a|b|c\n1|2|3\n', '|'],
    ['"a, b, c";d\n"1, 2, 3";4\n', ';'],
    ['name;notes\n"x";"one, two, three, four"\n"y";"five, six"\n', ';'],
    ['phone, name, city\n1, "a, b", c\n', ','],
    ['phone\n123\n456\n', ','],
  ])('of %j is %j', (text, delimiter) => {
    expect(delimiterOf(text)).toBe(delimiter);
  });

  it('is not told by a last line that was cut off', () => {
    expect(sniffDialect('a;b\n1;2\n3,4,5', false).delimiter).toBe(';');
  });
});

it('takes a carriage return for the end of a line only where there is no line feed', () => {
  expect(sniffDialect('a,b\r1,2\r', true).lineEnding).toBe('cr');
  expect(sniffDialect('a,b\r\n1,2\r\n', true).lineEnding).toBe('lf');
});

describe('the encoding', () => {
  it('is what the byte order mark says, else UTF-8 where all bytes are, else windows-1251', () => {
    expect(encodingOf(Buffer.from('\ufeffa', 'utf16le'), false)).toBe('utf-16le');
    expect(encodingOf(Buffer.from([0xfe, 0xff, 0, 97]), false)).toBe('utf-16be');
    expect(encodingOf(Buffer.from('\ufeffa'), true)).toBe('utf-8');
    expect(encodingOf(Buffer.from('тел'), true)).toBe('utf-8');
    expect(encodingOf(Buffer.from([0xf2, 0xe5, 0xeb]), false)).toBe('windows-1251');
  });
});

describe('a file of another kind', () => {
  it.each([
    ['504b0304140000', 'Excel'],
    ['d0cf11e0a1b11ae1', 'old Excel'],
    ['1f8b0800', 'gzip'],
    ['255044462d312e37', 'PDF'],
  ])('that begins with %s is named', (hex, name) => {
    expect(() => refuseOtherFormats(Buffer.from(hex, 'hex'))).toThrow(name);
  });

  it('is told from a text that has a stray null byte', () => {
    expect(() => refuseOtherFormats(Buffer.from('phone,name\n0199001234,An\0na Maria\n'))).not.toThrow();
    expect(() => refuseOtherFormats(Buffer.from([1, 2, 3, 0, 0, 0, 65, 66]))).toThrow('no text');
  });

  it('may be JSON or a web page', () => {
    expect(() => refuseOtherFormats(Buffer.from('[{"phone": "1"}]'))).toThrow('JSON');
    expect(() => refuseOtherFormats(Buffer.from(' <html><table>'))).toThrow('web page');
  });
});
