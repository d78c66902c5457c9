import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { statement } from '../database/statement.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { fakeHash, insertBase } from '../../test/lead-rows.js';
import { compileCount, compileRule } from './compile-rule.js';
import { evaluateRule, NOBODY, type EvaluatedLead } from './evaluate-rule.js';
import {
  OPERATORS_OF,
  parseRule,
  STANDARD_FIELDS,
  typeOfField,
  type Condition,
  type FieldType,
  type Operator,
  type Rule,
} from './rule.js';

const NOW = new Date('2026-03-02T10:00:00.000Z');

/** Texts that break whoever glues SQL, patterns or numbers together. */
const ODD_TEXTS = [
  '',
  ' ',
  '0',
  '-0',
  '+7',
  '007',
  '1.5',
  '1.50',
  '.5',
  '1.',
  '1e9',
  '1e999999',
  'NaN',
  'Infinity',
  '-Infinity',
  '0x10',
  '٣',
  '12 ',
  '12\n',
  '9'.repeat(29),
  '9'.repeat(40),
  '%',
  '_',
  '100%',
  '\\',
  '\\%',
  "'",
  "''",
  "'; drop table leads; --",
  "' or '1'='1",
  '"',
  '""',
  '$1',
  '$1::text',
  '?',
  ':name',
  '{{name}}',
  '*/ or true /*',
  '-- comment',
  'null',
  'true',
  'É',
  'E\u0301',
  'ß',
  'SS',
  'İ',
  'Нгуен',
  'Ёж',
  '😀',
  '\u200b',
  '\u202e',
  'moscow',
  'Moscow',
  'toString',
  '__proto__',
  'constructor',
  '{"a":1}',
  'a.b',
  "attr'ibute",
  '2026-03-02',
  '2026-03-02T10:00:00Z',
  '2026-02-31',
  '9999-99-99',
  '[]',
  '["a"]',
];

/** What is sent by whoever wants to get out of a value, a name or a key. */
const HOSTILE_TEXTS = [
  ...ODD_TEXTS.filter((text) => text !== ''),
  "'); drop table leads cascade; --",
  "'; update leads set name = 'x'; --",
  "' union select sealed::text from phones --",
  "') or exists (select from users) --",
  "' || pg_sleep(9) || '",
  "\\'; drop table leads; --",
  "E'\\x27'",
  '$$',
  '$tag$ or true $tag$',
  '${1+1}',
  '$2::int) or (true',
  '{a,b}',
  '{"a",NULL}',
  '{}',
  '" == 1 || $."age',
  '"; strict $ ? (true)',
  '$.*',
  '@ > 0',
  '\\u0000',
  '\\u0027 or true',
  'a"b\\',
  "l.attributes ->> 'age'",
  'attribute.age',
  '[*]',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '=cmd()',
  '\t\r\n',
  '\u0001',
  '\u2028',
  'x'.repeat(400),
];

const KEYS = ['age', 'job', 'until', 'tags', '__proto__', "it's", 'a.b', '"', '$1', '', 'Город'];

const oddText = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 6 }).filter((text) => !/[\0\p{Surrogate}]/u.test(text)),
  fc.integer({ min: -5, max: 60 }).map(String),
);
const number = fc.oneof(fc.integer({ min: -5, max: 60 }), fc.constantFrom(0, -0, 1.5, 0.1, 1e21, -1e300, 5e-324));
const code = fc.constantFrom('sale', 'refusal', 'callback', 'too_expensive', "it's", '');
const day = fc.constantFrom(
  '2025-12-31',
  '2026-02-27',
  '2026-02-28',
  '2026-03-01',
  '2026-03-02',
  '2026-03-03',
  '2027-01-01',
);
const instant = fc.oneof(
  fc.constantFrom(
    '2026-03-01T00:00:00.000Z',
    '2026-03-02T00:00:00.000Z',
    '2026-03-02T10:00:00.000Z',
    '2026-02-28T23:59:59.999Z',
  ),
  fc.integer({ min: -40 * 24, max: 2 * 24 }).map((hours) => new Date(NOW.getTime() + hours * 3_600_000).toISOString()),
);
const id = fc.integer({ min: 1, max: 4 });

const textValue = fc.oneof(oddText, code, fc.constantFrom('FR', 'RU', 'mobile', 'fixed_line'));
const zoneValue = fc.constantFrom('Europe/Paris', 'Europe/Moscow', 'Asia/Omsk', 'Asia', 'Europe/', 'o', '');

