import { NUMBER_PATTERN } from './compile-rule.js';
import { ATTRIBUTE_PREFIX, typeOfField, type Condition, type Rule, type StandardField } from './rule.js';

/** All that a rule may ask of one lead. */
export interface EvaluatedLead {
  base: number;
  name: string | null;
  region: string | null;
  external_id: string | null;
  /** Of the phone that is dialled first. */
  country: string | null;
  line_type: string | null;
  priority: number;
  /** As text, the way they were imported. */
  attributes: Readonly<Record<string, string | null>>;
  /** Outcome code of the latest call that has one. */
  last_outcome: string | null;
  refusal_reason: string | null;
  attempts: number;
}

/** Does the rule select this lead? The same meaning as the compiled SQL, for one lead at hand. */
export function evaluateRule(rule: Rule, lead: EvaluatedLead): boolean {
  if ('all' in rule) return rule.all.every((member) => evaluateRule(member, lead));
  if ('any' in rule) return rule.any.some((member) => evaluateRule(member, lead));
  if ('none' in rule) return !rule.none.some((member) => evaluateRule(member, lead));
  return evaluateCondition(rule, lead);
}

function evaluateCondition(condition: Condition, lead: EvaluatedLead): boolean {
  if (condition.is === 'not_equals') return !evaluateCondition({ ...condition, is: 'equals' }, lead);
  if (condition.is === 'empty') return !evaluateCondition({ ...condition, is: 'not_empty' }, lead);
  const value = valueOf(condition.field, lead);
  if (value === null) return false;
  if (typeof value === 'number') return holdsForNumber(value, condition);
  return holdsForText(value, condition);
}

function valueOf(field: string, lead: EvaluatedLead): string | number | null {
  if (typeOfField(field) === null) throw new Error(`There is no field ${field}`);
  if (!field.startsWith(ATTRIBUTE_PREFIX)) return lead[field as StandardField];
  const key = field.slice(ATTRIBUTE_PREFIX.length);
  return Object.hasOwn(lead.attributes, key) ? lead.attributes[key]! : null;
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
