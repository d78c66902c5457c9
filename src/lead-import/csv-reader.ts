import { CsvError, parse } from 'csv-parse/sync';

import { MAX_RECORD_BYTES, type FileRecord, type RecordFault } from './record.js';

/** So much of a dialect as tells records apart. */
export interface RecordDialect {
  delimiter: string;
  lineEnding: 'lf' | 'cr';
  /** Null: a quote is a character like any other. */
  quote: '"' | "'" | null;
  escape: 'double' | 'backslash';
}

/** Of a line that is too long, so much is kept for the file of rejects. */
const KEPT_BYTES = 4_096;

const NOT_CLOSED: RecordFault = {
  code: 'quote_not_closed',
  detail: 'A quote is opened in this line and never closed.',
};
const MISPLACED: RecordFault = {
  code: 'quote_misplaced',
  detail: 'A quoted value goes on after its closing quote. Double the quotes that belong to the value.',
};
const TOO_LONG: RecordFault = { code: 'row_too_long', detail: 'The line is longer than 1 MB.' };

const LF = 10;
const CR = 13;

/** Thrown at csv-parse to have it stop after a record. */
const ENOUGH = new Error('the next lines have no quotes');

/**
 * Bytes in, records out, in bounded memory. csv-parse decides what a record is. Where it finds a fault, the line at which
 * the broken record starts is given up alone and reading begins anew after it, so that a lost quote costs a line and not
 * the rest of the file. Every line that is not blank becomes part of a record or is reported as faulty. What is found
 * depends on the bytes alone and not on how they are cut.
 *
 * Lines without a quote, nearly all in most files, are split here, with the result of csv-parse at about ten times its
 * speed. The others go to it in runs, with single lines between them, as setting it up costs as much as two lines.
 */
export class CsvReader {
  private readonly eol: number;
  /** Byte of the quote, -1 where there is none. */
  private readonly quote: number;
  /** Finds a value that begins with a quote, blanks before it or not. */
  private readonly quotedValue: RegExp;
  private found: FileRecord[] = [];
  /** Bytes from the first record that has not been found yet. While more are read, from some record before it. */
  private bytes: Buffer = Buffer.alloc(0);
  /** Where in `bytes` reading goes on: the start of a line, outside of quotes. */
  private at = 0;
  /** Line of the file that is at `at`, from 1. */
  private line = 1;
  /** Up to here what starts at `at` has been read without coming to its closing quote. 0: nothing of it has been read. */
  private openUpTo = 0;
  /** Inside a line that is too long, up to its end. */
  private skipping = false;

  constructor(private readonly dialect: RecordDialect) {
    this.eol = dialect.lineEnding === 'cr' ? CR : LF;
    this.quote = dialect.quote === null ? -1 : dialect.quote.charCodeAt(0);
    // Blanks without the delimiter, which may be a tab: a line of tabs would take a time that grows with its square.
    const delimiter = `\\x${dialect.delimiter.charCodeAt(0).toString(16).padStart(2, '0')}`;
    this.quotedValue = new RegExp(`(?:^|${delimiter})[^\\S${delimiter}]*${dialect.quote}`);
  }

  /** The records that are complete by now. UTF-8, without a byte order mark; may be cut anywhere, and is not kept. */
  push(chunk: Buffer): FileRecord[] {
    let bytes = chunk;
    if (this.skipping) {
      const end = bytes.indexOf(this.eol);
      if (end < 0) return [];
      this.skipping = false;
      this.line++;
      bytes = bytes.subarray(end + 1);
    }
    this.bytes = this.bytes.length === 0 ? bytes : Buffer.concat([this.bytes, bytes]);
    return this.read(false);
  }

  /** The records that were waiting for an end. */
  end(): FileRecord[] {
    return this.read(true);
  }

