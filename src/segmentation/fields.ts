import { NUMBER_PATTERN } from './compile-rule.js';
import { ATTRIBUTE_PREFIX, STANDARD_FIELDS, type FieldType, type StandardField } from './rule.js';

/** A field that rules may ask, as the rule builder shows it. */
export interface SegmentField {
  field: string;
  /** An attribute is called a number when all of its samples are; it may be asked either way. */
  type: FieldType;
  label: string;
  /** Values that leads have, the most frequent first. */
  samples: string[];
}

const LABELS: Readonly<Record<StandardField, string>> = {
  base: 'Base',
  name: 'Name',
  region: 'Region',
  external_id: 'External id',
  country: 'Country',
  line_type: 'Line type',
  priority: 'Priority',
  last_outcome: 'Last outcome',
  refusal_reason: 'Refusal reason',
  attempts: 'Attempts so far',
};

const NUMBER = new RegExp(NUMBER_PATTERN);

/** The standard fields in their order, then the attributes that were seen, in the order given. */
export function describeFields(seen: readonly { field: string; samples: string[] }[]): SegmentField[] {
  const samples = new Map(seen.map((row) => [row.field, row.samples]));
  const standard = (Object.keys(STANDARD_FIELDS) as StandardField[]).map((field) => ({
    field,
    type: STANDARD_FIELDS[field],
    label: LABELS[field],
    samples: samples.get(field) ?? [],
  }));
  const attributes = seen
    .filter((row) => row.field.startsWith(ATTRIBUTE_PREFIX))
    .map((row) => ({
      field: row.field,
      type: row.samples.every((sample) => NUMBER.test(sample)) ? ('number' as const) : ('text' as const),
      label: row.field.slice(ATTRIBUTE_PREFIX.length),
      samples: row.samples,
    }));
  return [...standard, ...attributes];
}
