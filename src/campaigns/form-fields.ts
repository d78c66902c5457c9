import { isPhoneFault, parsePhone } from '../leads/phone-number.js';

export const FIELD_TYPES = ['text', 'number', 'date', 'boolean', 'choice', 'phone', 'email', 'address'] as const;
export type FormFieldType = (typeof FIELD_TYPES)[number];

/** Kinds of text that can be asked for by name. Nobody types a pattern: one that is slow would hold up everybody. */
export const TEXT_PATTERNS = ['digits', 'letters', 'letters_and_digits', 'iban', 'inn'] as const;
export type TextPattern = (typeof TEXT_PATTERNS)[number];

/** One field of an order or a questionnaire. */
export interface FormField {
  id: string;
  label: string;
  type: FormFieldType;
  required?: boolean;
  /** Of a number its least value, of a date its first day (`YYYY-MM-DD`), of a text its least length. */
  min?: number | string;
  /** Of a number its greatest value, of a date its last day, of a text its greatest length. */
  max?: number | string;
  /** What kind of text it is. */
  pattern?: TextPattern;
  /** What a choice is made from. */
  choices?: string[];
}

/** What is wrong in one place: the path there, a code that names the kind, a sentence. */
export interface Fault {
  path: string;
  code: string;
  message: string;
}

export type FieldValue = string | number | boolean;

const MOST_TEXT = 2000;
const LEAST_ADDRESS = 5;

/** Types that `min` and `max` say something of, and what they are there. */
const BOUNDS: Partial<Record<FormFieldType, 'number' | 'length' | 'date'>> = {
  text: 'length',
  address: 'length',
  number: 'number',
  date: 'date',
};

/** What is wrong with fields that somebody put together; ids are compared by whoever knows all fields of a script. */
export function checkFields(fields: readonly FormField[], path: string): Fault[] {
  return fields.flatMap((field, at) => checkField(field, `${path}.${at}`));
}

function checkField(field: FormField, path: string): Fault[] {
  const faults: Fault[] = [];
  const fault = (member: string, code: string, message: string) =>
    void faults.push({ path: `${path}.${member}`, code, message });
  const bounds = BOUNDS[field.type];
  for (const member of ['min', 'max'] as const) {
    const value = field[member];
    if (value === undefined) continue;
    if (!bounds) fault(member, 'bound_unfit', `A ${field.type} has no ${member}.`);
    else if (!isBound(value, bounds))
      fault(member, 'bound_unfit', `The ${member} of this field must be ${NAMED[bounds]}.`);
  }
  // ISO dates compare as texts do, numbers as numbers; a mixture has been named above.
  if (field.min !== undefined && typeof field.min === typeof field.max && field.min > field.max!)
    fault('max', 'bounds_crossed', 'The greatest value is below the least one.');
  if (field.pattern !== undefined && field.type !== 'text')
    fault('pattern', 'pattern_unfit', `A ${field.type} has no pattern.`);
  if (field.type === 'choice') {
    const choices = (field.choices ?? []).map((choice) => choice.trim());
    if (choices.length < 2) fault('choices', 'choices_missing', 'A choice needs two answers at least.');
    if (new Set(choices).size < choices.length) fault('choices', 'choice_twice', 'An answer is there twice.');
  } else if (field.choices?.length) fault('choices', 'choices_unfit', `A ${field.type} has no list of answers.`);
  return faults;
}

const NAMED = { number: 'a number', length: 'a whole number of characters', date: 'a day such as 2026-03-31' } as const;