function singleOf(type: FieldType, baseIds: readonly number[]): fc.Arbitrary<string | number> {
  switch (type) {
    case 'base':
      return fc.constantFrom(...baseIds, 2_147_483_647);
    case 'user':
    case 'offer':
      return id;
    case 'number':
    case 'amount':
      return fc.oneof(number, fc.integer({ min: 0, max: 4 }));
    case 'zone':
      return zoneValue;
    case 'date':
      return day;
    default:
      return fc.oneof(textValue, number);
  }
}

/** A value that fits, whatever the field and the operator. */
function valueOf(type: FieldType, is: Operator, baseIds: readonly number[]): fc.Arbitrary<Condition['value']> {
  const single = singleOf(type, baseIds);
  const moment = type === 'instant' ? fc.oneof(day, instant) : day;
  const pair = <T>(bound: fc.Arbitrary<T>) => fc.tuple(bound, bound) as fc.Arbitrary<T[]>;
  switch (is) {
    case 'one_of':
      return fc.array(single, { minLength: 1, maxLength: 4 });
    case 'has': {
      const item = type === 'offers' ? id : fc.oneof(fc.constantFrom('a', 'b', 'vip'), oddText);
      return fc.oneof(item, fc.array(item as fc.Arbitrary<string | number>, { minLength: 1, maxLength: 3 }));
    }
    case 'contains':
    case 'starts_with':
      return type === 'zone' ? zoneValue : textValue;
    case 'before':
    case 'after':
      return moment;
    case 'in_last_days':
    case 'in_next_days':
    case 'more_than_days_ago':
      return fc.constantFrom(0, 1, 2, 30, 36_500);
    case 'between':
      if (type === 'date' || type === 'instant') return pair(moment);
      if (type === 'attribute') return fc.oneof(pair(number), pair(day));
      return pair(number);
    case 'greater_than':
    case 'less_than':
      return number;
    case 'equals':
    case 'not_equals':
      return single;
    default:
      return fc.constant(undefined);
  }
}

function conditionOn(field: string, baseIds: readonly number[]): fc.Arbitrary<Condition> {
  const type = typeOfField(field)!;
  return fc
    .constantFrom(...OPERATORS_OF[type])
    .chain((is) =>
      valueOf(type, is, baseIds).map((value) => (value === undefined ? { field, is } : { field, is, value })),
    );
}

function rules(baseIds: readonly number[]): fc.Arbitrary<Rule> {
  const standard = Object.keys(STANDARD_FIELDS).filter((field) => field !== 'segment');
  const attributes = KEYS.filter((key) => key !== '').map((key) => `attribute.${key}`);
  const field = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...standard) }, fc.constantFrom(...attributes));
  const condition = field.chain((name) => conditionOn(name, baseIds));
  return fc.letrec<{ rule: Rule }>((tie) => {
    const members = fc.array(tie('rule'), { maxLength: 3 });
    return {
      rule: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        { weight: 3, arbitrary: condition as fc.Arbitrary<Rule> },
        { weight: 1, arbitrary: fc.record({ all: members }) },
        { weight: 1, arbitrary: fc.record({ any: members }) },
        { weight: 1, arbitrary: fc.record({ none: members }) },
      ),
    };
  }).rule;
}

type SampleLead = Omit<EvaluatedLead, 'base'> & { called: boolean };

/** Buckets of the main phone. */
const ZONES = [['Europe/Paris'], ['Europe/Moscow'], ['Asia/Omsk', 'Asia/Tomsk'], ['America/Bogota', 'Europe/Moscow']];

