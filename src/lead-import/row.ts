import { fictionalPhone, FICTIONAL_PHONES } from '../leads/fictional-phones.js';
import { type ParsedPhone, type PhoneFault } from '../leads/phone-number.js';
import type { NumberRanges } from '../leads/number-ranges.js';
import { canonicalZone } from '../leads/time-zones.js';
import { placeOfNumber, whereabouts, type Whereabouts } from '../leads/whereabouts.js';
import { isPlaceholder, readAttribute, type AttributeType, type AttributeValue } from './attribute-types.js';
import type { Mapping } from './mapping.js';
import { isPhoneCell, readPhoneCell } from './phone-cell.js';
import type { FileRecord } from './record.js';
import { unsafeField } from './spreadsheet-safe.js';

/** What it takes to read the rows of one file. */
export interface RowPlan {
  columns: readonly string[];
  mapping: Mapping;
  /** ISO 3166-1: of numbers that are written without a country. */
  country: string;
  /** Of rows that state none. */
  defaultPriority: number;
  /** Set: rows get fictional numbers under `seed`, the first row that of index `from`. */
  generate: { seed: string; from: number } | null;
  /** Ids of those who may own leads, by login in small letters. Null: nobody may. */
  owners: Readonly<Record<string, number>> | null;
  /** Where the ranges of numbers belong, by country, as far as registers were loaded. */
  ranges?: Readonly<Record<string, NumberRanges>>;
}

/** A row that makes a lead. */
export interface LeadRow {
  /** At least one, none twice; the first is the main one. */
  phones: ParsedPhone[];
  externalId: string | null;
  name: string | null;
  region: string | null;
  /**
   * Empty values left out. Beside the attributes of the mapping it keeps what a column held that could not be read as what
   * it is mapped to, yet is no reason to refuse the row: further phones, and time zones, as they were written.
   */
  attributes: Record<string, AttributeValue>;
  priority: number;
  ownerId: number | null;
  /** IANA zones where the person may be by the main phone, sorted. The same array for the same zones, mostly. */
  zones: readonly string[];
  /** Where the person may be by each of the phones, in their order. The same object for the same place, mostly. */
  places: Whereabouts[];
}

/** Why a row makes none. `detail` repeats nothing of the row: it is stored unsealed. */
export interface RowFault {
  code: string;
  detail: string;
  /** The column to look at, or null for the row as a whole. */
  column: string | null;
}

export type ReadRow = (record: FileRecord, rowNumber: number) => LeadRow | RowFault;

export function isRowFault(row: LeadRow | RowFault): row is RowFault {
  return 'code' in row;
}

export const LONGEST_EXTERNAL_ID = 200;
export const LONGEST_NAME = 500;

const MISSING: PhoneFault = { code: 'phone_missing', detail: 'The phone is empty.' };

/**
 * The rule by which the rows of a file are read. `rowNumber` counts data rows from 1. What it returns runs for each row:
 * all that depends on the file alone is settled before.
 */
