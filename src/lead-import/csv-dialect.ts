export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** Labels of TextDecoder; text is to be read by `decoderOf` (encoding.ts), which mends one of them. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1251', 'koi8-r', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** How a file writes its records down. */
export interface Dialect {
  encoding: Encoding;
  delimiter: Delimiter;
  /** What encloses values that hold delimiters or line ends; null where nothing does and quotes are text. */
  quote: '"' | "'" | null;
  /** How a quote inside a quoted value is written: twice, or after a backslash. */
  escape: 'double' | 'backslash';
  /** What ends a record: a line feed, with a carriage return before it or not, or a carriage return alone. */
  lineEnding: 'lf' | 'cr';
}

/** Candidates are compared on so much of the start of a text. */
const SNIFFED_CHARS = 262_144;
const SNIFFED_RECORDS = 2_000;
const SNIFFED_CELLS = 4_000;
/** A quoted value that goes on for longer is a quote that is never closed. */
const LONGEST_QUOTED = 32_768;

/** What a file of one column scores for each of its values that is recognised: below any table that is at all regular. */
const ONE_COLUMN = 0.25;
/** Factor for a first line that does not have the delimiter: titles stand above a table, but a header is likelier. */
const NO_HEADER = 0.8;
/** Bars are found inside values as often as between them. The others are taken as they come. */
const PRIOR: Readonly<Record<Delimiter, number>> = { ',': 1, ';': 1, '\t': 1, '|': 0.9 };

const LF = 10;
const CR = 13;
const SPACE = 32;
const BACKSLASH = 92;

type Sniffed = Pick<Dialect, 'delimiter' | 'quote' | 'escape' | 'lineEnding'>;

/**
 * Delimiter, quote, escape and line ending, from the start of a file. `complete`: the text is the whole file, its last
 * line included.
 *
 * Each candidate reads the text in its way and is scored by two things that hold for tables and break where they are
 * cut at the wrong places: lines that follow each other have the same number of fields, and fields are something:
 * a number, a date, an address, words. (The idea is that of van den Burg, Nazábal and Sutton, "Wrangling messy CSV files
 * by detecting row and type patterns", 2019; here neighbours are compared, so that titles above a table and a second
 * table below it cost next to nothing.) A comma and a double quote where nothing tells, as in a file of one column.
 */
export function sniffDialect(text: string, complete: boolean): Sniffed {
  let sample = text.length > SNIFFED_CHARS ? text.slice(0, SNIFFED_CHARS) : text;
  const whole = complete && sample.length === text.length;
  // Spreadsheets write, and obey, a first line that names the delimiter.
  const stated = /^\ufeff?"?sep=([,;\t|])"?[\r\n]+/i.exec(sample);
  if (stated) sample = sample.slice(stated[0].length);

  let best: { reading: Reading; delimiter: Delimiter; quote: '"' | "'"; escape: Dialect['escape'] } | null = null;
  for (const delimiter of stated ? [stated[1] as Delimiter] : DELIMITERS) {
    if (delimiter !== ',' && !stated && !sample.includes(delimiter)) continue;
    for (const quote of ['"', "'"] as const) {
      if (quote === "'" && !sample.includes(quote)) continue;
      for (const escape of ['double', 'backslash'] as const) {
        if (escape === 'backslash' && !sample.includes(`\\${quote}`)) continue;
        const reading = new Reading(sample, whole, delimiter, quote, escape);
        if (best && reading.score <= best.reading.score) continue;
        if (quote === "'" && !reading.quoteInUse()) continue;
        best = { reading, delimiter, quote, escape };
      }
    }
  }
  const { reading, delimiter, quote, escape } = best!;
  return {
    delimiter,
    quote: reading.quotesAreText() ? null : quote,
    escape,
    lineEnding: reading.carriageReturns > reading.lineFeeds ? 'cr' : 'lf',
  };
}

/** What a text is when it is read in one of the ways that it may be meant. */
class Reading {
  readonly score: number;
  /** Line ends of both kinds outside of quoted values; a pair of both is a line feed. */
  lineFeeds = 0;
  carriageReturns = 0;

  /** Values that are quoted as they should be, and how many of them hold what only a quoted value can. */
  private quoted = 0;
  private inNeed = 0;
  /** Is there a record of several fields with all of them quoted? */
  private quotedLine = false;
  /** In lines that break the rules: values that begin and end with a quote; and lines with a value that only begins so. */
  private enclosed = 0;
  private opened = 0;

  /** Of each column: values, and quoted ones among them. */
  private readonly filledIn: number[] = [];
  private readonly quotedIn: number[] = [];

  private readonly separator: number;
  /** Characters that were read in vain, in records that turned out to break the rules. */
  private wasted = 0;

  /** Start, end and whether it is quoted, of each field of the record that was read last. */
  private cells: number[] = [];
  private next = 0;

  private judged = 0;
  private recognised = 0;

