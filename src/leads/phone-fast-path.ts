// The same metadata as the library reads by in phone-number.ts: nothing about any numbering plan is written here.
import metadata from 'libphonenumber-js/max/metadata';

/** A number that can be dialled. */
export interface ParsedPhone {
  /** `+` and up to 15 digits. */
  e164: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** The field's type in snake case: fixed_line, mobile, fixed_line_or_mobile, voip, toll_free, premium_rate … or unknown. */
  lineType: string;
  /** Its last two digits: all that is shown of it. */
  lastDigits: string;
}

/** Why plain digits are no number, in the library's words. `INVALID`: as long as numbers are, or between two lengths. */
export type PlainFault = 'INVALID_COUNTRY' | 'TOO_SHORT' | 'TOO_LONG' | 'INVALID';

/** What a country's or a shared calling code's plan says, compiled once. */
interface Plan {
  /** ISO 3166-1; null for what belongs to no country, such as +800. */
  country: string | null;
  callingCode: string;
  /** The international prefix when dialling out of it. */
  idd: RegExp | null;
  general: RegExp;
  /** Possible lengths of a national number, ascending. */
  lengths: readonly number[];
  nationalPrefix: RegExp | null;
  prefixRule: string | null;
  /** What tells it from others of its calling code, where it has such a pattern. */
  leading: RegExp | null;
  /** In the order in which they are asked. */
  types: readonly NumberType[];
  fixedLine: NumberType | null;
  mobile: NumberType | null;
  /** Every fixed line may be a mobile: the two share their pattern. */
  fixedIsMobile: boolean;
  hasTypes: boolean;
}

interface NumberType {
  name: string;
  /** Bit n: numbers of n digits exist. */
  lengths: number;
  pattern: RegExp;
}

/** Positions in a country's metadata: libphonenumber-js, METADATA.md. */
const [CALLING_CODE, IDD, GENERAL, LENGTHS, NATIONAL_PREFIX, PREFIX_FOR_PARSING, PREFIX_RULE, LEADING, TYPES] = [
  0, 1, 2, 3, 5, 7, 8, 10, 11,
];
/** Positions in its list of types, in the order in which they are asked. */
const TYPE_ORDER = [
  ['mobile', 1],
  ['premium_rate', 3],
  ['toll_free', 2],
  ['shared_cost', 9],
  ['voip', 8],
  ['personal_number', 4],
  ['pager', 7],
  ['uan', 6],
  ['voicemail', 5],
] as const;

type PlanJson = readonly unknown[];
type TypeJson = readonly [pattern?: string, lengths?: readonly number[]];

const source = metadata as unknown as {
  country_calling_codes: Record<string, readonly string[]>;
  countries: Record<string, PlanJson>;
  nonGeographic: Record<string, PlanJson>;
};
const callingCodes = new Set([...Object.keys(source.country_calling_codes), ...Object.keys(source.nonGeographic)]);
const plans = new Map<string, Plan>();
const plansByCode = new Map<string, readonly Plan[]>();

/** Shorter and longer texts are rare: the library's. */
const MIN_DIGITS = 3;
const MAX_CHARACTERS = 64;
/** No text of more digits is a number that is merely written wrongly. */
export const MAX_DIGITS = 17;
const MIN_NATIONAL = 2;
const MAX_NATIONAL = 17;

/**
 * Read what most cells hold: digits, perhaps a plus, and the usual spaces, brackets, dots and dashes. It follows the
 * library step by step, with patterns compiled once where the library compiles them anew for each number; tests hold the
 * two equal. Null: not such a text, or one of several meanings, which the library must tell.
 */
export function parsePlainPhone(raw: string, country: string): ParsedPhone | PlainFault | null {
  const text = scan(raw);
  if (text === null) return null;
  const { digits } = text;
  const home = planOf(country);
  const number = read(digits, text.international, home);
  if (typeof number !== 'string') return number;
  // 00 is also tried as the international prefix where the country has another.
  if (text.startsWith00) {
    const abroad = read(digits.slice(2), true, home);
    if (typeof abroad !== 'string') return abroad;
  }
  if (text.unusual) return null;
  return digits.length > MAX_DIGITS ? 'TOO_LONG' : number;
}

interface PlainText {
  digits: string;
  /** It starts with a plus. */
  international: boolean;
  startsWith00: boolean;
  /** Good for a valid number; why it is none must be asked of the library. */
  unusual: boolean;
}

