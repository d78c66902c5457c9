import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { relationships, workbookParts, zipOf, type WorkbookParts, type ZipPart } from '../../test/zip-files.js';
import type { FileRecord } from './record.js';
import { listSheets, readWorkbook } from './workbook.js';

const fixture = (name: string) => join(import.meta.dirname, '../../fixtures', name);

let folder: string;
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zvon-workbooks-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function file(bytes: Buffer): string {
  const path = join(folder, `${++files}.xlsx`);
  writeFileSync(path, bytes);
  return path;
}

const archive = async (parts: readonly ZipPart[]) => file(await zipOf(parts));
const workbook = (parts: WorkbookParts) => archive(workbookParts(parts));
const oneSheet = (rows: string, more: Omit<WorkbookParts, 'sheets'> = {}) =>
  workbook({ ...more, sheets: [{ name: 'Leads', rows }] });

/** The parts of a workbook of one sheet, one of them written differently. */
function changed(name: string, change: (text: string) => string, rows = row(1, text('A1', 'phone'))): ZipPart[] {
  const parts = workbookParts({ sheets: [{ name: 'Leads', rows }], strings: '<si><t>x</t></si>' });
  return parts.map((part) => (part.name === name ? { ...part, text: change(String(part.text)) } : part));
}

const SHEET = 'xl/worksheets/sheet1.xml';
const row = (line: number, ...cells: string[]) => `<row r="${line}">${cells.join('')}</row>`;
const text = (place: string, value: string) => `<c r="${place}" t="inlineStr"><is><t>${value}</t></is></c>`;
const number = (place: string, value: string, style = 0) => `<c r="${place}" s="${style}"><v>${value}</v></c>`;

async function records(path: string, sheet?: string): Promise<FileRecord[]> {
  const found: FileRecord[] = [];
  for await (const slice of readWorkbook(path, { sheet: sheet ?? null })) found.push(...slice.records);
  return found;
}

const fields = async (path: string, sheet?: string) => (await records(path, sheet)).map((record) => record.fields);

/** The code of the refusal, and how long it took. */
async function refused(path: string, sheet?: string): Promise<string> {
  const begun = performance.now();
  const problem = (await records(path, sheet).then(
    () => ({ code: 'read' }),
    (error: unknown) => error,
  )) as { code: string; fix?: string };
  if (problem.code !== 'read') expect(problem.fix).toBeTruthy();
  expect(performance.now() - begun).toBeLessThan(1_000);
  return problem.code;
}

describe('the values of a workbook', () => {
  it('are numbers in full, with the zeros and the signs that their format shows', async () => {
    expect(await fields(fixture('workbook-phones-as-numbers.xlsx'))).toEqual([
      ['name', 'phone', 'debt'],
      ['Anna', '79161234567', '12.5'],
      ['Boris', '79161234568', '0.3'],
      ['Chi', '0912345678', '0.0000001'],
      ['Dmitry', '+7 (916) 123-45-69', '-3'],
    ]);
  });

  it('are dates by ISO 8601', async () => {
    expect(await fields(fixture('workbook-dates.xlsx'))).toEqual([
      ['phone', 'born', 'called at', 'hour'],
      ['84901234567', '1990-05-07', '2024-01-15T14:30:00', '09:00:00'],
      ['84901234568', '1900-03-01', '2024-01-15T00:00:00', '36:00:00'],
    ]);
    const rows = row(1, number('A1', '43844', 1));
    const styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>';
    expect(await fields(await oneSheet(rows, { styles, properties: 'date1904="1"' }))).toEqual([['2024-01-15']]);
  });

  it('are texts with their runs joined and without reading aids', async () => {
    expect(await fields(fixture('workbook-rich-text.xlsx'))).toEqual([
      ['phone', 'name'],
      ['84901234567', 'Nguyễn Văn An'],
      ['84901234568', '東京'],
    ]);
  });

  it('are texts in the sheet itself, and what formulas came to', async () => {
    expect(await fields(fixture('workbook-inline-strings.xlsx'))).toEqual([
      ['phone', 'name'],
      ['+84901234567', 'Trần Bình & Co'],
      ['+84901234568', 'Lê\rDung'],
    ]);
  });

  it('are words for truth, and nothing for an error', async () => {
    const cell = (place: string, type: string, value: string) => `<c r="${place}" t="${type}"><v>${value}</v></c>`;
    const rows = row(
      1,
      cell('A1', 'b', '1'),
      cell('B1', 'b', '0'),
      cell('C1', 'e', '#N/A'),
      cell('D1', 'd', '2024-01-15'),
    );
    expect(await fields(await oneSheet(rows))).toEqual([['TRUE', 'FALSE', '', '2024-01-15']]);
  });

  it('stand where their places say, or after each other', async () => {
    const rows =
      row(1, text('A1', 'a'), text('C1', 'c'), '<c><v>4</v></c>', text('AB1', 'last')) +
      '<row><c><v>1</v></c><c><v>2</v></c></row>';
    const [first, second] = await records(await oneSheet(rows));
    expect(first).toMatchObject({ line: 1, fault: null });
    expect(first!.fields).toHaveLength(28);
    expect([0, 1, 2, 3, 27].map((at) => first!.fields[at])).toEqual(['a', '', 'c', '4', 'last']);
    expect(second).toMatchObject({ line: 2 });
    expect(second!.fields.slice(0, 3)).toEqual(['1', '2', '']);
  });
});

