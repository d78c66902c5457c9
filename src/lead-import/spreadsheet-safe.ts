/**
 * CSV that a spreadsheet shows as text (CWE-1236). What it would run as a formula gets an apostrophe in front, which the
 * import takes off again. A plain number is no formula, and stays as it is: phones with their plus sign above all.
 */
export function safeField(value: string): string {
  return quoted(/^'*[=+\-@\t\r]/.test(value) && !/^[+-]?\d+([.,]\d+)?$/.test(value) ? `'${value}` : value);
}

/** What `safeField` was given, once the quotes are off. */
export function unsafeField(value: string): string {
  return value.charCodeAt(0) === APOSTROPHE && /^'+[=+\-@\t\r]/.test(value) ? value.slice(1) : value;
}

/** One line of RFC 4180, with its line end. */
export function csvLine(values: readonly string[]): string {
  return `${values.map(safeField).join(',')}\r\n`;
}

const APOSTROPHE = 39;

function quoted(value: string): string {
  return /[",\r\n;\t|]/.test(value) || value !== value.trim() ? `"${value.replaceAll('"', '""')}"` : value;
}