function scan(raw: string): PlainText | null {
  const end = raw.length;
  if (end > MAX_CHARACTERS) return null;
  let start = skipSpaces(raw, 0);
  // A spreadsheet's mark of a text.
  if (raw.charCodeAt(start) === APOSTROPHE) start = skipSpaces(raw, start + 1);
  let digits = '';
  let international = false;
  let unusual = false;
  let dots = 0;
  let beforeDot = 0;
  let runStart = -1;
  for (let at = start; at < end; at++) {
    const code = raw.charCodeAt(at);
    if (isDigit(code)) {
      if (runStart < 0) runStart = at;
      continue;
    }
    if (runStart >= 0) {
      digits += raw.slice(runStart, at);
      runStart = -1;
    }
    switch (code) {
      case SPACE:
      case HARD_SPACE:
      case OPENING:
      case CLOSING:
      case DASH:
      case SLASH:
        break;
      case DOT:
        dots++;
        beforeDot = digits.length;
        break;
      case PLUS:
        if (international || digits !== '') return null;
        international = true;
        if (at !== start || !isDigit(raw.charCodeAt(at + 1))) unusual = true;
        break;
      default:
        // Dashes of typography, U+2010 to U+2015.
        if (code < 0x2010 || code > 0x2015) return null;
        unusual = true;
    }
  }
  if (runStart >= 0) digits += raw.slice(runStart);
  if (digits.length < MIN_DIGITS) return null;
  // It may be a quantity with decimals, as spreadsheets write numbers.
  if (dots === 1 && isZeros(digits, beforeDot)) return null;
  if (raw.charCodeAt(start) === OPENING) start++;
  // No calling code starts with a third 0.
  const startsWith00 = raw.startsWith('00', start) && isDigit(raw.charCodeAt(start + 2));
  return { digits, international, startsWith00, unusual };
}

const [SPACE, HARD_SPACE, APOSTROPHE, OPENING, CLOSING] = [0x20, 0xa0, 0x27, 0x28, 0x29];
const [PLUS, DASH, DOT, SLASH, ZERO, NINE] = [0x2b, 0x2d, 0x2e, 0x2f, 0x30, 0x39];

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function skipSpaces(raw: string, from: number): number {
  let at = from;
  for (let code = raw.charCodeAt(at); code === SPACE || code === HARD_SPACE; code = raw.charCodeAt(at)) at++;
  return at;
}

function isZeros(digits: string, from: number): boolean {
  for (let at = from; at < digits.length; at++) if (digits.charCodeAt(at) !== ZERO) return false;
  return true;
}

/** The number, why it is none, or null for a valid one of no country. `home` is the plan of numbers without a calling code. */
function read(text: string, withPlus: boolean, home: Plan | null): ParsedPhone | PlainFault | null {
  let digits = text;
  let callingCode: string | null = null;
  let international = withPlus;
  if (!international) {
    if (home === null) return 'INVALID_COUNTRY';
    const abroad = stripIdd(digits, home);
    if (abroad !== null) {
      international = true;
      digits = abroad;
    } else if (hasCallingCode(digits, home)) callingCode = home.callingCode;
  }
  if (international) {
    callingCode = callingCodeOf(digits);
    if (callingCode === null) return 'INVALID_COUNTRY';
  }
  const dialled = callingCode === null ? home! : plansOf(callingCode)[0]!;
  const national = nationalOf(callingCode === null ? digits : digits.slice(callingCode.length), dialled);
  if (national.length < MIN_NATIONAL) return 'TOO_SHORT';
  if (national.length > MAX_NATIONAL) return 'TOO_LONG';
  const owner = ownerOf(national, dialled.callingCode);
  const plan = owner ?? dialled;
  const type = typeOf(national, plan);
  if (type === null && (plan.hasTypes || !plan.general.test(national))) {
    const length = lengthOf(national, plan);
    return length === 'POSSIBLE' ? 'INVALID' : length;
  }
  const country = owner || callingCode === null ? plan.country : null;
  if (country === null) return null;
  return {
    e164: `+${plan.callingCode}${national}`,
    country,
    lineType: type ?? 'unknown',
    lastDigits: national.slice(-2),
  };
}

/** Without the international prefix that is dialled from there; null when there is none before a calling code. */
function stripIdd(digits: string, home: Plan): string | null {
  const prefix = home.idd?.exec(digits)?.[0];
  if (!prefix || prefix.length === digits.length || digits.charCodeAt(prefix.length) === ZERO) return null;
  return digits.slice(prefix.length);
}

function callingCodeOf(digits: string): string | null {
  for (let length = 1; length <= 3; length++) {
    const code = digits.slice(0, length);
    if (callingCodes.has(code)) return code;
  }
  return null;
}

