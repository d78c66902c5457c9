import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** One part of an archive. */
export interface ZipPart {
  name: string;
  text: string | Buffer;
  /** Not deflated. */
  stored?: boolean;
  /** With its sizes after the data, as archives that are written on the fly have them. */
  streamed?: boolean;
}

const MTIME = new Date(Date.UTC(2026, 0, 2));
const OPTIONS = { mtime: MTIME, mode: 0o100644, forceDosTimestamp: true };

/** The bytes of an archive; the same for the same parts, so that a fixture can be made again. */
export async function zipOf(parts: readonly ZipPart[], zip64 = false): Promise<Buffer> {
  const zip = new ZipFile();
  for (const part of parts) {
    const options = { ...OPTIONS, compress: !part.stored, forceZip64Format: zip64 };
    // Names that the writer would mend are put in afterwards, in the same length.
    const name = part.name.replaceAll('\\', '/');
    if (part.streamed) zip.addReadStream(Readable.from([Buffer.from(part.text)]), name, options);
    else zip.addBuffer(Buffer.from(part.text), name, options);
  }
  zip.end({ forceZip64Format: zip64, comment: '' });
  let bytes = await buffer(zip.outputStream as unknown as Readable);
  for (const { name } of parts)
    if (name.includes('\\'))
      bytes = Buffer.from(bytes.toString('latin1').replaceAll(name.replaceAll('\\', '/'), name), 'latin1');
  return bytes;
}

export interface WorkbookParts {
  /** Sheets in their order; `rows` go inside `<sheetData>`. */
  sheets: { name: string; state?: 'hidden' | 'veryHidden'; rows: string }[];
  /** The `<si>` elements, without which there is no part of shared strings. */
  strings?: string;
  /** What goes inside `<styleSheet>`, without which there is no part of styles. */
  styles?: string;
  /** Attributes of `<workbookPr>`. */
  properties?: string;
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** The parts of a workbook, as Excel lays them out. */
export function workbookParts({ sheets, strings, styles, properties = '' }: WorkbookParts): ZipPart[] {
  const targets = [
    ...sheets.map((_, i) => ['worksheet', `worksheets/sheet${i + 1}.xml`]),
    ...(styles === undefined ? [] : [['styles', 'styles.xml']]),
    ...(strings === undefined ? [] : [['sharedStrings', 'sharedStrings.xml']]),
  ];
  const part = (name: string, xml: string) => ({ name, text: XML + xml });
  return [
    part('[Content_Types].xml', '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
    part('_rels/.rels', relationships([['officeDocument', 'xl/workbook.xml']])),
    part(
      'xl/workbook.xml',
      `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr ${properties}/><sheets>${sheets
        .map(
          ({ name, state }, i) =>
            `<sheet name="${name}" sheetId="${i + 1}"${state ? ` state="${state}"` : ''} r:id="rId${i + 1}"/>`,
        )
        .join('')}</sheets></workbook>`,
    ),
    part('xl/_rels/workbook.xml.rels', relationships(targets)),
    ...sheets.map(({ rows }, i) =>
      part(`xl/worksheets/sheet${i + 1}.xml`, `<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData></worksheet>`),
    ),
    ...(styles === undefined ? [] : [part('xl/styles.xml', `<styleSheet xmlns="${MAIN}">${styles}</styleSheet>`)]),
    ...(strings === undefined ? [] : [part('xl/sharedStrings.xml', `<sst xmlns="${MAIN}">${strings}</sst>`)]),
  ];
}

export function relationships(targets: readonly (readonly string[])[]): string {
  const rows = targets.map(
    ([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${rows.join('')}</Relationships>`;
}
