import { evaluateRule, NOBODY } from './evaluate-rule.js';
import {
  ATTRIBUTE_PREFIX,
  conditionsOf,
  DAY_LIKE,
  dayFrom,
  daysBefore,
  membersOf,
  NUMBER_PATTERN,
  stretchOf,
  typeOfField,
  type Condition,
  type Rule,
  type StandardField,
} from './rule.js';

/**
 * A rule over `leads l`: to be put as `from leads l ${joins} where … and ${sql}`. The joins never multiply leads; they may
 * leave out such as don't fit. They use the aliases `history` and `main_phone`, and those that begin with `rule_`.
 */
export interface CompiledRule {
  joins: string;
  sql: string;
  /** Of its parameters, from the first number asked for. */
  values: unknown[];
}

/** What a rule selects, from as few tables as it can be told from: `select count(*) from ${from} where ${sql}`. */
export interface CompiledCount {
  from: string;
  sql: string;
  values: unknown[];
  /** The lead's id, as an expression. */
  leadId: string;
  /** How many there are, where that can be told without holding all leads against anything: a statement. */
  difference: { sql: string; values: unknown[] } | null;
  /** Where leads are held against those whom the history, or a phone, rules out: a statement that selects them. */
  ruledOut: { sql: string; values: unknown[] } | null;
}

/**
 * Compile a rule into SQL. Nothing that a user typed is part of the text: keys and values are parameters, and the texts
 * below are all that there is. The expression is never an error, whatever the leads hold. `now` is what relative dates
 * count from. Named segments are expanded before (`expandSegments`).
 *
 * A lead that lacks a value does not equal, contain or exceed anything; what negates that (not_equals, none) holds for it.
 * Groups are negated by De Morgan down to the conditions.
 *
 * What is asked of the history and of the main phone is put so that the planner can join instead of looking each lead up.
 * Among conditions that must all hold, one that nobody without a history fulfils makes the history an inner join; one that
 * such people do fulfil becomes `not exists`, with its opposite inside: the few who are ruled out are hashed, not everybody.
 * What is only one way among others to fit, such as a region or an outcome, is `exists` too, unless it asks the same side
 * more than once: then that is left-joined. Measured at a million leads with 600,000 histories: a left join takes two to
 * three times as long as either.
 */
export function compileRule(rule: Rule, firstParameter: number, now: Date): CompiledRule {
  const plan = planOf(rule, now);
  const parameters = new Parameters(firstParameter, now);
  const sql = render(plan, 'l.id', parameters);
  return { joins: joinsOf(plan, 'l.id'), sql, values: parameters.values };
}

/**
 * The same to be counted within one organisation. Where the rule can be told from the history or from phones alone, leads
 * are not read at all: each row of theirs is a lead's.
 */
export function compileCount(rule: Rule, organisationId: number, firstParameter: number, now: Date): CompiledCount {
  const plan = planOf(rule, now);
  const parameters = new Parameters(firstParameter, now);
  const organisation = parameters.add(organisationId, 'int');
  const driver = plan.lead.length + plan.mixed.length > 0 ? 'lead' : driverOf(plan);
  const leadId = { lead: 'l.id', history: 'history.lead_id', phone: 'main_phone.lead_id' }[driver];
  const rendered = render(plan, leadId, parameters);
  const mine = {
    lead: narrow(plan) ? ownBases(organisation) : `l.organisation_id = ${organisation}`,
    history: `history.organisation_id = ${organisation}`,
    phone: `main_phone.position = 1 and main_phone.organisation_id = ${organisation}`,
  }[driver];
  return {
    from:
      { lead: 'leads l', history: 'lead_history history', phone: 'phones main_phone' }[driver] + joinsOf(plan, leadId),
    sql: `${mine} and ${rendered}`,
    values: parameters.values,
    leadId,
    ruledOut: ruledOutOf(plan, now),
    difference: differenceOf(plan, organisationId, now),
  };
}