export function rowReader(plan: RowPlan): ReadRow {
  const { columns, mapping, country, defaultPriority, generate } = plan;
  const width = columns.length;
  const place = (name: string | null) => (name === null ? -1 : columns.indexOf(name));
  const phonesAt = mapping.phones.map(place);
  const nameAt = place(mapping.name);
  const namePartsAt = mapping.nameParts.map(place);
  const externalIdAt = place(mapping.externalId);
  const regionAt = place(mapping.region);
  const timeZoneAt = place(mapping.timeZone);
  const priorityAt = place(mapping.priority);
  const ownerAt = place(mapping.owner);
  const owners = new Map(Object.entries(plan.owners ?? {}));
  const attributesAt = mapping.attributes.map(({ column }) => place(column));
  const { attributes: mapped } = mapping;
  const keep = keeper(mapping);
  const placeOf = placeFinder(plan.ranges ?? {});

  return (record, rowNumber) => {
    if (record.fault) return { ...record.fault, column: null };
    const fields = record.fields;
    if (fields.length !== width) {
      const fault = widthFault(fields, width);
      if (fault) return fault;
    }
    for (let at = 0; at < fields.length; at++) if (fields[at]!.includes('\0')) return nullByte(columns[at] ?? null);

    const priority = priorityAt < 0 ? defaultPriority : priorityOf(clean(fields[priorityAt]!), defaultPriority);
    if (priority === null) return priorityFault(mapping.priority);

    const attributes: Record<string, AttributeValue> = {};
    let phones: ParsedPhone[] | null = null;
    if (generate) {
      const phone = generatedPhone(generate, rowNumber);
      if (phone === null) return NO_MORE_PHONES;
      phones = [phone];
    } else {
      let fault: RowFault | null = null;
      for (let i = 0; i < phonesAt.length; i++) {
        const text = clean(fields[phonesAt[i]!]!);
        if (text === '') continue;
        const cell = readPhoneCell(text, country);
        if (isPhoneCell(cell)) {
          phones = withPhones(phones, cell.phones);
          if (cell.rest !== null) keep(attributes, mapping.phones[i]!, cell.rest);
        } else {
          fault ??= { ...cell, column: mapping.phones[i]! };
          keep(attributes, mapping.phones[i]!, text);
        }
      }
      if (phones === null) return fault ?? { ...MISSING, column: mapping.phones[0] ?? null };
    }

    const externalId = externalIdAt < 0 ? '' : clean(fields[externalIdAt]!);
    if (externalId.length > LONGEST_EXTERNAL_ID) return externalIdFault(mapping.externalId);
    let name = nameAt < 0 ? '' : clean(fields[nameAt]!);
    if (name === '')
      for (let i = 0; i < namePartsAt.length; i++) {
        const part = clean(fields[namePartsAt[i]!]!);
        if (part !== '') name = name === '' ? part : `${name} ${part}`;
      }
    if (name.length > LONGEST_NAME) return nameFault(mapping.name ?? mapping.nameParts[0] ?? null);

    const login = ownerAt < 0 ? '' : clean(fields[ownerAt]!);
    let ownerId: number | null = null;
    if (login !== '') {
      const found = owners.get(login.toLowerCase());
      if (found === undefined) return ownerFault(mapping.owner);
      ownerId = found;
    }

    for (let i = 0; i < attributesAt.length; i++) {
      const text = clean(fields[attributesAt[i]!]!);
      if (text === '') continue;
      const { name: key, type, dateOrder } = mapped[i]!;
      const value = type === 'text' ? text : readAttribute(type, text, dateOrder);
      if (value !== undefined) put(attributes, key, value);
      // `n/a` is no date, and nothing that a date was lost of.
      else if (!isPlaceholder(text)) return attributeFault(mapped[i]!.column, type);
    }

    const region = regionAt < 0 ? '' : clean(fields[regionAt]!);
    let timeZone = timeZoneAt < 0 ? '' : clean(fields[timeZoneAt]!);
    if (timeZone !== '' && canonicalZone(timeZone) === null) {
      keep(attributes, mapping.timeZone!, timeZone);
      timeZone = '';
    }
    const places: Whereabouts[] = [];
    for (let i = 0; i < phones.length; i++) places.push(placeOf(phones[i]!, timeZone, region));
    return {
      phones,
      externalId: externalId || null,
      name: name || null,
      region: region || null,
      attributes,
      priority,
      ownerId,
      zones: places[0]!.zones,
      places,
    };
  };
}

const APOSTROPHE = 39;
const SPACE = 32;
const DELETE = 127;

/** Without the apostrophe of a safe export, and without blanks around it. Most values have neither. */
function clean(text: string): string {
  const length = text.length;
  if (length === 0) return '';
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(length - 1);
  if (first > SPACE && first !== APOSTROPHE && first < DELETE && last > SPACE && last < DELETE) return text;
  return unsafeField(text).trim();
}

/** Sets a key of the object's own, also `__proto__`. */
function put(attributes: Record<string, AttributeValue>, key: string, value: AttributeValue): void {
  if (key === '__proto__')
    Object.defineProperty(attributes, key, { value, enumerable: true, configurable: true, writable: true });
  else attributes[key] = value;
}

