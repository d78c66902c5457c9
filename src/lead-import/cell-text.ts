/** How cells of one style show a number, as far as it changes what the number says. Null: plainly. */
export type CellFormat = DateFormat | DigitMask | null;

export interface DateFormat {
  kind: 'date';
  date: boolean;
  time: boolean;
  /** Hours that go on beyond 24. */
  elapsed: boolean;
}

/** Places for digits among signs, such as `+0 (000) 000-00-00`: what a phone or a code with leading zeros is kept in. */
export interface DigitMask {
  kind: 'mask';
  /** `0` shows a digit always, `#` if there is one; everything else stands for itself. */
  places: readonly { sign: string; place: boolean }[];
}

/**
 * Numbers of formats that every workbook has without saying so (ECMA-376 part 1, 18.8.30), where they are dates or times.
 * 27 to 36, 50 to 58 and 71 to 81 are dates in the languages of East Asia and Thailand.
 */
const BUILT_IN: ReadonlyMap<number, string> = new Map([
  ...[14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58, 71, 72, 73, 74].map(
    (id) => [id, 'yyyy-mm-dd'] as const,
  ),
  ...[18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56, 75, 76, 78, 80].map((id) => [id, 'h:mm:ss'] as const),
  [46, '[h]:mm:ss'],
  [79, '[h]:mm:ss'],
  [22, 'yyyy-mm-dd h:mm'],
  [77, 'yyyy-mm-dd h:mm'],
]);

/** The format of a style: by its code where the workbook gives one, else by its number. */
export function cellFormat(id: number, code: string | undefined): CellFormat {
  const text = code ?? BUILT_IN.get(id);
  if (text === undefined || text === 'General') return null;
  const section = firstSection(text);
  return dateFormat(section) ?? digitMask(section);
}

/** Positive numbers are shown by the part before the first semicolon. */
function firstSection(code: string): string {
  return /^(?:"[^"]*"|\\.|[^;"\\])*/s.exec(code)?.[0] ?? code;
}

function dateFormat(section: string): DateFormat | null {
  const elapsed = /\[(h+|m+|s+)\]/i.test(section);
  const signs = section
    .replace(/"[^"]*"|\\.|[_*]./gs, '')
    .replace(/\[[^\]]*\]/g, '')
    .toLowerCase();
  // Letters of number formats; in words that are not quoted, such as `General`, they mean nothing.
  if (!elapsed && !/[dmyhs]/.test(signs)) return null;
  if (/general|[#?@]/.test(signs)) return null;
  const time = elapsed || /[hs]/.test(signs);
  return { kind: 'date', date: /[dy]/.test(signs) || (!time && signs.includes('m')), time, elapsed };
}

function digitMask(section: string): DigitMask | null {
  const places: { sign: string; place: boolean }[] = [];
  // Colours and languages change no sign; conditions do.
  const plain = section.replace(/\[(?:\$-[0-9a-f]+|black|blue|cyan|green|magenta|red|white|yellow)\]/gi, '');
  for (const [token] of plain.matchAll(/"[^"]*"|\\.|[_*].|./gs)) {
    if (token[0] === '_' || token[0] === '*') continue;
    if (token === '0' || token === '#') places.push({ sign: token, place: true });
    else {
      const signs = token[0] === '"' ? token.slice(1, -1) : token[0] === '\\' ? token.slice(1) : token;
      // Decimals, thousands, percents, units: the number itself says as much.
      if (!/^[-+() /\d\u00a0]*$/.test(signs)) return null;
      for (const sign of signs) places.push({ sign, place: false });
    }
  }
  const zeros = places.filter(({ sign, place }) => place && sign === '0').length;
  const marked = places.some(({ sign, place }) => !place && /[-+()\d]/.test(sign));
  return zeros >= 2 || (marked && places.filter(({ place }) => place).length >= 2) ? { kind: 'mask', places } : null;
}

/** The text of a number: in full, never with an exponent, or as the date or the digits that its format shows. */
export function numberText(written: string, format: CellFormat, date1904: boolean): string {
  if (format === null) return plainNumber(written);
  if (format.kind === 'date') return dateText(Number(written), format, date1904) ?? plainNumber(written);
  return maskedText(plainNumber(written), format);
}

/**
 * A number in full. Whole numbers keep every digit that is written; others are rounded to the 15 digits that Excel
 * shows, since 0.1 + 0.2 is stored as 0.30000000000000004.
 */
export function plainNumber(written: string): string {
  if (isDigits(written)) return written;
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(written.trim());
  // What is no number, or one beyond all that Excel can hold.
  if (!parts || (!parts[2] && !parts[3]) || !Number.isFinite(Number(written))) return written;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const isWhole = point >= digits.length || /^0*$/.test(digits.slice(Math.max(0, point)));
  if (isWhole) {
    const result = digits
      .slice(0, Math.max(0, point))
      .padEnd(point, '0')
      .replace(/^0+(?=\d)/, '');
    return sign === '-' && /[1-9]/.test(result) ? `-${result}` : result || '0';
  }
  const shown = String(Number(Number(written).toPrecision(15)));
  return shown.includes('e') ? withoutExponent(shown) : shown;
}

/** `1.5e-7` as 0.00000015. */
function withoutExponent(shown: string): string {
  const [, sign, whole, fraction = '', exponent] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(shown)!;
  const by = Number(exponent);
  if (by >= 0) return sign! + (whole! + fraction).padEnd(by + 1, '0');
  return `${sign}0.${'0'.repeat(-by - 1)}${whole}${fraction}`;
}

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return text.length > 0 && (text.length === 1 || text.charCodeAt(0) !== 48);
}

