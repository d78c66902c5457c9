import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { UsersService } from '../auth/users.service.js';
import { createTestApp, type TestApp } from '../../test/test-app.js';

describe('offers over HTTP', () => {
  let test: TestApp;
  let cookie: string;

  beforeAll(async () => {
    test = await createTestApp();
    const who = { login: 'marketer', password: 'a long password' };
    const users = test.app.get(UsersService, { strict: false });
    await users.createUser({ organisationId: 1, name: 'A marketer', role: 'marketer', ...who });
    const answer = await fetch(`${test.url}/api/auth/sign-in`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(who) },
    });
    cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
  }, 60_000);

  afterAll(() => test.close());

  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${test.url}/api/offers${path}`, {
      method,
      headers: { cookie, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // Answers are looked at field by field; what they lack fails the test.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    return { status: answer.status, body: (await answer.json()) as any };
  };
  const gold = { name: 'Gold', price: 19.9, currency: 'EUR', attributes: { term: '24 months', trial: false, fee: 0 } };

  it('are made, changed, put away and brought back', async () => {
    const made = await ask('POST', '', gold);
    expect(made).toMatchObject({ status: 201, body: { ...gold, description: '', version: 1, archivedAt: null } });
    const path = `/${made.body.id}`;
    expect((await ask('GET', path)).body).toEqual(made.body);
    const changed = await ask('PUT', path, { ...gold, price: 17, version: 1 });
    expect(changed).toMatchObject({ status: 200, body: { price: 17, version: 2 } });
    expect(await ask('PUT', path, { ...gold, version: 1 })).toMatchObject({
      ...{ status: 409, body: { code: 'version_conflict', version: 2 } },
    });
    expect((await ask('POST', `${path}/archive`)).body).toMatchObject({ archivedAt: expect.any(String) });
    const ids = async (query: string) => (await ask('GET', query)).body.map((offer: { id: number }) => offer.id);
    expect(await ids('')).not.toContain(made.body.id);
    expect(await ids('?archived=false')).not.toContain(made.body.id);
    expect(await ids('?archived=true')).toContain(made.body.id);
    expect(await ask('POST', `${path}/win-back`, {})).toMatchObject({ status: 409, body: { code: 'offer_archived' } });
    expect((await ask('POST', `${path}/restore`)).body).toMatchObject({ archivedAt: null });
    const trail = await ask('GET', `${path}/audit?limit=3`);
    expect(trail.body.map(({ action }: { action: string }) => action)).toEqual([
      ...['offer_restored', 'offer_archived', 'offer_changed'],
    ]);
    expect(trail.body[2]).toMatchObject({
      ...{ actor: { name: expect.any(String) }, cause: null, changes: [{ field: 'price', before: 19.9, after: 17 }] },
    });
    const [first, ...others] = (await ask('GET', `${path}/audit?before=${trail.body[2].id}`)).body;
    expect(others).toEqual([]);
    expect(first.changes).toContainEqual({ field: 'name', before: null, after: 'Gold' });
    expect(await ask('GET', '/987654/audit')).toMatchObject({ status: 404, body: { code: 'offer_not_found' } });
    expect(await ask('GET', '/987654')).toMatchObject({ status: 404, body: { code: 'offer_not_found' } });
  });

  it('win nobody back before anybody has refused', async () => {
    const { body } = await ask('POST', '', gold);
    expect(await ask('GET', `/${body.id}/win-back?coolDownDays=0&endsWithinDays=60`)).toEqual({
      status: 200,
      body: [],
    });
    expect(await ask('POST', `/${body.id}/win-back`, { reasons: ['price'] })).toMatchObject({
      ...{ status: 409, body: { code: 'win_back_empty' } },
    });
  });

  it.each<[string, object, field: string]>([
    ['attributes that are a list', { attributes: ['24 months'] }, 'attributes'],
    ['attributes in attributes', { attributes: { term: { months: 24 } } }, 'attributes'],
    ['a price of three decimals', { price: 1.005 }, 'price'],
    ['a currency that is a word', { currency: 'Euro' }, 'currency'],
    ['an empty name', { name: '' }, 'name'],
  ])('are refused with %s, and the field is named', async (_, change, field) => {
    expect(await ask('POST', '', { ...gold, ...change })).toMatchObject({
      ...{ status: 422, body: { code: 'validation_failed', field } },
    });
  });

  it.each<[string, object]>([
    ['reasons', { reasons: ['whim'] }],
    ['reasons', { reasons: [] }],
    ['coolDownDays', { coolDownDays: -1 }],
    ['endsWithinDays', { endsWithinDays: 0 }],
  ])('win nobody back with wrong %s', async (field, order) => {
    const { body } = await ask('POST', '', gold);
    const answer = await ask('POST', `/${body.id}/win-back`, order);
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed', field } });
  });
});