  /** `last`: nothing comes after `bytes`. */
  private read(last: boolean): FileRecord[] {
    const end = last ? this.bytes.length : this.bytes.lastIndexOf(this.eol) + 1;
    let waiting = false;
    while (this.at < end && !waiting) waiting = !this.readOn(end, last);
    if (!waiting && this.bytes.length - this.at > MAX_RECORD_BYTES) {
      this.giveUpLine(TOO_LONG);
      this.skipping = true;
    }
    this.bytes = Buffer.from(this.bytes.subarray(this.at));
    this.openUpTo = Math.max(0, this.openUpTo - this.at);
    this.at = 0;
    const records = this.found;
    this.found = [];
    return records;
  }

  /** Where the last line ends of those that a record from `at` may have; `at` itself if not even one is short enough. */
  private lastLineEnd(end: number): number {
    if (end - this.at <= MAX_RECORD_BYTES) return end;
    return Math.max(this.at, this.bytes.lastIndexOf(this.eol, this.at + MAX_RECORD_BYTES) + 1);
  }

  /** Read on, at most to `end`. False: what is at `at` waits for bytes that have not come yet. */
  private readOn(end: number, last: boolean): boolean {
    const stop = this.lastLineEnd(end);
    if (stop === this.at) {
      this.giveUpLine(TOO_LONG);
      return true;
    }
    const quote = this.nextQuote(this.at);
    const quotedLine = quote < 0 || quote >= stop ? stop : this.bytes.lastIndexOf(this.eol, quote) + 1;
    if (quotedLine === this.at) return this.readQuotedLines(stop, end, last);
    this.readPlainLines(quotedLine);
    return true;
  }

  private nextQuote(from: number): number {
    return this.quote < 0 ? -1 : this.bytes.indexOf(this.quote, from);
  }

  private readPlainLines(stop: number): void {
    const { delimiter, lineEnding } = this.dialect;
    const lines = this.bytes.toString('utf8', this.at, stop).split(lineEnding === 'cr' ? '\r' : '\n');
    // After the last line end: nothing, except at the end of the file, where a carriage return alone ends no line.
    const rest = lines.pop()!;
    for (let text of lines) {
      if (lineEnding === 'lf' && text.charCodeAt(text.length - 1) === CR) text = text.slice(0, -1);
      if (text !== '') this.found.push({ line: this.line, fields: text.split(delimiter), fault: null });
      this.line++;
    }
    if (rest !== '') this.found.push({ line: this.line, fields: rest.split(delimiter), fault: null });
    this.moveTo(stop);
  }

  /** `at`: a line with a quote. */
  private readQuotedLines(stop: number, end: number, last: boolean): boolean {
    if (this.openUpTo === 0 && this.readLooseLine()) return true;
    let outcome: 'read' | 'broken' | 'open' = 'open';
    if (this.openUpTo === 0 || this.closesBefore(stop)) {
      // Read anew when there is twice as much of it, so that many small chunks don't cost many times the work.
      if (!this.isWhole(last) && stop - this.at < 2 * (this.openUpTo - this.at)) return false;
      outcome = this.parseQuotedLines(stop);
    }
    if (outcome === 'broken' && !this.readLooseLine()) this.giveUpLine(MISPLACED);
    // A record that started later than the first may go on beyond `stop`.
    if (outcome !== 'open' || stop < this.lastLineEnd(end)) return true;
    if (this.isWhole(last)) {
      this.giveUpLine(NOT_CLOSED);
      return true;
    }
    this.openUpTo = stop;
    return false;
  }

  /** Has all come that may belong to a record from `at`? */
  private isWhole(last: boolean): boolean {
    return last || this.bytes.length - this.at > MAX_RECORD_BYTES;
  }

  /** Can the record that is open at `openUpTo` be closed before `stop`? */
  private closesBefore(stop: number): boolean {
    const quote = this.nextQuote(this.openUpTo);
    return quote >= 0 && quote < stop;
  }

