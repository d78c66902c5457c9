import { Problem } from '../common/problem.js';
import { canonicalZone } from '../leads/time-zones.js';
import { guessType, type AttributeType, type DateOrder, type GuessedType } from './attribute-types.js';
import {
  meaningOf,
  namesCode,
  PHONE_KINDS,
  simplifyName,
  type ColumnMeaning,
  type NamedField,
} from './column-names.js';
import { isPhoneCell, readPhoneCell } from './phone-cell.js';

/** Which column holds what. A column is named once; one that is in none of them is left out. */
export interface Mapping {
  /** The first that holds a valid number is the person's main phone, the others are further ones. */
  phones: string[];
  name: string | null;
  /** Columns that make up the name together, where no column holds all of it: first name before last name. */
  nameParts: string[];
  externalId: string | null;
  region: string | null;
  timeZone: string | null;
  priority: string | null;
  /** Login of the operator whose lead it is. */
  owner: string | null;
  attributes: MappedAttribute[];
}

export interface MappedAttribute {
  column: string;
  /** What it is called with the lead. */
  name: string;
  type: AttributeType;
  /** Of dates alone. */
  dateOrder?: DateOrder;
}

/** What the importer may ask for: names of columns. */
export interface AskedMapping {
  /** Short for `phones` with one column. */
  phone?: string | null;
  phones?: string[];
  name?: string | null;
  nameParts?: string[];
  externalId?: string | null;
  region?: string | null;
  timeZone?: string | null;
  priority?: string | null;
  owner?: string | null;
  /** Left out: every column that holds nothing else, under its own name. */
  attributes?: { column: string; name?: string; type?: AttributeType; dateOrder?: DateOrder }[];
}

const SINGLE_FIELDS = ['name', 'externalId', 'region', 'timeZone', 'priority', 'owner'] as const;
type SingleField = (typeof SINGLE_FIELDS)[number];

/** What a column was taken for, and why. */
export interface ColumnGuess {
  column: string;
  field: NamedField | 'attribute';
  /** 0 … 1. Below 0.5 somebody should look at it. */
  confidence: number;
  by: 'header' | 'content' | 'none';
  /** What its values are, as an attribute. */
  type: AttributeType;
  dateOrder?: DateOrder;
}

export interface MappingProposal {
  mapping: Mapping;
  /** One a column, in their order. */
  guesses: ColumnGuess[];
}

/** 422: no column holds phones. */
export function phonesMissing(columns: readonly string[]): Problem {
  return new Problem('phone_column_missing', 422, `None of the columns seems to hold phones: ${listed(columns)}.`, {
    field: 'options.mapping.phones',
    fix: 'Say which column holds the phones. With simulated telephony, generatePhones gives each row a number that is reserved for fiction.',
  });
}

/** Most columns of phones that are proposed. */
export const MAX_PHONE_COLUMNS = 5;
/** Values of a column that are looked at. */
const SAMPLED_VALUES = 200;
/** Countries where a date that may be read both ways has its month first. */
const MONTH_FIRST = new Set(['US', 'PH', 'FM', 'MH', 'PW', 'GU', 'PR', 'AS', 'VI', 'MP']);

/**
 * What the columns hold: by what they are called, held against their values, then by the values alone. `sample`: fields of
 * some rows; empty when there are only names to go by. `country` (ISO 3166-1) is that of phones written without one.
 * `logins`, in small letters: of those who may own leads; without them, a column is the owners' by its name alone.
 */
