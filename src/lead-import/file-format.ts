import { Problem } from '../common/problem.js';

/** What a file is written in. Of a gzip archive only the wrapping: what is inside is told from its own first bytes. */
export type FileFormat = 'text' | 'gzip' | 'xlsx';

/** Enough of a file's start for `formatOf` to see which parts a zip archive holds. */
export const FORMAT_HEAD_BYTES = 262_144;

/** What files of other kinds begin with, in hex. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['25504446', 'a PDF document'],
  ['7b5c727466', 'an RTF document'],
  ['89504e47', 'a picture'],
  ['ffd8ff', 'a picture'],
  ['47494638', 'a picture'],
  ['7f454c46', 'a program'],
  ['4d5a90', 'a program'],
  ['53514c69746520666f726d6174', 'a database file'],
  ['000100005374616e646172642041434520444200', 'a database file'],
  ['000100005374616e64617264204a657420444200', 'a database file'],
  ['50415231', 'a Parquet file'],
];

const ARCHIVES: readonly (readonly [string, string])[] = [
  ['377abcaf271c', 'a 7z archive'],
  ['526172211a07', 'a rar archive'],
  ['fd377a585a00', 'an xz archive'],
  ['28b52ffd', 'a zstd archive'],
  ['425a6839314159265359', 'a bzip2 archive'],
  // An empty zip archive, and one in several volumes.
  ['504b0506', 'an empty zip archive'],
  ['504b0708', 'a zip archive in several parts'],
  ['504b3030504b0304', 'a zip archive'],
];

/** OLE2 compound files: .xls since Excel 97, and any workbook under a password. */
const OLE = 'd0cf11e0a1b11ae1';
/** The record that begins a bare .xls of Excel 2 to 5, by version. */
const BARE_XLS = ['09000400', '09020600', '09040600', '09080800', '09081000'];
const ZIP = '504b0304';
const GZIP = '1f8b';

/** Share of control characters from which on a text is taken for something else: texts have none, or a few strays. */
const BINARY_RATE = 0.05;

/**
 * What the first bytes of a file (`FORMAT_HEAD_BYTES` of them, or all) say it is. Throws file_empty, old_workbook,
 * protected_workbook, open_document, zip_archive, not_csv (422): formats that are not read, with what to do instead.
 */
export function formatOf(head: Buffer): FileFormat {
  if (head.length === 0) throw fileEmpty('The file has no bytes.');
  const hex = head.subarray(0, 20).toString('hex');
  if (hex.startsWith(GZIP)) return 'gzip';
  if (hex.startsWith(ZIP)) return zipFormat(head);
  if (hex.startsWith(OLE)) throw compoundFile(head);
  if (BARE_XLS.some((start) => hex.startsWith(start))) throw oldWorkbook('The file is an old Excel workbook.');
  const archive = ARCHIVES.find(([start]) => hex.startsWith(start));
  if (archive) throw zipArchive(`The file is ${archive[1]}.`);
  const signature = SIGNATURES.find(([start]) => hex.startsWith(start));
  if (signature) throw notCsv(`The file is ${signature[1]}.`);
  if (!hasUtf16Mark(head) && !looksLikeUtf16(head)) refuseBinary(head);
  return 'text';
}

/** As `formatOf`, for bytes that nothing but text may be, such as what comes out of a gzip archive. */
export function refuseOtherFormats(head: Buffer): void {
  const format = formatOf(head);
  if (format === 'gzip') throw zipArchive('The file is a gzip archive inside another.');
  if (format === 'xlsx') throw zipArchive('The file is an Excel workbook inside a gzip archive.');
}

export function notCsv(detail: string): Problem {
  return new Problem('not_csv', 422, detail, {
    field: 'file',
    fix: 'Open it in the program it comes from and save it as an Excel workbook (.xlsx) or as CSV (UTF-8).',
  });
}

export function fileEmpty(detail: string): Problem {
  return new Problem('file_empty', 422, detail, {
    field: 'file',
    fix: 'Export it again: the first line names the columns, and each line after it is a person.',
  });
}

/** A zip archive that turned out to hold no workbook, or any other archive. */
export function zipArchive(detail: string): Problem {
  return new Problem('zip_archive', 422, detail, {
    field: 'file',
    fix: 'Unpack it and upload the table that is inside.',
  });
}

