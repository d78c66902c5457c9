import { posix } from 'node:path';

import { Problem } from '../common/problem.js';
import { cellFormat, numberText, unescapeText, type CellFormat } from './cell-text.js';
import { MAX_COLUMNS } from './header.js';
import { MAX_RECORD_BYTES, type FileRecord, type RecordFault, type RecordSlice } from './record.js';
import { cutCell, MAX_CELL_CHARS, SharedStrings } from './shared-strings.js';
import { damaged, tooLarge, WorkbookPackage, type XmlHandler } from './workbook-package.js';

/** A sheet of a workbook, in the workbook's order. */
export interface Sheet {
  name: string;
  /** Not shown in Excel: taken only when asked for by name. */
  hidden: boolean;
  /** Is anything written on it? */
  hasRows: boolean;
}

/** Most bytes that parts may unpack to. A sheet of a million rows and twelve columns has some 600 MB. */
const MAX_SHEET_BYTES = 2_147_483_648;
const MAX_STRINGS_BYTES = 268_435_456;
const MAX_SMALL_BYTES = 33_554_432;
const MAX_SHEETS = 255;
/** Most bytes of blank sheets that are gone through to find the first that is not. */
const MAX_BLANK_BYTES = 33_554_432;
/** Excel's own limit. */
const MAX_ROWS = 1_048_576;
/** Rows at the top whose widest one tells how wide all are: the header is among them. */
const WIDTH_ROWS = 100;
/** Of a row that is too long, so much is kept for the file of rejects. */
const KEPT_CHARS = 4_096;

const CELL_TOO_LONG: RecordFault = { code: 'row_too_long', detail: 'A cell holds more than 32,767 characters.' };
const ROW_TOO_LONG: RecordFault = { code: 'row_too_long', detail: 'The row is longer than 1 MB.' };
const ROW_TOO_WIDE: RecordFault = { code: 'row_too_long', detail: `The row has values beyond column ${MAX_COLUMNS}.` };

interface SheetPart {
  name: string;
  hidden: boolean;
  part: string;
}

/** What the cells of any sheet refer to. */
interface Lookups {
  strings: SharedStrings;
  /** By the number of a style. */
  formats: readonly CellFormat[];
  date1904: boolean;
}

/** Throws workbook_damaged, workbook_too_large, old_workbook, zip_archive, not_csv (422). */
export async function listSheets(path: string): Promise<Sheet[]> {
  const workbook = await WorkbookPackage.open(path);
  try {
    const { sheets } = await readOutline(workbook);
    const listed: Sheet[] = [];
    const look = { blankBytes: 0 };
    for (const { name, hidden, part } of sheets)
      listed.push({ name, hidden, hasRows: await hasValues(workbook, part, look) });
    return listed;
  } finally {
    await workbook.close();
  }
}

/**
 * The rows of a sheet that are not empty, in memory that does not grow with it: of the sheet that is named, or the first
 * one that is shown and has any. `line` is the row's number in the sheet. Values are text: numbers in full, dates by ISO
 * 8601, TRUE and FALSE, errors as nothing; rows are filled up to the width of the widest near the top.
 * Throws what `listSheets` throws, and workbook_empty, sheet_unknown, too_many_columns (422).
 */
export async function* readWorkbook(
  path: string,
  options: { sheet?: string | null } = {},
): AsyncGenerator<RecordSlice> {
  const workbook = await WorkbookPackage.open(path);
  try {
    const outline = await readOutline(workbook);
    const part = await chooseSheet(workbook, outline.sheets, options.sheet ?? null);
    // What was read to choose is read again.
    workbook.bytesRead = 0;
    const strings = new SharedStrings();
    if (outline.stringsPart !== null && workbook.has(outline.stringsPart))
      await workbook.parseWhole(outline.stringsPart, MAX_STRINGS_BYTES, strings);
    const formats = await readFormats(workbook, outline.stylesPart);
    const reader = new RowReader({ strings, formats, date1904: outline.date1904 });
    let found = false;
    for await (const _ of workbook.parse(part, MAX_SHEET_BYTES, reader)) {
      const records = reader.take();
      if (records.length === 0) continue;
      found = true;
      yield { records, bytesRead: workbook.bytesRead };
    }
    if (!found) throw workbookEmpty();
    // What is left of the file belongs to nobody.
    yield { records: [], bytesRead: workbook.fileBytes };
  } finally {
    await workbook.close();
  }
}

interface Outline {
  sheets: SheetPart[];
  stringsPart: string | null;
  stylesPart: string | null;
  date1904: boolean;
}