// How it is joined -------------------------------------------------------------------------------------------------

/** A row beside the lead that may be missing. */
type Side = 'history' | 'phone';
const SIDES: readonly Side[] = ['history', 'phone'];

const HISTORY_FIELDS: ReadonlySet<string> = new Set<StandardField>([
  'attempts',
  'contacts',
  'last_outcome',
  'refusal_reason',
  'refusal_price',
  'refusal_currency',
  'refusal_competitor',
  'reconsider_on',
  'refused_offer',
  'refused_offer_price',
  'last_attempt_at',
  'last_contact_at',
  'talked_seconds',
  'callback_pending',
  'bought_offer',
  'complained',
]);
const PHONE_FIELDS: ReadonlySet<string> = new Set<StandardField>(['country', 'line_type', 'zone']);

/** The parts of a rule that must all hold, by what each of them asks. */
interface Plan {
  lead: Part[];
  /** Of one side alone, and nobody without a row there fulfils it. */
  within: Record<Side, Part[]>;
  /** Of one side alone, and everybody without a row there fulfils it. */
  without: Record<Side, Part[]>;
  mixed: Part[];
  joined: Record<Side, 'inner' | 'left' | null>;
}

interface Part {
  rule: Rule;
  wanted: boolean;
}

function planOf(rule: Rule, now: Date): Plan {
  const plan: Plan = {
    lead: [],
    within: { history: [], phone: [] },
    without: { history: [], phone: [] },
    mixed: [],
    joined: { history: null, phone: null },
  };
  for (const part of conjuncts({ rule, wanted: true })) {
    const side = onlySideOf(part.rule);
    if (side) (holdsForNobody(part, now) ? plan.without : plan.within)[side].push(part);
    else (sidesOf(part.rule).length === 0 ? plan.lead : plan.mixed).push(part);
  }
  for (const side of SIDES) {
    if (plan.within[side].length > 0) plan.joined[side] = 'inner';
    else if (sum(plan.mixed.map((part) => questionsTo(side, part.rule))) > 1) plan.joined[side] = 'left';
  }
  return plan;
}

function holdsForNobody({ rule, wanted }: Part, now: Date): boolean {
  return evaluateRule(rule, NOBODY, now) === wanted;
}

/** The members of nested `all` groups, and what De Morgan makes of them. */
function conjuncts({ rule, wanted }: Part): Part[] {
  if ('all' in rule && wanted) return rule.all.flatMap((member) => conjuncts({ rule: member, wanted }));
  if ('any' in rule && !wanted) return rule.any.flatMap((member) => conjuncts({ rule: member, wanted }));
  if ('none' in rule && wanted) return rule.none.flatMap((member) => conjuncts({ rule: member, wanted: false }));
  return [{ rule, wanted }];
}

function sideOf(field: string): Side | null {
  if (HISTORY_FIELDS.has(field)) return 'history';
  return PHONE_FIELDS.has(field) ? 'phone' : null;
}

function sidesOf(rule: Rule): Side[] {
  const sides = new Set<Side>();
  for (const { field } of conditionsOf(rule)) {
    const side = sideOf(field);
    if (side) sides.add(side);
  }
  return [...sides];
}

/** Is it asked of one side alone, and of which? */
function onlySideOf(rule: Rule): Side | null {
  const [side, another] = sidesOf(rule);
  return side === undefined || another !== undefined || asksLead(rule) ? null : side;
}