describe('the rows of a sheet', () => {
  it('carry their numbers, blank ones left out, and are as wide as the header', async () => {
    expect(await records(fixture('workbook-blank-rows.xlsx'))).toEqual([
      { line: 2, fields: ['', 'phone', 'name', 'note'], fault: null },
      { line: 4, fields: ['', '+84901234567', '', ''], fault: null },
      { line: 9, fields: ['', '+84901234568', '', 'twice'], fault: null },
    ]);
  });

  it('are no wider for a stray value far below', async () => {
    const rows = Array.from({ length: 150 }, (_, i) =>
      row(i + 1, text(`A${i + 1}`, 'x'), i === 120 ? text('Z121', 'y') : ''),
    );
    const widths = (await fields(await oneSheet(rows.join('')))).map((found) => found.length);
    expect(widths.map((width, i) => (width === 1 ? -1 : i)).filter((i) => i >= 0)).toEqual([120]);
  });

  it('come in slices that say how much of the file has been read', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) =>
      row(i + 1, number(`A${i + 1}`, String(79_160_000_000 + i * 7_919))),
    );
    const bytes = await zipOf(workbookParts({ sheets: [{ name: 'Leads', rows: rows.join('') }] }));
    const read: number[] = [];
    const lines: number[] = [];
    for await (const slice of readWorkbook(file(bytes))) {
      read.push(slice.bytesRead);
      lines.push(...slice.records.map(({ line }) => line));
    }
    expect(lines).toEqual(Array.from({ length: 20_000 }, (_, i) => i + 1));
    expect(read.length).toBeGreaterThan(3);
    expect(read).toEqual([...read].sort((a, b) => a - b));
    expect(read.at(-1)).toBe(bytes.length);
  });

  it('with more in them than Excel allows are faulty alone', async () => {
    const long = 'x'.repeat(32_768);
    const wide = Array.from({ length: 40 }, (_, i) => `<c t="inlineStr"><is><t>${'y'.repeat(32_767 - i)}</t></is></c>`);
    const found = await records(
      await oneSheet(
        row(1, text('A1', 'phone')) + row(2, text('A2', long)) + row(3, ...wide) + row(4, text('A4', 'ok')),
      ),
    );
    expect(found.map(({ line, fault }) => [line, fault?.code])).toEqual([
      [1, undefined],
      [2, 'row_too_long'],
      [3, 'row_too_long'],
      [4, undefined],
    ]);
    expect(found[1]!.fields[0]!.length).toBeLessThan(5_000);
  });

  it('beyond the last column that is read are refused at the top, and faulty below', async () => {
    expect(await refused(await oneSheet(row(1, text('A1', 'phone'), text('SG1', 'note'))))).toBe('too_many_columns');
    // Nothing but a colour in them.
    expect(await refused(await oneSheet(row(1, text('A1', 'phone'), '<c r="XFD1" s="1"/>')))).toBe('read');
    const rows = Array.from({ length: 120 }, (_, i) => row(i + 1, text(i === 110 ? 'XFD111' : `A${i + 1}`, 'x')));
    const faulty = (await records(await oneSheet(rows.join('')))).filter(({ fault }) => fault);
    expect(faulty).toMatchObject([{ line: 111, fault: { code: 'row_too_long' } }]);
  });
});

