// Named with its extension, unlike elsewhere: the tests read this file the way Node does.
import type { Condition, Operator, Rule, SegmentField } from '../api/contract.js';

export type GroupKind = 'all' | 'any' | 'none';
export type FieldType = SegmentField['type'];

/** A rule as it is edited: every node has a key of its own, so that rows keep their place while others come and go. */
export type Node = GroupNode | ConditionNode;

export interface GroupNode {
  key: string;
  kind: GroupKind;
  nodes: Node[];
}

export interface ConditionNode {
  key: string;
  kind: 'condition';
  field: string;
  is: Operator;
  /** As typed: one text, two for `between`, any number for `one_of` and `has`. */
  values: string[];
  /** What the values were when the rule was saved, where the type of the field leaves that open. */
  saved?: 'number' | 'string';
}

let lastKey = 0;
function newKey(): string {
  lastKey += 1;
  return `node-${lastKey}`;
}

export const newGroup = (kind: GroupKind, nodes: Node[] = []): GroupNode => ({ key: newKey(), kind, nodes });

export const newCondition = (field = '', is: Operator = 'equals'): ConditionNode => ({
  key: newKey(),
  kind: 'condition',
  field,
  is,
  values: [],
});

/** The same node with keys of its own. */
export function copyOf<T extends Node>(node: T): T {
  if (node.kind === 'condition') return { ...node, key: newKey() };
  return { ...node, key: newKey(), nodes: node.nodes.map(copyOf) };
}

const NUMBER = ['equals', 'not_equals', 'one_of', 'greater_than', 'less_than', 'between'] as const;
const PRESENCE = ['empty', 'not_empty'] as const;
const DAYS = ['in_last_days', 'more_than_days_ago', 'before', 'after', 'between'] as const;

/** What may be asked of a field, the usual first. */
export const OPERATORS_OF: Record<FieldType, readonly Operator[]> = {
  text: ['equals', 'not_equals', 'one_of', 'contains', 'starts_with', ...PRESENCE],
  number: NUMBER,
  amount: [...NUMBER, ...PRESENCE],
  boolean: ['is_true', 'is_false'],
  date: ['in_next_days', ...DAYS, 'equals', 'not_equals', ...PRESENCE],
  instant: [...DAYS, ...PRESENCE],
  base: ['one_of', 'equals', 'not_equals'],
  user: ['one_of', 'equals', 'not_equals', ...PRESENCE],
  offer: ['one_of', 'equals', 'not_equals', ...PRESENCE],
  offers: ['has', ...PRESENCE],
  segment: ['in', 'not_in'],
  zone: ['one_of', 'equals', 'not_equals', 'contains', 'starts_with'],
  list: ['has', ...PRESENCE],
};

/** Texts that are one of a few codes: chosen, as a rule several at once. */
export const CODED: readonly string[] = ['last_outcome', 'refusal_reason', 'line_type', 'country'];
const CODED_FIRST = [...new Set<Operator>(['one_of', ...OPERATORS_OF.text])];

export const isAttribute = (field: string) => field.startsWith('attribute.');

/** What the builder lets be asked of this field. An attribute may be missing, whatever its type. */
export function operatorsOf(field: string, type: FieldType): readonly Operator[] {
  const operators = CODED.includes(field) ? CODED_FIRST : OPERATORS_OF[type];
  return isAttribute(field) ? [...new Set([...operators, ...PRESENCE])] : operators;
}

/** How a value is typed in, and what it is in the rule. */
export type ValueKind = 'none' | 'text' | 'number' | 'days' | 'date' | 'id';

const KIND_OF: Partial<Record<FieldType, ValueKind>> = {
  number: 'number',
  amount: 'number',
  date: 'date',
  instant: 'date',
  base: 'id',
  user: 'id',
  offer: 'id',
  offers: 'id',
  segment: 'id',
};

export function valueKind(type: FieldType, { is, saved }: Pick<ConditionNode, 'is' | 'saved'>): ValueKind {
  switch (is) {
    case 'empty':
    case 'not_empty':
    case 'is_true':
    case 'is_false':
      return 'none';
    case 'in_last_days':
    case 'more_than_days_ago':
    case 'in_next_days':
      return 'days';
    case 'before':
    case 'after':
      return 'date';
    case 'greater_than':
    case 'less_than':
      return 'number';
    case 'contains':
    case 'starts_with':
      return 'text';
    case 'between':
      return KIND_OF[type] ?? (saved === 'string' ? 'date' : 'number');
    default:
      return KIND_OF[type] ?? (saved === 'number' ? 'number' : 'text');
  }
}

export const takesMany = (is: Operator) => is === 'one_of' || is === 'has';

function parse(rule: Rule): Node {
  if ('all' in rule) return newGroup('all', rule.all.map(parse));
  if ('any' in rule) return newGroup('any', rule.any.map(parse));
  if ('none' in rule) return newGroup('none', rule.none.map(parse));
  const values = [rule.value ?? []].flat();
  const saved = values.length === 0 ? undefined : values.every((one) => typeof one === 'number') ? 'number' : 'string';
  return { key: newKey(), kind: 'condition', field: rule.field, is: rule.is, values: values.map(String), saved };
}

/** A saved rule, ready to be edited. A rule that is one bare condition gets a group around it. */
export function editable(rule: Rule): GroupNode {
  const node = parse(rule);
  return node.kind === 'condition' ? newGroup('all', [node]) : node;
}

/** As the server has it. */
const MOST_DAYS = 36_500;
const DATE = /^\d{4}-\d{2}-\d{2}/;

function valueOf(text: string, kind: ValueKind): string | number | null {
  if (kind === 'text') return text;
  if (kind === 'date') return DATE.test(text) ? text : null;
  const number = Number(text.replace(',', '.'));
  if (!Number.isFinite(number)) return null;
  if (kind === 'days') return Number.isInteger(number) && number >= 0 && number <= MOST_DAYS ? number : null;
  return number;
}

function condition(node: ConditionNode, type: FieldType): Condition | null {
  const { field, is } = node;
  if (field === '') return null;
  const kind = valueKind(type, node);
  if (kind === 'none') return { field, is };
  const texts = node.values.map((text) => text.trim()).filter((text) => text !== '');
  if (texts.length < (is === 'between' ? 2 : 1)) return null;
  const values = texts.map((text) => valueOf(text, kind)).filter((value) => value !== null);
  if (values.length < texts.length) return null;
  return { field, is, value: takesMany(is) || is === 'between' ? values : values[0] };
}

export type TypeOf = (field: string) => FieldType;

const groupOf = (kind: GroupKind, rules: Rule[]): Rule =>
  kind === 'all' ? { all: rules } : kind === 'any' ? { any: rules } : { none: rules };

/** The rule that a node says; null while something in it is not filled in. */
export function ruleOf(node: Node, typeOf: TypeOf): Rule | null {
  if (node.kind === 'condition') return condition(node, typeOf(node.field));
  const rules = node.nodes.map((one) => ruleOf(one, typeOf));
  const whole = rules.filter((rule) => rule !== null);
  return whole.length < rules.length ? null : groupOf(node.kind, whole);
}

/** What can be said of it already: without the conditions that are not filled in. Null when there is nothing. */
export function filledRule(node: Node, typeOf: TypeOf): Rule | null {
  if (node.kind === 'condition') return condition(node, typeOf(node.field));
  const whole = node.nodes.map((one) => filledRule(one, typeOf)).filter((rule) => rule !== null);
  return whole.length === 0 && node.nodes.length > 0 ? null : groupOf(node.kind, whole);
}
