import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestApp, type TestApp } from '../../test/test-app.js';
import { AuthService } from '../auth/auth.service.js';
import { UsersService } from '../auth/users.service.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { HUB, type Hub } from '../realtime/hub.js';
import { JobRunner } from '../jobs/job-runner.js';
import type { ImportView } from './import.dto.js';
import { LeadImportService } from './lead-import.service.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

describe('the imports of the API', () => {
  let test: TestApp;
  let cookie: string;

  beforeAll(async () => {
    test = await createTestApp({ settings: { role: 'all', maxUploadBytes: 400_000 } });
    const password = 'a long password';
    await test.app
      .get(UsersService)
      .createUser({ organisationId: 1, login: 'mia', name: 'Mia', role: 'marketer', password });
    const attempt = { login: 'mia', password, address: '127.0.0.1', userAgent: null, formerToken: null };
    cookie = `zvon_session=${(await test.app.get(AuthService).signIn(attempt)).token}`;
  }, 60_000);

  afterAll(() => test.close());

  const get = (path: string) => fetch(`${test.url}/api${path}`, { headers: { cookie } });

  function upload(content: Buffer, options: unknown, name = 'leads.csv'): Promise<Response> {
    const body = new FormData();
    body.append('file', new Blob([new Uint8Array(content)]), name);
    body.append('options', typeof options === 'string' ? options : JSON.stringify(options));
    return fetch(`${test.url}/api/imports`, { method: 'POST', body, headers: { cookie, origin: test.url } });
  }

  const fixture = (name: string) => readFileSync(join(FIXTURES, name));
  const uploads = () => readdir(join(test.app.get<Settings>(SETTINGS).dataDir, 'uploads'));

  /** The import once its job has ended. */
  async function ended(id: number): Promise<ImportView> {
    const hub = test.app.get<Hub>(HUB);
    for (;;) {
      const heard = new Promise<void>((resolve) => {
        const stop = hub.subscribe((topic) => {
          if (topic.kind !== 'import' || topic.id !== id) return;
          stop();
          resolve();
        });
      });
      const { state } = await test.app.get(LeadImportService).getImport(1, id);
      if (['done', 'failed', 'cancelled'].includes(state))
        return (await (await get(`/imports/${id}`)).json()) as ImportView;
      await heard;
    }
  }

  it('take a file, run it as a job, and give back its account, its rejects and its base', async () => {
    const answer = await upload(fixture('demo-base.csv'), {
      base: { name: 'Demo', source: 'a fair', cost: 100.5, currency: 'EUR', country: 'FR' },
    });
    expect(answer.status).toBe(202);
    const started = (await answer.json()) as ImportView;
    expect(started).toMatchObject({
      fileName: 'leads.csv',
      createdBy: 'Mia',
      generatedPhones: false,
      mapping: { phone: 'phone' },
    });
    const done = await ended(started.id);
    expect(done).toMatchObject({ state: 'done', rows: 1200, imported: 1185, duplicate: 5, rejected: 10 });
    await test.app.get(JobRunner).drain();
    expect(await uploads()).toEqual([]);

    const bases = (await (await get('/bases')).json()) as unknown[];
    expect(bases).toEqual([
      expect.objectContaining({
        id: done.baseId,
        name: 'Demo',
        cost: 100.5,
        currency: 'EUR',
        leads: 1185,
        lastImport: done,
      }),
    ]);
    expect(await (await get(`/bases/${done.baseId}`)).json()).toEqual(bases[0]);
    const rejects = await get(`/imports/${done.id}/rejects`);
    expect(rejects.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect((await rejects.text()).trim().split('\r\n')).toHaveLength(11);
    expect(await (await get('/imports')).json()).toEqual([done]);
  }, 60_000);

  it.each([
    [
      'no file of the kind',
      fixture('excel-workbook.xlsx'),
      { base: { name: 'x', country: 'FR' } },
      422,
      'not_csv',
      'file',
    ],
    ['no bytes', fixture('empty-file.csv'), { base: { name: 'x', country: 'FR' } }, 422, 'file_empty', 'file'],
    [
      'no phones',
      fixture('missing-phone-column.csv'),
      { base: { name: 'x', country: 'FR' } },
      422,
      'phone_column_missing',
      'options.mapping.phone',
    ],
    [
      'too many bytes',
      Buffer.alloc(400_001, 'a'),
      { base: { name: 'x', country: 'FR' } },
      413,
      'file_too_large',
      'file',
    ],
    ['an unknown base', fixture('demo-base.csv'), { base: { id: 99 } }, 404, 'base_not_found', undefined],
    [
      'no name for the base',
      fixture('demo-base.csv'),
      { base: { country: 'FR' } },
      422,
      'validation_failed',
      'options.base.name',
    ],
    [
      'an option that there is not',
      fixture('demo-base.csv'),
      { base: { id: 1 }, speed: 9 },
      422,
      'validation_failed',
      'options.speed',
    ],
    ['no JSON', fixture('demo-base.csv'), '{', 422, 'options_invalid', 'options'],
  ])('refuse an upload with %s, and nothing of it stays', async (_what, content, options, status, code, field) => {
    const answer = await upload(content, options);
    const problem = (await answer.json()) as Record<string, unknown>;
    expect({ status: answer.status, code: problem['code'], field: problem['field'] }).toEqual({ status, code, field });
    expect(await uploads()).toEqual([]);
    expect((await (await get('/bases')).json()) as unknown[]).toHaveLength(1);
  });

  it('know nothing of an import that there is not', async () => {
    for (const path of ['/imports/999', '/imports/999/rejects', '/bases/999'])
      expect((await get(path)).status).toBe(404);
  });
});
