import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

import {
  encodingOf,
  fileEmpty,
  notCsv,
  refuseOtherFormats,
  sniffDialect,
  type Delimiter,
  type Dialect,
} from './csv-dialect.js';
import { CsvReader, type CsvRecord } from './csv-reader.js';
import { readHeader } from './mapping.js';

/** What a file is, before any of it is imported. */
export interface FileAnalysis {
  bytes: number;
  sha256: Buffer;
  dialect: Dialect;
  /** Names of the columns, none twice. */
  columns: string[];
}

/** So much of the start of a file is looked at closely; the header must be in it. */
const HEAD_BYTES = 262_144;
/** Small enough that a slice of reading never holds up the process's other work for long. */
const READ_BYTES = 65_536;

/**
 * Read a file once through. Throws not_csv, file_empty, duplicate_headers, too_many_columns (422). `delimiter`: as asked
 * for; guessed when null.
 */
export async function analyseFile(path: string, delimiter: Delimiter | null): Promise<FileAnalysis> {
  const { head, bytes, sha256, utf8 } = await scanFile(path);
  refuseOtherFormats(head);
  const encoding = encodingOf(head, utf8);
  const complete = bytes <= head.length;
  const text = new TextDecoder(encoding).decode(head);
  if (text.trim() === '') throw fileEmpty('The file has no text.');
  const sniffed = sniffDialect(text, complete);
  const dialect: Dialect = { encoding, ...sniffed, delimiter: delimiter ?? sniffed.delimiter };

  const reader = new CsvReader(dialect);
  const records = await reader.push(Buffer.from(text, 'utf8'));
  if (complete) records.push(...(await reader.end()));
  const header = records[0];
  if (!header || header.fault)
    throw notCsv(
      header?.fault
        ? `The header can't be read: ${header.fault.detail}`
        : 'The file has no header in its first 256 KB.',
    );
  const columns = readHeader(header.fields);
  if (complete && records.length === 1) throw fileEmpty('The file has a header, but no rows below it.');
  return { bytes, sha256, dialect, columns };
}

/** The records of a file, a slice at a time, with the number of bytes that have been read for them. */
export async function* readRecords(
  path: string,
  dialect: Dialect,
): AsyncGenerator<{ records: CsvRecord[]; bytesRead: number }> {
  const reader = new CsvReader(dialect);
  const decoder = new TextDecoder(dialect.encoding);
  let bytesRead = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    bytesRead += chunk.length;
    // Invalid bytes become U+FFFD; a character that is cut by the end of a slice waits for its rest.
    yield { records: await reader.push(Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8')), bytesRead };
  }
  const rest = Buffer.from(decoder.decode(), 'utf8');
  const records = rest.length > 0 ? await reader.push(rest) : [];
  yield { records: [...records, ...(await reader.end())], bytesRead };
}

async function scanFile(path: string): Promise<{ head: Buffer; bytes: number; sha256: Buffer; utf8: boolean }> {
  const hash = createHash('sha256');
  const head: Buffer[] = [];
  let headBytes = 0;
  let bytes = 0;
  let utf8 = true;
  let carried: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    if (headBytes < HEAD_BYTES) {
      const part = chunk.subarray(0, HEAD_BYTES - headBytes);
      head.push(part);
      headBytes += part.length;
    }
    if (utf8) {
      const joined = Buffer.concat([carried, chunk]);
      const end = wholeCharacters(joined);
      utf8 = isUtf8(joined.subarray(0, end));
      carried = joined.subarray(end);
    }
  }
  return { head: Buffer.concat(head), bytes, sha256: hash.digest(), utf8: utf8 && isUtf8(carried) };
}

/** Length without a last character whose bytes have not all come. */
function wholeCharacters(bytes: Buffer): number {
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