/** Is it a number of the same country with its calling code, only the plus left out? */
function hasCallingCode(digits: string, home: Plan): boolean {
  if (!digits.startsWith(home.callingCode)) return false;
  const whole = nationalOf(digits, home);
  if (lengthOf(whole, home) === 'TOO_LONG') return true;
  if (home.general.test(whole)) return false;
  return home.general.test(nationalOf(digits.slice(home.callingCode.length), home));
}

/** The national number: without the prefix that is dialled within the country, where there is one. */
function nationalOf(digits: string, plan: Plan): string {
  const match = plan.nationalPrefix?.exec(digits);
  if (!match) return digits;
  const captured = match.length > 1 && match[match.length - 1];
  const national =
    plan.prefixRule !== null && captured
      ? digits.replace(plan.nationalPrefix!, plan.prefixRule)
      : digits.slice(match[0].length);
  if (national === digits) return digits;
  if (!plan.general.test(national) && plan.general.test(digits)) return digits;
  const length = lengthOf(national, ownerOf(national, plan.callingCode) ?? plan);
  return length === 'TOO_SHORT' || length === 'INVALID' ? digits : national;
}

/** Which of the countries that share a calling code has the number. */
function ownerOf(national: string, callingCode: string): Plan | null {
  const candidates = plansOf(callingCode);
  if (candidates.length === 1) return candidates[0]!.country === null ? null : candidates[0]!;
  for (const plan of candidates) {
    if (plan.leading ? plan.leading.test(national) : typeOf(national, plan) !== null) return plan;
  }
  return null;
}

function lengthOf(national: string, plan: Plan): 'POSSIBLE' | 'TOO_SHORT' | 'TOO_LONG' | 'INVALID' {
  const { lengths } = plan;
  const { length } = national;
  if (length < lengths[0]!) return 'TOO_SHORT';
  if (length > lengths[lengths.length - 1]!) return 'TOO_LONG';
  return lengths.includes(length) ? 'POSSIBLE' : 'INVALID';
}

/** Null: of no type. */
function typeOf(national: string, plan: Plan): string | null {
  if (!plan.general.test(national)) return null;
  const bit = 1 << national.length;
  if (isOfType(national, bit, plan.fixedLine)) {
    return plan.fixedIsMobile || isOfType(national, bit, plan.mobile) ? 'fixed_line_or_mobile' : 'fixed_line';
  }
  for (const type of plan.types) if (isOfType(national, bit, type)) return type.name;
  return null;
}

function isOfType(national: string, bit: number, type: NumberType | null): boolean {
  return type !== null && (type.lengths & bit) !== 0 && type.pattern.test(national);
}

function planOf(country: string): Plan | null {
  const known = plans.get(country);
  if (known) return known;
  if (!Object.hasOwn(source.countries, country)) return null;
  const plan = compile(country, source.countries[country]!);
  plans.set(country, plan);
  return plan;
}

/** Of those that share a calling code, its main country first. */
function plansOf(callingCode: string): readonly Plan[] {
  let found = plansByCode.get(callingCode);
  if (!found) {
    const countries = source.country_calling_codes[callingCode];
    found = countries
      ? countries.map((country) => planOf(country)!)
      : [compile(null, source.nonGeographic[callingCode]!)];
    plansByCode.set(callingCode, found);
  }
  return found;
}

function compile(country: string | null, json: PlanJson): Plan {
  const text = (position: number) => (json[position] as string | 0 | undefined) || null;
  const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);
  const start = (pattern: string | null) => (pattern === null ? null : new RegExp(`^(?:${pattern})`));
  const lengths = json[LENGTHS] as readonly number[];
  const typesJson = (json[TYPES] || []) as readonly (TypeJson | 0)[];
  const mobile = typesJson[1];
  const typeAt = (position: number, name: string): NumberType | null => {
    const [pattern, own] = typesJson[position] || ([] as TypeJson);
    if (!pattern) return null;
    return {
      name,
      lengths: (own || lengths).reduce((bits, length) => bits | (1 << length), 0),
      pattern: whole(pattern),
    };
  };
  return {
    country,
    callingCode: text(CALLING_CODE)!,
    idd: start(text(IDD)),
    general: whole(text(GENERAL)!),
    lengths,
    nationalPrefix: start(text(PREFIX_FOR_PARSING) ?? text(NATIONAL_PREFIX)),
    prefixRule: text(PREFIX_RULE),
    leading: start(text(LEADING)),
    fixedLine: typeAt(0, 'fixed_line'),
    mobile: typeAt(1, 'mobile'),
    fixedIsMobile: !mobile || mobile[0] === '',
    types: TYPE_ORDER.map(([name, position]) => typeAt(position, name)).filter((type) => type !== null),
    hasTypes: typesJson.length > 0,
  };
}
