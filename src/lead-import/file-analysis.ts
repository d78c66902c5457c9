import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

import { sniffDialect, type Dialect, type Encoding } from './csv-dialect.js';
import { CsvReader } from './csv-reader.js';
import { bomEncoding, decoderOf, detectEncoding } from './encoding.js';
import { fileEmpty, FORMAT_HEAD_BYTES, formatOf, refuseOtherFormats, type FileFormat } from './file-format.js';
import { columnsAt, findHeader, type HeaderNotice } from './header.js';
import { openBytes, readRecords, wholeCharacters } from './record-source.js';
import { rowsTooLong, type FileRecord } from './record.js';
import { listSheets } from './workbook.js';

/** What somebody who looked at a file knows better than we can guess. */
export interface AskedReading {
  dialect?: Partial<Pick<Dialect, 'encoding' | 'delimiter' | 'quote'>> | null;
  /** Of a workbook. */
  sheet?: string | null;
  /** Place of the header among the records, from 0; null: the file has none. Left out: it is looked for. */
  headerAt?: number | null;
}

/** What a file is made of, whoever reads it: found by reading it once through. */
export interface FileScan {
  format: FileFormat;
  bytes: number;
  /** Of the file as it lies on the disk. */
  sha256: Buffer;
  /** The text's first bytes, unpacked. Empty for a workbook. */
  head: Buffer;
  /** Is `head` all of it? */
  complete: boolean;
  /** Is the whole text valid UTF-8? */
  utf8: boolean;
}

/** How a file is read, and its first records. */
export interface FileReading {
  format: FileFormat;
  /** Null for a workbook. */
  dialect: Dialect | null;
  /** How sure the encoding is, 0 to 1. */
  encodingConfidence: number;
  /** Of a workbook. */
  sheets: string[];
  sheet: string | null;
  /** Place of the header among the records, and its line; null when there is none. */
  header: { at: number; line: number } | null;
  notices: HeaderNotice[];
  /** Names of the columns, none twice. */
  columns: string[];
  /** The first data rows. */
  rows: FileRecord[];
}

/** So many records of the start are looked at: the header must be among them. */
const HEAD_RECORDS = 500;
const SAMPLED_BYTES = FORMAT_HEAD_BYTES;

/** What kind of file it is, by its start. Throws what formatOf does (422). */
export async function readFormat(path: string): Promise<FileFormat> {
  const head = new HeadAndUtf8();
  for await (const chunk of createReadStream(path, { end: SAMPLED_BYTES - 1 }) as AsyncIterable<Buffer>)
    head.add(chunk);
  return formatOf(head.head());
}

