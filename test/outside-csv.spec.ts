import { isUtf8 } from 'node:buffer';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { sniffDialect } from '../src/lead-import/csv-dialect.js';
import { decoderOf, detectEncoding } from '../src/lead-import/encoding.js';

/** Files from outside whose dialects and encodings were noted by people. */
const DATA = join(import.meta.dirname, '../../shared/data/csv');
const present = existsSync(DATA);
if (!present) process.stderr.write(`SKIPPED: ${DATA} is not there\n`);

const DELIMITERS: Readonly<Record<string, string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  vslash: '|',
  space: ' ',
};
const QUOTES: Readonly<Record<string, string>> = { doublequote: '"', singlequote: "'" };

interface Annotated {
  path: string;
  delimiter: string | undefined;
  quote: string | undefined;
}

/** The files of a folder that are there, with what `annotations` says of them: file|encoding|delimiter|quote|.. a line. */
function annotated(folder: string, annotations: string): Annotated[] {
  return readFileSync(join(DATA, annotations), 'utf8')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#') && !line.startsWith('file_name|'))
    .map((line) => line.split('|'))
    .map(([name = '', , delimiter = '', quote = '']) => ({
      path: join(DATA, folder, name),
      delimiter: DELIMITERS[delimiter],
      quote: QUOTES[quote],
    }))
    .filter(({ path, delimiter }) => delimiter !== undefined && existsSync(path));
}

(present ? describe : describe.skip)('of the CSV files from outside', () => {
  it('at least 97 in a hundred have their delimiter and their quote guessed right', () => {
    const files = [
      ...annotated('CSV', 'Dialect_annotations.txt'),
      ...annotated('W3C-CSVW', 'W3C-CSVW-Dialect_annotations.txt'),
    ];
    const misses = files.flatMap(({ path, delimiter, quote }) => {
      const bytes = readFileSync(path);
      const text = decoderOf(detectEncoding(bytes, isUtf8(bytes)).encoding).decode(bytes);
      const found = sniffDialect(text, true);
      if (found.delimiter === delimiter && found.quote === quote) return [];
      return [`${path}: ${JSON.stringify([found.delimiter, found.quote])}, not ${JSON.stringify([delimiter, quote])}`];
    });
    expect(files.length).toBeGreaterThan(100);
    // What is over the allowance is listed. Files with blanks between their values are among the misses: no list of people
    // is written so.
    expect(misses.length / files.length <= 0.03 ? [] : misses).toEqual([]);
  });
});

interface Text {
  path: string;
  bytes: Buffer;
}

function texts(folder: string): Text[] {
  return readdirSync(join(DATA, 'encoding', folder)).map((name) => {
    const path = join(DATA, 'encoding', folder, name);
    return { path, bytes: readFileSync(path) };
  });
}

(present ? describe : describe.skip)('of the texts from outside', () => {
  it.each([
    ['windows-1251-russian', ['windows-1251']],
    ['KOI8-R', ['koi8-r']],
    ['windows-1252', ['windows-1252']],
    ['UTF-16', ['utf-16le', 'utf-16be']],
    ['UTF-16LE', ['utf-16le']],
    ['utf-8', ['utf-8']],
    ['utf-8-sig', ['utf-8']],
  ] as const)('all in %s are known as such', (folder, encodings) => {
    const all = texts(folder);
    const misses = all
      .map(({ path, bytes }) => ({ path, found: detectEncoding(bytes, isUtf8(bytes)).encoding }))
      .filter(({ found }) => !(encodings as readonly string[]).includes(found));
    expect(all.length).toBeGreaterThan(0);
    expect(misses).toEqual([]);
  });

  it.each(['windows-1251-russian', 'KOI8-R'])('those in %s are known by any kilobyte with Russian in it', (folder) => {
    const encoding = folder === 'KOI8-R' ? 'koi8-r' : 'windows-1251';
    const misses: string[] = [];
    let pieces = 0;
    for (const { path, bytes } of texts(folder)) {
      for (let start = 0; start + 1_024 <= bytes.length; start += 1_024) {
        const piece = bytes.subarray(start, start + 1_024);
        if (piece.filter((byte) => byte >= 0x80).length < 20) continue;
        pieces++;
        if (detectEncoding(piece, false).encoding !== encoding) misses.push(`${path} from ${start}`);
      }
    }
    expect(pieces).toBeGreaterThan(50);
    expect(misses).toEqual([]);
  });
});
