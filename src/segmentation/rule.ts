import type { FieldProblem } from '../common/problem.js';

/** Whom a segment selects, as the user put it together. Groups may be empty: `all` and `none` of nothing hold, `any` does not. */
export type Rule = { all: Rule[] } | { any: Rule[] } | { none: Rule[] } | Condition;

export const OPERATORS = [
  'equals',
  'not_equals',
  'one_of',
  'contains',
  'starts_with',
  'greater_than',
  'less_than',
  'between',
  'before',
  'after',
  'in_last_days',
  'more_than_days_ago',
  'in_next_days',
  'has',
  'is_true',
  'is_false',
  'empty',
  'not_empty',
  'in',
  'not_in',
] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Condition {
  field: string;
  is: Operator;
  value?: string | number | (string | number)[];
}

/**
 * What may be asked of a field.
 *
 * - `text`: may be missing; may also be compared as a number, which holds only where the text is one.
 * - `number`: always there. `amount`: a number that may be missing.
 * - `boolean`: yes or no, always there.
 * - `date`: a day, may be missing. `instant`: a moment, may be missing; days of it are those of UTC.
 * - `base`, `segment`: an id, always there. `user`, `offer`: an id that may be missing. `offers`: a list of ids.
 * - `zone`: one or several time zones (IANA); a comparison holds when it holds for one of them.
 * - `attribute`: what the import made of it: text, number, date (as text), boolean or list; each may be asked like all.
 */
export type FieldType =
  | 'text'
  | 'number'
  | 'amount'
  | 'boolean'
  | 'date'
  | 'instant'
  | 'base'
  | 'user'
  | 'offer'
  | 'offers'
  | 'segment'
  | 'zone'
  | 'attribute';

/** Fields that every lead has, besides `attribute.<key>`. */
export const STANDARD_FIELDS = {
  base: 'base',
  segment: 'segment',
  name: 'text',
  region: 'text',
  external_id: 'text',
  country: 'text',
  line_type: 'text',
  zone: 'zone',
  phone_count: 'number',
  priority: 'number',
  owner: 'user',
  consent: 'boolean',
  loaded_at: 'instant',
  last_outcome: 'text',
  refusal_reason: 'text',
  refusal_price: 'amount',
  refusal_currency: 'text',
  refusal_competitor: 'text',
  reconsider_on: 'date',
  refused_offer: 'offer',
  refused_offer_price: 'amount',
  attempts: 'number',
  contacts: 'number',
  last_attempt_at: 'instant',
  last_contact_at: 'instant',
  talked_seconds: 'number',
  callback_pending: 'boolean',
  bought_offer: 'offers',
  complained: 'boolean',
} as const satisfies Record<string, FieldType>;
export type StandardField = keyof typeof STANDARD_FIELDS;

export const ATTRIBUTE_PREFIX = 'attribute.';

/** Null for a field that there is not. */
export function typeOfField(field: string): FieldType | null {
  if (field.startsWith(ATTRIBUTE_PREFIX)) return 'attribute';
  return Object.hasOwn(STANDARD_FIELDS, field) ? STANDARD_FIELDS[field as StandardField] : null;
}

export const MAX_DEPTH = 8;
export const MAX_CONDITIONS = 100;
export const MAX_DAYS = 36_500;
const MAX_CHOICES = 1000;
const MAX_TEXT = 500;

const GROUPS = ['all', 'any', 'none'] as const;

const EQUALITY = ['equals', 'not_equals', 'one_of'] as const;
const ORDER = ['greater_than', 'less_than', 'between'] as const;
const PRESENCE = ['empty', 'not_empty'] as const;
const DAYS = ['before', 'after', 'between', 'in_last_days', 'more_than_days_ago'] as const;
const TEXT = [...EQUALITY, 'contains', 'starts_with', ...ORDER, ...PRESENCE] as const;