/** Also for binary workbooks (.xlsb), which only their list of parts tells from .xlsx. */
export function oldWorkbook(detail: string): Problem {
  return new Problem('old_workbook', 422, detail, {
    field: 'file',
    fix: 'Open it in Excel and save it as an Excel workbook (.xlsx), without a password, or as CSV (UTF-8).',
  });
}

function compoundFile(head: Buffer): Problem {
  const holds = (name: string) => head.includes(Buffer.from(name, 'utf16le'));
  if (holds('EncryptedPackage'))
    return new Problem('protected_workbook', 422, 'The file is protected by a password.', {
      field: 'file',
      fix: 'Open it in Excel, take the password off (File, Info, Protect workbook) and save it again.',
    });
  if (holds('WordDocument')) return notCsv('The file is a Word document.');
  return oldWorkbook('The file is an old Excel workbook (.xls), or one that is protected by a password.');
}

/** Names of the parts tell a workbook from other archives. Their headers lie between the parts, as far as `head` goes. */
function zipFormat(head: Buffer): 'xlsx' {
  const names: string[] = [];
  const mark = Buffer.from(ZIP, 'hex');
  for (let at = 0; at >= 0 && at + 30 <= head.length; at = head.indexOf(mark, at + 4)) {
    const name = head.toString('latin1', at + 30, at + 30 + head.readUInt16LE(at + 26)).replaceAll('\\', '/');
    if (at === 0 && name === 'mimetype') throw openDocument(head);
    names.push(name.toLowerCase());
  }
  const has = (start: string) => names.some((name) => name.startsWith(start));
  if (names.includes('xl/workbook.bin')) throw oldWorkbook('The file is a binary Excel workbook (.xlsb).');
  if (has('xl/')) return 'xlsx';
  if (has('word/')) throw notCsv('The file is a Word document.');
  if (has('ppt/')) throw notCsv('The file is a PowerPoint presentation.');
  if (names.some((name) => name.startsWith('index/') && name.endsWith('.iwa')))
    throw notCsv('The file is an Apple Numbers or Pages document.');
  // The parts that begin every Office document; which one it is comes later than `head`, and its reader will see.
  if (has('[content_types].xml') || has('_rels/.rels') || has('docprops/')) return 'xlsx';
  throw zipArchive('The file is a zip archive.');
}

function openDocument(head: Buffer): Problem {
  const kind = head.toString('latin1', 38, 120);
  if (!kind.startsWith('application/vnd.oasis.opendocument')) return zipArchive('The file is a zip archive.');
  if (!kind.startsWith('application/vnd.oasis.opendocument.spreadsheet'))
    return notCsv('The file is an OpenDocument text or picture.');
  return new Problem('open_document', 422, 'The file is an OpenDocument spreadsheet (.ods).', {
    field: 'file',
    fix: 'Open it in LibreOffice or Excel and save it as an Excel workbook (.xlsx) or as CSV (UTF-8).',
  });
}

function hasUtf16Mark(head: Buffer): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}

/**
 * UTF-16 without a mark: read in one of the two byte orders it is nearly free of control characters and has the plain
 * signs that every table is full of. Other binary data fails one or the other.
 */
function looksLikeUtf16(head: Buffer): boolean {
  const units = Math.floor(Math.min(head.length, 4_096) / 2);
  if (units < 4) return false;
  return [true, false].some((little) => {
    let plain = 0;
    let controls = 0;
    for (let i = 0; i < units; i++) {
      const unit = little ? head.readUInt16LE(2 * i) : head.readUInt16BE(2 * i);
      if (unit === 9 || unit === 10 || unit === 13 || (unit >= 32 && unit < 127)) plain++;
      else if (unit < 32 || unit >= 0xfffe) controls++;
    }
    return plain / units > 0.2 && controls / units < BINARY_RATE;
  });
}

function refuseBinary(head: Buffer): void {
  let controls = 0;
  for (const byte of head) if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) controls++;
  if (controls / head.length > BINARY_RATE) throw notCsv('The file holds no text.');
  const start = head
    .subarray(0, 200)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  // Programs export them under the name .xls.
  if (/^<(!doctype|html|\?xml|table|\?mso)/.test(start)) throw notCsv('The file is a web page or XML.');
  if (/^(\[\s*)?\{\s*"/.test(start)) throw notCsv('The file is JSON.');
}
