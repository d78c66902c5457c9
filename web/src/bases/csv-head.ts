const HEAD_BYTES = 64 * 1024;
const DELIMITERS = [',', ';', '\t', '|'] as const;

export interface CsvHead {
  columns: string[];
  /** The first data rows, for the eye. */
  rows: string[][];
}

/** Splits the first records of a CSV text; quotes may hold delimiters, line ends and doubled quotes. */
export function splitRecords(text: string, delimiter: string, limit: number): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length && records.length < limit; at += 1) {
    const char = text[at] ?? '';
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === delimiter) {
      record.push(cell);
      cell = '';
    } else if (char === '\n') {
      record.push(cell.replace(/\r$/, ''));
      records.push(record);
      record = [];
      cell = '';
    } else cell += char;
  }
  if (records.length < limit && (cell !== '' || record.length > 0)) records.push([...record, cell]);
  return records;
}

/**
 * The columns of a chosen file and its first rows, to show and to choose from. A guess for the eye only: what the
 * import takes for true is decided by the server.
 */
export async function readHead(file: File): Promise<CsvHead> {
  const bytes = await file.slice(0, HEAD_BYTES).arrayBuffer();
  const text = new TextDecoder('utf-8').decode(bytes);
  const firstLine = text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n'));
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: firstLine.split(delimiter).length }));
  const best = counted.reduce((a, b) => (b.count > a.count ? b : a));
  const [columns = [], ...rows] = splitRecords(text, best.delimiter, 4);
  return { columns: columns.map((column) => column.trim()), rows };
}
