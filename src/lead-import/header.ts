import { Problem } from '../common/problem.js';
import { isUsualName } from './column-names.js';
import type { FileRecord } from './record.js';
import { unsafeField } from './spreadsheet-safe.js';

/** Something about a header that the importer should know. */
export interface HeaderNotice {
  code: 'duplicate_headers' | 'no_header' | 'junk_above_header' | 'empty_columns';
  /** A sentence. */
  detail: string;
  /** The columns that it speaks of. */
  columns?: string[];
  /** How many records it speaks of. */
  lines?: number;
}

export interface FoundHeader {
  /** Place of the header among the records; what is below it are the rows. -1: there is none, and all records are rows. */
  at: number;
  /** Names of the columns, none twice, capital letters aside. */
  columns: string[];
  notices: HeaderNotice[];
}

/** Most columns that a file may have. */
export const MAX_COLUMNS = 500;

/** The header stands among so many records, or there is none. */
const SEARCHED_RECORDS = 50;
/** Below a row that may be it, a better one stands this near. */
const SEARCHED_BELOW = 10;
/** So many rows below it tell what a column holds; fewer where they are wide. */
const SAMPLED_RECORDS = 200;
const SAMPLED_CELLS = 20_000;
const LEAST_SAMPLED_RECORDS = 20;

/**
 * The header among the first records of a file. What is above it (titles, dates, blank rows) is narrower than the rows, or
 * leaves most of the columns empty; the header itself looks like names, and not like the values below. Throws
 * too_many_columns (422).
 */
export function findHeader(records: readonly FileRecord[]): FoundHeader {
  const sample = new Sample(records);
  if (sample.width > MAX_COLUMNS) throw tooManyColumns(sample.width);
  let best: { at: number; score: number } | null = null;
  for (let at = 0; at < Math.min(records.length, SEARCHED_RECORDS); at++) {
    if (best !== null && at > best.at + SEARCHED_BELOW) break;
    const look = sample.lookAt(at);
    if (look.role === 'row') break;
    if (look.role === 'junk') continue;
    // Below a row of names, another is the header only where it is made of names that headers have.
    if (best === null || (look.score > best.score && look.usual)) best = { at, score: look.score };
  }
  return describeColumns(sample, best ? best.at : -1);
}

/**
 * The columns when the header is at that place among the records, or nowhere (null). Throws too_many_columns (422).
 */
export function columnsAt(records: readonly FileRecord[], at: number | null): FoundHeader {
  return describeColumns(new Sample(records), at === null || records[at] === undefined ? -1 : at);
}

function describeColumns(sample: Sample, at: number): FoundHeader {
  const names = sample.names(at);
  const named = names.findLastIndex((name) => name !== '') + 1;
  // Delimiters too many at the end of each line are no columns: a value there would be refused, and not be lost.
  const filled = Math.min(names.length, sample.widthBelow(at));
  const width = at >= 0 && sample.hasRows(at) ? Math.max(1, named, filled) : names.length;
  if (width > MAX_COLUMNS) throw tooManyColumns(width);
  const { columns, repeated } = distinctNames(names.slice(0, width));
  const empty = columns.filter((_, column) => names[column] === '' && !sample.holdsValues(at, column));
  for (let column = width; column < Math.min(names.length, MAX_COLUMNS); column++) empty.push(`column ${column + 1}`);
  return { at, columns, notices: noticesOf(at, repeated, empty) };
}

function tooManyColumns(count: number): Problem {
  return new Problem('too_many_columns', 422, `The file has ${count} columns; ${MAX_COLUMNS} are allowed.`, {
    field: 'file',
    fix: 'Leave out what nobody will look at.',
  });
}

