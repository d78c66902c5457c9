import {
  ATTRIBUTE_PREFIX,
  dayFrom,
  daysBefore,
  NUMBER_PATTERN,
  stretchOf,
  typeOfField,
  type Condition,
  type FieldType,
  type Rule,
  type StandardField,
} from './rule.js';

/** All that a rule may ask of one lead. Where there is no history, all of it is zero, null, false or empty. */
export interface EvaluatedLead extends Record<Exclude<StandardField, 'segment'>, Value> {
  base: number;
  name: string | null;
  region: string | null;
  external_id: string | null;
  priority: number;
  owner: number | null;
  consent: boolean;
  loaded_at: Date;
  /** Of the phone that is dialled first. */
  country: string | null;
  line_type: string | null;
  zone: readonly string[];
  phone_count: number;
  /** As the import made them: texts, numbers, booleans and lists of texts. */
  attributes: Readonly<Record<string, unknown>>;
  attempts: number;
  contacts: number;
  talked_seconds: number;
  /** Outcome code of the latest call that has one. */
  last_outcome: string | null;
  refusal_reason: string | null;
  refusal_price: number | null;
  refusal_currency: string | null;
  refusal_competitor: string | null;
  /** `2026-03-01`. */
  reconsider_on: string | null;
  refused_offer: number | null;
  refused_offer_price: number | null;
  /** What was asked of them then. */
  last_attempt_at: Date | null;
  last_contact_at: Date | null;
  callback_pending: boolean;
  bought_offer: readonly number[];
  complained: boolean;
}

type Value = string | number | boolean | Date | readonly string[] | readonly number[] | null;

/** A lead without anything: what a missing history or phone stands for. */
export const NOBODY: EvaluatedLead = {
  base: 0,
  name: null,
  region: null,
  external_id: null,
  priority: 0,
  owner: null,
  consent: false,
  loaded_at: new Date(0),
  country: null,
  line_type: null,
  zone: [],
  phone_count: 0,
  attributes: {},
  attempts: 0,
  contacts: 0,
  talked_seconds: 0,
  last_outcome: null,
  refusal_reason: null,
  refusal_price: null,
  refusal_currency: null,
  refusal_competitor: null,
  reconsider_on: null,
  refused_offer: null,
  refused_offer_price: null,
  last_attempt_at: null,
  last_contact_at: null,
  callback_pending: false,
  bought_offer: [],
  complained: false,
};

/**
 * Does the rule select this lead? The same meaning as the compiled SQL, for one lead at hand. Named segments are expanded
 * before.
 */
export function evaluateRule(rule: Rule, lead: EvaluatedLead, now: Date): boolean {
  if ('all' in rule) return rule.all.every((member) => evaluateRule(member, lead, now));
  if ('any' in rule) return rule.any.some((member) => evaluateRule(member, lead, now));
  if ('none' in rule) return !rule.none.some((member) => evaluateRule(member, lead, now));
  return evaluateCondition(rule, lead, now);
}

function evaluateCondition(condition: Condition, lead: EvaluatedLead, now: Date): boolean {
  const { field, is } = condition;
  const type = typeOfField(field);
  if (type === null || type === 'segment') throw new Error(`The field ${field} can't be evaluated`);
  if (is === 'not_equals') return !evaluateCondition({ ...condition, is: 'equals' }, lead, now);
  if (is === 'empty') return !evaluateCondition({ ...condition, is: 'not_empty' }, lead, now);
  if (type === 'attribute') return holdsForAttribute(attributeOf(field, lead), condition, now);
  const value = lead[field as Exclude<StandardField, 'segment'>];
  return value !== null && holds(type, value, condition, now);
}

function holds(type: FieldType, value: Value & {}, condition: Condition, now: Date): boolean {
  const { is, value: wanted } = condition;
  switch (type) {
    case 'boolean':
      return value === (is === 'is_true');
    case 'instant':
      return holdsForInstant(value as Date, condition, now);
    case 'date':
      return holdsForDay(value as string, condition, now);
    case 'offers':
      if (is === 'not_empty') return (value as number[]).length > 0;
      return [wanted].flat().some((id) => (value as number[]).includes(id as number));
    case 'zone':
      return (value as string[]).some((zone) => holdsForText(zone, condition));
    case 'text':
      return holdsForText(value as string, condition);
    default:
      return is === 'not_empty' || holdsForNumber(value as number, condition);
  }
}

function attributeOf(field: string, lead: EvaluatedLead): unknown {
  const key = field.slice(ATTRIBUTE_PREFIX.length);
  return Object.hasOwn(lead.attributes, key) ? lead.attributes[key] : null;
}