export function proposeMapping(
  columns: readonly string[],
  sample: readonly (readonly string[])[],
  country: string,
  logins: ReadonlySet<string> | null = null,
): MappingProposal {
  const ambiguous = MONTH_FIRST.has(country) ? 'mdy' : 'dmy';
  const vicidial = isVicidial(columns, sample);
  const rows = sample.slice(0, SAMPLED_VALUES);
  const facts = columns.map((column, at): ColumnFacts => {
    const title = vicidial ? (VICIDIAL_COLUMNS[at] ?? column) : column;
    const values = rows.map((row) => row[at]?.trim() ?? '').filter((value) => value !== '');
    const guessed = guessType(values, ambiguous);
    const type: GuessedType = guessed.type === 'number' && namesCode(title) ? { type: 'text' } : guessed;
    const phoneRate = rateOf(values, (value) => isPhone(value, country));
    return { at, column, title, meaning: meaningOf(title), values, type, phoneRate };
  });
  const draft = new Draft(facts, rows.length > 0, vicidial ? 'content' : 'header');
  draft.takePhones();
  draft.takeTimeZone();
  draft.takeNames();
  draft.takeByName('externalId', isKey);
  draft.takeByName('region', () => true);
  draft.takeByName('priority', (values) => rateOf(values, isPriority)! >= 0.9);
  // Without a header only the logins tell.
  if (!vicidial || logins)
    draft.takeByName(
      'owner',
      (values) => !logins || rateOf(values, (value) => logins.has(value.toLowerCase()))! >= 0.5,
    );
  return draft.finish();
}

/**
 * The mapping that was asked for, or the proposed one. Where somebody asked for one, nothing is guessed beside it but the
 * types of attributes. Throws column_unknown (422) for a column that the file has not, column_used_twice (422),
 * attribute_name_taken (422), and phone_column_missing (422) when no column holds phones and none are to be generated.
 */
export function resolveMapping(
  columns: readonly string[],
  asked: AskedMapping | null,
  generatePhones: boolean,
  proposal: MappingProposal,
): Mapping {
  const mapping = asked ? askedMapping(columns, asked, proposal) : proposal.mapping;
  if (mapping.phones.length === 0 && !generatePhones) throw phonesMissing(columns);
  return mapping;
}

/** The same for files with the same columns in the same order, accents, capital letters and punctuation aside. */
export function mappingSignature(columns: readonly string[]): string {
  return columns.map((column) => simplifyName(column) || column.trim().toLowerCase()).join('\n');
}

// What was asked for -------------------------------------------------------------------------------------------------

function askedMapping(columns: readonly string[], asked: AskedMapping, proposal: MappingProposal): Mapping {
  const used = new Set<string>();
  const take = (wanted: string, field: string): string => {
    const name = columns.includes(wanted) ? wanted : wanted.trim();
    if (!columns.includes(name))
      throw new Problem('column_unknown', 422, `The file has no column "${name}". It has: ${listed(columns)}.`, {
        field: `options.mapping.${field}`,
        fix: 'Write the name as it is in the header.',
      });
    if (used.has(name))
      throw new Problem('column_used_twice', 422, `The column "${name}" is mapped to two things.`, {
        field: `options.mapping.${field}`,
        fix: 'Name each column once.',
      });
    used.add(name);
    return name;
  };
  const all = (names: readonly string[], field: string) =>
    names.filter((name) => name.trim() !== '').map((name, i) => take(name, `${field}.${i}`));
  const phones = asked.phones ? all(asked.phones, 'phones') : asked.phone?.trim() ? [take(asked.phone, 'phone')] : [];
  const single = Object.fromEntries(
    SINGLE_FIELDS.map((field) => [field, asked[field]?.trim() ? take(asked[field], field) : null]),
  ) as Record<SingleField, string | null>;
  const nameParts = all(asked.nameParts ?? [], 'nameParts');
  const guesses = new Map(proposal.guesses.map((guess) => [guess.column, guess]));
  const titles = new Map(proposal.mapping.attributes.map(({ column, name }) => [column, name]));
  const attributes = asked.attributes
    ? asked.attributes.map((attribute, i) => {
        const column = take(attribute.column, `attributes.${i}.column`);
        const guess = guesses.get(column);
        const type = attribute.type ?? guess?.type ?? 'text';
        const dateOrder = attribute.dateOrder ?? guess?.dateOrder;
        return attributeOf(column, attribute.name?.trim() || column, type, dateOrder);
      })
    : columns
        .filter((column) => !used.has(column))
        .map((column) => {
          const guess = guesses.get(column);
          return attributeOf(column, titles.get(column) ?? column, guess?.type ?? 'text', guess?.dateOrder);
        });
  refuseSameNames(attributes);
  return { phones, ...single, nameParts, attributes };
}

