import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestApp, type TestApp } from '../../test/test-app.js';
import { AuthService } from '../auth/auth.service.js';
import { UsersService } from '../auth/users.service.js';
import { statement } from '../database/statement.js';
import type { CallerIdView } from './caller-ids.dto.js';

const NUMBER = { number: '+33 1 70 00 00 01', name: 'Us', authority: 'owned' };

describe('numbers that may be shown', () => {
  let test: TestApp;
  const cookies = { marketer: '', manager: '' };

  beforeAll(async () => {
    test = await createTestApp();
    const password = 'a long password';
    for (const role of ['marketer', 'manager'] as const) {
      await test.app.get(UsersService).createUser({ organisationId: 1, login: role, name: role, role, password });
      const attempt = { login: role, password, address: '127.0.0.1', userAgent: null, formerToken: null };
      cookies[role] = `zvon_session=${(await test.app.get(AuthService).signIn(attempt)).token}`;
    }
  }, 60_000);

  afterAll(() => test.close());

  const ask = async (role: 'marketer' | 'manager', method: string, path = '', body?: unknown) => {
    const response = await fetch(`${test.url}/api/caller-ids${path}`, {
      method,
      headers: {
        cookie: cookies[role],
        origin: test.url,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text ? JSON.parse(text) : null) as CallerIdView & { code?: string; field?: string },
    };
  };
  const rows = <Row>(sql: string) => test.database.database.query<Row>(statement('', sql));
  const stamp = async () => (await rows<{ stamp: number }>('select stamp from gate_stamps'))[0]!.stamp;

  it('are added, changed and taken away by a manager, with a trail; each change is news to the gate', async () => {
    const before = await stamp();
    const made = await ask('manager', 'POST', '', { ...NUMBER, countries: ['FR', 'BE'], label: 'Us' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...{ number: '+33170000001', name: 'Us', authority: 'owned', evidence: '', countries: ['BE', 'FR'] },
      ...{ lineType: 'fixed_line', label: 'Us', validTo: null, version: 1, campaigns: [] },
    });
    const { id } = made.body;
    const changes = { ...NUMBER, authority: 'contract', evidence: 'No. 7', validTo: '2027-01-01T00:00:00.000Z' };
    const changed = await ask('manager', 'PATCH', `/${id}`, { ...changes, version: 1 });
    expect(changed.body).toMatchObject({
      ...{
        authority: 'contract',
        evidence: 'No. 7',
        validTo: '2027-01-01T00:00:00.000Z',
        countries: [],
        label: null,
        version: 2,
      },
    });
    expect(await ask('manager', 'PATCH', `/${id}`, { ...changes, version: 1 })).toMatchObject({
      ...{ status: 409, body: { code: 'version_conflict', version: 2 } },
    });
    expect((await ask('marketer', 'GET')).body).toEqual([changed.body]);
    expect(await ask('manager', 'DELETE', `/${id}`)).toEqual({ status: 204, body: null });
    expect((await ask('manager', 'GET')).body).toEqual([]);
    expect(await ask('manager', 'DELETE', `/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'caller_id_not_found' },
    });
    const trail = await rows<{ action: string }>(
      `select action, before, after from audit_trail where subject_kind = 'caller_id' order by id`,
    );
    expect(trail.map(({ action }) => action)).toEqual(['caller_id_created', 'caller_id_changed', 'caller_id_removed']);
    expect(trail[1]).toMatchObject({ before: { authority: 'owned' }, after: { authority: 'contract' } });
    expect(await stamp()).toBeGreaterThanOrEqual(before + 3);
  });

  it('name the campaigns that show them', async () => {
    const { body } = await ask('manager', 'POST', '', { ...NUMBER, number: '+33170000002' });
    await rows(`insert into outcome_sets (organisation_id, name) values (1, 'A set')`);
    await rows(`insert into campaigns (organisation_id, name, outcome_set_id, state, hours, caller_id, created_at, updated_at)
      select 1, 'A campaign', max(id), s.state, '{}', '+33170000002', timestamptz '2026-03-02', timestamptz '2026-03-02'
      from outcome_sets, (values ('running'), ('finished')) s (state) group by s.state`);
    const [found] = (await ask('manager', 'GET')).body as unknown as CallerIdView[];
    expect(found).toMatchObject({ id: body.id, campaigns: [{ name: 'A campaign' }] });
  });

  it.each([
    ['a number twice', { ...NUMBER, number: '+33170000002' }, 409, 'caller_id_taken'],
    ['what is no number', { ...NUMBER, number: '12345' }, 422, 'phone_invalid'],
    ['a blank name', { ...NUMBER, name: ' ' }, 422, 'validation_failed'],
    ['a right that there is not', { ...NUMBER, authority: 'found' }, 422, 'validation_failed'],
    ['what is no country', { ...NUMBER, countries: ['France'] }, 422, 'validation_failed'],
    ['a label that no carrier shows', { ...NUMBER, label: 'x'.repeat(33) }, 422, 'validation_failed'],
    ['what is no instant', { ...NUMBER, validTo: 'soon' }, 422, 'validation_failed'],
  ])('refuse %s', async (_, body, status, code) => {
    expect(await ask('manager', 'POST', '', body)).toMatchObject({ status, body: { code } });
  });

  it('are not for marketers to change', async () => {
    expect((await ask('marketer', 'POST', '', NUMBER)).status).toBe(403);
  });
});
