import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Dialect, Encoding } from './csv-dialect.js';
import { openBytes, readRecords, wholeCharacters, type FileSource } from './record-source.js';

const fixture = (name: string) => join(import.meta.dirname, '../../fixtures', name);

let folder: string;
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zvon-sources-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function file(bytes: Buffer | string): string {
  const path = join(folder, `${++files}.csv`);
  writeFileSync(path, bytes);
  return path;
}

const dialect = (encoding: Encoding = 'utf-8', delimiter: Dialect['delimiter'] = ','): Dialect => ({
  encoding,
  delimiter,
  quote: '"',
  escape: 'double',
  lineEnding: 'lf',
});
const TEXT: FileSource = { format: 'text', dialect: dialect() };
const GZIP: FileSource = { format: 'gzip', dialect: dialect() };

async function fields(path: string, source: FileSource): Promise<string[][]> {
  const found: string[][] = [];
  for await (const { records } of readRecords(path, source)) found.push(...records.map((record) => record.fields));
  return found;
}

const PEOPLE = [
  ['phone', 'name'],
  ['+84901234567', 'Nguyễn, An'],
  ['+84901234568', 'Trần Bình'],
  ['+84901234569', 'Lê Chi'],
];

describe('the records of a text', () => {
  it.each<[string, Encoding, Buffer]>([
    ['UTF-8', 'utf-8', Buffer.from('a,ю\n1,é\n')],
    ['UTF-8 with a mark', 'utf-8', Buffer.from('\ufeffa,ю\n1,é\n')],
    ['UTF-16', 'utf-16le', Buffer.from('\ufeffa,ю\n1,é\n', 'utf16le')],
    ['UTF-16, high byte first', 'utf-16be', Buffer.from('\ufeffa,ю\n1,é\n', 'utf16le').swap16()],
  ])('are read from %s', async (_, encoding, bytes) => {
    expect(await fields(file(bytes), { format: 'text', dialect: dialect(encoding) })).toEqual([
      ['a', 'ю'],
      ['1', 'é'],
    ]);
  });

  it.each<[Encoding, Buffer, string]>([
    ['windows-1251', Buffer.from([0xdf, 0xed, 0xb9]), 'Ян№'],
    ['koi8-r', Buffer.from([0xf1, 0xce]), 'Ян'],
    ['windows-1252', Buffer.from([0x80, 0x20, 0xe9]), '€ é'],
  ])('are read from %s', async (encoding, bytes, text) => {
    expect(await fields(file(bytes), { format: 'text', dialect: dialect(encoding) })).toEqual([[text]]);
  });

  it('are those of the decoded text, with a sign in the place of what can’t be decoded', async () => {
    const byte = fc.constantFrom(
      0x61,
      0x2c,
      0x0a,
      0xc3,
      0xa9,
      0xe2,
      0x82,
      0xac,
      0xf0,
      0x9f,
      0x98,
      0x80,
      0xff,
      0xef,
      0xbb,
      0xbf,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(byte, { maxLength: 40 }), async (bytes) => {
        const text = new TextDecoder().decode(Buffer.from(bytes));
        const lines = text.split('\n').filter((line) => line !== '');
        expect(await fields(file(Buffer.from(bytes)), TEXT)).toEqual(lines.map((line) => line.split(',')));
      }),
      { numRuns: 200 },
    );
  });

  it('are whole where blocks of the file end', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `8490${1_000_000 + i},Nguyễn Thị ${'ă'.repeat(i % 7)}`);
    const found = await fields(file(lines.join('\n')), TEXT);
    expect(found.map((record) => record.join(','))).toEqual(lines);
    const wide = file(Buffer.from(lines.join('\n'), 'utf16le'));
    expect(
      (await fields(wide, { format: 'text', dialect: dialect('utf-16le') })).map((record) => record.join(',')),
    ).toEqual(lines);
  });

  it('come with the bytes that were read for them', async () => {
    const text = Array.from({ length: 60_000 }, (_, i) => `${i},person\n`).join('');
    const read: number[] = [];
    for await (const { bytesRead } of readRecords(file(text), TEXT)) read.push(bytesRead);
    expect(read.length).toBeGreaterThan(2);
    expect(read).toEqual([...read].sort((a, b) => a - b));
    expect(read.at(-1)).toBe(text.length);
  });
});