/** Fixed, so that every run meets the same leads; the rules vary. */
function sampleLeads(count: number): SampleLead[] {
  const optional = fc.option(oddText, { freq: 4 });
  const json = fc.oneof(
    { weight: 3, arbitrary: oddText },
    { weight: 3, arbitrary: number },
    { weight: 2, arbitrary: day },
    { weight: 1, arbitrary: day.map((text) => `${text}T10:30:00+07:00`) },
    { weight: 1, arbitrary: fc.boolean() },
    { weight: 2, arbitrary: fc.array(fc.oneof(fc.constantFrom('a', 'b', 'vip'), oddText), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
  const amount = fc.option(fc.constantFrom(0, 1.5, 2, 30, 45.25, 500));
  const at = instant.map((text) => new Date(text));
  const history = fc.record({
    attempts: fc.integer({ min: 0, max: 5 }),
    contacts: fc.integer({ min: 0, max: 3 }),
    talked_seconds: fc.integer({ min: 0, max: 60 }),
    last_outcome: fc.option(code),
    refusal_reason: fc.option(code),
    refusal_price: amount,
    refusal_currency: fc.option(fc.constantFrom('EUR', 'RUB')),
    refusal_competitor: optional,
    reconsider_on: fc.option(day),
    refused_offer: fc.option(id),
    refused_offer_price: amount,
    last_attempt_at: fc.option(at),
    last_contact_at: fc.option(at),
    callback_pending: fc.boolean(),
    bought_offer: fc.array(id, { maxLength: 2 }),
    complained: fc.boolean(),
  });
  const phone = fc.record({
    country: fc.constantFrom('FR', 'RU'),
    line_type: fc.constantFrom('mobile', 'fixed_line', ''),
    zone: fc.constantFrom(...ZONES),
    phone_count: fc.integer({ min: 1, max: 3 }),
  });
  const lead = fc.record({
    name: optional,
    region: optional,
    external_id: optional,
    priority: fc.integer({ min: -3, max: 3 }),
    owner: fc.option(id),
    consent: fc.boolean(),
    loaded_at: at,
    attributes: fc.dictionary(fc.constantFrom(...KEYS), json, { maxKeys: 6 }),
    history: fc.option(history, { freq: 3 }),
    phone: fc.option(phone, { freq: 8 }),
  });
  return fc.sample(lead, { seed: 20_261_121, numRuns: count }).map(({ history, phone, ...rest }) => ({
    ...rest,
    ...(phone ?? { country: null, line_type: null, zone: [], phone_count: 0 }),
    ...(history ?? NO_HISTORY),
    called: history !== null,
  }));
}

const NO_HISTORY = {
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

const named: Rule = { field: 'name', is: 'not_empty' };
const soldOnce: Rule = { field: 'bought_offer', is: 'not_empty' };

/** Somebody without a history or a phone, to whom this text sticks everywhere. */
function markedLead(text: string): SampleLead {
  const { phone_count, country, line_type, zone, ...rest } = NOBODY;
  const attributes = { [text]: text, [`${text} n`]: 7, tags: [text, 'b'] };
  return { ...rest, phone_count, country, line_type, zone, name: text, attributes, loaded_at: NOW, called: false };
}

describe('a compiled rule', () => {
  let test: TestDatabase;
  let baseIds: number[];
  let outcomeSetId: number;
  const leads = new Map<number, EvaluatedLead>();

  beforeAll(async () => {
    test = await createTestDatabase();
    const { database } = test;
    const sets = statement('', `insert into outcome_sets (organisation_id, name) values (1, 'A set') returning id`);
    outcomeSetId = (await database.query<{ id: number }>(sets))[0]!.id;
    baseIds = [await insertBase(database, 'one'), await insertBase(database, 'two')];
    for (const [i, sample] of [...sampleLeads(160), ...HOSTILE_TEXTS.map(markedLead)].entries()) {
      const base = baseIds[i % 2]!;
      // Consent is known of numbers, so nobody without one has it.
      const consent = sample.consent && sample.phone_count > 0;
      leads.set(await insertLead(base, { ...sample, consent }), { ...sample, base, consent });
    }
    await database.query(statement('', `analyze leads, phones, lead_history`));
  });

  afterAll(() => test.drop());

  async function insertLead(baseId: number, lead: SampleLead): Promise<number> {
    const { database } = test;
    const [row] = await database.query<{ id: number }>(
      statement(
        '',
        `insert into leads (organisation_id, base_id, import_id, external_id, name, region, attributes, priority, owner_id,
           created_at)
         values (1, $1, 1, $2, $3, $4, $5, $6, $7, $8) returning id`,
      ),
      [
        ...[
          baseId,
          lead.external_id,
          lead.name,
          lead.region,
          JSON.stringify(lead.attributes),
          lead.priority,
          lead.owner,
        ],
        lead.loaded_at,
      ],
    );
    const id = row!.id;
    for (let position = 1; position <= lead.phone_count; position++)
      await database.query(
        statement(
          '',
          `with made as (insert into buckets (country, zones) values ($6, $8) on conflict do nothing returning id), bucket as (
             select id from made union all select id from buckets where country = $6 and zones = $8 limit 1)
           insert into phones (organisation_id, lead_id, base_id, position, sealed, match_hash, country, line_type, bucket_id, last_digits)
           select 1, $1, $2, $3, $4, $5, $6, $7, id, '00' from bucket`,
        ),
        [
          ...[id, baseId, position, Buffer.alloc(1), fakeHash(id * 10 + position)],
          // Only the main phone is asked.
          ...(position === 1 ? [lead.country, lead.line_type, lead.zone] : ['FR', 'mobile', ['Europe/Paris']]),
        ],
      );
    if (lead.phone_count > 0) await insertConsent(id, lead.consent);
    if (lead.called)
      await database.query(
        statement(
          '',
          `insert into lead_history (lead_id, organisation_id, attempts, contacts, longest_talk_seconds, last_outcome, refusal_reason,
             refusal_price, refusal_currency, refusal_competitor, reconsider_on, refused_offer_id, refused_offer_price,
             last_attempt_at, last_contact_at, callback_pending, bought_offer_ids, complained_at)
           values ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
        ),
        [
          ...[id, lead.attempts, lead.contacts, lead.talked_seconds, lead.last_outcome, lead.refusal_reason],
          ...[
            lead.refusal_price,
            lead.refusal_currency,
            lead.refusal_competitor,
            lead.reconsider_on,
            lead.refused_offer,
          ],
          ...[lead.refused_offer_price, lead.last_attempt_at, lead.last_contact_at, lead.callback_pending],
          ...[lead.bought_offer, lead.complained ? NOW : null],
        ],
      );
    return id;
  }

  /** In force; or over, taken back, for one campaign only, or not proved. */
  async function insertConsent(leadId: number, holds: boolean): Promise<void> {
    const kind = holds ? 'holds' : ['over', 'taken_back', 'narrow', 'voided'][leadId % 4]!;
    await test.database.query(
      statement(
        '',
        `with t as (
           insert into consent_texts (organisation_id, source, wording, created_at, voided_at)
           values (1, 'A form', 'Yes', $3, case when $2 = 'voided' then $3::timestamptz end) returning id
         ), c as (
           insert into campaigns (organisation_id, name, outcome_set_id, hours, created_at, updated_at)
           select 1, 'A campaign', $5, '{}', $3, $3 where $2 = 'narrow' returning id
         ), back as (
           insert into consents (organisation_id, match_hash, kind, scope, source, at, created_at)
           select 1, $1, 'withdrawn', 'company', 'A letter', $3, $3 where $2 = 'taken_back'
         )
         insert into consents
           (organisation_id, match_hash, kind, form, text_id, proof, scope, campaign_id, source, at, valid_to, created_at)
         select 1, $1, 'granted', 'prior', t.id, '{"kind":"paper","reference":"1"}', case when $2 = 'narrow' then 'campaign' else 'company' end,
           (select id from c), 'A person', $4, case when $2 = 'over' then $3::timestamptz end, $3
         from t`,
      ),
      [fakeHash(leadId * 10 + 1), kind, NOW, new Date(NOW.getTime() - 3_600_000), outcomeSetId],
    );
  }

  /** As part of a statement over leads. */
  async function select(rule: Rule): Promise<number[]> {
    const { joins, sql, values } = compileRule(rule, 2, NOW);
    const rows = await test.database.query<{ id: number }>(
      statement('', `select l.id from leads l ${joins} where $1::int = 1 and ${sql} order by l.id`),
      [1, ...values],
    );
    return rows.map((row) => row.id);
  }

  /** As a statement of its own. */
  async function selectToCount(rule: Rule): Promise<number[]> {
    const { from, sql, values, leadId, difference } = compileCount(rule, 1, 1, NOW);
    const rows = await test.database.query<{ id: number }>(
      statement('', `select ${leadId} as id from ${from} where ${sql} order by 1`),
      values,
    );
    if (difference) {
      const [row] = await test.database.query<{ count: number }>(statement('', difference.sql), difference.values);
      expect(row!.count).toBe(rows.length);
    }
    return rows.map((row) => row.id);
  }

  const expected = (rule: Rule) => [...leads].filter(([, lead]) => evaluateRule(rule, lead, NOW)).map(([id]) => id);

  it('selects the leads that plain evaluation selects, for every rule and every lead', async () => {
    let selected = 0;
    await fc.assert(
      fc.asyncProperty(rules(baseIds), async (rule) => {
        expect(parseRule(rule)).toEqual({ rule, problems: [] });
        const ids = expected(rule);
        if (ids.length > 0 && ids.length < leads.size) selected++;
        expect(await select(rule)).toEqual(ids);
        expect(await selectToCount(rule)).toEqual(ids);
      }),
      { numRuns: RUNS },
    );
    // Rules that take all or nobody would prove little.
    expect(selected).toBeGreaterThan(RUNS / 3);
  }, 120_000);

  it('selects just the other leads when it is negated', async () => {
    await fc.assert(
      fc.asyncProperty(rules(baseIds), async (rule) => {
        const [inside, outside] = [await select(rule), await select({ none: [rule] })];
        expect([...inside, ...outside].sort((a, b) => a - b)).toEqual([...leads.keys()]);
      }),
      { numRuns: 200 },
    );
  });

  it.each(ODD_TEXTS)('takes %j as a value and as an attribute key for what it is, nothing more', async (text) => {
    for (const is of ['equals', 'not_equals', 'contains', 'starts_with'] as const) {
      const byName: Rule = { field: 'name', is, value: text };
      expect(await select(byName)).toEqual(expected(byName));
      const byKey: Rule = { field: `attribute.${text}`, is, value: text };
      expect(await select(byKey)).toEqual(expected(byKey));
    }
    const byItem: Rule = { field: 'attribute.tags', is: 'has', value: [text] };
    expect(await select(byItem)).toEqual(expected(byItem));
  });

  it.each(HOSTILE_TEXTS)(
    'finds just those to whom %j was written, as a name, a value, an item and a key',
    async (text) => {
      const number = `${text} n`;
      const asked: [Rule, (lead: EvaluatedLead) => boolean][] = [
        [{ field: 'name', is: 'equals', value: text }, ({ name }) => name === text],
        [{ field: 'name', is: 'one_of', value: [text] }, ({ name }) => name === text],
        [{ field: 'name', is: 'contains', value: text }, ({ name }) => name?.includes(text) ?? false],
        [{ field: 'attribute.tags', is: 'has', value: text }, (lead) => [own(lead, 'tags')].flat().includes(text)],
        [{ field: `attribute.${text}`, is: 'equals', value: text }, (lead) => own(lead, text) === text],
        [
          { field: `attribute.${text}`, is: 'starts_with', value: text },
          (lead) => textOf(own(lead, text)).startsWith(text),
        ],
        [{ field: `attribute.${number}`, is: 'equals', value: 7 }, (lead) => own(lead, number) === 7],
        [{ field: `attribute.${number}`, is: 'greater_than', value: 6.5 }, (lead) => own(lead, number) === 7],
        [{ field: `attribute.${number}`, is: 'between', value: [6, 8] }, (lead) => own(lead, number) === 7],
      ];
      for (const [rule, fits] of asked) {
        expect(parseRule(rule)).toEqual({ rule, problems: [] });
        const ids = [...leads].filter(([, lead]) => fits(lead)).map(([id]) => id);
        expect(ids.length).toBeGreaterThan(0);
        expect(await select(rule)).toEqual(ids);
        expect(await selectToCount(rule)).toEqual(ids);
      }
      expect(await select({ all: [] })).toEqual([...leads.keys()]);
    },
  );

  it.each<[string, Rule, string]>([
    ['the history', { field: 'last_outcome', is: 'equals', value: 'sale' }, 'lead_history history'],
    [
      'history and phone',
      {
        all: [
          { field: 'country', is: 'equals', value: 'FR' },
          { field: 'attempts', is: 'greater_than', value: 1 },
        ],
      },
      'lead_history history inner join phones main_phone on main_phone.lead_id = history.lead_id and main_phone.position = 1',
    ],
    ['the phone', { field: 'line_type', is: 'equals', value: 'mobile' }, 'phones main_phone'],
    ['the lead', { field: 'name', is: 'not_empty' }, 'leads l'],
    ['those who were never called too', { field: 'attempts', is: 'less_than', value: 2 }, 'leads l'],
    ['either of two', { any: [named, { field: 'last_outcome', is: 'equals', value: 'sale' }] }, 'leads l'],
    [
      'several of a history that may be missing',
      { all: [{ any: [named, soldOnce] }, { any: [named, { field: 'attempts', is: 'less_than', value: 2 }] }] },
      'leads l left join lead_history history on history.lead_id = l.id',
    ],
  ])('is counted from as few tables as can tell: %s', (_what, rule, from) => {
    expect(compileCount(rule, 1, 1, NOW).from).toBe(from);
  });
});

function own({ attributes }: EvaluatedLead, key: string): unknown {
  return Object.hasOwn(attributes, key) ? attributes[key] : undefined;
}

/** Of lists too, as the database writes them. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
  return value === undefined || value === null ? '\0' : String(value);
}

const RUNS = 3_000;
