import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestApp, type TestApp } from '../../test/test-app.js';
import { loadFile } from '../../test/suppression-files.js';
import { AuthService } from '../auth/auth.service.js';
import { UsersService } from '../auth/users.service.js';
import type { SuppressionListView } from './suppression-list.dto.js';
import { SuppressionListsService } from './suppression-lists.service.js';

const DAY = 24 * 3_600_000;

describe('the suppression lists of the API', () => {
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

  const ask = async (role: 'marketer' | 'manager', method: string, path: string, body?: unknown) => {
    const response = await fetch(`${test.url}/api/suppression-lists${path}`, {
      method,
      headers: { cookie: cookies[role], origin: test.url, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as SuppressionListView & { code?: string } };
  };

  it('are made empty, fill up, and are retired by a manager with a reason', async () => {
    const made = await ask('marketer', 'POST', '', { name: 'UK', kind: 'registry', registry: 'TPS', country: 'GB' });
    expect(made.status).toBe(201);
    const empty = { name: 'UK', kind: 'registry', registry: 'TPS', country: 'GB', numbers: 0, datedAt: null };
    expect(made.body).toMatchObject({ ...empty, ageDays: null, retiredAt: null });
    const { id } = made.body;
    const datedAt = new Date(Date.now() - 3 * DAY - 60_000);
    const lists = test.app.get(SuppressionListsService);
    await loadFile(test.database.database, lists, id, { hashes: [Buffer.alloc(16, 1), Buffer.alloc(16, 2)], datedAt });
    const filled = await ask('marketer', 'GET', `/${id}`);
    expect(filled.body).toMatchObject({ numbers: 2, datedAt: datedAt.toISOString(), ageDays: 3 });
    expect((await ask('manager', 'GET', '')).body).toEqual([filled.body]);

    expect(await ask('marketer', 'POST', `/${id}/retire`, { reason: 'Old' })).toMatchObject({ status: 403 });
    expect((await ask('manager', 'POST', `/${id}/retire`, { reason: ' ' })).body.code).toBe('validation_failed');
    const retired = await ask('manager', 'POST', `/${id}/retire`, { reason: 'Old' });
    expect(retired).toMatchObject({ status: 200, body: { ...empty, retiredAt: expect.any(String) } });
    expect(await ask('manager', 'POST', `/${id}/retire`, { reason: 'Old' })).toMatchObject({ status: 409 });
  });

  it.each([
    [{ name: 'x', kind: 'everybody' }, 'validation_failed'],
    [{ name: ' ', kind: 'do_not_call' }, 'validation_failed'],
    [{ name: 'x', kind: 'registry', registry: 'tps' }, 'validation_failed'],
    [{ name: 'x', kind: 'registry' }, 'registry_missing'],
  ])('refuse %j', async (body, code) => {
    expect((await ask('marketer', 'POST', '', body)).body.code).toBe(code);
  });

  it('say so when there is no such list', async () => {
    expect(await ask('manager', 'GET', '/999')).toMatchObject({
      ...{ status: 404, body: { code: 'suppression_list_not_found' } },
    });
  });
});