export const OPERATORS_OF: Readonly<Record<FieldType, readonly Operator[]>> = {
  text: TEXT,
  number: [...EQUALITY, ...ORDER],
  amount: [...EQUALITY, ...ORDER, ...PRESENCE],
  boolean: ['is_true', 'is_false'],
  date: ['equals', 'not_equals', ...DAYS, 'in_next_days', ...PRESENCE],
  instant: [...DAYS, ...PRESENCE],
  base: EQUALITY,
  user: [...EQUALITY, ...PRESENCE],
  offer: [...EQUALITY, ...PRESENCE],
  offers: ['has', ...PRESENCE],
  segment: ['in', 'not_in'],
  zone: [...EQUALITY, 'contains', 'starts_with'],
  attribute: [
    ...TEXT,
    'before',
    'after',
    'in_last_days',
    'more_than_days_ago',
    'in_next_days',
    'has',
    'is_true',
    'is_false',
  ],
};

/** Text that is a number: sign, digits, point, digits; nothing else. As short as this, no number overflows a double. */
export const NUMBER_PATTERN = '^[+-]?[0-9]{1,30}([.][0-9]{1,30})?$';

/** How a text of an attribute that is a day begins, in the pattern of LIKE: dashes where a day has them. */
export const DAY_LIKE = '____-__-__%';

/** Each condition of a rule, those in groups too. */
export function* conditionsOf(rule: Rule): Generator<Condition> {
  const members = membersOf(rule);
  if (members === null) yield rule as Condition;
  else for (const member of members) yield* conditionsOf(member);
}

/** The rules of a group; null for a condition. */
export function membersOf(rule: Rule): readonly Rule[] | null {
  if ('all' in rule) return rule.all;
  if ('any' in rule) return rule.any;
  return 'none' in rule ? rule.none : null;
}

/** The same rule, with each condition replaced. */
export function mapConditions(rule: Rule, replace: (condition: Condition) => Rule): Rule {
  if ('all' in rule) return { all: rule.all.map((member) => mapConditions(member, replace)) };
  if ('any' in rule) return { any: rule.any.map((member) => mapConditions(member, replace)) };
  if ('none' in rule) return { none: rule.none.map((member) => mapConditions(member, replace)) };
  return replace(rule);
}

/**
 * Whom the passing of time alone, from `since` to `now`, may have made fit, or not fit: those who meet the rule that comes
 * back; `everybody` where a day has begun meanwhile and dates are counted from today; null for nobody. Of a rule whose named
 * segments are expanded.
 */
export function crossedSince(rule: Rule, since: Date, now: Date): Rule | 'everybody' | null {
  const crossed: Rule[] = [];
  for (const { field, is, value } of conditionsOf(rule)) {
    if (is !== 'in_last_days' && is !== 'more_than_days_ago' && is !== 'in_next_days') continue;
    if (typeOfField(field) === 'instant') {
      const bounds = [since, now].map((at) => daysBefore(at, value as number).toISOString());
      crossed.push({ field, is: 'between', value: bounds });
    } else if (dayFrom(since, 0) !== dayFrom(now, 0)) return 'everybody';
  }
  return crossed.length === 0 ? null : { any: crossed };
}

/** Ids of the segments that a rule names. */
export function segmentsNamedIn(rule: Rule): number[] {
  const ids = new Set<number>();
  for (const { field, value } of conditionsOf(rule)) if (field === 'segment') ids.add(value as number);
  return [...ids];
}

/**
 * Read what claims to be a rule. Every fault is named with its path from `path` on (`rule.all.0.value`); the rule comes
 * back only when there is none.
 */
export function parseRule(
  value: unknown,
  path = 'rule',
): { rule: Rule; problems: [] } | { rule: null; problems: FieldProblem[] } {
  const reader = new RuleReader();
  const rule = reader.rule(value, path, 1);
  if (reader.conditions > MAX_CONDITIONS)
    reader.fault(
      path,
      'rule_too_long',
      `A rule has at most ${MAX_CONDITIONS} conditions, this one has ${reader.conditions}.`,
    );
  return rule && reader.problems.length === 0 ? { rule, problems: [] } : { rule: null, problems: reader.problems };
}

/** At most this many faults are named: a hostile document must not make an endless answer. */
const MAX_PROBLEMS = 20;

class RuleReader {
  readonly problems: FieldProblem[] = [];
  conditions = 0;