function attributeOf(column: string, name: string, type: AttributeType, dateOrder?: DateOrder): MappedAttribute {
  return { column, name, type, ...(type === 'date' && dateOrder ? { dateOrder } : {}) };
}

function refuseSameNames(attributes: readonly MappedAttribute[]): void {
  const taken = new Set<string>();
  attributes.forEach(({ name }, i) => {
    const key = name.toLowerCase();
    if (taken.has(key))
      throw new Problem('attribute_name_taken', 422, `Two attributes have the name "${name}".`, {
        field: `options.mapping.attributes.${i}.name`,
        fix: 'Give each attribute a name of its own: of two values under one name, one would be lost.',
      });
    taken.add(key);
  });
}

function listed(columns: readonly string[]): string {
  const shown = columns.slice(0, 20).join(', ');
  return columns.length > 20 ? `${shown} and ${columns.length - 20} more` : shown;
}

// What is proposed ---------------------------------------------------------------------------------------------------

interface ColumnFacts {
  at: number;
  column: string;
  /** What the column is called, or would be if the file had a header. */
  title: string;
  meaning: ColumnMeaning | null;
  /** Values of the sample, those that are empty left out. */
  values: string[];
  type: GuessedType;
  /** Share of the values that are phones; null without values. */
  phoneRate: number | null;
}

/** Of values that are not empty; null without any. */
function rateOf(values: readonly string[], fits: (value: string) => boolean): number | null {
  return values.length === 0 ? null : values.filter(fits).length / values.length;
}

function isPhone(value: string, country: string): boolean {
  // Most values of most columns are none at first sight.
  return /\d\D{0,3}\d\D{0,3}\d\D{0,3}\d/.test(value) && isPhoneCell(readPhoneCell(value, country));
}

function isPriority(value: string): boolean {
  return /^-?\d{1,5}$/.test(value);
}

/** Hardly any value comes twice: people may stand in a file twice, but not all of them. */
function isKey(values: readonly string[]): boolean {
  return values.length < 5 || new Set(values).size >= values.length * 0.8;
}

