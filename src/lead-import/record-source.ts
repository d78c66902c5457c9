import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { Problem } from '../common/problem.js';
import type { Dialect } from './csv-dialect.js';
import { CsvReader } from './csv-reader.js';
import { decoderOf } from './encoding.js';
import type { FileFormat } from './file-format.js';
import type { RecordSlice } from './record.js';
import { closeStream } from './workbook-package.js';
import { readWorkbook } from './workbook.js';

/** How the records of a file are had. */
export interface FileSource {
  format: FileFormat;
  /** Of text, packed or not. */
  dialect: Dialect | null;
  /** Of a workbook; null: its first one that is shown and has rows. */
  sheet?: string | null;
}

/** What is read or inflated at a time. */
const BLOCK_BYTES = 262_144;
/** An archive that unpacks to more than this must not be more than so many times what it was packed in. */
const RATIO_FROM_BYTES = 67_108_864;
const MAX_RATIO = 200;

/** Some bytes of a text, with the number of the file's bytes that were read to have them and all before. */
interface Block {
  bytes: Buffer;
  bytesRead: number;
}

/**
 * The records of a file, a slice at a time, in memory that does not grow with it. Leaving the loop closes the file. Throws
 * gzip_damaged, gzip_too_large (422), and what `readWorkbook` throws.
 */
export async function* readRecords(path: string, source: FileSource): AsyncGenerator<RecordSlice> {
  if (source.format === 'xlsx') {
    yield* readWorkbook(path, { sheet: source.sheet ?? null });
    return;
  }
  if (!source.dialect) throw new Error('A text is read by its dialect.');
  const reader = new CsvReader(source.dialect);
  const toUtf8 = transcoder(source.dialect.encoding);
  let bytesRead = 0;
  for await (const block of readBlocks(path, source.format)) {
    bytesRead = block.bytesRead;
    yield { records: reader.push(toUtf8(block.bytes, false)), bytesRead };
  }
  const records = reader.push(toUtf8(Buffer.alloc(0), true));
  yield { records: [...records, ...reader.end()], bytesRead };
}

/**
 * The bytes of a text, unpacked, for whoever looks at them before they are read. Leaving the loop closes the file. Throws
 * gzip_damaged, gzip_too_large (422).
 */
export async function* openBytes(path: string, format: 'text' | 'gzip'): AsyncGenerator<Buffer> {
  for await (const { bytes } of readBlocks(path, format)) yield bytes;
}

function readBlocks(path: string, format: 'text' | 'gzip'): AsyncGenerator<Block> {
  return format === 'gzip' ? readGzip(path) : readPlain(path);
}

async function* readPlain(path: string): AsyncGenerator<Block> {
  const file = createReadStream(path, { highWaterMark: BLOCK_BYTES });
  let bytesRead = 0;
  try {
    for await (const bytes of file as AsyncIterable<Buffer>) {
      bytesRead += bytes.length;
      yield { bytes, bytesRead };
    }
  } finally {
    await closeStream(file);
  }
}

/** Archives that were written one after the other into one file come out as one text. */
async function* readGzip(path: string): AsyncGenerator<Block> {
  const file = createReadStream(path, { highWaterMark: BLOCK_BYTES });
  const gunzip = createGunzip({ chunkSize: BLOCK_BYTES });
  // Errors of either stream reach the loop.
  pipeline(file, gunzip, () => undefined);
  let inflated = 0;
  try {
    for await (const bytes of gunzip as AsyncIterable<Buffer>) {
      inflated += bytes.length;
      const bytesRead = gunzip.bytesWritten;
      if (inflated > RATIO_FROM_BYTES && inflated > MAX_RATIO * bytesRead) throw gzipTooLarge();
      yield { bytes, bytesRead };
    }
  } catch (error) {
    throw isDamage(error) ? gzipDamaged() : error;
  } finally {
    gunzip.destroy();
    await closeStream(file);
  }
}

/** Those of zlib, by their code; others are the disk's. */
function isDamage(error: unknown): boolean {
  return String((error as NodeJS.ErrnoException).code).startsWith('Z_');
}

function gzipDamaged(): Problem {
  return new Problem('gzip_damaged', 422, 'The gzip archive is damaged, or its end is missing.', {
    field: 'file',
    fix: 'Pack the file again, or upload it unpacked.',
  });
}

function gzipTooLarge(): Problem {
  return new Problem('gzip_too_large', 422, `The gzip archive unpacks to more than ${MAX_RATIO} times its size.`, {
    field: 'file',
    fix: 'Upload the file itself, unpacked: no list of people shrinks that much.',
  });
}

/**
 * Bytes of an encoding as UTF-8 without a byte order mark, however they come cut. UTF-8 goes on as it is, its invalid bytes
 * too: CsvReader makes U+FFFD of them when it makes text.
 */
function transcoder(encoding: Dialect['encoding']): (bytes: Buffer, last: boolean) => Buffer {
  if (encoding === 'utf-8') return withoutMark();
  const decoder = decoderOf(encoding);
  return (bytes, last) => Buffer.from(decoder.decode(bytes, { stream: !last }), 'utf8');
}

const UTF8_MARK = Buffer.from('efbbbf', 'hex');

function withoutMark(): (bytes: Buffer, last: boolean) => Buffer {
  // The first bytes, until there are enough of them; then null.
  let head: Buffer | null = Buffer.alloc(0);
  return (bytes, last) => {
    if (head === null) return bytes;
    const joined: Buffer = Buffer.concat([head, bytes]);
    head = joined;
    if (joined.length < UTF8_MARK.length && !last) return Buffer.alloc(0);
    head = null;
    return joined.subarray(0, UTF8_MARK.length).equals(UTF8_MARK) ? joined.subarray(UTF8_MARK.length) : joined;
  };
}

/** Length without a last character whose bytes have not all come. */
export function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}
