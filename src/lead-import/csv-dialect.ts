import { Problem } from '../common/problem.js';

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1251';

/** How a file writes its records down. */
export interface Dialect {
  encoding: Encoding;
  delimiter: Delimiter;
  /** What ends a record: a line feed, with a carriage return before it or not, or a carriage return alone. */
  lineEnding: 'lf' | 'cr';
}

/** What files of other kinds begin with, in hex. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['504b0304', 'an Excel workbook or a zip archive'],
  ['504b0506', 'a zip archive'],
  ['d0cf11e0a1b11ae1', 'an old Excel workbook'],
  ['1f8b', 'a gzip archive'],
  ['377abcaf271c', 'a 7z archive'],
  ['526172211a07', 'a rar archive'],
  ['25504446', 'a PDF document'],
  ['7b5c727466', 'an RTF document'],
  ['89504e47', 'a picture'],
  ['ffd8ff', 'a picture'],
  ['47494638', 'a picture'],
  ['7f454c46', 'a program'],
  ['4d5a90', 'a program'],
  ['53514c69746520666f726d6174', 'a database file'],
];

/** Share of control characters from which on a text is taken for something else: texts have none, or a few strays. */
const BINARY_RATE = 0.05;

/** Throws not_csv (422) when the first bytes of a file are those of something else, file_empty (422) when there are none. */
export function refuseOtherFormats(head: Buffer): void {
  if (head.length === 0) throw fileEmpty('The file has no bytes.');
  const hex = head.subarray(0, 16).toString('hex');
  const signature = SIGNATURES.find(([start]) => hex.startsWith(start));
  if (signature) throw notCsv(`The file is ${signature[1]}.`);
  if (bomEncoding(head)?.startsWith('utf-16')) return;
  let controls = 0;
  for (const byte of head) if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) controls++;
  if (controls / head.length > BINARY_RATE) throw notCsv('The file holds no text.');
  const start = head
    .subarray(0, 200)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (/^<(!doctype|html|\?xml|table)/.test(start)) throw notCsv('The file is a web page or XML.');
  if (/^(\[\s*)?\{\s*"/.test(start)) throw notCsv('The file is JSON.');
}

export function notCsv(detail: string): Problem {
  return new Problem('not_csv', 422, detail, {
    field: 'file',
    fix: 'Open it in the program it comes from and save it as CSV (comma separated, UTF-8).',
  });
}

export function fileEmpty(detail: string): Problem {
  return new Problem('file_empty', 422, detail, {
    field: 'file',
    fix: 'Export it again: the first line names the columns, and each line after it is a person.',
  });
}

/** The encoding that a byte order mark states, or null where there is none. */
export function bomEncoding(head: Buffer): Encoding | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return null;
}

/** `isUtf8`: is the whole file valid UTF-8? What is neither marked nor UTF-8 is taken for windows-1251. */
export function encodingOf(head: Buffer, isUtf8: boolean): Encoding {
  return bomEncoding(head) ?? (isUtf8 ? 'utf-8' : 'windows-1251');
}

/** Delimiter and line ending from the first lines. `complete`: the text is the whole file, its last line included. */
export function sniffDialect(text: string, complete: boolean): Pick<Dialect, 'delimiter' | 'lineEnding'> {
  return {
    delimiter: sniffDelimiter(text, complete),
    lineEnding: !text.includes('\n') && text.includes('\r') ? 'cr' : 'lf',
  };
}

const SNIFFED_RECORDS = 200;

/**
 * The delimiter by which most records have as many fields as the header, more fields before fewer. A comma where nothing
 * tells, as in a file of one column.
 */
function sniffDelimiter(text: string, complete: boolean): Delimiter {
  let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: 0 };
  for (const delimiter of DELIMITERS) {
    const widths = recordWidths(text, delimiter, complete);
    const header = widths[0] ?? 1;
    if (header < 2) continue;
    const agreeing = widths.filter((width) => width === header).length / widths.length;
    const score = agreeing * (1 + Math.log2(header));
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** Fields of each of the first records, blank lines left out. Delimiters and line ends between quotes do not count. */
function recordWidths(text: string, delimiter: string, complete: boolean): number[] {
  const widths: number[] = [];
  let width = 1;
  let quoted = false;
  let atFieldStart = true;
  let blank = true;
  for (let i = 0; i < text.length && widths.length < SNIFFED_RECORDS; i++) {
    const char = text[i]!;
    if (quoted) {
      if (char === '"' && text[i + 1] === '"') i++;
      else if (char === '"') quoted = false;
    } else if (char === '"' && atFieldStart) {
      quoted = true;
      atFieldStart = blank = false;
    } else if (char === delimiter) {
      width++;
      atFieldStart = true;
      blank = false;
    } else if (char === '\n' || char === '\r') {
      if (!blank) widths.push(width);
      width = 1;
      atFieldStart = blank = true;
    } else {
      if (char !== ' ') atFieldStart = false;
      blank = false;
    }
  }
  if (complete && !blank && widths.length < SNIFFED_RECORDS) widths.push(width);
  return widths;
}