function holdsForAttribute(value: unknown, condition: Condition, now: Date): boolean {
  if (value === null) return false;
  const { is, value: wanted } = condition;
  const text = textOf(value);
  const asNumber = (against: Condition) =>
    typeof value === 'number'
      ? holdsForNumber(value, against)
      : typeof value === 'string' && holdsForText(value, against);
  switch (is) {
    case 'has':
      return [wanted].flat().some((item) => (Array.isArray(value) ? value.includes(item) : value === item));
    case 'not_empty':
      return text !== '' && text !== '[]';
    case 'is_true':
    case 'is_false':
      return text === (is === 'is_true' ? 'true' : 'false');
    case 'contains':
    case 'starts_with':
      return holdsForText(text, condition);
    case 'equals':
      return typeof wanted === 'string' ? text === wanted : asNumber(condition);
    case 'one_of': {
      const numbers = (wanted as unknown[]).filter((choice) => typeof choice === 'number');
      return (wanted as unknown[]).includes(text) || asNumber({ ...condition, value: numbers });
    }
    case 'greater_than':
    case 'less_than':
      return asNumber(condition);
    case 'between':
      if (typeof (wanted as unknown[])[0] === 'number') return asNumber(condition);
      break;
    default:
  }
  return DAY.test(text) && holdsForDay(text.slice(0, 10), condition, now);
}

/** What DAY_LIKE says. */
const DAY = /^.{4}-..-../su;

/** As the database writes a value of JSON out: numbers without an exponent, lists as JSON with blanks. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return plainNumber(value);
  return Array.isArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]` : JSON.stringify(value);
}

function plainNumber(value: number): string {
  const [digits, exponent] = String(value).split('e');
  if (exponent === undefined) return digits!;
  const [, sign, whole, fraction = ''] = /^(-?)(\d)(?:\.(\d+))?$/.exec(digits!)!;
  const power = Number(exponent);
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${whole}${fraction}`;
  return `${sign}${whole}${fraction.padEnd(power, '0')}`;
}

function holdsForNumber(value: number, condition: Condition): boolean {
  const wanted = condition.value;
  switch (condition.is) {
    case 'equals':
      return value === wanted;
    case 'one_of':
      return (wanted as number[]).includes(value);
    case 'greater_than':
      return value > (wanted as number);
    case 'less_than':
      return value < (wanted as number);
    case 'between': {
      const [low, high] = wanted as [number, number];
      return low <= value && value <= high;
    }
    default:
      throw new Error(`A number can't be asked for ${condition.is}`);
  }
}

const NUMBER = new RegExp(NUMBER_PATTERN);

function holdsForText(value: string, condition: Condition): boolean {
  const wanted = condition.value;
  const asNumber = (against: Condition) => NUMBER.test(value) && holdsForNumber(Number(value), against);
  switch (condition.is) {
    case 'not_empty':
      return value !== '';
    case 'contains':
      return value.includes(wanted as string);
    case 'starts_with':
      return value.startsWith(wanted as string);
    case 'equals':
      return typeof wanted === 'string' ? value === wanted : asNumber(condition);
    case 'one_of': {
      const choices = wanted as (string | number)[];
      const numbers = choices.filter((choice) => typeof choice === 'number');
      return choices.includes(value) || asNumber({ ...condition, value: numbers });
    }
    default:
      return asNumber(condition);
  }
}

/** `day` is ten characters, the order of which is that of the days. */
function holdsForDay(day: string, condition: Condition, now: Date): boolean {
  const { is, value: wanted } = condition;
  const from = (days: number) => dayFrom(now, days);
  switch (is) {
    case 'not_empty':
      return true;
    case 'equals':
      return day === wanted;
    case 'before':
      return day < (wanted as string);
    case 'after':
      return day > (wanted as string);
    case 'between': {
      const [first, last] = wanted as [string, string];
      return first <= day && day <= last;
    }
    case 'in_last_days':
      return from(-(wanted as number)) <= day && day <= from(0);
    case 'in_next_days':
      return from(0) <= day && day <= from(wanted as number);
    case 'more_than_days_ago':
      return day < from(-(wanted as number));
    default:
      throw new Error(`A date can't be asked for ${is}`);
  }
}

function holdsForInstant(at: Date, condition: Condition, now: Date): boolean {
  const { is, value: wanted } = condition;
  const isAfter = (text: string) => {
    const { from, to } = stretchOf(text);
    return from.getTime() === to.getTime() ? at > to : at >= to;
  };
  switch (is) {
    case 'not_empty':
      return true;
    case 'before':
      return at < stretchOf(wanted as string).from;
    case 'after':
      return isAfter(wanted as string);
    case 'between': {
      const [first, last] = wanted as [string, string];
      return at >= stretchOf(first).from && !isAfter(last);
    }
    case 'in_last_days':
      return at >= daysBefore(now, wanted as number) && at <= now;
    case 'more_than_days_ago':
      return at < daysBefore(now, wanted as number);
    default:
      throw new Error(`An instant can't be asked for ${is}`);
  }
}