const DAY_SECONDS = 86_400;
/** 31 December 9999, the last day that Excel shows. */
const LAST_DAY = 2_958_465;
/** Days from 1899-12-30 to 1970-01-01. With it the days from March 1900 on come right, though Excel gives 1900 a 29 February. */
const UNIX_DAY = 25_569;
const DAYS_1904 = 1_462;

/** ISO 8601 without a zone: a date, a time, or both. Null for what is no day of the calendar. */
function dateText(serial: number, format: DateFormat, date1904: boolean): string | null {
  if (!(serial >= 0)) return null;
  const seconds = Math.round(serial * DAY_SECONDS);
  const clock = (hours: number) => `${pad(hours)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  if (format.elapsed) return clock(Math.floor(seconds / 3_600));
  const time = clock(Math.floor(seconds / 3_600) % 24);
  if (!format.date && seconds < DAY_SECONDS) return time;

  const day = Math.floor(seconds / DAY_SECONDS) + (date1904 ? DAYS_1904 : 0);
  // The day 0 and the 29 February 1900, which never was.
  if (day < 1 || day === 60 || day > LAST_DAY) return null;
  const date = new Date((day - UNIX_DAY + (day < 60 ? 1 : 0)) * DAY_SECONDS * 1_000).toISOString().slice(0, 10);
  return format.time ? `${date}T${time}` : date;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** Digits go to their places from the right; those without a place stand before the first. */
function maskedText(number: string, { places }: DigitMask): string {
  if (!isDigits(number)) return number;
  let left = number.length;
  let result = '';
  const first = places.findIndex(({ place }) => place);
  for (let i = places.length - 1; i >= 0; i--) {
    const { sign, place } = places[i]!;
    if (!place) result = sign + result;
    else if (i === first && left > 0) {
      result = number.slice(0, left) + result;
      left = 0;
    } else if (left > 0) result = number[--left]! + result;
    else if (sign === '0') result = `0${result}`;
  }
  return result;
}

/** Control characters are written `_x000D_` in a workbook, and a `_x` of its own `_x005F_x`. */
export function unescapeText(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
