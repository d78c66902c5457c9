import type { FieldProblem } from '../common/problem.js';

/** Whom a segment selects, as the user put it together. Groups may be empty: `all` and `none` of nothing hold, `any` does not. */
export type Rule = { all: Rule[] } | { any: Rule[] } | { none: Rule[] } | Condition;

export type Operator =
  | 'equals'
  | 'not_equals'
  | 'one_of'
  | 'contains'
  | 'starts_with'
  | 'greater_than'
  | 'less_than'
  | 'between'
  | 'empty'
  | 'not_empty';

export interface Condition {
  field: string;
  is: Operator;
  value?: string | number | (string | number)[];
}

/**
 * What may be asked of a field. `text` fields may lack a value and may also be compared as numbers, which holds only where
 * the text is one; `number` and `base` fields always have a value.
 */
export type FieldType = 'text' | 'number' | 'base';

/** Fields that every lead has, besides `attribute.<key>`. */
export const STANDARD_FIELDS = {
  base: 'base',
  name: 'text',
  region: 'text',
  external_id: 'text',
  country: 'text',
  line_type: 'text',
  priority: 'number',
  last_outcome: 'text',
  refusal_reason: 'text',
  attempts: 'number',
} as const satisfies Record<string, FieldType>;
export type StandardField = keyof typeof STANDARD_FIELDS;

export const ATTRIBUTE_PREFIX = 'attribute.';

/** Null for a field that there is not. */
export function typeOfField(field: string): FieldType | null {
  if (field.startsWith(ATTRIBUTE_PREFIX)) return 'text';
  return Object.hasOwn(STANDARD_FIELDS, field) ? STANDARD_FIELDS[field as StandardField] : null;
}

export const MAX_DEPTH = 8;
export const MAX_CONDITIONS = 100;
const MAX_CHOICES = 1000;
const MAX_TEXT = 500;

const GROUPS = ['all', 'any', 'none'] as const;

const OPERATORS: Readonly<Record<FieldType, readonly Operator[]>> = {
  text: [
    'equals',
    'not_equals',
    'one_of',
    'contains',
    'starts_with',
    'greater_than',
    'less_than',
    'between',
    'empty',
    'not_empty',
  ],
  number: ['equals', 'not_equals', 'one_of', 'greater_than', 'less_than', 'between'],
  base: ['equals', 'not_equals', 'one_of'],
};

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
    if (typeof is !== 'string' || !(OPERATORS.text as readonly string[]).includes(is))
      return this.fault(`${path}.is`, 'operator_unknown', `Use one of ${OPERATORS[type].join(', ')}.`);
    const operator = is as Operator;
    if (!OPERATORS[type].includes(operator))
      return this.fault(
        `${path}.is`,
        'operator_unfit',
        `${field} can't be asked for ${operator}; use ${OPERATORS[type].join(', ')}.`,
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
        return value === undefined || !!this.fault(path, 'value_unwanted', `${operator} takes no value.`);
      case 'equals':
      case 'not_equals':
        return this.single(type, value, path);
      case 'one_of':
        if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CHOICES)
          return !!this.fault(path, 'value_malformed', `Give a list of 1 to ${MAX_CHOICES} values.`);
        return value.map((choice, i) => this.single(type, choice, `${path}.${i}`)).every(Boolean);
      case 'contains':
      case 'starts_with':
        if (typeof value !== 'string') return !!this.fault(path, 'value_malformed', 'Give a text.');
        return this.text(value, path);
      case 'greater_than':
      case 'less_than':
        return this.number(value, path);
      case 'between':
        if (!Array.isArray(value) || value.length !== 2)
          return !!this.fault(path, 'value_malformed', 'Give a list of two numbers, the lower first.');
        return this.number(value[0], `${path}.0`) && this.number(value[1], `${path}.1`);
    }
  }

  private single(type: FieldType, value: unknown, path: string): boolean {
    if (type === 'base')
      return (
        (Number.isInteger(value) && (value as number) > 0 && (value as number) <= MAX_INTEGER) ||
        !!this.fault(path, 'value_malformed', 'Give the id of a base.')
      );
    if (type === 'text' && typeof value === 'string') return this.text(value, path);
    return this.number(value, path);
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

/** Largest id: ids of bases are 32-bit. */
const MAX_INTEGER = 2_147_483_647;

// The null character, and half of a surrogate pair.
const UNSTORABLE = /[\0\p{Surrogate}]/u;

function excerpt(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}
