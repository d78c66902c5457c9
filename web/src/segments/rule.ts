// Named with its extension, unlike elsewhere: the tests read this file the way Node does.
import type { Condition, Operator, Rule, SegmentField } from '../api/contract.js';

export type GroupKind = 'all' | 'any' | 'none';

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
  /** As typed: one text, two for `between`, any number for `one_of`. */
  values: string[];
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

export const OPERATORS_OF: Record<SegmentField['type'], Operator[]> = {
  text: ['equals', 'not_equals', 'one_of', 'contains', 'starts_with', 'empty', 'not_empty'],
  number: ['equals', 'not_equals', 'greater_than', 'less_than', 'between', 'one_of', 'empty', 'not_empty'],
  base: ['one_of', 'equals', 'not_equals'],
};

export function takesValue(is: Operator): boolean {
  return is !== 'empty' && is !== 'not_empty';
}

function parse(rule: Rule): Node {
  if ('all' in rule) return newGroup('all', rule.all.map(parse));
  if ('any' in rule) return newGroup('any', rule.any.map(parse));
  if ('none' in rule) return newGroup('none', rule.none.map(parse));
  const value = rule.value ?? [];
  return { key: newKey(), kind: 'condition', field: rule.field, is: rule.is, values: [value].flat().map(String) };
}

/** A saved rule, ready to be edited. A rule that is one bare condition gets a group around it. */
export function editable(rule: Rule): GroupNode {
  const node = parse(rule);
  return node.kind === 'condition' ? newGroup('all', [node]) : node;
}

function condition(node: ConditionNode, type: SegmentField['type']): Condition | null {
  if (node.field === '') return null;
  if (!takesValue(node.is)) return { field: node.field, is: node.is };
  const texts = node.values.map((text) => text.trim()).filter((text) => text !== '');
  if (texts.length < (node.is === 'between' ? 2 : 1)) return null;
  const values = texts.map((text) => (type === 'text' ? text : Number(text.replace(',', '.'))));
  if (values.some((value) => typeof value === 'number' && !Number.isFinite(value))) return null;
  const many = node.is === 'one_of' || node.is === 'between';
  return { field: node.field, is: node.is, value: many ? values : values[0] };
}

export type TypeOf = (field: string) => SegmentField['type'];

/** The rule that a node says; null while something in it is not filled in. */
export function ruleOf(node: Node, typeOf: TypeOf): Rule | null {
  if (node.kind === 'condition') return condition(node, typeOf(node.field));
  const rules = node.nodes.map((one) => ruleOf(one, typeOf));
  const whole = rules.filter((rule): rule is Rule => rule !== null);
  if (whole.length < rules.length) return null;
  switch (node.kind) {
    case 'all':
      return { all: whole };
    case 'any':
      return { any: whole };
    case 'none':
      return { none: whole };
  }
}
