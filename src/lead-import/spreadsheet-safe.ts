/**
 * CSV that a spreadsheet shows as it is written. What it would run as a formula (CWE-1236), and what it would take for a
 * quantity and shorten, phones above all (a plus sign or a leading zero dropped, twelve digits and more turned into
 * 3.80501E+11), gets an apostrophe in front, which the import takes off again.
 */
export function safeField(value: string): string {
  return quoted(isAtRisk(value) ? `'${value}` : value);
}

/** What `safeField` was given, once the quotes are off. */
export function unsafeField(value: string): string {
  return value.charCodeAt(0) === APOSTROPHE && isAtRisk(value) ? value.slice(1) : value;
}

/** One line of RFC 4180, with its line end. */
export function csvLine(values: readonly string[]): string {
  return `${values.map(safeField).join(',')}\r\n`;
}

const APOSTROPHE = 39;
const LONGEST_SHOWN_DIGITS = 11;

function isAtRisk(value: string): boolean {
  return FORMULA.test(value) ? !NEGATIVE.test(value) : SHORTENED.test(value);
}

const FORMULA = /^'*[=+\-@＝＋－＠\t\r\n]/;
const NEGATIVE = /^-\d+([.,]\d+)?$/;
const SHORTENED = new RegExp(`^'*(0\\d[\\d ]*|\\d{${LONGEST_SHOWN_DIGITS + 1},})$`);

function quoted(value: string): string {
  return /[",\r\n;\t|]/.test(value) || value !== value.trim() ? `"${value.replaceAll('"', '""')}"` : value;
}