/** Parts of a rule, as large as can be, that are asked of this side alone. */
function questionsTo(side: Side, rule: Rule): number {
  if (onlySideOf(rule) === side) return 1;
  return sum((membersOf(rule) ?? []).map((member) => questionsTo(side, member)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function asksLead(rule: Rule): boolean {
  for (const { field } of conditionsOf(rule)) if (sideOf(field) === null) return true;
  return false;
}

function driverOf(plan: Plan): 'lead' | Side {
  return SIDES.find((side) => plan.joined[side] === 'inner') ?? 'lead';
}

const TABLES: Record<Side, { table: string; alias: string; on: (leadId: string) => string }> = {
  history: { table: 'lead_history', alias: 'history', on: (leadId) => `history.lead_id = ${leadId}` },
  phone: {
    table: 'phones',
    alias: 'main_phone',
    on: (leadId) => `main_phone.lead_id = ${leadId} and main_phone.position = 1`,
  },
};

function joinsOf(plan: Plan, leadId: string): string {
  return SIDES.map((side) => {
    const { table, alias, on } = TABLES[side];
    const how = plan.joined[side];
    // The one that drives is there already.
    if (how === null || leadId.startsWith(`${alias}.`)) return '';
    return ` ${how} join ${table} ${alias} on ${on(leadId)}`;
  }).join('');
}

function render(plan: Plan, leadId: string, parameters: Parameters): string {
  const parts = plan.lead.map((part) => compile(part.rule, part.wanted, parameters));
  for (const side of SIDES) {
    const { table, alias, on } = TABLES[side];
    parameters.mayMiss[side] = plan.joined[side] === 'left';
    for (const part of plan.within[side]) parts.push(compile(part.rule, part.wanted, parameters));
    if (plan.joined[side] !== null)
      for (const part of plan.without[side]) parts.push(compile(part.rule, part.wanted, parameters));
    else if (plan.without[side].length > 0) {
      const opposite = plan.without[side].map((part) => compile(part.rule, !part.wanted, parameters));
      parts.push(`not exists (select from ${table} ${alias} where ${on(leadId)} and ${group(opposite, 'or')})`);
    }
  }
  for (const side of SIDES) parameters.lookUp[side] = plan.joined[side] === null ? leadId : null;
  for (const part of plan.mixed) parts.push(compile(part.rule, part.wanted, parameters));
  return group(parts, 'and');
}

/** Does it ask no more of the leads than the index leads_base holds? */
function narrow(plan: Plan): boolean {
  for (const { rule } of [...plan.lead, ...plan.mixed])
    for (const { field } of conditionsOf(rule))
      if (sideOf(field) === null && field !== 'base' && field !== 'phone_count') return false;
  return true;
}

/** The organisation's leads are those of its bases: told so, leads_base alone is read, a tenth of the table. */
function ownBases(organisation: string): string {
  return `l.base_id = any(array(select rule_base.id from bases rule_base where rule_base.organisation_id = ${organisation}))`;
}

/** Where a rule does no more than rule out: all leads, less those. Each row of the side is a lead's. */
function differenceOf(plan: Plan, organisationId: number, now: Date): CompiledCount['difference'] {
  const others = [...plan.lead, ...plan.mixed, ...SIDES.flatMap((each) => plan.within[each])];
  const [side, another] = SIDES.filter((each) => plan.without[each].length > 0);
  if (others.length > 0 || side === undefined || another !== undefined) return null;
  const parameters = new Parameters(1, now);
  const organisation = parameters.add(organisationId, 'int');
  const { table, alias } = TABLES[side];
  const opposite = plan.without[side].map((part) => compile(part.rule, !part.wanted, parameters));
  const main = side === 'phone' ? ` and ${alias}.position = 1` : '';
  const sql = `select (select count(*) from leads l where ${ownBases(organisation)})
    - (select count(*) from ${table} ${alias}
       where ${alias}.organisation_id = ${organisation}${main} and ${group(opposite, 'or')}) as count`;
  return { sql, values: parameters.values };
}

function ruledOutOf(plan: Plan, now: Date): CompiledCount['ruledOut'] {
  const side = SIDES.find((each) => plan.joined[each] === null && plan.without[each].length > 0);
  if (side === undefined) return null;
  const parameters = new Parameters(1, now);
  const opposite = plan.without[side].map((part) => compile(part.rule, !part.wanted, parameters));
  const { table, alias } = TABLES[side];
  return { sql: `select from ${table} ${alias} where ${group(opposite, 'or')}`, values: parameters.values };
}

// Conditions -------------------------------------------------------------------------------------------------------

class Parameters {
  readonly values: unknown[] = [];
  /** Whether the row may be missing where a condition on it stands. */
  readonly mayMiss: Record<Side, boolean> = { history: false, phone: false };
  /** The lead's id, where the side is not joined: what is asked of it is to be looked up. */
  readonly lookUp: Record<Side, string | null> = { history: null, phone: null };

  constructor(
    private readonly first: number,
    readonly now: Date,
  ) {}

  /** Its placeholder, with the type said: an operator's overloads must not depend on what a value looks like. */
  add(value: unknown, type: ParameterType): string {
    this.values.push(value);
    return `$${this.first + this.values.length - 1}::${type}`;
  }
}

type ParameterType =
  | 'text'
  | 'text[]'
  | 'float8'
  | 'float8[]'
  | 'numeric'
  | 'numeric[]'
  | 'jsonb[]'
  | 'jsonpath'
  | 'int'
  | 'int[]'
  | 'date'
  | 'timestamptz';

function compile(rule: Rule, wanted: boolean, parameters: Parameters): string {
  const side = onlySideOf(rule);
  const leadId = side && parameters.lookUp[side];
  if (side && leadId) return compileLookUp(side, leadId, { rule, wanted }, parameters);
  if ('all' in rule) return join(rule.all, wanted, wanted, parameters);
  if ('any' in rule) return join(rule.any, wanted, !wanted, parameters);
  if ('none' in rule) return join(rule.none, !wanted, wanted, parameters);
  return compileCondition(rule, wanted, parameters);
}

/** The planner hashes those whom it selects, or looks leads up one by one where they are few. */
function compileLookUp(side: Side, leadId: string, part: Part, parameters: Parameters): string {
  const { table, alias, on } = TABLES[side];
  const negated = holdsForNobody(part, parameters.now);
  parameters.lookUp[side] = null;
  const inside = compile(part.rule, negated ? !part.wanted : part.wanted, parameters);
  parameters.lookUp[side] = leadId;
  return `${negated ? 'not ' : ''}exists (select from ${table} ${alias} where ${on(leadId)} and ${inside})`;
}

function join(rules: readonly Rule[], wanted: boolean, every: boolean, parameters: Parameters): string {
  return group(
    rules.map((rule) => compile(rule, wanted, parameters)),
    every ? 'and' : 'or',
  );
}

function group(parts: readonly string[], by: 'and' | 'or'): string {
  if (parts.length === 0) return by === 'and' ? 'true' : 'false';
  return parts.length === 1 ? parts[0]! : `(${parts.join(` ${by} `)})`;
}

function compileCondition(condition: Condition, wanted: boolean, parameters: Parameters): string {
  const { is } = condition;
  // The negated operators are their positive counterparts, negated: one meaning, written once.
  if (is === 'not_equals') return compileCondition({ ...condition, is: 'equals' }, !wanted, parameters);
  if (is === 'empty') return compileCondition({ ...condition, is: 'not_empty' }, !wanted, parameters);
  if (is === 'is_false' && typeOfField(condition.field) === 'boolean')
    return compileCondition({ ...condition, is: 'is_true' }, !wanted, parameters);
  const holds = compileHolds(condition, parameters);
  if (wanted) return holds;
  // Never null: the planner knows what the opposite of a plain comparison is.
  const type = typeOfField(condition.field);
  return type === 'number' || type === 'base' ? `not (${holds})` : `(${holds}) is not true`;
}

/** Columns of the lead, of its history and of the phone that is dialled first. */
const COLUMNS: Readonly<Record<Exclude<StandardField, 'segment' | 'phone_count' | 'consent'>, string>> = {
  base: 'l.base_id',
  name: 'l.name',
  region: 'l.region',
  external_id: 'l.external_id',
  priority: 'l.priority',
  owner: 'l.owner_id',
  loaded_at: 'l.created_at',
  country: 'main_phone.country',
  line_type: 'main_phone.line_type',
  zone: 'main_phone.bucket_id',
  attempts: 'history.attempts',
  contacts: 'history.contacts',
  talked_seconds: 'history.longest_talk_seconds',
  last_outcome: 'history.last_outcome',
  refusal_reason: 'history.refusal_reason',
  refusal_price: 'history.refusal_price',
  refusal_currency: 'history.refusal_currency',
  refusal_competitor: 'history.refusal_competitor',
  reconsider_on: 'history.reconsider_on',
  refused_offer: 'history.refused_offer_id',
  refused_offer_price: 'history.refused_offer_price',
  last_attempt_at: 'history.last_attempt_at',
  last_contact_at: 'history.last_contact_at',
  callback_pending: 'history.callback_pending',
  bought_offer: 'history.bought_offer_ids',
  complained: 'history.complained_at is not null',
};

/** True where the condition holds; false or null where it does not. */
function compileHolds(condition: Condition, parameters: Parameters): string {
  const { field, is, value } = condition;
  const type = typeOfField(field);
  if (type === null || type === 'segment') throw new Error(`The field ${field} can't be compiled`);
  if (type === 'attribute') return compileAttribute(condition, parameters);
  if (field === 'phone_count') return compilePhoneCount(condition, parameters);
  if (field === 'consent') return compileConsent(parameters);
  const column = COLUMNS[field as keyof typeof COLUMNS];
  switch (type) {
    case 'text':
      return compareText(column, condition, parameters);
    case 'number': {
      // Nobody who was never called has a row, and zero of everything.
      const absent = HISTORY_FIELDS.has(field) && parameters.mayMiss.history;
      return compareInteger(absent ? `coalesce(${column}, 0)` : column, condition, parameters);
    }
    case 'amount':
      return is === 'not_empty' ? `${column} is not null` : compareNumber(column, condition, parameters, 'numeric');
    case 'boolean':
      return column;
    case 'date':
      return compareDate(column, condition, parameters);
    case 'instant':
      return compareInstant(column, condition, parameters);
    case 'base':
    case 'user':
    case 'offer':
      if (is === 'not_empty') return `${column} is not null`;
      return is === 'one_of'
        ? `${column} = any(${parameters.add(value, 'int[]')})`
        : `${column} = ${parameters.add(value, 'int')}`;
    case 'offers':
      if (is === 'not_empty') return `${column} <> '{}'`;
      return `${column} && ${parameters.add([value].flat(), 'int[]')}`;
    case 'zone':
      // A few hundred buckets, looked through once: phones are left out as they are read, not after they are joined.
      return `${column} = any(array(select rule_bucket.id from buckets rule_bucket
        where exists (select from unnest(rule_bucket.zones) rule_zone where ${compareText('rule_zone', condition, parameters)})))`;
  }
}

/**
 * They agreed to sales calls from us on one of their numbers, it can be shown, and it was not taken back. The planner hashes
 * those who did, or looks a lead up where they are few (consents_match). A table of those who agree was measured beside the
 * view, and was no quicker.
 */
function compileConsent(parameters: Parameters): string {
  const now = parameters.add(parameters.now.toISOString(), 'timestamptz');
  return `exists (select from phones rule_number
      join standing_consents rule_consent on rule_consent.match_hash = rule_number.match_hash
        and rule_consent.organisation_id = rule_number.organisation_id
      where rule_number.lead_id = l.id and rule_consent.campaign_id is null
        and rule_consent.purpose = 'sales' and rule_consent.at <= ${now}
        and (rule_consent.valid_to is null or rule_consent.valid_to > ${now}))`;
}

/**
 * A column of integers, with integers: cast to what the wanted number is, the planner could not tell how many fit. A number
 * between two integers, or beyond the largest, stands for the one next to it that means the same.
 */
function compareInteger(column: string, { is, value: wanted }: Condition, parameters: Parameters): string {
  const add = (value: number) => parameters.add(Math.min(Math.max(value, -LARGEST), LARGEST), 'int');
  const isKnown = (value: unknown) => Number.isInteger(value) && Math.abs(value as number) < LARGEST;
  switch (is) {
    case 'equals':
      return isKnown(wanted) ? `${column} = ${add(wanted as number)}` : 'false';
    case 'one_of': {
      const known = (wanted as number[]).filter(isKnown);
      return known.length > 0 ? `${column} = any(${parameters.add(known, 'int[]')})` : 'false';
    }
    case 'greater_than':
      return `${column} > ${add(Math.floor(wanted as number))}`;
    case 'less_than':
      return `${column} < ${add(Math.ceil(wanted as number))}`;
    case 'between': {
      const [low, high] = wanted as number[];
      return `${column} between ${add(Math.ceil(low!))} and ${add(Math.floor(high!))}`;
    }
    default:
      throw new Error(`A number can't be asked for ${is}`);
  }
}

/** Beyond what any such column holds. */
const LARGEST = 2_147_483_647;

type NumberType = 'float8' | 'numeric';

function compareNumber(value: string, condition: Condition, parameters: Parameters, type: NumberType): string {
  const wanted = condition.value;
  switch (condition.is) {
    case 'equals':
      return `${value} = ${parameters.add(wanted, type)}`;
    case 'one_of':
      return `${value} = any(${parameters.add(wanted, `${type}[]`)})`;
    case 'greater_than':
      return `${value} > ${parameters.add(wanted, type)}`;
    case 'less_than':
      return `${value} < ${parameters.add(wanted, type)}`;
    case 'between': {
      const [low, high] = wanted as number[];
      return `${value} between ${parameters.add(low, type)} and ${parameters.add(high, type)}`;
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
      if (typeof wanted === 'string') return `${value} = ${parameters.add(wanted, 'text')}`;
      return textAsNumber(value, condition, parameters);
    case 'one_of':
      return oneOf(value, condition, parameters, (numbers) => textAsNumber(value, numbers, parameters));
    default:
      return textAsNumber(value, condition, parameters);
  }
}

function oneOf(
  value: string,
  condition: Condition,
  parameters: Parameters,
  compareNumbers: (condition: Condition) => string,
): string {
  const choices = condition.value as (string | number)[];
  const texts = choices.filter((choice) => typeof choice === 'string');
  const numbers = choices.filter((choice) => typeof choice === 'number');
  const parts: string[] = [];
  if (texts.length > 0) parts.push(`${value} = any(${parameters.add(texts, 'text[]')})`);
  if (numbers.length > 0) parts.push(compareNumbers({ ...condition, value: numbers }));
  return group(parts, 'or');
}

/** `case` keeps the cast from text that is no number. */
function textAsNumber(value: string, condition: Condition, parameters: Parameters): string {
  const compared = compareNumber(`${value}::float8`, condition, parameters, 'float8');
  return `case when ${value} ~ '${NUMBER_PATTERN}' then ${compared} else false end`;
}

function compareDate(value: string, condition: Condition, parameters: Parameters): string {
  const { is, value: wanted } = condition;
  const day = (text: unknown) => parameters.add(text, 'date');
  const from = (days: number) => day(dayFrom(parameters.now, days));
  switch (is) {
    case 'not_empty':
      return `${value} is not null`;
    case 'equals':
      return `${value} = ${day(wanted)}`;
    case 'before':
      return `${value} < ${day(wanted)}`;
    case 'after':
      return `${value} > ${day(wanted)}`;
    case 'between':
      return `${value} between ${day((wanted as string[])[0])} and ${day((wanted as string[])[1])}`;
    case 'in_last_days':
      return `${value} between ${from(-(wanted as number))} and ${from(0)}`;
    case 'in_next_days':
      return `${value} between ${from(0)} and ${from(wanted as number)}`;
    case 'more_than_days_ago':
      return `${value} < ${from(-(wanted as number))}`;
    default:
      throw new Error(`A date can't be asked for ${is}`);
  }
}

function compareInstant(value: string, condition: Condition, parameters: Parameters): string {
  const { is, value: wanted } = condition;
  const at = (instant: Date) => parameters.add(instant.toISOString(), 'timestamptz');
  const ago = (days: unknown) => at(daysBefore(parameters.now, days as number));
  switch (is) {
    case 'not_empty':
      return `${value} is not null`;
    case 'before':
      return `${value} < ${at(stretchOf(wanted as string).from)}`;
    case 'after':
      return afterStretch(value, wanted as string, at);
    case 'between': {
      const [first, last] = wanted as string[];
      return `(${value} >= ${at(stretchOf(first!).from)} and not (${afterStretch(value, last!, at)}))`;
    }
    case 'in_last_days':
      return `${value} between ${ago(wanted)} and ${at(parameters.now)}`;
    case 'more_than_days_ago':
      return `${value} < ${ago(wanted)}`;
    default:
      throw new Error(`An instant can't be asked for ${is}`);
  }
}

/** After a day is from the next one's first moment on; after an instant is later than it. */
function afterStretch(value: string, wanted: string, at: (instant: Date) => string): string {
  const { from, to } = stretchOf(wanted);
  return from.getTime() === to.getTime() ? `${value} > ${at(to)}` : `${value} >= ${at(to)}`;
}

/** Positions count from one without a gap, so whoever has a phone at n has n phones: nothing has to be counted. */
function compilePhoneCount(condition: Condition, parameters: Parameters): string {
  const { is, value } = condition;
  // As many phones as that, or more.
  const atLeast = (count: number): string => {
    const least = Math.ceil(count);
    if (least <= 0) return 'true';
    if (least > MOST_PHONES) return 'false';
    return `exists (select from phones rule_phone where rule_phone.lead_id = l.id and rule_phone.position = ${parameters.add(least, 'int')})`;
  };
  const within = (low: number, high: number) => `(${atLeast(low)} and not ${atLeast(Math.floor(high) + 1)})`;
  switch (is) {
    case 'equals':
      return Number.isInteger(value) ? within(value as number, value as number) : 'false';
    case 'one_of': {
      const counts = (value as number[]).filter(Number.isInteger);
      return group(
        counts.map((count) => within(count, count)),
        'or',
      );
    }
    case 'greater_than':
      return atLeast(Math.floor(value as number) + 1);
    case 'less_than':
      return `not ${atLeast(value as number)}`;
    case 'between':
      return within((value as number[])[0]!, (value as number[])[1]!);
    default:
      throw new Error(`A number can't be asked for ${is}`);
  }
}

/** Largest position. */
const MOST_PHONES = 32_767;

/**
 * What the import made of a column: text, number, date as text, boolean, list. `case` for two reasons: it keeps casts from
 * what can't be cast; and of it the planner thinks that half of all rows pass, where it would think 0.5% of an equality
 * that it has no statistics for, and look 400,000 histories up one by one (five times as slow as a join, measured).
 */
function compileAttribute(condition: Condition, parameters: Parameters): string {
  const { field, is, value: wanted } = condition;
  const name = field.slice(ATTRIBUTE_PREFIX.length);
  const key = parameters.add(name, 'text');
  const text = `(l.attributes ->> ${key})`;
  switch (is) {
    case 'not_empty':
      return `${text} <> all('{"",[]}')`;
    case 'has':
      return `(l.attributes -> ${key}) ?| ${parameters.add([wanted].flat(), 'text[]')}`;
    case 'is_true':
      return asCase(`${text} = 'true'`);
    case 'is_false':
      return asCase(`${text} = 'false'`);
    case 'contains':
    case 'starts_with':
      return compareText(text, condition, parameters);
    case 'equals':
      if (typeof wanted === 'string') return asCase(compareText(text, condition, parameters));
      return attributeAsNumber(key, name, condition, parameters);
    case 'one_of':
      return asCase(oneOf(text, condition, parameters, (numbers) => attributeAsNumber(key, name, numbers, parameters)));
    case 'before':
    case 'after':
    case 'in_last_days':
    case 'in_next_days':
    case 'more_than_days_ago':
      return attributeAsDate(text, condition, parameters);
    case 'between':
      if (typeof (wanted as unknown[])[0] === 'string') return attributeAsDate(text, condition, parameters);
      return attributeAsNumber(key, name, condition, parameters);
    default:
      return attributeAsNumber(key, name, condition, parameters);
  }
}

function asCase(holds: string): string {
  return `case when ${holds} then true else false end`;
}

/**
 * A number by its value, and a text by the number that it is. A path of JSON says at one go that a number fits, or that it
 * does not; of all that is no number it says nothing, and only then the text is looked at. Taking the value out of its
 * document to compare it costs up to twice as much: it has to be taken out once to see what it is, and again to compare it.
 */
function attributeAsNumber(key: string, name: string, condition: Condition, parameters: Parameters): string {
  const value = `(l.attributes -> ${key})`;
  const isText = `jsonb_typeof(${value}) = 'string' and ${textAsNumber(`(l.attributes ->> ${key})`, condition, parameters)}`;
  const wanted = condition.value;
  if (condition.is === 'one_of')
    return `case when ${value} = any(${parameters.add(wanted, 'jsonb[]')}) then true else ${isText} end`;
  // Written as JSON, so it is a member's name whatever it holds.
  const member = `$.${JSON.stringify(name)}`;
  return `coalesce(l.attributes @@ ${parameters.add(`strict ${pathOf(member, condition)}`, 'jsonpath')}, ${isText})`;
}

function pathOf(member: string, { is, value }: Condition): string {
  switch (is) {
    case 'equals':
      return `${member} == ${value as number}`;
    case 'greater_than':
      return `${member} > ${value as number}`;
    case 'less_than':
      return `${member} < ${value as number}`;
    case 'between': {
      const [low, high] = value as number[];
      return `${member} >= ${low} && ${member} <= ${high}`;
    }
    default:
      throw new Error(`A number can't be asked for ${is}`);
  }
}

/** As texts in the order of their bytes, which is that of the days. */
function attributeAsDate(text: string, condition: Condition, parameters: Parameters): string {
  const { is, value: wanted } = condition;
  const day = (days: number) => dayFrom(parameters.now, days);
  const add = (bound: string) => parameters.add(bound, 'text');
  const from = (first: string) => `${text} collate "C" >= ${add(first)}`;
  const before = (first: string) => `${text} collate "C" < ${add(first)}`;
  // A time may follow the day.
  const through = (last: string) => `left(${text}, 10) collate "C" <= ${add(last)}`;
  const after = (last: string) => `left(${text}, 10) collate "C" > ${add(last)}`;
  const compared = (): string => {
    switch (is) {
      case 'before':
        return before(wanted as string);
      case 'after':
        return after(wanted as string);
      case 'between':
        return `${from((wanted as string[])[0]!)} and ${through((wanted as string[])[1]!)}`;
      case 'in_last_days':
        return `${from(day(-(wanted as number)))} and ${through(day(0))}`;
      case 'in_next_days':
        return `${from(day(0))} and ${through(day(wanted as number))}`;
      case 'more_than_days_ago':
        return before(day(-(wanted as number)));
      default:
        throw new Error(`A date can't be asked for ${is}`);
    }
  };
  return asCase(`${compared()} and ${text} like '${DAY_LIKE}'`);
}