const hasLetters = (value: string) => /\p{L}/u.test(value);
/** Written as people write phones, and not as a plain row of digits, which may be an id or an amount. */
const isWrittenAsPhone = (value: string) => /^\+\d|\d[ )-]+\d+[ -]\d/.test(value);
/** A day without marks between its parts. */
const isPlainDate = (value: string) => /^(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d$/.test(value);

class Draft {
  private readonly mapping: Mapping = {
    phones: [],
    name: null,
    nameParts: [],
    externalId: null,
    region: null,
    timeZone: null,
    priority: null,
    owner: null,
    attributes: [],
  };
  private readonly guesses = new Map<number, ColumnGuess>();

  /** `by`: what gave the columns their titles. */
  constructor(
    private readonly facts: readonly ColumnFacts[],
    private readonly hasRows: boolean,
    private readonly by: 'header' | 'content',
  ) {}

  takePhones(): void {
    const headed = this.facts.filter((fact) => isHeadedPhone(fact));
    const proven = headed.some(({ phoneRate }) => (phoneRate ?? 0) >= 0.5);
    const found = this.facts.filter((fact) => !headed.includes(fact) && looksLikePhones(fact, proven));
    // Called phone, and no value is one: it loses against columns whose values are.
    const others = proven || found.length > 0;
    const chosen = [...headed.filter(({ phoneRate }) => !others || phoneRate !== 0), ...found]
      .map((fact) => ({ fact, rank: phoneRank(fact) }))
      .sort((a, b) => a.rank - b.rank || a.fact.at - b.fact.at)
      .slice(0, MAX_PHONE_COLUMNS);
    for (const { fact } of chosen) {
      this.mapping.phones.push(fact.column);
      this.guess(fact, 'phone', this.phoneConfidence(fact), isHeadedPhone(fact) ? this.by : 'content');
    }
  }

  takeTimeZone(): void {
    const zoneRate = ({ values }: ColumnFacts) => rateOf(values, (value) => canonicalZone(value) !== null);
    this.takeByName('timeZone', (values) => rateOf(values, (value) => canonicalZone(value) !== null)! >= 0.5);
    if (this.mapping.timeZone !== null) return;
    const found = this.free().find((fact) => (zoneRate(fact) ?? 0) >= 0.9);
    if (!found) return;
    this.mapping.timeZone = found.column;
    this.guess(found, 'timeZone', 0.9 * zoneRate(found)!, 'content');
  }

  takeNames(): void {
    const whole = this.bestNamed('name', (values) => rateOf(values, mayBeName)! >= 0.5);
    const first = this.bestNamed('firstName', () => true);
    const middle = this.bestNamed('middleName', () => true);
    const last = this.bestNamed('lastName', () => true);
    const parts = [first, middle, last].filter((part) => part !== undefined);
    const emptyWhole = whole?.values.length === 0 && parts.some(({ values }) => values.length > 0);
    // Beside a surname and without another given name, `name` is one: `nombre` and `apellido`.
    const given = whole && last && !first && GIVEN_NAMES.has(simplifyName(whole.title)) ? whole : first;
    if (whole && given !== whole && !emptyWhole) {
      this.mapping.name = whole.column;
      this.guess(whole, 'name', this.confidence(whole), this.by);
      return;
    }
    if (!given && !last) return;
    const vietnamese = given && simplifyName(given.title) === 'ten';
    const ordered = vietnamese ? [last, middle, given] : [given, middle, last];
    for (const part of ordered) {
      if (!part) continue;
      this.mapping.nameParts.push(part.column);
      const field = part === given ? 'firstName' : part === last ? 'lastName' : 'middleName';
      this.guess(part, field, this.confidence(part), this.by);
    }
  }

  /** The column that is called so, if its values fit, where it has any. */
  takeByName(field: Exclude<SingleField, 'name'>, fits: (values: readonly string[]) => boolean): void {
    const fact = this.bestNamed(field, fits);
    if (!fact) return;
    this.mapping[field] = fact.column;
    this.guess(fact, field, this.confidence(fact), this.by);
  }

  finish(): MappingProposal {
    const guesses = this.facts.map((fact) => this.guesses.get(fact.at) ?? this.attributeGuess(fact));
    return { mapping: this.mapping, guesses };
  }

  private attributeGuess(fact: ColumnFacts): ColumnGuess {
    this.mapping.attributes.push(attributeOf(fact.column, fact.title, fact.type.type, fact.type.dateOrder));
    return { column: fact.column, field: 'attribute', confidence: 0, by: 'none', ...fact.type };
  }

  private free(): ColumnFacts[] {
    return this.facts.filter(({ at }) => !this.guesses.has(at));
  }

  /** Of columns that are called so, one with values before one without, then the better name. */
  private bestNamed(
    field: Exclude<NamedField, 'phone'>,
    fits: (values: readonly string[]) => boolean,
  ): ColumnFacts | undefined {
    const rank = ({ meaning }: ColumnFacts) => (meaning && 'rank' in meaning ? meaning.rank : 0);
    return this.free()
      .filter(({ meaning, values }) => meaning?.field === field && (values.length === 0 || fits(values)))
      .sort((a, b) => Number(a.values.length === 0) - Number(b.values.length === 0) || rank(a) - rank(b))[0];
  }

  private guess(fact: ColumnFacts, field: NamedField, confidence: number, by: 'header' | 'content'): void {
    const rounded = Math.round(confidence * 100) / 100;
    this.guesses.set(fact.at, { column: fact.column, field, confidence: rounded, by, ...fact.type });
  }

  /** Of a column that is called so, and whose values fit, where there are any. */
  private confidence({ values }: ColumnFacts): number {
    return values.length > 0 ? 0.95 : this.hasRows ? 0.4 : 0.8;
  }

  private phoneConfidence(fact: ColumnFacts): number {
    const { phoneRate } = fact;
    if (phoneRate === null) return this.confidence(fact);
    if (!isHeadedPhone(fact)) return 0.8 * phoneRate;
    return phoneRate >= 0.5 ? 0.5 + 0.49 * phoneRate : 0.2 + 0.5 * phoneRate;
  }
}

/** Codes have letters too: `C-1042` is nobody's name. */
const mayBeName = (value: string) => hasLetters(value) && !/^\p{L}{0,4}[-_]?\d+$/u.test(value);

const GIVEN_NAMES = new Set(['name', 'nombre', 'nome']);

function isHeadedPhone({ meaning, phoneRate }: ColumnFacts): boolean {
  return meaning?.field === 'phone' && (meaning.certain || (phoneRate ?? 0) >= 0.5);
}

/** Do the values alone say that the column holds phones? `proven`: another column does, by its name as well. */
function looksLikePhones({ meaning, values, phoneRate, type }: ColumnFacts, proven: boolean): boolean {
  if (phoneRate === null || (meaning !== null && meaning.field !== 'phone' && meaning.field !== 'name')) return false;
  const written = rateOf(values, isWrittenAsPhone)! >= 0.5;
  if (proven || meaning?.field === 'name') return phoneRate >= 0.9 && written;
  return phoneRate >= 0.6 && (written || (type.type !== 'date' && rateOf(values, isPlainDate)! < 0.5));
}

/** Columns whose values are phones first; among them the mobile before the main number, and so on. */
function phoneRank({ meaning, phoneRate }: ColumnFacts): number {
  const proof = phoneRate === null ? 3 : phoneRate >= 0.5 ? 0 : phoneRate > 0 ? 1 : 2;
  const kind = PHONE_KINDS.indexOf(meaning?.field === 'phone' ? meaning.kind : 'main');
  return proof * PHONE_KINDS.length + kind;
}

/** Columns of a lead file of VICIdial, which has no header, in their order. */
const VICIDIAL_COLUMNS = [
  'vendor_lead_code',
  'source_id',
  'list_id',
  'phone_code',
  'phone_number',
  'title',
  'first_name',
  'middle_initial',
  'last_name',
  'address1',
  'address2',
  'address3',
  'city',
  'state',
  'province',
  'postal_code',
  'country_code',
  'gender',
  'date_of_birth',
  'alt_phone',
  'email',
  'security_phrase',
  'comments',
  'rank',
  'owner',
] as const;

const VICIDIAL_VALUES: Partial<Record<(typeof VICIDIAL_COLUMNS)[number], RegExp>> = {
  phone_code: /^\d{1,4}$/,
  phone_number: /^\d{6,16}$/,
  country_code: /^([A-Z]{2,3})?$/,
  gender: /^[MFU]?$/,
  date_of_birth: /^(\d{4}-\d\d-\d\d)?$/,
  email: /^(\S+@\S+)?$/,
};
/** The last columns may be left off. */
const VICIDIAL_LEAST_COLUMNS = 22;

/** Certain only where all of its columns with a form of their own keep it, and not by being empty. */
function isVicidial(columns: readonly string[], sample: readonly (readonly string[])[]): boolean {
  if (columns.length < VICIDIAL_LEAST_COLUMNS || columns.some((column, at) => column !== `column ${at + 1}`))
    return false;
  const rows = sample.filter((row) => row.length >= VICIDIAL_LEAST_COLUMNS).slice(0, SAMPLED_VALUES);
  const forms = VICIDIAL_COLUMNS.map((name) => VICIDIAL_VALUES[name]);
  const fitting = rows.filter((row) => forms.every((form, at) => !form || form.test(row[at]!.trim())));
  const told = (name: (typeof VICIDIAL_COLUMNS)[number]) =>
    fitting.some((row) => row[VICIDIAL_COLUMNS.indexOf(name)]!.trim() !== '');
  return rows.length > 0 && fitting.length >= rows.length * 0.9 && told('gender') && told('date_of_birth');
}
