import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { statement } from '../database/statement.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { insertBase, insertLeads, fakeHash, type LeadRow } from '../../test/lead-rows.js';
import { compileRule } from './compile-rule.js';
import { evaluateRule, type EvaluatedLead } from './evaluate-rule.js';
import { parseRule, STANDARD_FIELDS, type Condition, type Rule } from './rule.js';

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
];

const KEYS = ['age', 'job', '__proto__', "it's", 'a.b', '"', '$1', '', 'Город'];

const oddText = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 6 }).filter((text) => !/[\0\p{Surrogate}]/u.test(text)),
  fc.integer({ min: -5, max: 60 }).map(String),
);
const number = fc.oneof(fc.integer({ min: -5, max: 60 }), fc.constantFrom(0, -0, 1.5, 0.1, 1e21, -1e300, 5e-324));
const code = fc.constantFrom('sale', 'refusal', 'callback', 'too_expensive', "it's", '');

const textValue = fc.oneof(oddText, code, fc.constantFrom('FR', 'RU', 'mobile', 'fixed_line'));

function conditionOn(field: string, baseIds: readonly number[]): fc.Arbitrary<Condition> {
  const type = field.startsWith('attribute.') ? 'text' : STANDARD_FIELDS[field as keyof typeof STANDARD_FIELDS];
  const base = fc.constantFrom(...baseIds, 2_147_483_647);
  const single = type === 'base' ? base : type === 'number' ? number : fc.oneof(textValue, number);
  const many = fc.array(single, { minLength: 1, maxLength: 4 });
  const equality = fc.oneof(
    fc.record({
      field: fc.constant(field),
      is: fc.constantFrom('equals' as const, 'not_equals' as const),
      value: single,
    }),
    fc.record({
      field: fc.constant(field),
      is: fc.constant('one_of' as const),
      value: many as fc.Arbitrary<(string | number)[]>,
    }),
  );
  if (type === 'base') return equality;
  const ordered = fc.oneof(
    fc.record({
      field: fc.constant(field),
      is: fc.constantFrom('greater_than' as const, 'less_than' as const),
      value: number,
    }),
    fc.record({
      field: fc.constant(field),
      is: fc.constant('between' as const),
      value: fc.tuple(number, number) as fc.Arbitrary<number[]>,
    }),
  );
  if (type === 'number') return fc.oneof(equality, ordered);
  return fc.oneof(
    equality,
    ordered,
    fc.record({
      field: fc.constant(field),
      is: fc.constantFrom('contains' as const, 'starts_with' as const),
      value: textValue,
    }),
    fc.record({ field: fc.constant(field), is: fc.constantFrom('empty' as const, 'not_empty' as const) }),
  );
}