function isBound(value: number | string, bounds: 'number' | 'length' | 'date'): boolean {
  if (bounds === 'date') return typeof value === 'string' && isDay(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return bounds === 'number' || (Number.isInteger(value) && value >= 0 && value <= MOST_TEXT);
}

/**
 * Check what was filled in against the fields. Comes back with the values as they are kept (texts trimmed, phones in
 * E.164), without those left empty, and with every fault by the field's id. `country` (ISO 3166-1) is that of phones
 * written without one. Messages never repeat what was typed.
 */
export function checkAnswers(
  fields: readonly FormField[],
  answers: Readonly<Record<string, unknown>>,
  country = 'ZZ',
): { values: Record<string, FieldValue>; faults: Fault[] } {
  const known = new Map(fields.map((field) => [field.id, field]));
  const values = new Map<string, FieldValue>();
  const faults: Fault[] = Object.keys(answers)
    .filter((id) => !known.has(id))
    .map((id) => ({ path: id, code: 'answer_unknown', message: 'There is no such field.' }));
  for (const field of known.values()) {
    const given = Object.hasOwn(answers, field.id) ? answers[field.id] : undefined;
    const raw = typeof given === 'string' ? given.trim() : given;
    if (raw === undefined || raw === null || raw === '') {
      if (field.required) faults.push({ path: field.id, code: 'answer_missing', message: 'This must be filled in.' });
      continue;
    }
    const read = readAnswer(field, raw, country);
    if ('code' in read) faults.push({ path: field.id, ...read });
    else values.set(field.id, read.value);
  }
  return { values: Object.fromEntries(values), faults };
}

type Read = { value: FieldValue } | { code: string; message: string };

function readAnswer(field: FormField, raw: unknown, country: string): Read {
  switch (field.type) {
    case 'boolean':
      return typeof raw === 'boolean' ? { value: raw } : wrong('Give yes or no.');
    case 'number':
      return readNumber(field, raw);
    case 'date':
      return readDate(field, raw);
    case 'choice':
      return typeof raw === 'string' && (field.choices ?? []).some((choice) => choice.trim() === raw)
        ? { value: raw }
        : { code: 'answer_no_choice', message: 'Choose one of the answers of the list.' };
    case 'phone': {
      const parsed = typeof raw === 'string' && raw.length <= 100 ? parsePhone(raw, country) : null;
      return parsed && !isPhoneFault(parsed) ? { value: parsed.e164 } : wrong('This is no phone number.');
    }
    case 'email':
      return typeof raw === 'string' && isEmail(raw) ? { value: raw } : wrong('This is no e-mail address.');
    case 'text':
    case 'address':
      return readText(field, raw);
  }
}

const wrong = (message: string) => ({ code: 'answer_wrong', message });

function readNumber({ min, max }: FormField, raw: unknown): Read {
  const value = typeof raw === 'string' ? Number(raw.replace(',', '.')) : raw;
  if (typeof value !== 'number' || !Number.isFinite(value)) return wrong('This is no number.');
  if (typeof min === 'number' && value < min) return { code: 'answer_too_small', message: `${min} at least.` };
  if (typeof max === 'number' && value > max) return { code: 'answer_too_large', message: `${max} at most.` };
  return { value };
}

function readDate({ min, max }: FormField, raw: unknown): Read {
  if (typeof raw !== 'string' || !isDay(raw)) return wrong('Give a day such as 2026-03-31.');
  if (typeof min === 'string' && raw < min) return { code: 'answer_too_small', message: `${min} at the earliest.` };
  if (typeof max === 'string' && raw > max) return { code: 'answer_too_large', message: `${max} at the latest.` };
  return { value: raw };
}

function readText(field: FormField, raw: unknown): Read {
  if (typeof raw !== 'string') return wrong('Give a text.');
  // As people count: what is one character to them is one here.
  const length = [...raw].length;
  const least = typeof field.min === 'number' ? field.min : field.type === 'address' ? LEAST_ADDRESS : 0;
  const most = typeof field.max === 'number' ? field.max : MOST_TEXT;
  if (length < least) return { code: 'answer_too_small', message: `${least} characters at least.` };
  if (length > most) return { code: 'answer_too_large', message: `${most} characters at most.` };
  if (/[\0\p{Surrogate}]/u.test(raw)) return wrong('This holds characters that no text can hold.');
  if (field.pattern === undefined) return { value: raw };
  return FITS[field.pattern](raw) ? { value: raw } : { code: 'answer_unfit', message: KIND_OF_TEXT[field.pattern] };
}

const KIND_OF_TEXT: Record<TextPattern, string> = {
  digits: 'Digits only.',
  letters: 'Letters only.',
  letters_and_digits: 'Letters and digits only.',
  iban: 'This is no IBAN.',
  inn: 'This is no taxpayer number.',
};

const FITS: Record<TextPattern, (text: string) => boolean> = {
  digits: (text) => /^[0-9]+$/.test(text),
  letters: (text) => /^[\p{L}\p{M} '’.-]+$/u.test(text),
  letters_and_digits: (text) => /^[\p{L}\p{M}\p{N} /-]+$/u.test(text),
  iban: isIban,
  inn: isInn,
};

/** A day of the calendar, `YYYY-MM-DD`. */
function isDay(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** One @ with a name before and a domain with a dot after: mail alone can tell more. */
function isEmail(text: string): boolean {
  if (text.length > 254 || /[\s\p{C}<>()[\],;:\\"]/u.test(text)) return false;
  const at = text.indexOf('@');
  if (at < 1 || at > 64 || at !== text.lastIndexOf('@')) return false;
  const labels = text.slice(at + 1).split('.');
  return (
    labels.length > 1 && labels.every((label) => /^[\p{L}\p{M}\p{N}-]{1,63}$/u.test(label) && !label.startsWith('-'))
  );
}

/** ISO 13616: the check digits make the number, letters as 10 to 35, leave 1 when divided by 97. */
function isIban(text: string): boolean {
  const plain = text.replaceAll(' ', '').toUpperCase();
  if (!/^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/.test(plain)) return false;
  let rest = 0;
  for (const sign of plain.slice(4) + plain.slice(0, 4))
    for (const digit of String(parseInt(sign, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** Taxpayer number of Russia, 10 digits of a company or 12 of a person, its last one or two being check digits. */
function isInn(text: string): boolean {
  if (!/^([0-9]{10}|[0-9]{12})$/.test(text)) return false;
  const digits = [...text].map(Number);
  const check = (weights: readonly number[]) =>
    (weights.reduce((sum, weight, at) => sum + weight * digits[at]!, 0) % 11) % 10;
  if (digits.length === 10) return check([2, 4, 10, 3, 5, 9, 4, 6, 8]) === digits[9];
  return (
    check([7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === digits[10] && check([3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === digits[11]
  );
}
