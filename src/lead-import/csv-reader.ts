import { parse, type Parser } from 'csv-parse';
import { parse as parseOnce } from 'csv-parse/sync';

import type { Dialect } from './csv-dialect.js';

/** One record of a file: its fields, or why it has none. */
export interface CsvRecord {
  /** Line of the file where it starts, from 1. */
  line: number;
  fields: string[];
  /** Set: the line is no record, and `fields` holds its text as it was. */
  fault: CsvFault | null;
}

export interface CsvFault {
  code: 'quote_not_closed' | 'quote_misplaced' | 'row_too_long';
  detail: string;
}

/** Longest record. What is longer is a quote that is never closed, or not a list of people. */
export const MAX_RECORD_BYTES = 1_048_576;
/** Of a line that is too long, so much is kept for the file of rejects. */
const KEPT_BYTES = 4_096;

const NOT_CLOSED: CsvFault = { code: 'quote_not_closed', detail: 'A quote is opened in this line and never closed.' };
const MISPLACED: CsvFault = {
  code: 'quote_misplaced',
  detail: 'A quoted value goes on after its closing quote. Double the quotes that belong to the value.',
};
const TOO_LONG: CsvFault = { code: 'row_too_long', detail: 'The line is longer than 1 MB.' };

const LF = 10;
const CR = 13;

/**
 * Bytes in, records out, in bounded memory. csv-parse decides what a record is. Where it finds a fault, the line at which
 * the broken record starts is given up alone and reading begins anew after it, so that a lost quote costs a line and not
 * the rest of the file. Every line that is not blank becomes part of a record or is reported as faulty.
 */
export class CsvReader {
  private readonly eol: number;
  private parser!: Parser;
  private found: CsvRecord[] = [];
  /** Bytes after the last whole record. */
  private pending: Buffer = Buffer.alloc(0);
  /** Where `pending` starts, in bytes since the parser's start. */
  private offset = 0;
  /** Line on which `pending` starts. */
  private line = 1;
  /** What is wrong with the record that `pending` starts with. */
  private broken: CsvFault | null = null;
  /** Inside a line that is too long, up to its end. */
  private skipping = false;

  constructor(private readonly dialect: Pick<Dialect, 'delimiter' | 'lineEnding'>) {
    this.eol = dialect.lineEnding === 'cr' ? CR : LF;
    this.restart();
  }

  /** The records that are complete by now. UTF-8, without a byte order mark. */
  async push(chunk: Buffer): Promise<CsvRecord[]> {
    let bytes = chunk;
    if (this.skipping) {
      const end = bytes.indexOf(this.eol);
      if (end < 0) return [];
      this.skipping = false;
      this.line++;
      bytes = bytes.subarray(end + 1);
    }
    this.pending = Buffer.concat([this.pending, bytes]);
    await this.feed(bytes, false);
    while (this.pending.length > MAX_RECORD_BYTES) {
      this.giveUpLine(TOO_LONG, false);
      await this.feed(this.pending, false);
    }
    return this.take();
  }

  /** The records that were waiting for an end. */
  async end(): Promise<CsvRecord[]> {
    await this.feed(Buffer.alloc(0), true);
    return this.take();
  }

  private take(): CsvRecord[] {
    const records = this.found;
    this.found = [];
    return records;
  }

  private restart(): void {
    this.offset = 0;
    this.broken = null;
    this.parser = parse({
      delimiter: this.dialect.delimiter,
      record_delimiter: this.dialect.lineEnding === 'cr' ? ['\r'] : ['\r\n', '\n'],
      // Only for arrays: surplus fields stay in them and are counted by whoever knows the header.
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (fields: string[]) => {
        this.accept(fields);
        // Taken here, in the parser's own turn: nothing goes on to its readable side.
        return null;
      },
    });
    this.parser.on('error', () => {
      // Heard by the write or the end that met it.
    });
    this.parser.resume();
  }

  private accept(fields: string[]): void {
    const length = this.parser.info.bytes - this.offset;
    const line = this.line + this.countLines(0, this.contentStart());
    this.found.push({ line, fields, fault: null });
    this.line += this.countLines(0, length);
    this.pending = this.pending.subarray(length);
    this.offset += length;
  }

  /** Bytes of blank lines before the record. */
  private contentStart(): number {
    let start = 0;
    while (this.pending[start] === LF || this.pending[start] === CR) start++;
    return start;
  }

  private countLines(from: number, to: number): number {
    let lines = 0;
    for (let at = this.pending.indexOf(this.eol, from); at >= 0 && at < to; at = this.pending.indexOf(this.eol, at + 1))
      lines++;
    return lines;
  }

  private async feed(bytes: Buffer, end: boolean): Promise<void> {
    let next = bytes;
    for (;;) {
      if (this.broken === null) {
        const error = await this.write(next, end);
        if (!error) return;
        this.broken = error.code === 'CSV_QUOTE_NOT_CLOSED' ? NOT_CLOSED : MISPLACED;
      }
      // The rest of the broken line is still to come.
      if (!end && this.pending.indexOf(this.eol, this.contentStart()) < 0) return;
      this.giveUpLine(this.broken, end);
      next = this.pending;
    }
  }

  /** Report the first line of `pending` as faulty, and have a new parser read on after it. */
  private giveUpLine(fault: CsvFault, end: boolean): void {
    const start = this.contentStart();
    this.line += this.countLines(0, start);
    const found = this.pending.indexOf(this.eol, start);
    const stop = found < 0 ? this.pending.length : found;
    const text = this.pending
      .subarray(start, Math.min(stop, start + KEPT_BYTES))
      .toString('utf8')
      .replace(/\r$/, '');
    const cut = stop - start > KEPT_BYTES;
    // Lines of their own length in a record that grew too long, or an odd number of quotes: one of them is never closed.
    const unclosed = fault === TOO_LONG ? found >= 0 || end : text.split('"').length % 2 === 0;
    const fields = fault === MISPLACED && !cut ? this.readLoosely(text) : null;
    this.found.push({
      line: this.line,
      fields: fields ?? [text],
      fault: fields ? null : unclosed ? NOT_CLOSED : fault,
    });
    if (found >= 0) this.line++;
    else this.skipping = !end;
    this.pending = found < 0 ? Buffer.alloc(0) : this.pending.subarray(found + 1);
    this.restart();
  }

  /** `5" pipe` between delimiters is meant as it stands: quotes count only where a value begins with one. */
  private readLoosely(line: string): string[] | null {
    if (new RegExp(`(^|[${this.dialect.delimiter === '|' ? '\\|' : this.dialect.delimiter}])\\s*"`).test(line))
      return null;
    const records = parseOnce(line, { delimiter: this.dialect.delimiter, quote: null, relax_column_count: true });
    return records.length === 1 ? (records[0] as string[]) : null;
  }

  private write(bytes: Buffer, end: boolean): Promise<(Error & { code?: string }) | null> {
    const parser = this.parser;
    return new Promise((resolve) => {
      if (!end) {
        if (bytes.length === 0) resolve(null);
        else parser.write(bytes, (error) => resolve(error ?? null));
        return;
      }
      parser.once('error', resolve);
      if (bytes.length > 0) parser.write(bytes);
      parser.end((error?: Error | null) => resolve(error ?? null));
    });
  }
}
