import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createImportApp, type ImportApp } from '../../test/import-app.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import type { BaseView, ImportView } from './import.dto.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const OVER = ['done', 'failed', 'cancelled'];

const fixture = (name: string) => readFileSync(join(FIXTURES, name));

describe('the imports of the API', () => {
  let api: ImportApp;

  beforeAll(async () => {
    api = await createImportApp({ settings: { role: 'all', maxUploadBytes: 400_000 } });
  }, 60_000);

  afterAll(() => api.close());

  const send = (content: Buffer | string, options: unknown, name = 'leads.csv') =>
    api.ask<ImportView & { code?: string; field?: string }>(
      'marketer',
      'POST',
      '/imports',
      api.fileForm(content, name, options),
    );
  const uploads = () => readdir(join(api.test.app.get<Settings>(SETTINGS).dataDir, 'uploads'));

  it('take a file, run it as a job, and give back its account, its rejects, its leads and its base', async () => {
    const answer = await send(fixture('demo-base.csv'), {
      base: { name: 'Demo', source: 'a fair', cost: 100.5, currency: 'EUR', country: 'FR' },
    });
    expect(answer).toMatchObject({
      status: 202,
      body: {
        ...{ kind: 'leads', fileName: 'leads.csv', createdBy: 'A marketer', generatedPhones: false, baseName: 'Demo' },
        ...{ mapping: { phones: ['phone'], externalId: 'customer_id' }, country: 'FR' },
        dedupe: { key: 'phone', scope: 'base', action: 'skip' },
      },
    });
    const done = await api.reached(answer.body.id, OVER);
    expect(done).toMatchObject({
      state: 'done',
      rows: 1200,
      imported: 1185,
      duplicate: 5,
      rejected: 10,
      canUndo: true,
    });
    await api.drain();
    expect(await uploads()).toEqual([]);

    const bases = (await api.ask<BaseView[]>('marketer', 'GET', '/bases')).body;
    expect(bases).toEqual([
      expect.objectContaining({
        ...{ id: done.baseId, name: 'Demo', cost: 100.5, currency: 'EUR', leads: 1185, lastImport: done },
      }),
    ]);
    expect((await api.ask('marketer', 'GET', `/bases/${done.baseId}`)).body).toEqual(bases[0]);
    const rejects = await api.ask('marketer', 'GET', `/imports/${done.id}/rejects`);
    expect(rejects.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(rejects.headers.get('content-disposition')).toContain('leads%20rejects.csv');
    expect(rejects.text.trim().split('\r\n')).toHaveLength(11);
    const leads = await api.ask('marketer', 'GET', `/imports/${done.id}/leads`);
    expect(leads.text.trim().split('\r\n')).toHaveLength(1186);
    expect((await api.ask('marketer', 'GET', '/imports')).body).toEqual([done]);
    expect((await api.ask('marketer', 'GET', `/imports?before=${done.id}`)).body).toEqual([]);
  }, 60_000);

  it('are undone in the background by whoever asks, and say who', async () => {
    const options = { base: { name: 'Undone', country: 'FR' } };
    const { body: started } = await send(fixture('utf-8-with-bom.csv'), options);
    await api.reached(started.id, OVER);
    const undoing = await api.ask<ImportView>('manager', 'POST', `/imports/${started.id}/undo`);
    expect(undoing).toMatchObject({ status: 202, body: { canUndo: false, undoneBy: 'A manager' } });
    expect(await api.reached(started.id, ['undone'])).toMatchObject({ removed: 1, restored: 0, kept: 0 });
    expect((await api.ask('manager', 'POST', `/imports/${started.id}/undo`)).body).toMatchObject({
      code: 'import_undone_already',
    });
    const kept = await api.ask('marketer', 'GET', `/imports/${started.id}/kept`);
    expect(kept.text).toBe('row,lead_id,reason\r\n');
    // The same file may come into the same base again.
    const again = await send(fixture('utf-8-with-bom.csv'), { base: { id: started.baseId } });
    expect(await api.reached(again.body.id, OVER)).toMatchObject({ state: 'done', imported: 1 });
  }, 60_000);

  it('notice the same file in the same base', async () => {
    const { body: first } = await send(fixture('pipes.csv'), { base: { name: 'Same', country: 'FR' } });
    await api.reached(first.id, OVER);
    const again = await send(fixture('pipes.csv'), { base: { id: first.baseId } });
    expect(again).toMatchObject({ status: 409, body: { code: 'same_file_imported', importId: first.id } });
  }, 60_000);

  it.each([
    [
      'a file of another kind',
      fixture('old-workbook.xls'),
      { base: { name: 'x', country: 'FR' } },
      422,
      'old_workbook',
      'file',
    ],
    ['no bytes', fixture('empty-file.csv'), { base: { name: 'x', country: 'FR' } }, 422, 'file_empty', 'file'],
    [
      'no phones',
      fixture('missing-phone-column.csv'),
      { base: { name: 'x', country: 'FR' } },
      422,
      'phone_column_missing',
      'options.mapping.phones',
    ],
    [
      'too many bytes',
      Buffer.alloc(400_001, 'a'),
      { base: { name: 'x', country: 'FR' } },
      413,
      'file_too_large',
      'file',
    ],
    ['an unknown base', fixture('tabs.tsv'), { base: { id: 99 } }, 404, 'base_not_found', undefined],
    [
      'no name for the base',
      fixture('tabs.tsv'),
      { base: { country: 'FR' } },
      422,
      'validation_failed',
      'options.base.name',
    ],
    [
      'an option that there is not',
      fixture('tabs.tsv'),
      { base: { id: 1 }, speed: 9 },
      422,
      'validation_failed',
      'options.speed',
    ],
    [
      'an unknown rule for duplicates',
      fixture('tabs.tsv'),
      { base: { id: 1 }, dedupe: { key: 'name', scope: 'base', action: 'skip' } },
      422,
      'validation_failed',
      'options.dedupe.key',
    ],
    [
      'a consent to nothing',
      fixture('tabs.tsv'),
      { base: { id: 1 }, consent: { source: 'a form', wording: '' } },
      422,
      'validation_failed',
      'options.consent.wording',
    ],
    ['no JSON', fixture('tabs.tsv'), '{', 422, 'options_invalid', 'options'],
  ])('refuse an upload with %s, and nothing of it stays', async (_what, content, options, status, code, field) => {
    const bases = (await api.ask<BaseView[]>('marketer', 'GET', '/bases')).body.length;
    const answer = await send(content, options);
    expect({ status: answer.status, code: answer.body.code, field: answer.body.field }).toEqual({
      status,
      code,
      field,
    });
    expect(await uploads()).toEqual([]);
    expect((await api.ask<BaseView[]>('marketer', 'GET', '/bases')).body).toHaveLength(bases);
  });

  it('know nothing of an import that there is not, and are none of an operator’s business', async () => {
    for (const path of [
      '/imports/999',
      '/imports/999/rejects',
      '/imports/999/leads',
      '/imports/999/kept',
      '/bases/999',
    ])
      expect(await api.ask('marketer', 'GET', path)).toMatchObject({ status: 404 });
    for (const path of ['/imports', '/imports/1', '/imports/1/rejects', '/bases'])
      expect(await api.ask('operator', 'GET', path)).toMatchObject({ status: 403 });
  });
});
