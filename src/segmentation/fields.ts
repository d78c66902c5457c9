import { ATTRIBUTE_PREFIX, NUMBER_PATTERN, STANDARD_FIELDS, type FieldType, type StandardField } from './rule.js';

/** What a field is shown as: of an attribute, what the import made of it. */
export type ShownType = Exclude<FieldType, 'attribute'> | 'list';

/** A field that rules may ask, as the rule builder shows it. */
export interface SegmentField {
  field: string;
  /**
   * An attribute is what all bases declare; text where they differ. Where none declares it, it is called a number when all
   * of its samples are. It may be asked in any way.
   */
  type: ShownType;
  label: string;
  /** Values that leads have, the most frequent first. */
  samples: string[];
}

const LABELS: Readonly<Record<StandardField, string>> = {
  base: 'Base',
  segment: 'Segment',
  name: 'Name',
  region: 'Region',
  external_id: 'External id',
  country: 'Country',
  line_type: 'Line type',
  zone: 'Time zone',
  phone_count: 'Number of phones',
  priority: 'Priority',
  owner: 'Owner',
  consent: 'Consent',
  loaded_at: 'Loaded',
  last_outcome: 'Last outcome',
  refusal_reason: 'Refusal reason',
  refusal_price: 'Price named in the refusal',
  refusal_currency: 'Currency of the refusal',
  refusal_competitor: 'Competitor',
  reconsider_on: 'Would reconsider on',
  refused_offer: 'Refused offer',
  refused_offer_price: 'Price of the refused offer',
  attempts: 'Attempts so far',
  contacts: 'Contacts so far',
  last_attempt_at: 'Last attempt',
  last_contact_at: 'Last contact',
  talked_seconds: 'Longest talk, in seconds',
  callback_pending: 'Callback pending',
  bought_offer: 'Bought offer',
  complained: 'Complained',
};

const NUMBER = new RegExp(NUMBER_PATTERN);

/** The standard fields in their order, then the attributes that were seen or declared, in their order. */
export function describeFields(
  seen: readonly { field: string; samples: string[] }[],
  declared: readonly { name: string; types: readonly string[] }[] = [],
): SegmentField[] {
  const samples = new Map(seen.map((row) => [row.field, row.samples]));
  const types = new Map(declared.map((row) => [`${ATTRIBUTE_PREFIX}${row.name}`, row.types]));
  const standard = (Object.keys(STANDARD_FIELDS) as StandardField[]).map((field) => ({
    field,
    type: STANDARD_FIELDS[field],
    label: LABELS[field],
    samples: samples.get(field) ?? [],
  }));
  const names = new Set([...samples.keys()].filter((field) => field.startsWith(ATTRIBUTE_PREFIX)));
  for (const name of types.keys()) names.add(name);
  const attributes = [...names].sort().map((field) => ({
    field,
    type: attributeType(types.get(field), samples.get(field) ?? []),
    label: field.slice(ATTRIBUTE_PREFIX.length),
    samples: samples.get(field) ?? [],
  }));
  return [...standard, ...attributes];
}

function attributeType(declared: readonly string[] | undefined, samples: readonly string[]): ShownType {
  if (declared) return declared.length === 1 ? (declared[0] as ShownType) : 'text';
  return samples.length > 0 && samples.every((sample) => NUMBER.test(sample)) ? 'number' : 'text';
}