function rules(baseIds: readonly number[]): fc.Arbitrary<Rule> {
  const fields = [
    ...Object.keys(STANDARD_FIELDS),
    ...KEYS.filter((key) => key !== '').map((key) => `attribute.${key}`),
  ];
  const condition = fc.constantFrom(...fields).chain((field) => conditionOn(field, baseIds));
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

/** Fixed, so that every run meets the same leads; the rules vary. */
function sampleLeads(count: number): { row: LeadRow; outcomes: { outcome: string; reason: string | null }[] }[] {
  const optional = fc.option(oddText, { freq: 4 });
  const lead = fc.record({
    row: fc.record({
      name: optional,
      region: optional,
      externalId: optional,
      priority: fc.integer({ min: -3, max: 3 }),
      attributes: fc.dictionary(fc.constantFrom(...KEYS), optional, { maxKeys: 5 }),
      country: fc.option(fc.constantFrom('FR', 'RU'), { freq: 8 }),
      lineType: fc.constantFrom('mobile', 'fixed_line', ''),
    }),
    outcomes: fc.array(fc.record({ outcome: code, reason: fc.option(code) }), { maxLength: 3 }),
  });
  return fc.sample(lead, { seed: 20_261_121, numRuns: count });
}

describe('a compiled rule', () => {
  let test: TestDatabase;
  let baseIds: number[];
  const leads = new Map<number, EvaluatedLead>();

  beforeAll(async () => {
    test = await createTestDatabase();
    const { database } = test;
    baseIds = [await insertBase(database, 'one'), await insertBase(database, 'two')];
    const samples = sampleLeads(150);
    const campaignId = await insertCampaign();
    for (const [half, baseId] of baseIds.entries()) {
      const part = samples.filter((_sample, i) => i % 2 === half);
      const ids = await insertLeads(
        database,
        baseId,
        part.map((sample) => sample.row),
      );
      for (const [i, id] of ids.entries()) {
        const { row, outcomes } = part[i]!;
        await insertHistory(campaignId, id, outcomes);
        leads.set(id, {
          base: baseId,
          name: row.name ?? null,
          region: row.region ?? null,
          external_id: row.externalId ?? null,
          country: row.country ?? null,
          line_type: row.country ? row.lineType! : null,
          priority: row.priority!,
          attributes: row.attributes as Record<string, string | null>,
          last_outcome: outcomes.at(-1)?.outcome ?? null,
          refusal_reason: outcomes.findLast((outcome) => outcome.reason !== null)?.reason ?? null,
          attempts: outcomes.length,
        });
      }
    }
  });

  afterAll(() => test.drop());

  async function insertCampaign(): Promise<number> {
    const [row] = await test.database.query<{ id: number }>(
      statement(
        '',
        `with s as (insert into outcome_sets (organisation_id, name) values (1, 'x') returning id)
         insert into campaigns (organisation_id, name, outcome_set_id, hours, created_at, updated_at)
         select 1, 'A campaign', id, '{}', now(), now() from s returning id`,
      ),
    );
    return row!.id;
  }

  /** One ended attempt for each outcome, its disposition corrected once; and a reservation that was never dialled. */
  async function insertHistory(
    campaignId: number,
    leadId: number,
    outcomes: { outcome: string; reason: string | null }[],
  ) {
    await test.database.query(
      statement(
        '',
        `with entry as (
           insert into calling_list_entries (campaign_id, lead_id, segment_id, bucket_id, state, tier, due_at)
           values ($1, $2, 1, 1, 'ready', 5, now()) returning id
         ), outcome as (
           select * from rows from (jsonb_to_recordset($3) as (outcome text, reason text)) with ordinality as r (outcome, reason, number)
         ), attempt as (
           insert into attempts (organisation_id, campaign_id, entry_id, lead_id, phone_id, match_hash, fence, mode, number,
             ring_timeout_ms, connect_timeout_ms, state, result, reserved_at, dial_before, originated_at, ended_at)
           select 1, $1, entry.id, $2, 1, $4, 1, 'progressive', n, 22000, 2000, 'ended',
             case when n > jsonb_array_length($3) then 'cancelled' else 'answered' end, now(), now(),
             case when n > jsonb_array_length($3) then null else now() end, now()
           from entry, generate_series(1, jsonb_array_length($3) + 1) n returning id, number
         )
         insert into dispositions (organisation_id, campaign_id, attempt_id, lead_id, outcome_code, category, result, right_party,
           refusal_reason, automatic, at, superseded_at)
         select 1, $1, a.id, $2, case when old then 'mistaken' else o.outcome end, 'refusal', 'failure', true,
           case when old then 'mistaken' else o.reason end, false, now(), case when old then now() end
         from attempt a join outcome o on o.number = a.number, unnest(array[true, false]) old
         order by a.number desc, old desc`,
      ),
      [campaignId, leadId, JSON.stringify(outcomes), fakeHash(leadId)],
    );
  }

  async function select(rule: Rule): Promise<number[]> {
    const compiled = compileRule(rule, 2);
    const rows = await test.database.query<{ id: number }>(
      statement('', `select l.id from leads l where $1::int = 1 and ${compiled.sql} order by l.id`),
      [1, ...compiled.values],
    );
    return rows.map((row) => row.id);
  }

  const expected = (rule: Rule) => [...leads].filter(([, lead]) => evaluateRule(rule, lead)).map(([id]) => id);

  it('selects the leads that plain evaluation selects, for every rule and every lead', async () => {
    await fc.assert(
      fc.asyncProperty(rules(baseIds), async (rule) => {
        expect(parseRule(rule)).toEqual({ rule, problems: [] });
        expect(await select(rule)).toEqual(expected(rule));
      }),
      { numRuns: 600 },
    );
  });

  it('selects just the other leads when it is negated', async () => {
    await fc.assert(
      fc.asyncProperty(rules(baseIds), async (rule) => {
        const [inside, outside] = [await select(rule), await select({ none: [rule] })];
        expect([...inside, ...outside].sort((a, b) => a - b)).toEqual([...leads.keys()]);
      }),
      { numRuns: 150 },
    );
  });

  it.each(ODD_TEXTS)('takes %j as a value and as an attribute key for what it is, nothing more', async (text) => {
    for (const is of ['equals', 'not_equals', 'contains', 'starts_with'] as const) {
      const byName: Rule = { field: 'name', is, value: text };
      expect(await select(byName)).toEqual(expected(byName));
      const byKey: Rule = { field: `attribute.${text}`, is, value: text };
      expect(await select(byKey)).toEqual(expected(byKey));
    }
  });

  it('has history fields that look at the disposition in force, not at a corrected one', async () => {
    expect(await select({ field: 'last_outcome', is: 'equals', value: 'mistaken' })).toEqual([]);
    expect(await select({ field: 'refusal_reason', is: 'equals', value: 'mistaken' })).toEqual([]);
    const sold: Rule = { field: 'last_outcome', is: 'equals', value: 'sale' };
    expect((await select(sold)).length).toBeGreaterThan(0);
  });
});