  fault(field: string, code: string, message: string): null {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ field, code, message });
    return null;
  }

  rule(value: unknown, path: string, depth: number): Rule | null {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.fault(path, 'rule_malformed', 'A rule is an object: a group (all, any, none) or a condition.');
    if (depth > MAX_DEPTH) return this.fault(path, 'rule_too_deep', `Groups may be nested ${MAX_DEPTH} deep at most.`);
    const keys = Object.keys(value);
    const group = GROUPS.find((name) => keys.includes(name));
    if (!group) return this.condition(value as Record<string, unknown>, path);
    if (keys.length > 1)
      return this.fault(path, 'rule_malformed', `A group has one member only, here ${group}; put the rest inside it.`);
    return this.group(group, (value as Record<string, unknown>)[group], `${path}.${group}`, depth);
  }

  private group(group: (typeof GROUPS)[number], members: unknown, path: string, depth: number): Rule | null {
    if (!Array.isArray(members)) return this.fault(path, 'rule_malformed', 'A group holds a list of rules.');
    // Groups without a condition count too: a thousand empty ones are no smaller than a thousand conditions.
    if (members.length > MAX_CONDITIONS)
      return this.fault(path, 'rule_too_long', `A group holds at most ${MAX_CONDITIONS} rules.`);
    const rules = members.map((member, i) => this.rule(member, `${path}.${i}`, depth + 1));
    if (rules.includes(null)) return null;
    return { [group]: rules } as unknown as Rule;
  }

  private condition(value: Record<string, unknown>, path: string): Condition | null {
    this.conditions++;
    // What is past the limit is counted, not read.
    if (this.conditions > MAX_CONDITIONS) return null;
    const unknown = Object.keys(value).find((key) => key !== 'field' && key !== 'is' && key !== 'value');
    if (unknown !== undefined)
      return this.fault(path, 'rule_malformed', `A condition has field, is and value, not ${excerpt(unknown)}.`);
    const { field, is } = value;
    if (typeof field !== 'string' || field === '')
      return this.fault(`${path}.field`, 'field_missing', 'Say which field.');
    const type = typeOfField(field);
    if (type === null) return this.fault(`${path}.field`, 'field_unknown', `There is no field ${excerpt(field)}.`);
    if (field === ATTRIBUTE_PREFIX) return this.fault(`${path}.field`, 'field_missing', 'Say which attribute.');
    if (!this.text(field, `${path}.field`)) return null;
    const fitting = OPERATORS_OF[type];
    if (typeof is !== 'string' || !(OPERATORS as readonly string[]).includes(is))
      return this.fault(`${path}.is`, 'operator_unknown', `Use one of ${fitting.join(', ')}.`);
    const operator = is as Operator;
    if (!fitting.includes(operator))
      return this.fault(
        `${path}.is`,
        'operator_unfit',
        `${field} can't be asked for ${operator}; use ${fitting.join(', ')}.`,
      );
    if (!this.value(type, operator, value['value'], `${path}.value`)) return null;
    return value['value'] === undefined
      ? { field, is: operator }
      : { field, is: operator, value: value['value'] as Condition['value'] & {} };
  }

  private value(type: FieldType, operator: Operator, value: unknown, path: string): boolean {
    switch (operator) {
      case 'empty':
      case 'not_empty':
      case 'is_true':
      case 'is_false':
        return value === undefined || !!this.fault(path, 'value_unwanted', `${operator} takes no value.`);
      case 'equals':
      case 'not_equals':
        return this.single(type, value, path);
      case 'in':
      case 'not_in':
        return this.id(value, path, 'segment');
      case 'one_of':
        return this.choices(value, path, (choice, at) => this.single(type, choice, at));
      case 'has':
        if (!Array.isArray(value)) return this.item(type, value, path);
        return this.choices(value, path, (choice, at) => this.item(type, choice, at));
      case 'contains':
      case 'starts_with':
        if (typeof value !== 'string') return !!this.fault(path, 'value_malformed', 'Give a text.');
        return this.text(value, path);
      case 'greater_than':
      case 'less_than':
        return this.number(value, path);
      case 'before':
      case 'after':
        return this.moment(type, value, path);
      case 'in_last_days':
      case 'more_than_days_ago':
      case 'in_next_days':
        return (
          (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_DAYS) ||
          !!this.fault(path, 'value_malformed', `Give a whole number of days, 0 to ${MAX_DAYS}.`)
        );
      case 'between':
        return this.bounds(type, value, path);
    }
  }

  private bounds(type: FieldType, value: unknown, path: string): boolean {
    if (!Array.isArray(value) || value.length !== 2)
      return !!this.fault(path, 'value_malformed', 'Give a list of two values, the lower first.');
    const days = type === 'date' || type === 'instant' || (type === 'attribute' && typeof value[0] === 'string');
    const bound = (each: unknown, at: string) => (days ? this.moment(type, each, at) : this.number(each, at));
    return bound(value[0], `${path}.0`) && bound(value[1], `${path}.1`);
  }

  private choices(value: unknown, path: string, read: (choice: unknown, path: string) => boolean): boolean {
    if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CHOICES)
      return !!this.fault(path, 'value_malformed', `Give a list of 1 to ${MAX_CHOICES} values.`);
    return value.map((choice, i) => read(choice, `${path}.${i}`)).every(Boolean);
  }

  private single(type: FieldType, value: unknown, path: string): boolean {
    if (type === 'base' || type === 'user' || type === 'offer') return this.id(value, path, type);
    if (type === 'date') return this.moment(type, value, path);
    if (type === 'zone' && typeof value !== 'string') return !!this.fault(path, 'value_malformed', 'Give a text.');
    if ((type === 'text' || type === 'attribute' || type === 'zone') && typeof value === 'string')
      return this.text(value, path);
    return this.number(value, path);
  }

  /** An item of a list. */
  private item(type: FieldType, value: unknown, path: string): boolean {
    if (type === 'offers') return this.id(value, path, 'offer');
    if (typeof value !== 'string') return !!this.fault(path, 'value_malformed', 'Give a text.');
    return this.text(value, path);
  }

  private id(value: unknown, path: string, what: string): boolean {
    return (
      (Number.isInteger(value) && (value as number) > 0 && (value as number) <= MAX_INTEGER) ||
      !!this.fault(path, 'value_malformed', `Give the id of a ${what}.`)
    );
  }

  private moment(type: FieldType, value: unknown, path: string): boolean {
    if (typeof value === 'string' && (isDay(value) || (type === 'instant' && isInstant(value)))) return true;
    const form = type === 'instant' ? '2026-03-01, or 2026-03-01T09:00:00Z' : '2026-03-01';
    return !!this.fault(path, 'value_malformed', `Give a date such as ${form}.`);
  }

  private number(value: unknown, path: string): boolean {
    return Number.isFinite(value) || !!this.fault(path, 'value_malformed', 'Give a number.');
  }

  private text(value: string, path: string): boolean {
    if (value.length > MAX_TEXT) return !!this.fault(path, 'value_too_long', `At most ${MAX_TEXT} characters.`);
    // Neither can be stored as text, so no lead has them either.
    if (UNSTORABLE.test(value))
      return !!this.fault(path, 'value_malformed', 'The text holds characters that no text can hold.');
    return true;
  }
}

/** Largest id: ids of bases, segments, offers and users are 32-bit. */
const MAX_INTEGER = 2_147_483_647;

// The null character, and half of a surrogate pair.
const UNSTORABLE = /[\0\p{Surrogate}]/u;

const DAY_MS = 24 * 3_600_000;

/** `2026-03-01`, a day that there is, from the year 1000 on. */
export function isDay(text: string): boolean {
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function isInstant(text: string): boolean {
  const found = /^(.{10})T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  return found !== null && isDay(found[1]!) && !Number.isNaN(Date.parse(text));
}

/** The stretch of time that a date or an instant of a condition stands for: `from` inclusive, `to` exclusive. */
export function stretchOf(text: string): { from: Date; to: Date } {
  const at = Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);
  return { from: new Date(at), to: new Date(text.length === 10 ? at + DAY_MS : at) };
}

/** The day (UTC) that lies so many days after the instant's own. */
export function dayFrom(now: Date, days: number): string {
  return new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10);
}

/** The instant that lies so many days before. */
export function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

function excerpt(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}