  constructor(
    private readonly text: string,
    private readonly complete: boolean,
    delimiter: Delimiter,
    private readonly quote: '"' | "'",
    private readonly escape: Dialect['escape'],
  ) {
    this.separator = delimiter.charCodeAt(0);
    this.score = this.measure(delimiter);
  }

  /** Apostrophes are quotes where they enclose a whole line, a column, or what would be cut to pieces without them. */
  quoteInUse(): boolean {
    if (this.quoted === 0 || this.opened * 4 > this.quoted) return false;
    return (
      this.inNeed > 0 ||
      this.quotedLine ||
      this.quotedIn.some((quoted, i) => quoted > 0 && quoted * 2 > (this.filledIn[i] ?? 0))
    );
  }

  /** Do values begin with quotes that close nothing, time and again? Once or twice it is a slip. */
  quotesAreText(): boolean {
    return this.opened >= 3 && this.opened > this.quoted + this.enclosed;
  }

  private measure(delimiter: Delimiter): number {
    let records = 0;
    let faulty = 0;
    let first = 0;
    let previous = 0;
    let agreement = 0;
    let narrow = 0;
    let at = this.text.charCodeAt(0) === 0xfeff ? 1 : 0;
    while (at < this.text.length && records < SNIFFED_RECORDS && this.wasted < SNIFFED_CHARS) {
      const code = this.text.charCodeAt(at);
      if (code === LF || code === CR) {
        at = this.endLine(at);
        continue;
      }
      const outcome = this.readRecord(at);
      // Better a piece of the header than nothing.
      if (outcome === 'cut' && records > 0) break;
      if (outcome === 'faulty') {
        faulty++;
        this.readLine(at);
        this.countLooseQuotes();
      }
      const width = this.cells.length / 3;
      at = this.next < this.text.length ? this.endLine(this.next) : this.next;
      if (width === 1 && this.isBlank()) continue;
      this.judgeCells();
      if (records > 0) agreement += agreementOf(width, previous);
      if (width === 1) narrow++;
      if (records === 0) first = width;
      previous = width;
      records++;
    }
    if (records === 0) return 0;
    const regular = records === 1 ? (first > 1 ? worthOf(first) : 0) : agreement / (records - 1);
    const recognised = this.judged === 0 ? 0.5 : this.recognised / this.judged;
    const table = regular * (first > 1 ? 1 : NO_HEADER) * PRIOR[delimiter];
    const column = delimiter === ',' ? (ONE_COLUMN * narrow) / records : 0;
    return Math.max(table, column) * recognised * (1 - faulty / records / 2);
  }

  /**
   * Find the fields of the record that starts at `from`. Faulty: a quoted value never ends, or goes on after its closing
   * quote. Cut: the text ends in it; its fields are those before the end.
   */
  private readRecord(from: number): 'whole' | 'cut' | 'faulty' {
    const { text, separator } = this;
    const quoteCode = this.quote.charCodeAt(0);
    const { length } = text;
    const cells: number[] = [];
    let inNeed = 0;
    let quoted = 0;
    let at = from;
    for (;;) {
      const start = at;
      while (text.charCodeAt(at) === SPACE) at++;
      if (text.charCodeAt(at) === quoteCode) {
        const close = this.closingQuote(at + 1);
        if (close < 0) {
          this.wasted += Math.min(length - from, LONGEST_QUOTED);
          return !this.complete && length - at <= LONGEST_QUOTED ? this.cut(cells) : 'faulty';
        }
        let after = close + 1;
        while (text.charCodeAt(after) === SPACE) after++;
        const code = text.charCodeAt(after);
        if (after < length && code !== separator && code !== LF && code !== CR) {
          this.wasted += after - from;
          return 'faulty';
        }
        if (this.holdsSyntax(at + 1, close)) inNeed++;
        quoted++;
        cells.push(at + 1, close, 1);
        at = after;
      } else {
        let code = text.charCodeAt(at);
        while (at < length && code !== separator && code !== LF && code !== CR) code = text.charCodeAt(++at);
        cells.push(start, at, 0);
      }
      if (text.charCodeAt(at) !== separator || at >= length) break;
      at++;
    }
    if (at >= length && !this.complete) return this.cut(cells);
    this.cells = cells;
    this.next = at;
    this.quoted += quoted;
    if (quoted > 1 && quoted * 3 === cells.length) this.quotedLine = true;
    this.inNeed += inNeed;
    return 'whole';
  }

  private cut(cells: number[]): 'cut' {
    this.cells = cells;
    this.next = this.text.length;
    return 'cut';
  }

  /** Where the quoted value that starts at `from` has its closing quote; -1 where it has none within reach. */
  private closingQuote(from: number): number {
    const { text, quote } = this;
    let at = text.indexOf(quote, from);
    while (at >= 0 && at - from <= LONGEST_QUOTED) {
      if (this.escape === 'double') {
        if (text[at + 1] !== quote) return at;
        at = text.indexOf(quote, at + 2);
      } else {
        let slashes = at;
        while (slashes > from && text.charCodeAt(slashes - 1) === BACKSLASH) slashes--;
        if ((at - slashes) % 2 === 0) return at;
        at = text.indexOf(quote, at + 1);
      }
    }
    return -1;
  }

