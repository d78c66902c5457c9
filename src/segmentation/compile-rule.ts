import { ATTRIBUTE_PREFIX, typeOfField, type Condition, type Rule, type StandardField } from './rule.js';

/** A boolean expression over the alias `l` of leads, and the values of its parameters, from the first number asked for. */
export interface CompiledRule {
  sql: string;
  values: unknown[];
}

/**
 * Compile a rule into SQL. Nothing that a user typed is part of the text: keys and values are parameters, and the texts
 * below are all that there is. The expression is never an error, whatever the leads hold.
 *
 * A lead that lacks a value does not equal, contain or exceed anything; what negates that (not_equals, none) holds for it.
 * Groups are negated by De Morgan down to the conditions, where each kind of field has a form that Postgres can plan well
 * both ways, such as `exists` and `not exists`, and one that ends in true or false, never in null, when negated.
 */
export function compileRule(rule: Rule, firstParameter = 1): CompiledRule {
  const parameters = new Parameters(firstParameter);
  return { sql: compile(rule, true, parameters), values: parameters.values };
}

class Parameters {
  readonly values: unknown[] = [];

  constructor(private readonly first: number) {}

  /** Its placeholder, with the type said: an operator's overloads must not depend on what a value looks like. */
  add(value: unknown, type: 'text' | 'text[]' | 'float8' | 'float8[]' | 'int' | 'int[]'): string {
    this.values.push(value);
    return `$${this.first + this.values.length - 1}::${type}`;
  }
}

function compile(rule: Rule, wanted: boolean, parameters: Parameters): string {
  if ('all' in rule) return join(rule.all, wanted, wanted, parameters);
  if ('any' in rule) return join(rule.any, wanted, !wanted, parameters);
  if ('none' in rule) return join(rule.none, !wanted, wanted, parameters);
  return compileCondition(rule, wanted, parameters);
}

function join(rules: readonly Rule[], wanted: boolean, every: boolean, parameters: Parameters): string {
  if (rules.length === 0) return every ? 'true' : 'false';
  const parts = rules.map((rule) => compile(rule, wanted, parameters));
  return parts.length === 1 ? parts[0]! : `(${parts.join(every ? ' and ' : ' or ')})`;
}

/** A column of the lead itself, or of the phone that is dialled first. Null where the lead has none. */
const COLUMNS: Partial<Record<StandardField, string>> = {
  base: 'l.base_id',
  name: 'l.name',
  region: 'l.region',
  external_id: 'l.external_id',
  priority: 'l.priority',
  // How often the lead was dialled, in all campaigns: what was never originated is no attempt, what a crash left
  // unclear is one.
  attempts: `(select count(*) from attempts a
              where a.lead_id = l.id and (a.originated_at is not null or a.result = 'indeterminate'))`,
  // Of the latest call that has one, as corrected.
  last_outcome: `(select d.outcome_code from dispositions d
                  where d.lead_id = l.id and d.superseded_at is null order by d.attempt_id desc limit 1)`,
  refusal_reason: `(select d.refusal_reason from dispositions d
                    where d.lead_id = l.id and d.superseded_at is null and d.refusal_reason is not null
                    order by d.attempt_id desc limit 1)`,
};

const PHONE_COLUMNS: Partial<Record<StandardField, string>> = { country: 'p.country', line_type: 'p.line_type' };

function compileCondition(condition: Condition, wanted: boolean, parameters: Parameters): string {
  const { is, field } = condition;
  // The two negated operators are their positive counterparts, negated: one meaning, written once.
  if (is === 'not_equals') return compileCondition({ ...condition, is: 'equals' }, !wanted, parameters);
  if (is === 'empty') return compileCondition({ ...condition, is: 'not_empty' }, !wanted, parameters);
  const phoneColumn = PHONE_COLUMNS[field as StandardField];
  if (phoneColumn !== undefined) {
    const holds = compareText(phoneColumn, condition, parameters);
    return `${wanted ? '' : 'not '}exists (select from phones p where p.lead_id = l.id and p.position = 1 and ${holds})`;
  }
  const holds = compileHolds(condition, parameters);
  return wanted ? holds : `(${holds}) is not true`;
}

/** True where the condition holds; false or null where it does not. */
function compileHolds(condition: Condition, parameters: Parameters): string {
  const { field, is, value } = condition;
  const type = typeOfField(field);
  if (type === 'base')
    return is === 'one_of'
      ? `l.base_id = any(${parameters.add(value, 'int[]')})`
      : `l.base_id = ${parameters.add(value, 'int')}`;
  const column = COLUMNS[field as StandardField];
  if (type === 'number') return compareNumber(`${column}`, condition, parameters);
  if (column !== undefined) return compareText(column, condition, parameters);
  return compareText(
    `(l.attributes ->> ${parameters.add(field.slice(ATTRIBUTE_PREFIX.length), 'text')})`,
    condition,
    parameters,
  );
}

function compareNumber(value: string, condition: Condition, parameters: Parameters): string {
  const wanted = condition.value;
  switch (condition.is) {
    case 'equals':
      return `${value} = ${parameters.add(wanted, 'float8')}`;
    case 'one_of':
      return `${value} = any(${parameters.add(wanted, 'float8[]')})`;
    case 'greater_than':
      return `${value} > ${parameters.add(wanted, 'float8')}`;
    case 'less_than':
      return `${value} < ${parameters.add(wanted, 'float8')}`;
    case 'between': {
      const [low, high] = wanted as number[];
      return `${value} between ${parameters.add(low, 'float8')} and ${parameters.add(high, 'float8')}`;
    }
    default:
      throw new Error(`A number can't be asked for ${condition.is}`);
  }
}

function compareText(value: string, condition: Condition, parameters: Parameters): string {
  const wanted = condition.value;
  switch (condition.is) {
    case 'not_empty':
      return `${value} <> ''`;
    case 'contains':
      return `strpos(${value}, ${parameters.add(wanted, 'text')}) > 0`;
    case 'starts_with':
      return `starts_with(${value}, ${parameters.add(wanted, 'text')})`;
    case 'equals':
      return typeof wanted === 'string'
        ? `${value} = ${parameters.add(wanted, 'text')}`
        : compareAsNumber(value, condition, parameters);
    case 'one_of':
      return oneOf(value, condition, parameters);
    default:
      return compareAsNumber(value, condition, parameters);
  }
}

function oneOf(value: string, condition: Condition, parameters: Parameters): string {
  const choices = condition.value as (string | number)[];
  const texts = choices.filter((choice) => typeof choice === 'string');
  const numbers = choices.filter((choice) => typeof choice === 'number');
  const parts: string[] = [];
  if (texts.length > 0) parts.push(`${value} = any(${parameters.add(texts, 'text[]')})`);
  if (numbers.length > 0) parts.push(compareAsNumber(value, { ...condition, value: numbers }, parameters));
  return parts.length === 1 ? parts[0]! : `(${parts.join(' or ')})`;
}

/**
 * Text that is a number: sign, digits, point, digits; nothing else. `case` keeps the cast from all other text. As short
 * as this, no number overflows a float8.
 */
export const NUMBER_PATTERN = '^[+-]?[0-9]{1,30}([.][0-9]{1,30})?$';

function compareAsNumber(value: string, condition: Condition, parameters: Parameters): string {
  const number = `${value}::float8`;
  return `case when ${value} ~ '${NUMBER_PATTERN}' then ${compareNumber(number, condition, parameters)} else false end`;
}