/** Keeps the text of a column that is mapped to something else, under the column's name or one like it that is free. */
function keeper(mapping: Mapping): (attributes: Record<string, AttributeValue>, column: string, text: string) => void {
  const taken = new Set(mapping.attributes.map(({ name }) => name.toLowerCase()));
  const names = new Map<string, string>();
  for (const column of mapping.timeZone === null ? mapping.phones : [...mapping.phones, mapping.timeZone]) {
    let name = column;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${column} (${count})`;
    taken.add(name.toLowerCase());
    names.set(column, name);
  }
  return (attributes, column, text) => put(attributes, names.get(column)!, text);
}

function withPhones(known: ParsedPhone[] | null, found: ParsedPhone[]): ParsedPhone[] {
  if (known === null && found.length === 1) return found;
  const phones = known ?? [];
  for (const phone of found) if (!phones.some(({ e164 }) => e164 === phone.e164)) phones.push(phone);
  return phones;
}

/** More kinds of place than a file has, unless what is called a region is none. */
const CACHED_PLACES = 10_000;

function placeFinder(
  ranges: Readonly<Record<string, NumberRanges>>,
): (phone: ParsedPhone, timeZone: string, region: string) => Whereabouts {
  const byText = new Map<string, Map<object, Whereabouts>>();
  return (phone, timeZone, region) => {
    const { country, e164, lineType } = phone;
    // Its area or its range: one of a few hundred objects, or none.
    const number = placeOfNumber(country, e164, lineType, ranges[country]);
    const key = timeZone === '' && region === '' ? country : `${country}\t${timeZone}\t${region}`;
    let byNumber = byText.get(key);
    if (byNumber === undefined) {
      byNumber = new Map();
      if (byText.size < CACHED_PLACES) byText.set(key, byNumber);
    }
    const at = number ?? NOWHERE;
    let place = byNumber.get(at);
    if (place === undefined) {
      place = whereabouts({ country, timeZone, region, e164, lineType, ranges: ranges[country] });
      byNumber.set(at, place);
    }
    return place;
  };
}

const NOWHERE = {};

function priorityOf(text: string, otherwise: number): number | null {
  if (text === '') return otherwise;
  if (!/^[+-]?\d{1,6}(?:[.,]0+)?$/.test(text)) return null;
  const value = Number.parseInt(text, 10);
  return value >= -32_768 && value <= 32_767 ? value : null;
}

function generatedPhone(generate: { seed: string; from: number }, rowNumber: number): ParsedPhone | null {
  const index = generate.from + rowNumber - 1;
  if (index >= FICTIONAL_PHONES) return null;
  const { e164, country } = fictionalPhone(index, generate.seed);
  return { e164, country, lineType: 'fixed_line', lastDigits: e164.slice(-2) };
}

// What can be wrong -------------------------------------------------------------------------------------------------

const NO_MORE_PHONES: RowFault = {
  code: 'fictional_phones_exhausted',
  detail: `Only ${FICTIONAL_PHONES} numbers are reserved for fiction, and all of them are used.`,
  column: null,
};

function widthFault(fields: readonly string[], width: number): RowFault | null {
  // Delimiters too many at the end are a habit of exporters; a value without a column is not.
  const surplus = fields.length > width && fields.slice(width).some((field) => field.trim() !== '');
  if (!surplus && fields.length >= width) return null;
  return {
    code: surplus ? 'row_too_wide' : 'row_too_narrow',
    detail: `The row has ${fields.length} ${fields.length === 1 ? 'value' : 'values'} where the header has ${width}.`,
    column: null,
  };
}

function nullByte(column: string | null): RowFault {
  return { code: 'null_byte', detail: 'A value holds a null byte, which no text has.', column };
}

function priorityFault(column: string | null): RowFault {
  return { code: 'priority_invalid', detail: 'The priority is no whole number from -32768 to 32767.', column };
}

function externalIdFault(column: string | null): RowFault {
  return { code: 'external_id_too_long', detail: `The id is longer than ${LONGEST_EXTERNAL_ID} characters.`, column };
}

function nameFault(column: string | null): RowFault {
  return { code: 'name_too_long', detail: `The name is longer than ${LONGEST_NAME} characters.`, column };
}

function ownerFault(column: string | null): RowFault {
  return { code: 'owner_unknown', detail: 'Nobody has the login that is to own the lead.', column };
}

const TYPE_NAMES: Readonly<Record<AttributeType, string>> = {
  text: 'text',
  number: 'number',
  date: 'date',
  boolean: 'yes or no',
  list: 'list',
};

function attributeFault(column: string, type: AttributeType): RowFault {
  return { code: 'attribute_invalid', detail: `The value is no ${TYPE_NAMES[type]}.`, column };
}