function noticesOf(at: number, repeated: string[], empty: string[]): HeaderNotice[] {
  const notices: HeaderNotice[] = [];
  if (at < 0)
    notices.push({ code: 'no_header', detail: 'The file has no header: its columns are called by their place.' });
  if (at > 0)
    notices.push({
      code: 'junk_above_header',
      detail: at === 1 ? 'One line above the header is passed over.' : `${at} lines above the header are passed over.`,
      lines: at,
    });
  if (repeated.length > 0)
    notices.push({
      code: 'duplicate_headers',
      detail: `Columns have the same name. To tell them apart, they are called ${listed(repeated)}.`,
      columns: repeated,
    });
  if (empty.length > 0)
    notices.push({
      code: 'empty_columns',
      detail: `${empty.length === 1 ? 'A column has' : `${empty.length} columns have`} neither a name nor values: ${listed(empty)}.`,
      columns: empty,
    });
  return notices;
}

/** Names by place for those without; a number behind the name of a second column: `Phone (2)`. */
function distinctNames(names: readonly string[]): { columns: string[]; repeated: string[] } {
  // What a column is called in the file is not given to another.
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const given = new Set<string>();
  const repeated: string[] = [];
  const columns = names.map((name, i) => {
    const wanted = name || `column ${i + 1}`;
    if (name !== '' && !given.has(name.toLowerCase())) {
      given.add(name.toLowerCase());
      return name;
    }
    let column = wanted;
    for (let count = 2; taken.has(column.toLowerCase()); count++) column = `${wanted} (${count})`;
    taken.add(column.toLowerCase());
    if (name !== '') repeated.push(column);
    return column;
  });
  return { columns, repeated };
}

type Kind = 'empty' | 'number' | 'date' | 'email' | 'link' | 'prose' | 'coded' | 'text';

/** What no column is called. */
const VALUES: ReadonlySet<Kind> = new Set(['number', 'date', 'email', 'link', 'prose']);
/** Longer than any name. */
const PROSE_LENGTH = 150;

function kindOf(text: string): Kind {
  if (text === '') return 'empty';
  if (text.length > PROSE_LENGTH) return 'prose';
  if (!/\d/.test(text))
    return /^\S+@\S+\.\p{L}+$/u.test(text) ? 'email' : /^(https?:|www\.)/i.test(text) ? 'link' : 'text';
  if (/^\d{1,4}([-/.])\d{1,2}\1\d{1,4}([T ,]|$)|^\d{1,2}:\d{2}(:\d{2})?( ?[ap]m)?$/i.test(text)) return 'date';
  // Phones, amounts, ids, and numbers that a spreadsheet shortened.
  if (/^\P{L}+$/u.test(text) || /^\d[.,]?\d*e\+?\d+$/i.test(text)) return 'number';
  if (/^\S+@\S+\.\p{L}+$/u.test(text)) return 'email';
  return /^(https?:|www\.)/i.test(text) ? 'link' : 'coded';
}

type Look = { role: 'junk' } | { role: 'row' } | { role: 'header'; score: number; usual: boolean };

/** The first records of a file, looked at cell by cell. */
class Sample {
  private readonly cells: string[][];
  private readonly kinds: Kind[][];
  /** Cells up to the last that is filled. */
  private readonly widths: number[];
  /** Cells of most records, up to the last that is filled. */
  readonly width: number;
  /** Cells of most records. */
  private readonly rawWidth: number;
  /** Rows that are looked at below a record. */
  private readonly depth: number;

  constructor(private readonly records: readonly FileRecord[]) {
    const seen = records.slice(0, SEARCHED_RECORDS + SAMPLED_RECORDS);
    this.cells = seen.map((record) => (record.fault ? [] : record.fields.map((field) => field.trim())));
    this.kinds = this.cells.map((cells) => cells.map(kindOf));
    this.widths = this.cells.map((cells) => cells.findLastIndex((cell) => cell !== '') + 1);
    this.width = commonest(this.widths.filter((width) => width > 0));
    this.rawWidth = commonest(this.cells.filter((_, at) => this.widths[at]! > 0).map((cells) => cells.length));
    const affordable = Math.floor(SAMPLED_CELLS / Math.max(1, this.rawWidth));
    this.depth = Math.min(SAMPLED_RECORDS, Math.max(LEAST_SAMPLED_RECORDS, affordable));
  }