/** Read a file once through. Throws what formatOf does (422), and what a broken archive does. */
export async function scanFile(path: string): Promise<FileScan> {
  const hash = createHash('sha256');
  let bytes = 0;
  const raw = new HeadAndUtf8();
  for await (const chunk of createReadStream(path, { highWaterMark: 262_144 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    raw.add(chunk);
  }
  const format = formatOf(raw.head());
  const sha256 = hash.digest();
  if (format === 'xlsx') return { format, bytes, sha256, head: Buffer.alloc(0), complete: false, utf8: true };
  const text = format === 'text' ? raw : new HeadAndUtf8();
  if (format === 'gzip') {
    for await (const chunk of openBytes(path, 'gzip')) text.add(chunk);
    refuseOtherFormats(text.head());
  }
  return { format, bytes, sha256, head: text.head(), complete: text.isComplete(), utf8: text.isUtf8() };
}

/**
 * How to read a scanned file, guessed where nobody asked. Throws file_empty, not_csv, too_many_columns, rows_too_long,
 * sheet_unknown and what a damaged workbook does (422).
 */
export async function readHead(path: string, scan: FileScan, asked: AskedReading = {}): Promise<FileReading> {
  const source = scan.format === 'xlsx' ? await workbookHead(path, asked) : textHead(scan, asked);
  const { records, complete } = source;
  if (records.length === 0) throw fileEmpty('The file has no rows.');
  const found = asked.headerAt === undefined ? findHeader(records) : columnsAt(records, asked.headerAt);
  const rows = records.slice(found.at + 1);
  if (rows.length === 0) {
    if (complete) throw fileEmpty('The file has a header, but no rows below it.');
    throw rowsTooLong();
  }
  const { at } = found;
  return {
    format: scan.format,
    dialect: source.dialect,
    encodingConfidence: source.confidence,
    sheets: source.sheets,
    sheet: source.sheet,
    header: at < 0 ? null : { at, line: records[at]!.line },
    notices: found.notices,
    columns: found.columns,
    rows,
  };
}

interface Head {
  records: FileRecord[];
  /** Are these all records of the file? */
  complete: boolean;
  dialect: Dialect | null;
  confidence: number;
  sheets: string[];
  sheet: string | null;
}

function textHead(scan: FileScan, asked: AskedReading): Head {
  const guess = detectEncoding(scan.head, scan.utf8);
  const encoding: Encoding = asked.dialect?.encoding ?? guess.encoding;
  const whole = scan.complete ? scan.head : cutForEncoding(scan.head, encoding);
  const text = decoderOf(encoding).decode(whole);
  if (text.trim() === '') throw fileEmpty('The file has no text.');
  const sniffed = sniffDialect(text, scan.complete);
  const dialect: Dialect = {
    ...sniffed,
    encoding,
    delimiter: asked.dialect?.delimiter ?? sniffed.delimiter,
    quote: asked.dialect?.quote === undefined ? sniffed.quote : asked.dialect.quote,
  };
  const reader = new CsvReader(dialect);
  const records = reader.push(Buffer.from(text, 'utf8'));
  if (scan.complete) records.push(...reader.end());
  if (!scan.complete && records.length === 0) throw rowsTooLong();
  return {
    records: records.slice(0, HEAD_RECORDS),
    complete: scan.complete && records.length <= HEAD_RECORDS,
    dialect,
    confidence: asked.dialect?.encoding ? 1 : guess.confidence,
    sheets: [],
    sheet: null,
  };
}

async function workbookHead(path: string, asked: AskedReading): Promise<Head> {
  const sheets = await listSheets(path);
  const records: FileRecord[] = [];
  let complete = true;
  for await (const slice of readRecords(path, { format: 'xlsx', dialect: null, sheet: asked.sheet ?? null })) {
    records.push(...slice.records);
    if (records.length < HEAD_RECORDS) continue;
    complete = false;
    break;
  }
  return {
    records,
    complete,
    dialect: null,
    confidence: 1,
    sheets: sheets.map((sheet) => sheet.name),
    sheet: asked.sheet ?? null,
  };
}

/** Without the first bytes of a character whose rest is beyond the head. */
function cutForEncoding(head: Buffer, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return head.subarray(0, wholeCharacters(head));
  return encoding.startsWith('utf-16') ? head.subarray(0, head.length - (head.length % 2)) : head;
}

/** The start of a stream of bytes, and whether all of it is UTF-8. */
class HeadAndUtf8 {
  private readonly parts: Buffer[] = [];
  private headBytes = 0;
  private bytes = 0;
  private utf8 = true;
  private carried: Buffer = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.headBytes < SAMPLED_BYTES) {
      const part = Buffer.from(chunk.subarray(0, SAMPLED_BYTES - this.headBytes));
      this.parts.push(part);
      this.headBytes += part.length;
    }
    if (!this.utf8) return;
    const joined = this.carried.length > 0 ? Buffer.concat([this.carried, chunk]) : chunk;
    const end = wholeCharacters(joined);
    this.utf8 = isUtf8(joined.subarray(0, end));
    this.carried = Buffer.from(joined.subarray(end));
  }

  head(): Buffer {
    return Buffer.concat(this.parts);
  }

  isComplete(): boolean {
    return this.bytes <= this.headBytes;
  }

  isUtf8(): boolean {
    // Zero bytes are UTF-8 too; no text of ours is written with them but for UTF-16.
    return this.utf8 && isUtf8(this.carried) && !bomEncoding(this.head())?.startsWith('utf-16');
  }
}
