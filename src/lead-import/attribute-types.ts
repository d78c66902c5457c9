/** What an attribute's values are. */
export const ATTRIBUTE_TYPES = ['text', 'number', 'date', 'boolean', 'list'] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

/** What of `03/04/2025` is the day. */
export const DATE_ORDERS = ['dmy', 'mdy', 'ymd'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/** A date is text: `2025-04-03`, or with a time `2025-04-03T07:35:00`, with the offset of its zone where it states one. */
export type AttributeValue = string | number | boolean | string[];

export interface GuessedType {
  type: AttributeType;
  /** Of dates alone. */
  dateOrder?: DateOrder;
}

/**
 * A value of an attribute, or undefined when the text is none of that type. `text` is trimmed and not empty. `dateOrder`
 * decides where a date may be read both ways; a year that comes first needs none.
 */
export function readAttribute(
  type: AttributeType,
  text: string,
  dateOrder: DateOrder = 'dmy',
): AttributeValue | undefined {
  switch (type) {
    case 'text':
      return text;
    case 'number':
      return readNumber(text);
    case 'date':
      return readDate(text, dateOrder);
    case 'boolean':
      return readBoolean(text);
    case 'list':
      return readList(text);
  }
}

/** What systems write where they have no value. In an attribute that has a type it counts as empty. */
export function isPlaceholder(text: string): boolean {
  return text.length <= 5 && /^(?:-+|–|—|\?|\.|n\/?a|#n\/a|null|none|nil|nan|н\/д)$/iu.test(text);
}

/** Of the values of a column so many may be something else: of fewer than 100, none. */
const MISFITS_RATE = 0.01;

/**
 * What the values of a column are: text, unless nearly all are of one type. Codes are text: what begins with a zero, has
 * ten or more digits, or looks like a row of ids. `ambiguous`: the order of dates that may be read both ways throughout.
 */
export function guessType(values: readonly string[], ambiguous: 'dmy' | 'mdy' = 'dmy'): GuessedType {
  const texts = values.map((value) => value.trim()).filter((text) => text !== '' && !isPlaceholder(text));
  if (texts.length === 0) return { type: 'text' };
  const misfits = Math.floor(texts.length * MISFITS_RATE);
  const nearlyAll = (fits: (text: string) => boolean) => {
    let left = misfits;
    return texts.every((text) => fits(text) || left-- > 0);
  };
  if (nearlyAll((text) => isWord(text))) return { type: 'boolean' };
  const dateOrder = orderOf(texts, ambiguous);
  if (nearlyAll((text) => readDate(text, dateOrder) !== undefined)) return { type: 'date', dateOrder };
  if (nearlyAll(isQuantity) && !areCodes(texts)) return { type: 'number' };
  if (areLists(texts)) return { type: 'list' };
  return { type: 'text' };
}

// Numbers ----------------------------------------------------------------------------------------------------------

const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?$/;
/** Thousands in groups of three, set apart by a comma, a dot, an apostrophe or a space; a decimal comma or dot. */
const GROUPED_NUMBER = /^-?[1-9]\d{0,2}(?:([,.'’ \u00a0\u202f])\d{3})(?:\1\d{3})*(?:([.,])\d+)?$/;
const DECIMAL_COMMA = /^-?\d+,\d+$/;
/** `1,234` and `1.234` may be a thousand or one and a bit. */
const AMBIGUOUS_NUMBER = /^-?[1-9]\d{0,2}[.,]\d{3}$/;
const MOST_DIGITS = 15;

/** `1,234` is a thousand and more, as `1.234` is not. Numbers of more digits than a double keeps are none. */
function readNumber(text: string): number | undefined {
  const plain = plainNumber(text);
  if (plain === undefined) return undefined;
  const digits = plain.length - (plain.startsWith('-') ? 1 : 0) - (plain.includes('.') ? 1 : 0);
  return digits > MOST_DIGITS ? undefined : Number(plain);
}

function plainNumber(text: string): string | undefined {
  if (PLAIN_NUMBER.test(text)) return text;
  const signed = text.charCodeAt(0) === 0x2212 ? `-${text.slice(1)}` : text;
  const grouped = GROUPED_NUMBER.exec(signed);
  if (grouped && grouped[1] !== grouped[2]) {
    const whole = signed.replaceAll(grouped[1]!, '');
    return grouped[2] === ',' ? whole.replace(',', '.') : whole;
  }
  return DECIMAL_COMMA.test(signed) ? signed.replace(',', '.') : undefined;
}

/** A number that can be nothing else. */
function isQuantity(text: string): boolean {
  if (/^-?0\d/.test(text) || AMBIGUOUS_NUMBER.test(text)) return false;
  const value = readNumber(text);
  return value !== undefined && Math.abs(value) < 1e9;
}

/** Whole numbers of one length, five digits or more, none of them round or twice there: ids, postal codes. */
function areCodes(texts: readonly string[]): boolean {
  const first = texts[0]!;
  return (
    first.length >= 5 &&
    new Set(texts).size === texts.length &&
    texts.every((text) => text.length === first.length && /^\d+$/.test(text)) &&
    !texts.some((text) => text.endsWith('00'))
  );
}

// Dates ------------------------------------------------------------------------------------------------------------

const DATE =
  /^(\d{1,4})([-/.])(\d{1,2})\2(\d{4}|\d{1,2})(?:(?:T|,? )(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([aApP])\.?[mM]\.?)?(?: ?([zZ]|[+-]\d{2}:?(?:\d{2})?))?)?$/;

function readDate(text: string, order: DateOrder): string | undefined {
  const found = DATE.exec(text);
  if (!found) return undefined;
  const [, first, , second, third, hour, minute, seconds, fraction, half, zone] = found;
  const ymd = first!.length > 2 || order === 'ymd';
  const [yearText, dayText] = ymd ? [first!, third!] : [third!, order === 'dmy' ? first! : second!];
  if ((yearText.length !== 2 && yearText.length !== 4) || dayText.length > 2) return undefined;
  const year = fullYear(yearText);
  const month = Number(ymd || order === 'dmy' ? second : first);
  const day = Number(dayText);
  if (!isDay(year, month, day)) return undefined;
  const date = `${year}-${two(month)}-${two(day)}`;
  if (hour === undefined) return date;
  const time = readTime(hour, minute!, seconds, fraction, half);
  return time === undefined ? undefined : `${date}T${time}${offsetOf(zone)}`;
}

function readTime(
  hour: string,
  minute: string,
  seconds = '00',
  fraction: string | undefined,
  half: string | undefined,
): string | undefined {
  let hours = Number(hour);
  if (half !== undefined) {
    if (hours < 1 || hours > 12) return undefined;
    hours = (hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  if (hours > 23 || Number(minute) > 59 || Number(seconds) > 59) return undefined;
  const parts = fraction === undefined || /^0+$/.test(fraction) ? '' : `.${fraction}`;
  return `${two(hours)}:${minute}:${seconds}${parts}`;
}

function offsetOf(zone: string | undefined): string {
  if (zone === undefined) return '';
  if (zone.length === 1) return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/** Two digits are read as spreadsheets do: 00 to 29 of this century, 30 to 99 of the last. */
function fullYear(text: string): number {
  const year = Number(text);
  return text.length > 2 ? year : year < 30 ? 2000 + year : 1900 + year;
}

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1800 || year > 2199 || day < 1) return false;
  const days = MONTH_DAYS[month - 1];
  if (days === undefined || day > days) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** The order in which most of the dates can be read. Dots are written with the day first, also where slashes are not. */
function orderOf(texts: readonly string[], ambiguous: 'dmy' | 'mdy'): DateOrder {
  const usual = texts.some((text) => text.includes('.')) ? 'dmy' : ambiguous;
  const orders: DateOrder[] = usual === 'dmy' ? ['dmy', 'mdy', 'ymd'] : ['mdy', 'dmy', 'ymd'];
  if (texts.every((text) => /^\d{4}[-/.]/.test(text))) return 'ymd';
  const fitting = orders.map((order) => texts.filter((text) => readDate(text, order) !== undefined).length);
  return orders[fitting.indexOf(Math.max(...fitting))]!;
}

// Yes and no -------------------------------------------------------------------------------------------------------

const YES = ['yes', 'y', 'true', 'да', 'д', 'истина', 'có', 'đúng', 'oui', 'vrai', 'sí', 'si', 'sim'];
const NO = ['no', 'n', 'false', 'нет', 'н', 'ложь', 'không', 'sai', 'non', 'faux', 'não'];
const words = new Map([...YES.map((word) => [word, true] as const), ...NO.map((word) => [word, false] as const)]);
const LONGEST_WORD = Math.max(...[...words.keys()].map((word) => word.normalize('NFD').length));

/** Also 1 and 0, which a column of numbers may hold: they are read so only where the type is known. */
function readBoolean(text: string): boolean | undefined {
  if (text === '1') return true;
  if (text === '0') return false;
  return wordOf(text);
}

function wordOf(text: string): boolean | undefined {
  return text.length > LONGEST_WORD ? undefined : words.get(text.normalize('NFC').toLowerCase());
}

function isWord(text: string): boolean {
  return wordOf(text) !== undefined;
}

// Lists ------------------------------------------------------------------------------------------------------------

/** The strongest that is there divides: items between bars or semicolons may hold commas. */
function separatorOf(text: string): string | undefined {
  return [':::', ';', '|', ','].find((separator) => text.includes(separator));
}

function readList(text: string): string[] {
  const separator = separatorOf(text);
  if (separator === undefined) return [text];
  return text
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

const LONGEST_ITEM = 60;

/** At least half of the values hold several short items, and the same items come up again and again: tags, not prose. */
function areLists(texts: readonly string[]): boolean {
  const several = texts.filter((text) => /:::|[;|]/.test(text));
  if (several.length < 2 || several.length * 2 < texts.length) return false;
  const items = texts.flatMap(readList);
  return items.every((item) => item.length <= LONGEST_ITEM) && new Set(items).size * 2 <= items.length;
}