  /**
   * Take the line if no value in it begins with a quote: `5" pipe` and `OOO "Daisy"` are meant as they stand. csv-parse
   * refuses such a line at its first quote.
   */
  private readLooseLine(): boolean {
    const lineEnd = this.bytes.indexOf(this.eol, this.at);
    const stop = lineEnd < 0 ? this.bytes.length : lineEnd + 1;
    if (this.quotedValue.test(this.bytes.toString('utf8', this.at, stop))) return false;
    this.readPlainLines(stop);
    return true;
  }

  /** Have csv-parse read from `at` as far as quotes are near, at most to `stop`. `open`: it ended inside a quote. */
  private parseQuotedLines(stop: number): 'read' | 'broken' | 'open' {
    const { delimiter, lineEnding, quote, escape } = this.dialect;
    const start = this.at;
    try {
      parse(this.bytes.subarray(start, stop), {
        delimiter,
        record_delimiter: lineEnding === 'cr' ? ['\r'] : ['\r\n', '\n'],
        quote,
        escape: escape === 'backslash' ? '\\' : quote,
        // Only for arrays: surplus fields stay in them and are counted by whoever knows the header.
        relax_column_count: true,
        skip_empty_lines: true,
        on_record: (fields: string[], { bytes }) => {
          this.found.push({ line: this.line, fields, fault: null });
          this.line += this.countLines(this.at, start + bytes);
          this.moveTo(start + bytes);
          if (!this.hasQuotesNext()) throw ENOUGH;
          return null;
        },
      });
      return 'read';
    } catch (error) {
      if (error === ENOUGH) return 'read';
      if (!(error instanceof CsvError)) throw error;
      return error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'broken';
    }
  }

  /** Is there a quote in the next two lines, the first of them not blank? */
  private hasQuotesNext(): boolean {
    const first = this.bytes[this.at];
    const quote = this.nextQuote(this.at);
    if (quote < 0 || first === LF || first === CR) return false;
    const lineEnd = this.bytes.indexOf(this.eol, this.at);
    return lineEnd < 0 || quote < lineEnd || !this.bytes.subarray(lineEnd + 1, quote).includes(this.eol);
  }

  private countLines(from: number, to: number): number {
    let lines = 0;
    for (let at = this.bytes.indexOf(this.eol, from); at >= 0 && at < to; at = this.bytes.indexOf(this.eol, at + 1))
      lines++;
    return lines;
  }

  private moveTo(position: number): void {
    this.at = position;
    this.openUpTo = 0;
  }

  /** Report the line at `at` as faulty, and read on after it. */
  private giveUpLine(fault: RecordFault): void {
    const lineEnd = this.bytes.indexOf(this.eol, this.at);
    const stop = lineEnd < 0 ? this.bytes.length : lineEnd;
    const unclosed = fault === MISPLACED && this.hasOddQuotes(stop);
    this.found.push({ line: this.line, fields: [this.startOfLine(stop)], fault: unclosed ? NOT_CLOSED : fault });
    if (lineEnd >= 0) this.line++;
    this.moveTo(lineEnd < 0 ? stop : lineEnd + 1);
  }

  /** With an odd number of quotes in a line, one of them is never closed. */
  private hasOddQuotes(stop: number): boolean {
    let text = this.bytes.toString('utf8', this.at, stop);
    if (this.dialect.escape === 'backslash') text = text.replace(/\\./g, '');
    return text.split(this.dialect.quote!).length % 2 === 0;
  }

  private startOfLine(stop: number): string {
    let end = Math.min(stop, this.at + KEPT_BYTES);
    // No character is cut in two.
    for (let back = 0; back < 3 && end < stop && (this.bytes[end]! & 0xc0) === 0x80; back++) end--;
    const text = this.bytes.toString('utf8', this.at, end);
    return this.dialect.lineEnding === 'lf' && end === stop && text.endsWith('\r') ? text.slice(0, -1) : text;
  }
}