/** Which part is what: names of parts are a habit, only the relationships between them tell. */
async function readOutline(workbook: WorkbookPackage): Promise<Outline> {
  const root = (await readRelationships(workbook, '')).find(({ type }) => type === 'officeDocument');
  const main = root?.target ?? 'xl/workbook.xml';
  if (!workbook.has(main) || /\.bin$/i.test(main)) throw workbook.notWorkbook();
  const relationships = await readRelationships(workbook, main);
  const byId = new Map(relationships.map((relationship) => [relationship.id, relationship]));
  const sheets: SheetPart[] = [];
  let date1904 = false;
  let begun = false;
  await workbook.parseWhole(main, MAX_SMALL_BYTES, {
    open(name, attributes) {
      // Documents and presentations are laid out alike.
      if (!begun && name !== 'workbook') throw workbook.notWorkbook();
      begun = true;
      if (name === 'workbookPr') date1904 = isTrue(attributes.date1904);
      if (name !== 'sheet') return;
      const relationship = byId.get(prefixed(attributes, 'id') ?? '');
      // Charts and dialogs are sheets as well, without rows.
      if (relationship?.type !== 'worksheet') return;
      const hidden = attributes.state === 'hidden' || attributes.state === 'veryHidden';
      sheets.push({ name: attributes.name ?? '', hidden, part: relationship.target });
    },
    close: () => undefined,
    text: () => undefined,
  });
  if (sheets.length > MAX_SHEETS) throw tooLarge(`The workbook has ${sheets.length} sheets.`);
  const partOf = (type: string) => relationships.find((relationship) => relationship.type === type)?.target ?? null;
  return { sheets, stringsPart: partOf('sharedStrings'), stylesPart: partOf('styles'), date1904 };
}

interface Relationship {
  id: string;
  /** The last word of its type: `worksheet`. What stands before differs between the editions of the standard. */
  type: string;
  target: string;
}

/** Relationships of a part, or with '' of the whole; none where nothing is said. Targets are names of parts. */
async function readRelationships(workbook: WorkbookPackage, part: string): Promise<Relationship[]> {
  const folder = posix.dirname(part);
  const name = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  if (!workbook.has(name)) return [];
  const relationships: Relationship[] = [];
  await workbook.parseWhole(name, MAX_SMALL_BYTES, {
    open(element, { Id: id, Type: type, Target: target, TargetMode: mode }) {
      if (element !== 'Relationship' || !id || !type || !target || mode === 'External') return;
      // Resolved from the root, `..` can't lead out of the archive.
      const path = posix.resolve('/', folder, target.replaceAll('\\', '/')).slice(1);
      relationships.push({ id, type: type.slice(type.lastIndexOf('/') + 1), target: path });
    },
    close: () => undefined,
    text: () => undefined,
  });
  return relationships;
}

async function chooseSheet(workbook: WorkbookPackage, sheets: SheetPart[], asked: string | null): Promise<string> {
  if (asked !== null) {
    const sheet = sheets.find(({ name }) => name === asked);
    if (sheet) return sheet.part;
    const names = sheets.slice(0, 20).map(({ name }) => name);
    throw new Problem('sheet_unknown', 422, `The workbook has no sheet "${asked}". It has: ${names.join(', ')}.`, {
      field: 'options.sheet',
      fix: 'Write the name as it is on its tab.',
    });
  }
  const look = { blankBytes: 0 };
  for (const { hidden, part } of sheets) if (!hidden && (await hasValues(workbook, part, look))) return part;
  throw workbookEmpty();
}

/** Is there a value on a sheet? Looks no further than the first; `look` is how much was blank until then, on all sheets. */
async function hasValues(workbook: WorkbookPackage, part: string, look: { blankBytes: number }): Promise<boolean> {
  let inValue = false;
  let found = false;
  const slices = workbook.parse(part, MAX_SHEET_BYTES, {
    open: (name) => void (inValue = name === 'v' || name === 't'),
    close: () => void (inValue = false),
    text: () => void (found ||= inValue),
  });
  let before = workbook.bytesInflated;
  for await (const _ of slices) {
    if (found) return true;
    look.blankBytes += workbook.bytesInflated - before;
    before = workbook.bytesInflated;
    if (look.blankBytes > MAX_BLANK_BYTES) throw tooLarge('The sheets of the workbook are blank for too long.');
  }
  return false;
}

async function readFormats(workbook: WorkbookPackage, part: string | null): Promise<CellFormat[]> {
  if (part === null || !workbook.has(part)) return [];
  const codes = new Map<number, string>();
  const formats: CellFormat[] = [];
  // The styles of cells, not those that cells inherit from, which are written alike.
  let inCellStyles = false;
  await workbook.parseWhole(part, MAX_SMALL_BYTES, {
    open(name, attributes) {
      if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      else if (name === 'cellXfs') inCellStyles = true;
      else if (name === 'xf' && inCellStyles) {
        const id = Number(attributes.numFmtId ?? 0);
        formats.push(cellFormat(id, codes.get(id)));
      }
    },
    close(name) {
      if (name === 'cellXfs') inCellStyles = false;
    },
    text: () => undefined,
  });
  return formats;
}

/** Makes records of the XML of a sheet. */
class RowReader implements XmlHandler {
  private records: FileRecord[] = [];
  private width = 0;
  private rows = 0;

  private inData = false;
  /** Of the row that is open, or 0. */
  private line = 0;
  private lastLine = 0;
  private fields: string[] = [];
  private chars = 0;
  private fault: RecordFault | null = null;

  private column = -1;
  private type = '';
  private style = 0;
  private value = '';
  private inCell = false;
  private inPhonetic = false;
  private inValue = false;