describe('the sheet that is read', () => {
  it('is the first one that is shown and has rows, or the one that is named', async () => {
    const path = fixture('workbook-first-sheet-hidden.xlsx');
    expect(await listSheets(path)).toEqual([
      { name: 'Lists', hidden: true, hasRows: true },
      { name: 'Cover', hidden: false, hasRows: false },
      { name: 'Клиенты', hidden: false, hasRows: true },
      { name: 'Old', hidden: false, hasRows: true },
    ]);
    expect(await fields(path)).toEqual([['phone'], ['+84901234567']]);
    expect(await fields(path, 'Old')).toEqual([['tel'], ['+84900000000']]);
    expect(await fields(path, 'Lists')).toEqual([['not for you']]);
    expect(await refused(path, 'Sheet1')).toBe('sheet_unknown');
  });

  it('has to have rows', async () => {
    expect(await refused(await oneSheet(''))).toBe('workbook_empty');
    expect(await refused(await oneSheet('<row r="1"><c r="A1" s="3"/></row>'))).toBe('workbook_empty');
    expect(await refused(fixture('workbook-first-sheet-hidden.xlsx'), 'Cover')).toBe('workbook_empty');
  });
});

describe('workbooks of many writers', () => {
  const ROWS = row(1, text('A1', 'phone')) + row(2, text('A2', '84901234567'));
  const EXPECTED = [['phone'], ['84901234567']];
  const RELS = 'xl/_rels/workbook.xml.rels';
  const parts = () => workbookParts({ sheets: [{ name: 'Leads', rows: ROWS }], strings: '' });

  it.each<[string, () => Promise<Buffer>]>([
    ['in the order of Google Sheets', () => zipOf(parts().reverse())],
    ['written on the fly, sizes after the data', () => zipOf(parts().map((part) => ({ ...part, streamed: true })))],
    ['in the form for archives beyond 4 GB', () => zipOf(parts(), true)],
    ['not packed at all', () => zipOf(parts().map((part) => ({ ...part, stored: true })))],
    [
      'with backslashes in the names of the parts',
      () => zipOf(parts().map((part) => ({ ...part, name: part.name.replaceAll('/', '\\') }))),
    ],
    [
      'with targets that begin at the root, as openpyxl writes them',
      () => zipOf(changed(RELS, () => relationships([['worksheet', '/xl/worksheets/sheet1.xml']]), ROWS)),
    ],
    [
      'with targets that go up and down again',
      () => zipOf(changed(RELS, () => relationships([['worksheet', '../xl/./worksheets/sheet1.xml']]), ROWS)),
    ],
    [
      'with names of parts in another case',
      () => zipOf(parts().map((part) => (part.name === SHEET ? { ...part, name: 'xl/worksheets/Sheet1.xml' } : part))),
    ],
    ['with no list of its first relationships', () => zipOf(parts().filter(({ name }) => name !== '_rels/.rels'))],
    [
      'with a prefix before each element',
      () =>
        zipOf(
          parts().map((part) =>
            part.name === SHEET || part.name === 'xl/workbook.xml'
              ? {
                  ...part,
                  text: String(part.text)
                    .replace(/<(\/?)(?=[a-z])/g, '<$1x:')
                    .replace('xmlns=', 'xmlns:x='),
                }
              : part,
          ),
        ),
    ],
    [
      'in UTF-16',
      () =>
        zipOf(
          parts().map((part) =>
            part.name === SHEET
              ? { ...part, text: Buffer.from(`\ufeff${String(part.text).replace('UTF-8', 'UTF-16')}`, 'utf16le') }
              : part,
          ),
        ),
    ],
    [
      'with formulas, links and other trimmings',
      () =>
        zipOf(
          changed(
            SHEET,
            (xml) =>
              xml
                .replace(
                  '<sheetData>',
                  '<dimension ref="A1:XFD9"/><sheetViews><sheetView workbookViewId="0"/></sheetViews><cols><col min="1" max="1"/></cols><sheetData>',
                )
                .replace(
                  '</sheetData>',
                  '</sheetData><!-- <row r="9"/> --><mergeCells count="1"><mergeCell ref="A5:B5"/></mergeCells><oddFooter>&amp;P</oddFooter>',
                ),
            ROWS.replace('<row r="2">', '<row r="2" spans="1:1" x14ac:dyDescent="0.25">'),
          ),
        ),
    ],
  ])('are read: %s', async (_, bytes) => {
    expect(await fields(file(await bytes()))).toEqual(EXPECTED);
  });

  it('may have charts for sheets, which have no rows', async () => {
    const path = await archive(changed(RELS, (xml) => xml.replace('/worksheet"', '/chartsheet"'), ROWS));
    expect(await listSheets(path)).toEqual([]);
    expect(await refused(path)).toBe('workbook_empty');
  });
});

