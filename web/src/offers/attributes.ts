export const ATTRIBUTE_KINDS = ['text', 'number', 'boolean'] as const;
export type AttributeKind = (typeof ATTRIBUTE_KINDS)[number];

/** An attribute of an offer as it is edited. */
export interface AttributeRow {
  key: number;
  name: string;
  kind: AttributeKind;
  /** As typed; of yes or no: `true` or `false`. */
  value: string;
}

let lastKey = 0;
export function newRow(): AttributeRow {
  lastKey += 1;
  return { key: lastKey, name: '', kind: 'text', value: '' };
}

/** What else is said of an offer, as rows. */
export function rowsOf(attributes: Record<string, unknown>): AttributeRow[] {
  return Object.entries(attributes).map(([name, value]) => ({
    ...newRow(),
    name,
    kind: typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text',
    value: String(value),
  }));
}

const numberOf = (text: string) => (text.trim() === '' ? NaN : Number(text.trim().replace(',', '.')));

export type RowFault = 'nameless' | 'twice' | 'noNumber';

/** What is wrong with a row among all rows; null: nothing. A row in which nothing is filled in counts for nothing. */
export function faultIn(row: AttributeRow, rows: readonly AttributeRow[]): RowFault | null {
  const name = row.name.trim();
  if (name === '') return row.value.trim() === '' || row.kind === 'boolean' ? null : 'nameless';
  if (rows.some((one) => one.key < row.key && one.name.trim() === name)) return 'twice';
  return row.kind === 'number' && !Number.isFinite(numberOf(row.value)) ? 'noNumber' : null;
}

/** The rows as the API takes them; null while one of them is wrong. */
export function attributesOf(rows: readonly AttributeRow[]): Record<string, string | number | boolean> | null {
  if (rows.some((row) => faultIn(row, rows) !== null)) return null;
  return Object.fromEntries(
    rows
      .filter(({ name }) => name.trim() !== '')
      .map(({ name, kind, value }) => [
        name.trim(),
        kind === 'number' ? numberOf(value) : kind === 'boolean' ? value === 'true' : value.trim(),
      ]),
  );
}