describe('the records of a gzip archive', () => {
  it('are those of the text inside', async () => {
    expect(await fields(fixture('gzip.csv.gz'), GZIP)).toEqual(PEOPLE);
  });

  it('come with the bytes of the archive that were read for them', async () => {
    const text = Array.from({ length: 100_000 }, (_, i) => `${(i * 7_919_777) % 1_000_003},person\n`).join('');
    const packed = gzipSync(text);
    const read: number[] = [];
    for await (const { bytesRead } of readRecords(file(packed), GZIP)) read.push(bytesRead);
    expect(read).toEqual([...read].sort((a, b) => a - b));
    expect(read[0]).toBeLessThan(packed.length);
    expect(read.at(-1)).toBe(packed.length);
  });

  it('go on in the next archive of the same file', async () => {
    const parts = ['phone,name\n1,An', 'h\n2,B', 'ình\n'].map((text) => gzipSync(text));
    expect(await fields(file(Buffer.concat(parts)), GZIP)).toEqual([
      ['phone', 'name'],
      ['1', 'Anh'],
      ['2', 'Bình'],
    ]);
  });

  it.each(['gzip-cut-off.csv.gz', 'gzip-damaged.csv.gz'])('are not taken from %s', async (name) => {
    await expect(fields(fixture(name), GZIP)).rejects.toMatchObject({
      code: 'gzip_damaged',
      status: 422,
      field: 'file',
    });
  });

  it('are not unpacked from a bomb', async () => {
    const bomb = file(gzipSync(Buffer.alloc(100_000_000, 'x')));
    let seen = 0;
    await expect(
      (async () => {
        for await (const bytes of openBytes(bomb, 'gzip')) seen += bytes.length;
      })(),
    ).rejects.toMatchObject({ code: 'gzip_too_large' });
    expect(seen).toBeLessThan(70_000_000);
  });
});

it('reads the sheet of a workbook that is asked for', async () => {
  const path = fixture('workbook-first-sheet-hidden.xlsx');
  expect(await fields(path, { format: 'xlsx', dialect: null })).toEqual([['phone'], ['+84901234567']]);
  expect(await fields(path, { format: 'xlsx', dialect: null, sheet: 'Old' })).toEqual([['tel'], ['+84900000000']]);
});

it('gives the bytes of a text as they are, unpacked', async () => {
  const all = async (path: string, format: 'text' | 'gzip') => {
    const blocks: Buffer[] = [];
    for await (const bytes of openBytes(path, format)) blocks.push(bytes);
    return Buffer.concat(blocks);
  };
  expect(await all(fixture('windows-1251.csv'), 'text')).toHaveLength(81);
  expect((await all(fixture('gzip.csv.gz'), 'gzip')).toString()).toContain('Trần Bình');
});

it('does not blame the archive for a file that is not there', async () => {
  const path = join(folder, 'none.gz');
  await expect(fields(path, GZIP)).rejects.toThrow('ENOENT');
  await expect(fields(path, TEXT)).rejects.toThrow('ENOENT');
});

it('leaves no file open, however the reading ends', async () => {
  const text = Array.from({ length: 200_000 }, (_, i) => `${(i * 7_919_777) % 1_000_003},person\n`).join('');
  const [plain, packed] = [file(text), file(gzipSync(text))];
  for await (const _ of readRecords(plain, TEXT)) break;
  for await (const _ of readRecords(packed, GZIP)) break;
  for await (const _ of openBytes(packed, 'gzip')) break;
  await expect(fields(file(gzipSync(text).subarray(0, 50_000)), GZIP)).rejects.toThrow();
  const open = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      // The one that the folder itself was read through.
      return [];
    }
  });
  expect(open.filter((name) => name.startsWith(folder))).toEqual([]);
});

it('tells how much of some bytes is whole characters', () => {
  const bytes = Buffer.from('aé€😀');
  const lengths = Array.from({ length: bytes.length + 1 }, (_, i) => wholeCharacters(bytes.subarray(0, i)));
  expect(lengths).toEqual([0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10]);
});