describe('a damaged workbook', () => {
  const parts = () => workbookParts({ sheets: [{ name: 'Leads', rows: row(1, text('A1', 'phone')) }] });

  it.each<[string, () => Promise<string>]>([
    ['cut off', () => Promise.resolve(fixture('workbook-cut-off.xlsx'))],
    ['no XML', () => archive(changed(SHEET, () => 'phone,name'))],
    ['XML that breaks off', () => archive(changed(SHEET, (xml) => xml.slice(0, -20)))],
    ['a missing sheet', () => archive(parts().filter(({ name }) => name !== SHEET))],
    ['two parts of one name', () => archive([...parts(), ...parts()])],
    ['a text that is not there', () => oneSheet(row(1, '<c t="s"><v>7</v></c>'), { strings: '<si><t>x</t></si>' })],
    ['rows out of order', () => oneSheet(row(2, text('A2', 'x')) + row(1, text('A1', 'y')))],
    ['a row twice', () => oneSheet(row(2, text('A2', 'x')) + row(2, text('A2', 'y')))],
    ['elements without end', () => archive(changed(SHEET, (xml) => xml.replace('<sheetData>', '<a>'.repeat(100_000))))],
    [
      'a name of a part that leads out',
      async () =>
        file(Buffer.from((await zipOf(parts())).toString('latin1').replaceAll('_rels/.rels', '../../.rels'), 'latin1')),
    ],
  ])('is refused: %s', async (_, path) => {
    expect(await refused(await path())).toBe('workbook_damaged');
  });

  it('is known by its checksum', async () => {
    const bytes = await zipOf(
      workbookParts({ sheets: [{ name: 'Leads', rows: row(1, text('A1', '84901234567')) }] }).map((part) => ({
        ...part,
        stored: true,
      })),
    );
    bytes[bytes.indexOf('84901234567')]! ^= 1;
    expect(await refused(file(bytes))).toBe('workbook_damaged');
  });

  it.each([
    ['zip-archive.zip', 'zip_archive'],
    ['old-workbook.xls', 'workbook_damaged'],
  ])('is told from what is none: %s', async (name, code) => {
    expect(await refused(fixture(name))).toBe(code);
  });

  it('is told from other documents that are laid out alike', async () => {
    const document = [
      { name: '_rels/.rels', text: relationships([['officeDocument', 'word/document.xml']]) },
      { name: 'word/document.xml', text: '<document/>' },
    ];
    expect(await refused(await archive(document))).toBe('not_csv');
    const binary = [
      { name: '_rels/.rels', text: relationships([['officeDocument', 'xl/workbook.bin']]) },
      { name: 'xl/workbook.bin', text: 'x' },
    ];
    expect(await refused(await archive(binary))).toBe('old_workbook');
  });

  it('is not what a missing file is', async () => {
    await expect(records(join(folder, 'none.xlsx'))).rejects.toThrow('ENOENT');
  });
});