  constructor(private readonly lookups: Lookups) {}

  take(): FileRecord[] {
    const records = this.records;
    this.records = [];
    return records;
  }

  open(name: string, attributes: Record<string, string>): void {
    if (this.inCell) {
      // A formula is not its value, and the reading aid of a Japanese text no part of it.
      if (name === 'v' || (name === 't' && this.type === 'inlineStr')) this.inValue = !this.inPhonetic;
      else if (name === 'rPh') this.inPhonetic = true;
    } else if (name === 'c' && this.line > 0) this.openCell(attributes);
    else if (name === 'row' && this.inData) this.openRow(attributes.r);
    else if (name === 'sheetData') this.inData = true;
  }

  text(text: string): void {
    // So much and no more: what is cut off has been found too long by then.
    if (this.inValue && this.value.length <= MAX_CELL_CHARS) this.value += text;
  }

  close(name: string): void {
    if (this.inCell) {
      if (name === 'v' || name === 't') this.inValue = false;
      else if (name === 'rPh') this.inPhonetic = false;
      else if (name === 'c') this.closeCell();
    } else if (name === 'row' && this.inData) this.closeRow();
    else if (name === 'sheetData') this.inData = false;
  }

  private openRow(place: string | undefined): void {
    const line = place === undefined ? this.lastLine + 1 : Number(place);
    if (!Number.isInteger(line) || line <= this.lastLine) throw damaged('its rows are out of order');
    if (line > MAX_ROWS) throw tooLarge(`The sheet has more than ${MAX_ROWS} rows.`);
    this.line = this.lastLine = line;
    this.fields = [];
    this.chars = 0;
    this.column = -1;
    this.fault = null;
  }

  private openCell({ r, t, s }: Record<string, string | undefined>): void {
    this.inCell = true;
    const place = r === undefined ? -1 : columnOf(r);
    this.column = place < 0 ? this.column + 1 : place;
    this.type = t ?? 'n';
    this.style = s === undefined ? 0 : Number(s);
    this.value = '';
  }

  private closeCell(): void {
    this.inCell = this.inValue = this.inPhonetic = false;
    if (this.value === '') return;
    const text = this.textOf(this.value);
    if (text === '') return;
    if (this.column >= MAX_COLUMNS) {
      this.fault = ROW_TOO_WIDE;
      return;
    }
    if (text.length > MAX_CELL_CHARS) this.fault = CELL_TOO_LONG;
    this.chars += text.length;
    if (this.chars > MAX_RECORD_BYTES) this.fault = ROW_TOO_LONG;
    // Of what makes no record no more is kept than is shown.
    const kept = this.fault ? text.slice(0, KEPT_CHARS) : text;
    while (this.fields.length < this.column) this.fields.push('');
    this.fields[this.column] = kept;
  }

  private textOf(value: string): string {
    const { strings, formats, date1904 } = this.lookups;
    switch (this.type) {
      case 's': {
        const text = strings.get(Number(value));
        if (text === null) throw damaged('a cell refers to a text that is not there');
        return text;
      }
      case 'n':
        return numberText(value, formats[this.style] ?? null, date1904);
      case 'b':
        return value.trim() === '1' ? 'TRUE' : value.trim() === '0' ? 'FALSE' : value;
      case 'e':
        return '';
      default:
        return cutCell(unescapeText(value));
    }
  }

  private closeRow(): void {
    const { line, fields, fault } = this;
    this.line = 0;
    if (fields.length === 0 && !fault) return;
    if (this.rows++ < WIDTH_ROWS) {
      if (fault === ROW_TOO_WIDE) throw tooManyColumns();
      this.width = Math.max(this.width, fields.length);
    }
    if (fault) {
      const text = fields.filter((field) => field !== '').join(' ');
      this.records.push({ line, fields: [text.slice(0, KEPT_CHARS)], fault });
      return;
    }
    while (fields.length < this.width) fields.push('');
    this.records.push({ line, fields, fault: null });
  }
}

/** 0 for `A5`, 26 for `AA5`, -1 for what is no reference. */
function columnOf(reference: string): number {
  let column = 0;
  let at = 0;
  for (; at < 3 && at < reference.length; at++) {
    const letter = reference.charCodeAt(at) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  const digit = reference.charCodeAt(at);
  return digit >= 48 && digit <= 57 ? column - 1 : -1;
}

/** The value of `r:id`, whatever the prefix is in this workbook. */
function prefixed(attributes: Record<string, string>, name: string): string | undefined {
  return Object.entries(attributes).find(([key]) => key.endsWith(`:${name}`))?.[1];
}

function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}

function workbookEmpty(): Problem {
  return new Problem('workbook_empty', 422, 'No sheet of the workbook that is shown has any rows.', {
    field: 'file',
    fix: 'Put the list on a sheet that is shown: the first row names the columns, and each row after it is a person.',
  });
}

function tooManyColumns(): Problem {
  return new Problem('too_many_columns', 422, `The sheet has values beyond column ${MAX_COLUMNS}.`, {
    field: 'file',
    fix: 'Leave out what nobody will look at.',
  });
}