  /** Names as the header writes them, '' for a column without one. */
  names(at: number): string[] {
    const names = at < 0 ? Array<string>(this.rawWidth).fill('') : this.records[at]!.fields.map(tidyName);
    // The header ends before the rows do.
    while (names.length < this.width) names.push('');
    return names;
  }

  hasRows(at: number): boolean {
    return this.cells.length > at + 1;
  }

  /** Up to the last column that holds a value below a record. */
  widthBelow(at: number): number {
    return Math.max(0, ...this.widths.slice(at + 1));
  }

  holdsValues(at: number, column: number): boolean {
    return this.cells.some((cells, i) => i > at && (cells[column] ?? '') !== '');
  }

  lookAt(at: number): Look {
    const kinds = this.kinds[at]!;
    const cells = this.cells[at]!;
    if (this.widths[at]! > MAX_COLUMNS) return { role: 'junk' };
    let filled = 0;
    let usual = 0;
    let values = 0;
    /** Names above values of another kind. */
    let contrasts = 0;
    /** Values as below. */
    let likes = 0;
    let repeats = 0;
    kinds.forEach((kind, column) => {
      if (kind === 'empty') return;
      filled++;
      const below = this.columnBelow(at, column);
      if (VALUES.has(kind)) {
        values++;
        if (below.kind === kind || below.kind === 'empty') likes++;
        return;
      }
      if (isUsualName(cells[column]!)) usual++;
      if (VALUES.has(below.kind) || (kind === 'text' && below.kind === 'coded')) contrasts++;
      if (below.repeats) repeats++;
    });
    const living = this.livingColumns(at);
    const sparse = filled * 2 < living;
    if (filled === 0 || /^sep=/i.test(cells[0]!)) return { role: 'junk' };
    if (values > 0 && !(usual >= 2 && usual > values)) return { role: likes > 0 && !sparse ? 'row' : 'junk' };
    // The same word in the same column is a value, unless the whole header comes again further down.
    if (usual + contrasts === 0 && repeats > 0 && repeats < filled) return { role: sparse ? 'junk' : 'row' };
    const narrow = cells.length < this.width;
    if ((narrow || sparse) && !(usual * 2 >= filled && contrasts > 0)) return { role: 'junk' };
    return { role: 'header', score: usual * 2 + contrasts - values * 2, usual: usual * 2 >= filled };
  }

  /** The kind of most values of a column below a record; 'text' where there is no such kind, 'empty' without values. */
  private columnBelow(at: number, column: number): { kind: Kind; repeats: boolean } {
    const counts = new Map<Kind, number>();
    const cell = this.cells[at]![column]!;
    let total = 0;
    let repeats = false;
    for (let row = at + 1; row < Math.min(this.cells.length, at + 1 + this.depth); row++) {
      const kind = this.kinds[row]![column] ?? 'empty';
      if (kind === 'empty') continue;
      total++;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      repeats ||= this.cells[row]![column] === cell;
    }
    if (total === 0) return { kind: 'empty', repeats };
    const [kind, count] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most));
    return { kind: count * 5 >= total * 3 ? kind : 'text', repeats };
  }

  /** Columns that hold values below a record. */
  private livingColumns(at: number): number {
    let living = 0;
    for (let column = 0; column < this.width; column++) if (this.holdsValues(at, column)) living++;
    return living;
  }
}

/** The commonest of some widths, the widest of equally common ones. */
function commonest(widths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return Math.max(0, ...[...counts].filter(([, count]) => count === most).map(([width]) => width));
}

const LONGEST_NAME = 200;

function tidyName(field: string): string {
  return unsafeField(field).replace(/\0/g, '').replace(/\s+/g, ' ').trim().slice(0, LONGEST_NAME).trim();
}

function listed(columns: readonly string[]): string {
  const shown = columns.slice(0, 20).join(', ');
  return columns.length > 20 ? `${shown} and ${columns.length - 20} more` : shown;
}
