import { fictionalPhone, FICTIONAL_PHONES } from '../leads/fictional-phones.js';
import { isPhoneFault, parsePhone, type ParsedPhone } from '../leads/phone-number.js';
import { zoneCandidates } from '../leads/time-zones.js';
import type { CsvRecord } from './csv-reader.js';
import type { Mapping } from './mapping.js';
import { unsafeField } from './spreadsheet-safe.js';

/** What it takes to read the rows of one file. */
export interface RowPlan {
  columns: readonly string[];
  mapping: Mapping;
  /** ISO 3166-1: of numbers that are written without a country. */
  country: string;
  /** Set: rows get fictional numbers under `seed`, the first row that of index `from`. */
  generate: { seed: string; from: number } | null;
}

/** A row that makes a lead. */
export interface LeadRow {
  phone: ParsedPhone;
  externalId: string | null;
  name: string | null;
  region: string | null;
  /** Columns that are mapped to nothing else; empty values left out. */
  attributes: Record<string, string>;
  priority: number;
  /** IANA zones where the person may be, sorted. */
  zones: readonly string[];
}

/** Why a row makes none. `detail` repeats nothing of the row: it is stored unsealed. */
export interface RowFault {
  code: string;
  detail: string;
  /** The column to look at, or null for the row as a whole. */
  column: string | null;
}

export type ReadRow = (record: CsvRecord, rowNumber: number) => LeadRow | RowFault;

export function isRowFault(row: LeadRow | RowFault): row is RowFault {
  return 'code' in row;
}

/** The rule by which the rows of a file are read. `rowNumber` counts data rows from 1. */
export function rowReader(plan: RowPlan): ReadRow {
  const { columns, mapping } = plan;
  const place = (name: string | null) => (name === null ? -1 : columns.indexOf(name));
  const phoneAt = place(mapping.phone);
  const externalIdAt = place(mapping.externalId);
  const regionAt = place(mapping.region);
  const timeZoneAt = place(mapping.timeZone);
  const priorityAt = place(mapping.priority);
  const nameAt =
    mapping.nameParts.length > 0 ? mapping.nameParts.map(place) : [place(mapping.name)].filter((at) => at >= 0);
  const mapped = new Set([phoneAt, externalIdAt, regionAt, timeZoneAt, priorityAt, ...nameAt]);
  const attributesAt = columns.map((_, at) => at).filter((at) => !mapped.has(at));

  return (record, rowNumber) => {
    if (record.fault) return { ...record.fault, column: null };
    const fields = record.fields;
    const fault = shapeFault(fields, columns);
    if (fault) return fault;
    const value = (at: number) => (at < 0 ? '' : unsafeField(fields[at]!).trim());

    const priority = priorityOf(value(priorityAt));
    if (priority === null)
      return {
        code: 'priority_invalid',
        detail: 'The priority is no whole number from -32768 to 32767.',
        column: mapping.priority,
      };
    const phone = plan.generate ? generatedPhone(plan.generate, rowNumber) : parsePhone(value(phoneAt), plan.country);
    if (phone === null)
      return {
        code: 'fictional_phones_exhausted',
        detail: `Only ${FICTIONAL_PHONES} numbers are reserved for fiction, and all of them are used.`,
        column: null,
      };
    if (isPhoneFault(phone)) return { ...phone, column: mapping.phone };

    const region = value(regionAt) || null;
    const attributes: [string, string][] = [];
    for (const at of attributesAt) {
      const text = value(at);
      if (text !== '') attributes.push([columns[at]!, text]);
    }
    return {
      phone,
      externalId: value(externalIdAt) || null,
      name:
        nameAt
          .map(value)
          .filter((part) => part !== '')
          .join(' ') || null,
      region,
      // Defines each key as its own: a column may be called __proto__.
      attributes: Object.fromEntries(attributes),
      priority,
      zones: zoneCandidates({ country: phone.country, timeZone: value(timeZoneAt), region }),
    };
  };
}

function shapeFault(fields: readonly string[], columns: readonly string[]): RowFault | null {
  // Delimiters too many at the end are a habit of exporters; a value without a column is not.
  const surplus = fields.length > columns.length && fields.slice(columns.length).some((field) => field.trim() !== '');
  if (surplus || fields.length < columns.length)
    return {
      code: surplus ? 'row_too_wide' : 'row_too_narrow',
      detail: `The row has ${fields.length} ${fields.length === 1 ? 'value' : 'values'} where the header has ${columns.length}.`,
      column: null,
    };
  const nullAt = fields.findIndex((field) => field.includes('\0'));
  if (nullAt >= 0)
    return {
      code: 'null_byte',
      detail: 'A value holds a null byte, which no text has.',
      column: columns[nullAt] ?? null,
    };
  return null;
}

function priorityOf(text: string): number | null {
  if (text === '') return 0;
  const value = Number(text.replace(/[.,]0+$/, ''));
  return Number.isInteger(value) && value >= -32_768 && value <= 32_767 ? value : null;
}

function generatedPhone(generate: { seed: string; from: number }, rowNumber: number): ParsedPhone | null {
  const index = generate.from + rowNumber - 1;
  if (index >= FICTIONAL_PHONES) return null;
  const { e164, country } = fictionalPhone(index, generate.seed);
  return { e164, country, lineType: 'fixed_line', lastDigits: e164.slice(-2) };
}
