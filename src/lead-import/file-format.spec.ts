import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';

import { zipOf } from '../../test/zip-files.js';
import type { Problem } from '../common/problem.js';
import { formatOf, refuseOtherFormats } from './file-format.js';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures', name));
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

function refusal(head: Buffer): Problem {
  try {
    formatOf(head);
  } catch (error) {
    return error as Problem;
  }
  throw new Error('The format was taken.');
}

describe('the format of a file', () => {
  it.each([
    ['plain text', Buffer.from('phone,name\n1,A\n')],
    ['one character', Buffer.from('a')],
    ['a text with a stray null byte', Buffer.from('phone,name\n0199001234,An\0na Maria\n')],
    ['UTF-16 with a mark', Buffer.from('\ufeffтелефон;имя\n1;Ян\n', 'utf16le')],
    ['UTF-16 without a mark', Buffer.from('телефон;имя\r\n84901234567;Ян\r\n', 'utf16le')],
    ['UTF-16 without a mark, high byte first', utf16be('phone;name\r\n84901234567;Jan\r\n')],
    ['windows-1251', fixture('windows-1251.csv')],
  ])('is text: %s', (_, bytes) => {
    expect(formatOf(bytes)).toBe('text');
  });

  it('is gzip by its first two bytes', () => {
    expect(formatOf(gzipSync('phone\n1\n'))).toBe('gzip');
  });

  it.each([
    ['Excel writes', ['[Content_Types].xml', '_rels/.rels', 'xl/workbook.xml']],
    ['Google Sheets writes', ['xl/drawings/drawing1.xml', 'xl/workbook.xml', '[Content_Types].xml']],
    ['.NET writes with backslashes', ['xl\\workbook.xml', '[Content_Types].xml']],
    ['begins like any Office document, cut before the workbook', ['[Content_Types].xml']],
  ])('is a workbook in the order of parts that %s', async (_, names) => {
    expect(formatOf(await zipOf(names.map((name) => ({ name, text: '<x/>' }))))).toBe('xlsx');
  });
});

describe('a file of another kind', () => {
  const named = (...names: string[]) => zipOf(names.map((name) => ({ name, text: '<x/>' })));
  const ole = (part: string) =>
    Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(504), Buffer.from(part, 'utf16le')]);

  it.each([
    ['an old workbook', ole('Workbook'), 'old_workbook', 'password'],
    ['a bare workbook of Excel 5', Buffer.from('0908080000050500', 'hex'), 'old_workbook', 'old Excel'],
    ['a workbook under a password', ole('EncryptedPackage'), 'protected_workbook', 'password'],
    ['an old Word document', ole('WordDocument'), 'not_csv', 'Word'],
    ['a 7z archive', Buffer.from('377abcaf271c0004', 'hex'), 'zip_archive', '7z'],
    ['a PDF document', Buffer.from('%PDF-1.7\n'), 'not_csv', 'PDF'],
    ['bytes that are no text', Buffer.from([1, 2, 3, 0, 0, 0, 65, 66]), 'not_csv', 'no text'],
    [
      'whole numbers of 32 bits',
      Buffer.from(Uint32Array.from({ length: 400 }, (_, i) => i).buffer),
      'not_csv',
      'no text',
    ],
    ['JSON', Buffer.from('[{"phone": "1"}]'), 'not_csv', 'JSON'],
    ['a web page', Buffer.from(' <html><table>'), 'not_csv', 'web page'],
    [
      'the XML of Excel 2003',
      Buffer.from('<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>'),
      'not_csv',
      'XML',
    ],
    ['no bytes', Buffer.alloc(0), 'file_empty', 'no bytes'],
  ])('is refused by name: %s', (_, head, code, words) => {
    const problem = refusal(head);
    expect(problem).toMatchObject({ code, status: 422, field: 'file' });
    expect(problem.message).toContain(words);
    expect(problem.fix).toBeTruthy();
  });

  it('that is a zip archive is told by its parts', async () => {
    expect(refusal(await named('customers.csv'))).toMatchObject({ code: 'zip_archive' });
    expect(refusal(await named('[Content_Types].xml', 'xl/workbook.bin'))).toMatchObject({ code: 'old_workbook' });
    expect(refusal(await named('[Content_Types].xml', 'word/document.xml'))).toMatchObject({ code: 'not_csv' });
    expect(refusal(await named('Index/Document.iwa'))).toMatchObject({ code: 'not_csv' });
    expect(refusal(await zipOf([]))).toMatchObject({ code: 'zip_archive' });
    const spreadsheet = 'application/vnd.oasis.opendocument.spreadsheet';
    const ods = [{ name: 'mimetype', text: spreadsheet, stored: true }];
    expect(refusal(await zipOf(ods))).toMatchObject({ code: 'open_document' });
    expect(refusal(await zipOf([{ name: 'mimetype', text: 'x', stored: true }]))).toMatchObject({
      code: 'zip_archive',
    });
  });

  it('may be wrapped in gzip, which does not make it readable', async () => {
    expect(() => refuseOtherFormats(gzipSync('a'))).toThrow('inside another');
    expect(() => refuseOtherFormats(fixture('excel-workbook.xlsx'))).toThrow('inside a gzip');
    expect(() => refuseOtherFormats(Buffer.from('phone\n1\n'))).not.toThrow();
  });
});