  private holdsSyntax(from: number, to: number): boolean {
    const { text, separator } = this;
    const quoteCode = this.quote.charCodeAt(0);
    for (let i = from; i < to; i++) {
      const code = text.charCodeAt(i);
      if (code === separator || code === LF || code === CR || code === quoteCode) return true;
    }
    return false;
  }

  /** The line as it stands, quotes being text. */
  private readLine(from: number): void {
    const { text, separator } = this;
    const cells: number[] = [];
    let start = from;
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === LF || code === CR) break;
      if (code !== separator) continue;
      cells.push(start, at, 0);
      start = at + 1;
    }
    cells.push(start, at, 0);
    this.cells = cells;
    this.next = at;
  }

  private countLooseQuotes(): void {
    let opened = false;
    for (let i = 0; i < this.cells.length; i += 3) {
      const value = this.text.slice(this.cells[i], this.cells[i + 1]).trim();
      if (!value.startsWith(this.quote)) continue;
      if (value.length > 1 && value.endsWith(this.quote)) this.enclosed++;
      else opened = true;
    }
    if (opened) this.opened++;
  }

  private isBlank(): boolean {
    return this.cells[2] === 0 && this.text.slice(this.cells[0], this.cells[1]).trim() === '';
  }

  /** Position after the line end at `at`. */
  private endLine(at: number): number {
    if (this.text.charCodeAt(at) === CR && this.text.charCodeAt(at + 1) !== LF) {
      this.carriageReturns++;
      return at + 1;
    }
    this.lineFeeds++;
    return this.text.charCodeAt(at) === CR ? at + 2 : at + 1;
  }

  private judgeCells(): void {
    const { cells } = this;
    for (let i = 0; i < cells.length && this.judged < SNIFFED_CELLS; i += 3) {
      const value = this.text.slice(cells[i], cells[i + 1]).trim();
      const quoted = cells[i + 2] === 1;
      if (value === '') continue;
      this.filledIn[i / 3] = (this.filledIn[i / 3] ?? 0) + 1;
      if (quoted) this.quotedIn[i / 3] = (this.quotedIn[i / 3] ?? 0) + 1;
      this.judged++;
      this.recognised += recognise(value, quoted);
    }
  }
}

/** Of two lines that follow each other: 0 to 1. A field more or less among many is a slip, one of two is another thing. */
function agreementOf(a: number, b: number): number {
  if (a === 1 || b === 1) return 0;
  if (a === b) return worthOf(a);
  const ratio = (Math.min(a, b) - 1) / (Math.max(a, b) - 1);
  return 0.5 * ratio * ratio * worthOf(Math.min(a, b));
}

/** More columns are better evidence than fewer: chance agrees on two more easily than on ten. */
function worthOf(width: number): number {
  return 1 - 1 / (2 * width);
}

/** Beyond this much of a value its kind is clear. */
const LONGEST_JUDGED = 200;

const PLAIN = /^[\w .\-/:@+#&()*%$]+$/;
const NUMBER =
  /^[-+(]?[$€£¥₽₫]? ?[-+]?(\d+|\d{1,3}(?:([ ,.'\u00a0\u202f])\d{3})(?:\2\d{3})*)(?:[.,]\d+)?(?:e[-+]?\d+)?\)? ?[%$€£¥₽₫]?$/i;
const URL = /^(?:https?|ftp):\/\/[^\s"<>|]+$/i;
const WORDS = /^[\p{L}\p{M}\p{N}\p{Sc} \u00a0._\-‐–—/\\:@+#&()*%!?'’`´°№"«»“”=~^[\]{}<>$…\u200b]+$/u;
const TIGHT = /[,;|\t](?! |$)/;

/** How sure it is, 0 to 1, that a value is one and was not cut out of a line at wrong places. */
function recognise(value: string, quoted: boolean): number {
  const text = value.length > LONGEST_JUDGED ? value.slice(0, LONGEST_JUDGED) : value;
  if (NUMBER.test(text)) return 1;
  if (!quoted) {
    const code = text.charCodeAt(0);
    const last = value.charCodeAt(value.length - 1);
    // A quote at one end or both is syntax that was not understood.
    if (code === 34 || code === 39 || last === 34) return 0;
    if (value.length <= LONGEST_JUDGED && !isBalanced(text)) return 0;
  }
  if (PLAIN.test(text) || WORDS.test(text) || URL.test(text)) return 1;
  if (quoted) return 0.8;
  // Sentences have commas and semicolons too, with blanks after them.
  return TIGHT.test(text) ? 0 : 0.5;
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 40 || code === 91 || code === 123) depth++;
    else if (code === 41 || code === 93 || code === 125) depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}