describe('a bomb', () => {
  it('of a few kilobytes that says what it unpacks to is refused unread', async () => {
    expect(await refused(fixture('workbook-bomb.xlsx'))).toBe('workbook_too_large');
    const zeros = await archive(changed(SHEET, () => '\0'.repeat(11_000_000)));
    expect(await refused(zeros)).toBe('workbook_too_large');
    await expect(listSheets(zeros)).rejects.toMatchObject({ code: 'workbook_too_large' });
  });

  it('that hides its size is stopped where it passes it', async () => {
    const rows = row(1, text('A1', 'phone')) + ' '.repeat(11_000_000);
    const bytes = await zipOf(workbookParts({ sheets: [{ name: 'Leads', rows }] }));
    // The size that the central directory gives the sheet.
    const entry = bytes.lastIndexOf(SHEET) - 46;
    expect(bytes.readUInt32LE(entry)).toBe(0x02014b50);
    expect(bytes.readUInt32LE(entry + 24)).toBeGreaterThan(11_000_000);
    bytes.writeUInt32LE(2_000, entry + 24);
    expect(await refused(file(bytes))).toBe('workbook_damaged');
  });

  it('that claims more than any sheet has is refused unread', async () => {
    const bytes = await zipOf(workbookParts({ sheets: [{ name: 'Leads', rows: row(1, text('A1', 'phone')) }] }));
    bytes.writeUInt32LE(0xf0000000, bytes.lastIndexOf(SHEET) - 46 + 24);
    expect(await refused(file(bytes))).toBe('workbook_too_large');
  });

  it('of very many parts is refused', async () => {
    const parts = Array.from({ length: 2_001 }, (_, i) => ({ name: `xl/media/${i}`, text: '', stored: true }));
    expect(await refused(await archive(parts))).toBe('workbook_too_large');
  });

  it('of many blank sheets, each small enough, is not gone through to its end', async () => {
    const blank = `<row/>${' '.repeat(500)}`.repeat(20_000);
    const sheets = Array.from({ length: 5 }, (_, i) => ({ name: `Sheet${i}`, rows: blank }));
    await expect(listSheets(await workbook({ sheets }))).rejects.toMatchObject({ code: 'workbook_too_large' });
  });

  it('of entities within entities is refused before any is read', async () => {
    expect(await refused(fixture('workbook-of-entities.xlsx'))).toBe('workbook_damaged');
    await expect(records(fixture('workbook-of-entities.xlsx'))).rejects.toThrow('document type');
  });

  it('of one endless value is refused before it is all in memory', async () => {
    const noise = Array.from({ length: 6_000_000 }, (_, i) => 'abcdefghij'[(i * i) % 10]).join('');
    const path = await archive(changed(SHEET, (xml) => xml.replace('phone', noise)));
    expect(await refused(path)).toBe('workbook_damaged');
  });
});

it('leaves no file open, however the reading ends', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => row(i + 1, number(`A${i + 1}`, String(i * 7_919))));
  const path = await oneSheet(rows.join(''));
  for await (const slice of readWorkbook(path)) if (slice.records.length > 0) break;
  await records(path);
  await refused(fixture('workbook-bomb.xlsx'));
  await refused(fixture('workbook-of-entities.xlsx'));
  await refused(fixture('workbook-cut-off.xlsx'));
  await listSheets(fixture('workbook-first-sheet-hidden.xlsx'));
  const open = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      // The one that the folder itself was read through.
      return [];
    }
  });
  expect(open.filter((name) => name.endsWith('.xlsx'))).toEqual([]);
});
