import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { insertBase, insertLeads } from '../../test/lead-rows.js';
import { createTestApp, type TestApp } from '../../test/test-app.js';
import type { UserRole } from '../auth/access.js';
import { AuthService } from '../auth/auth.service.js';
import { UsersService } from '../auth/users.service.js';
import { statement } from '../database/statement.js';

const SAID =
  'Hello {{name|there}}, this is {{seller}}. I am calling about your plan in {{city}}. You may decline at any time.';

/** What a request comes back with, as far as these tests look. */
interface Answer {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

describe('the scripts of the API', () => {
  let test: TestApp;
  const cookies = new Map<UserRole, string>();
  let leadId: number;

  beforeAll(async () => {
    test = await createTestApp();
    const password = 'a long password';
    for (const role of ['marketer', 'manager', 'operator'] as const) {
      await test.app.get(UsersService).createUser({ organisationId: 1, login: role, name: role, role, password });
      const attempt = { login: role, password, address: '127.0.0.1', userAgent: null, formerToken: null };
      cookies.set(role, `zvon_session=${(await test.app.get(AuthService).signIn(attempt)).token}`);
    }
    const { database } = test.database;
    const baseId = await insertBase(database);
    await run('insert into base_attributes (base_id, name, type) values ($1, $2, $3)', [baseId, 'city', 'text']);
    [leadId] = (await insertLeads(database, baseId, [
      { name: 'Ann', region: 'North', attributes: { city: 'Lyon' } },
    ])) as [number];
  }, 60_000);

  afterAll(() => test.close());

  const run = (sql: string, values: readonly unknown[] = []) =>
    test.database.database.query<Record<string, unknown>>(statement('', sql), values);

  const ask = async (role: UserRole, method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${test.url}/api${path}`, {
      method,
      headers: { cookie: cookies.get(role)!, origin: test.url, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };

  const good = (more: Record<string, unknown> = {}) => ({
    name: 'First call',
    seller: 'Clear Energy',
    steps: [
      { title: 'Hello', text: SAID, mustSay: true },
      { title: 'Price', text: 'It costs {{offer.price}} a month.' },
    ],
    ...more,
  });
  const make = async (body: unknown = good()) => (await ask('marketer', 'POST', '/scripts', body)).body;
  const publish = (id: number, version: number) => ask('marketer', 'POST', `/scripts/${id}/publish`, { version });
  const codesOf = ({ body }: Answer) =>
    body.errors.map((each: { field: string; code: string }) => `${each.code} ${each.field}`);

  it('are drafts first, whole even where little was written', async () => {
    const made = await ask('marketer', 'POST', '/scripts', good());
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...{ name: 'First call', version: 1, publishedVersion: null, purpose: 'sale', seller: 'Clear Energy' },
      ...{ languages: [], objections: [], forms: [], printed: [] },
      steps: [
        { id: 's1', title: 'Hello', mustSay: true, answers: [{ label: '→', goto: 's2' }] },
        { id: 's2', answers: [{ label: '→', goto: 'end' }] },
      ],
    });
    expect((await ask('manager', 'GET', `/scripts/${made.body.id}`)).body).toEqual(made.body);
    const [summary] = (await ask('manager', 'GET', '/scripts')).body;
    expect(summary).toMatchObject({ id: made.body.id, name: 'First call', publishedVersion: null });
    expect(summary).not.toHaveProperty('steps');
  });

  it('are published version by version, and a version never changes', async () => {
    const { id } = await make();
    expect(await publish(id, 1)).toMatchObject({ status: 200, body: { publishedVersion: 1, version: 1 } });
    // Nothing new to say makes no new version.
    expect((await publish(id, 1)).body.publishedVersion).toBe(1);

    const second = good({ version: 1, name: 'Second call', seller: 'Clearer Energy' });
    const changed = await ask('manager', 'PUT', `/scripts/${id}`, second);
    expect(changed).toMatchObject({ status: 200, body: { name: 'Second call', version: 2, publishedVersion: 1 } });
    expect((await ask('manager', 'GET', `/scripts/${id}/versions/1`)).body.seller).toBe('Clear Energy');

    expect((await publish(id, 2)).body).toMatchObject({ publishedVersion: 2 });
    expect((await ask('manager', 'GET', `/scripts/${id}/versions`)).body).toEqual([
      { version: 2, publishedAt: expect.any(String), publishedBy: 'marketer' },
      { version: 1, publishedAt: expect.any(String), publishedBy: 'marketer' },
    ]);
    expect((await ask('manager', 'GET', `/scripts/${id}/versions/1`)).body.seller).toBe('Clear Energy');
    expect(await ask('manager', 'GET', `/scripts/${id}/versions/3`)).toMatchObject({
      ...{ status: 404, body: { code: 'script_version_not_found' } },
    });
    const trail = await run(
      `select action, actor_id from audit_trail where subject_kind = 'script' and subject_id = $1 order by id`,
      [id],
    );
    expect(trail.map((row) => row['action'])).toEqual([
      ...['script_created', 'script_published', 'script_changed', 'script_published'],
    ]);
    expect(trail.every((row) => row['actor_id'] !== null)).toBe(true);
    const { body } = await ask('manager', 'GET', `/scripts/${id}/audit?limit=3`);
    expect(body.map(({ action, changes }: { action: string; changes: object[] }) => [action, changes])).toEqual([
      ['script_published', [{ field: 'publishedVersion', before: 1, after: 2 }]],
      [
        'script_changed',
        [
          { field: 'name', before: 'First call', after: 'Second call' },
          { field: 'seller', before: 'Clear Energy', after: 'Clearer Energy' },
        ],
      ],
      ['script_published', [{ field: 'publishedVersion', before: null, after: 1 }]],
    ]);
    expect(await ask('manager', 'GET', '/scripts/987654/audit')).toMatchObject({
      ...{ status: 404, body: { code: 'script_not_found' } },
    });
  });

  it('are neither changed nor published over somebody else’s change', async () => {
    const { id } = await make();
    expect((await ask('manager', 'PUT', `/scripts/${id}`, good({ version: 1, name: 'Mine' }))).body.version).toBe(2);
    for (const late of [await ask('marketer', 'PUT', `/scripts/${id}`, good({ version: 1 })), await publish(id, 1)])
      expect(late).toMatchObject({ status: 409, body: { code: 'version_conflict', version: 2 } });
    expect((await ask('manager', 'GET', `/scripts/${id}`)).body).toMatchObject({
      name: 'Mine',
      publishedVersion: null,
    });
  });

  it('are published once when two do it at once', async () => {
    const { id } = await make();
    const both = await Promise.all([publish(id, 1), publish(id, 1)]);
    expect(both.map(({ status, body }) => [status, body.publishedVersion])).toEqual([
      [200, 1],
      [200, 1],
    ]);
    expect(await run('select from script_versions where script_id = $1', [id])).toHaveLength(1);
  });

  it('are not published with faults, each named by its place', async () => {
    const faulty = await make(
      good({
        steps: [
          {
            id: 'a',
            title: 'A',
            text: `${SAID} {{town}}`,
            answers: [
              { label: 'x', goto: 'b' },
              { label: 'y', goto: 'z' },
            ],
          },
          { id: 'b', title: 'B', text: 'It costs 5 €.', answers: [] },
          { id: 'c', title: 'C', text: 'Bye', answers: [{ label: 'x', goto: 'c' }] },
        ],
        objections: [{ refusalReason: 'weather', title: 'Rain', text: 'It will stop.' }],
        forms: [{ id: 'o', kind: 'order', title: 'Order', fields: [{ id: 'f', label: 'Which?', type: 'choice' }] }],
      }),
    );
    const refused = await publish(faulty.id, 1);
    expect(refused).toMatchObject({ status: 422, body: { code: 'script_faulty', field: 'steps.0.answers.1.goto' } });
    expect(codesOf(refused)).toEqual([
      'goto_nowhere steps.0.answers.1.goto',
      'dead_end steps.1.answers',
      'step_unreachable steps.2',
      'field_unknown steps.0.text',
      'refusal_reason_unknown objections.0.refusalReason',
      'choices_missing forms.0.fields.0.choices',
    ]);
    expect(refused.body.faults[0]).toEqual({
      ...{ path: 'steps.0.answers.1.goto', code: 'goto_nowhere' },
      message: 'The answer leads to z, which is no step.',
    });
    expect((await ask('manager', 'GET', `/scripts/${faulty.id}`)).body.publishedVersion).toBeNull();
    expect(await run('select from script_versions where script_id = $1', [faulty.id])).toEqual([]);
  });

  it('are not published against advertising law, until the claim has its proof', async () => {
    const claim = 'the cheapest plan of 2025 by Measure Ltd';
    const { id } = await make(good({ steps: [{ title: 'All', text: `${SAID} It is ${claim}: 5 €.` }] }));
    const refused = await publish(id, 1);
    expect(refused).toMatchObject({ status: 422, body: { code: 'script_unlawful', field: 'steps.0.text' } });
    expect(codesOf(refused)).toEqual(['superlative steps.0.text']);
    const [{ from, to, word }] = refused.body.findings;
    expect([word, `${SAID} It is ${claim}: 5 €.`.slice(from, to)]).toEqual(['cheapest', 'cheapest']);

    const proof = { text: claim, criterion: 'price of 20 plans', proof: 'Report 7', validUntil: '2999-12-31' };
    const entered = await ask('manager', 'POST', '/claims', proof);
    expect(entered).toMatchObject({ status: 201, body: { ...proof, createdBy: 'manager', withdrawnAt: null } });
    expect((await publish(id, 1)).body.publishedVersion).toBe(1);
    expect((await ask('marketer', 'GET', '/claims')).body).toEqual([entered.body]);

    const withdrawn = await ask('manager', 'POST', `/claims/${entered.body.id}/withdraw`);
    expect(withdrawn).toMatchObject({ status: 200, body: { withdrawnAt: expect.any(String) } });
    expect((await ask('manager', 'POST', `/claims/${entered.body.id}/withdraw`)).body).toEqual(withdrawn.body);
    const again = good({ version: 1, steps: [{ title: 'All', text: `${SAID} Yes, ${claim}: 5 €.` }] });
    await ask('marketer', 'PUT', `/scripts/${id}`, again);
    expect((await publish(id, 2)).body.code).toBe('script_unlawful');
    expect((await ask('manager', 'GET', `/scripts/${id}`)).body.publishedVersion).toBe(1);
    expect(await ask('manager', 'POST', '/claims/999/withdraw')).toMatchObject({
      ...{ status: 404, body: { code: 'advertising_claim_not_found' } },
    });
  });

  it.each([
    [{ text: 'best' }, 'claim_too_short'],
    [{ text: 'best '.repeat(50) }, 'claim_too_long'],
    [{ validUntil: '2020-01-01' }, 'claim_outdated'],
    [{ validUntil: '2020-02-30' }, 'validation_failed'],
    [{ proof: ' ' }, 'validation_failed'],
    [{ text: 'a\0b' }, 'validation_failed'],
  ])('have no claim %j in the register', async (part, code) => {
    const claim = { text: 'best of all', criterion: 'x', proof: 'y', ...part };
    expect(await ask('manager', 'POST', '/claims', claim)).toMatchObject({ status: 422, body: { code } });
  });

  it('compare with nobody on the lists of the organisation and of the campaigns that use them', async () => {
    const { id } = await make(
      good({ steps: [{ title: 'All', text: `${SAID} 5 €, cheaper than Rosebud, Tulip and Violet.` }] }),
    );
    const set = await ask('manager', 'PUT', '/competitors', { names: ['Rosebud', ' Rosebud ', 'Lily'] });
    expect(set.body).toEqual({ names: ['Lily', 'Rosebud'] });
    expect((await ask('marketer', 'GET', '/competitors')).body).toEqual(set.body);
    const words = async (body: object) =>
      (await ask('marketer', 'POST', '/scripts/lint', body)).body.findings.map((one: { word: string }) => one.word);
    const text = 'We are cheaper than Rosebud, Tulip and Violet.';
    expect(await words({ text })).toEqual(['Rosebud']);
    await run(`insert into outcome_sets (id, organisation_id, name) overriding system value values (900, 1, 'x')`);
    await run(
      `insert into campaigns (organisation_id, name, script_id, outcome_set_id, hours, competitors, created_at, updated_at)
       values (1, 'Uses it', $1, 900, '{}', '{Tulip}', '2026-01-01Z', '2026-01-01Z')`,
      [id],
    );
    const [campaign] = await run(
      `insert into campaigns (organisation_id, name, outcome_set_id, hours, competitors, created_at, updated_at)
       values (1, 'Does not', 900, '{}', '{Violet}', '2026-01-01Z', '2026-01-01Z') returning id`,
    );
    expect(await words({ text, scriptId: id })).toEqual(['Rosebud', 'Tulip']);
    expect(await words({ text, campaignId: campaign!['id'] })).toEqual(['Rosebud', 'Violet']);
    expect(codesOf(await publish(id, 1))).toEqual(['comparison steps.0.text', 'comparison steps.0.text']);
    await ask('manager', 'PUT', '/competitors', { names: [] });
  });

  it('are linted while they are typed: one text, or all that publishing would say', async () => {
    const one = await ask('marketer', 'POST', '/scripts/lint', { text: 'Только сегодня', locale: 'ru' });
    expect(one.body.faults).toEqual([]);
    expect(one.body.findings).toEqual([
      {
        ...{
          code: 'pressure',
          severity: 'blocks',
          path: 'text',
          from: 0,
          to: 14,
          word: 'Только сегодня',
          locale: 'ru',
        },
        ...{ message: expect.any(String), fix: expect.any(String) },
      },
    ]);
    const whole = await ask('marketer', 'POST', '/scripts/lint', { steps: [{ title: 'A', text: 'Hi', answers: [] }] });
    expect(whole.body.faults.map((fault: { code: string }) => fault.code)).toEqual(['dead_end']);
    expect(whole.body.findings.map((finding: { code: string }) => finding.code)).toEqual([
      ...['missing_seller', 'missing_purpose', 'missing_right_to_refuse', 'missing_price'],
    ]);
    expect((await ask('marketer', 'POST', '/scripts/lint', {})).body.code).toBe('validation_failed');
    const long = { steps: Array.from({ length: 50 }, () => ({ title: 'x', text: 'x'.repeat(5000) })) };
    expect((await ask('marketer', 'POST', '/scripts/lint', long)).body.code).toBe('script_too_long');
  });

  it('are shown as one lead will hear them', async () => {
    const { id } = await make();
    await publish(id, 1);
    const offer = { name: 'Gold', price: 49.9, currency: 'EUR' };
    const offerId = (await ask('marketer', 'POST', '/offers', offer)).body.id;
    const heard = async (body: object) => {
      const answer = await ask('marketer', 'POST', '/scripts/preview', body);
      return answer.body.steps?.map((step: { text: string }) => step.text) ?? answer.body.code;
    };
    const intro = (name: string, city: string, seller = 'Clear Energy') =>
      `Hello ${name}, this is ${seller}. I am calling about your plan in ${city}. You may decline at any time.`;
    expect(await heard({ scriptId: id, leadId, offerId })).toEqual([intro('Ann', 'Lyon'), 'It costs €49.90 a month.']);
    expect((await heard({ scriptId: id, lead: { attributes: { city: '<b>' } } }))[0]).toBe(intro('there', '<b>'));
    expect((await heard({ scriptId: id }))[0]).toBe(intro('‹name›', '‹city›'));
    await ask('marketer', 'PUT', `/scripts/${id}`, good({ version: 1, seller: 'New' }));
    expect((await heard({ scriptId: id, leadId }))[0]).toBe(intro('Ann', 'Lyon', 'New'));
    expect((await heard({ scriptId: id, version: 1, leadId }))[0]).toBe(intro('Ann', 'Lyon'));
    expect(await heard({ steps: [{ title: 'x', texts: { ru: 'Да', en: 'Yes' } }], locale: 'ru' })).toEqual(['Да']);
    expect(await heard({ scriptId: id, leadId: 999_999 })).toBe('lead_not_found');
    expect(await heard({ scriptId: id, offerId: 999_999 })).toBe('offer_not_found');
    expect(await heard({ scriptId: 999_999 })).toBe('script_not_found');
  });

  it.each([
    [{ steps: [] }, 'steps'],
    [{ steps: [{ title: 'x', text: 'a\0' }] }, 'steps.0.text'],
    [{ steps: [{ title: 'x', text: 'a\ud800' }] }, 'steps.0.text'],
    [{ steps: [{ title: 'x', texts: { fr: 'Oui' } }] }, 'steps.0.texts.fr'],
    [{ steps: [{ title: 'x', texts: null }] }, 'steps.0.texts'],
    [{ steps: [{ id: 'a b', title: 'x', text: 'x' }] }, 'steps.0.id'],
    [{ steps: [{ title: 'x', text: 'x', answers: [{ label: 'x' }] }] }, 'steps.0.answers.0.goto'],
    [{ steps: [{ title: 'x', text: 'x', fields: [{ id: 'f', label: 'F', type: 'regex' }] }] }, 'steps.0.fields.0.type'],
    [{ languages: ['de'] }, 'languages'],
    [{ purpose: 'spam' }, 'purpose'],
    [{ publishedVersion: 7 }, 'publishedVersion'],
  ])('are not taken with %j', async (part, field) => {
    const refused = await ask('marketer', 'POST', '/scripts', good(part));
    expect(refused).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(refused.body.errors[0].field).toBe(field);
  });

  it('are for those who write them: operators hear of none, and proof is entered by managers', async () => {
    const { id } = await make();
    for (const [method, path] of [
      ['GET', '/scripts'],
      ['GET', `/scripts/${id}`],
      ['POST', `/scripts/${id}/publish`],
      ['POST', '/scripts/lint'],
      ['POST', '/scripts/preview'],
      ['GET', '/claims'],
      ['GET', '/competitors'],
    ] as const)
      expect(await ask('operator', method, path, method === 'GET' ? undefined : {})).toMatchObject({ status: 403 });
    expect(await ask('marketer', 'POST', '/claims', {})).toMatchObject({ status: 403 });
    expect(await ask('marketer', 'POST', '/claims/1/withdraw')).toMatchObject({ status: 403 });
    expect(await ask('marketer', 'PUT', '/competitors', { names: [] })).toMatchObject({ status: 403 });
  });
});
