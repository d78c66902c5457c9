import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createImportApp, type ImportApp } from '../../test/import-app.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import type { AnalysisView, ImportView } from './import.dto.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const OVER = ['done', 'failed', 'cancelled'];

const fixture = (name: string) => readFileSync(join(FIXTURES, name));

describe('the uploads of the API', () => {
  let api: ImportApp;

  beforeAll(async () => {
    api = await createImportApp({ settings: { role: 'all' } });
  }, 60_000);

  afterAll(() => api.close());

  const analyse = (id: string, request: object = {}) =>
    api.ask<AnalysisView & { code?: string }>('marketer', 'POST', `/uploads/${id}/analysis`, request);

  /** An uploaded file as it is understood. */
  const analysed = async (content: Buffer | string, request: object = {}): Promise<AnalysisView> => {
    const { body } = await api.upload(content);
    const answer = await analyse(body.id, request);
    expect(answer.status).toBe(200);
    const { estimate, columns } = answer.body;
    expect(estimate.valid + estimate.duplicate + estimate.suppressed + estimate.rejected).toBe(estimate.rows);
    for (const { confidence, filledRate } of columns)
      for (const rate of [confidence, filledRate]) expect(rate >= 0 && rate <= 1).toBe(true);
    return answer.body;
  };

  it('wait until somebody takes them away', async () => {
    const { status, body } = await api.upload(fixture('tabs.tsv'), 'Мои клиенты.tsv');
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      fileName: 'Мои клиенты.tsv',
      fileBytes: fixture('tabs.tsv').length,
      createdAt: expect.any(String),
    });
    expect((await api.ask('manager', 'GET', `/uploads/${body.id}`)).body).toEqual(body);
    expect(await api.ask('operator', 'GET', `/uploads/${body.id}`)).toMatchObject({ status: 403 });
    expect(await api.ask('marketer', 'DELETE', `/uploads/${body.id}`)).toMatchObject({ status: 204 });
    expect(await api.ask('marketer', 'GET', `/uploads/${body.id}`)).toMatchObject({
      status: 404,
      body: { code: 'upload_not_found' },
    });
    expect(await readdir(join(api.test.app.get<Settings>(SETTINGS).dataDir, 'uploads'))).toEqual([]);
  });

  it.each([
    ['old-workbook.xls', 'old_workbook'],
    ['open-document.ods', 'open_document'],
    ['zip-archive.zip', 'zip_archive'],
    ['binary-file.csv', 'not_csv'],
    ['web-page.csv', 'not_csv'],
    ['empty-file.csv', 'file_empty'],
  ])('are refused at once when they are like %s, with what to do', async (name, code) => {
    const { status, body } = await api.upload(fixture(name), name);
    expect({ status, ...body }).toMatchObject({ status: 422, code, field: 'file', fix: expect.any(String) });
  });

  it.each([
    ['windows-1251.csv', { encoding: 'windows-1251', delimiter: ';' }],
    ['koi8-r.csv', { encoding: 'koi8-r', delimiter: ';' }],
    ['windows-1252.csv', { encoding: 'windows-1252', delimiter: ';' }],
    ['utf-16le-with-bom.csv', { encoding: 'utf-16le' }],
    ['utf-16le-without-bom.csv', { encoding: 'utf-16le' }],
    ['utf-16be-with-bom.csv', { encoding: 'utf-16be' }],
    ['utf-8-with-bom.csv', { encoding: 'utf-8' }],
    ['tabs.tsv', { delimiter: '\t' }],
    ['pipes.csv', { delimiter: '|' }],
    ['single-quotes.csv', { quote: "'" }],
    ['carriage-returns-alone.csv', { lineEnding: 'cr' }],
  ])('are read by what their bytes say: %s', async (name, dialect) => {
    const { format, dialect: found, encodingConfidence } = await analysed(fixture(name));
    expect(found).toMatchObject(dialect);
    expect(format).toBe('text');
    expect(encodingConfidence).toBeGreaterThan(0.3);
  });

  it.each([
    ['junk-above-header.csv', 'junk_above_header', 3],
    ['no-header.csv', 'no_header', null],
    ['empty-columns.csv', 'empty_columns', 0],
    ['duplicate-headers.csv', 'duplicate_headers', 0],
  ])('say what is odd about their header: %s', async (name, code, at) => {
    const { notices, header } = await analysed(fixture(name), { country: 'FR' });
    expect(notices.map((notice) => notice.code)).toContain(code);
    expect(header.at === null ? null : header.at >= 0).toBe(at === null ? null : true);
  });

  it('are understood: columns, rows, what would become of them, and where people are', async () => {
    const report = await analysed(fixture('demo-base.csv'), { country: 'FR' });
    expect(report.columns).toHaveLength(14);
    expect(report.columns[2]).toMatchObject({
      name: 'phone',
      field: 'phone',
      by: 'header',
      filledRate: expect.any(Number),
    });
    expect(report.columns[2]!.confidence).toBeGreaterThan(0.8);
    expect(report.columns[5]).toMatchObject({
      name: 'age',
      field: 'attribute',
      type: 'number',
      examples: expect.arrayContaining(['63']),
    });
    expect(report.firstRows).toHaveLength(20);
    expect(report.estimate).toEqual({
      ...{ rows: 1200, exact: true, sampledRows: 1200, valid: 1185, duplicate: 5, suppressed: 0, rejected: 10 },
      rejectsByCode: expect.arrayContaining([{ code: 'phone_missing', count: 3 }]),
    });
    expect(report.zones).toMatchObject({ certain: 1185, ambiguous: 0, worst: [] });
    expect(report.zones.certainHours).toBeGreaterThan(20);
    expect(report.sameFile).toBeNull();
    expect(report.savedMappingAt).toBeNull();
  });

  it('show no phone in full, but what is none', async () => {
    const text = 'phone,phone 2,name\n+33199000601,+33199000602 ::: +33199000603,Anna\n12,,Bruno\n';
    const report = await analysed(text, { country: 'FR', mapping: { phones: ['phone'] } });
    expect(JSON.stringify(report)).not.toMatch(/199000/);
    expect(report.firstRows[0]!.values).toEqual(['+33 ••• •• 01', '+33 ••• •• 02 ::: +33 ••• •• 03', 'Anna']);
    expect(report.firstRows[1]).toMatchObject({ line: 3, values: ['12', '', 'Bruno'], fault: 'phone_too_short' });
  });

  it('say how many people may be in several zones, and what that costs', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `+7916000${1000 + i},${i < 10 ? 'Moscow' : ''}`);
    const { zones } = await analysed(`phone,region\n${rows.join('\n')}\n`, { country: 'RU' });
    expect(zones).toMatchObject({ certain: 10, ambiguous: 20 });
    expect(zones.ambiguousHours).toBeLessThan(zones.certainHours);
    expect(zones.worst).toEqual([{ country: 'RU', zones: expect.any(Array), leads: 20, hours: zones.ambiguousHours }]);
    expect(zones.worst[0]!.zones.length).toBeGreaterThan(5);
  });

  it('are read as somebody asks for, who knows better', async () => {
    const { body } = await api.upload(fixture('windows-1251.csv'));
    const asked = {
      dialect: { encoding: 'koi8-r', delimiter: ',' },
      headerAt: null,
      mapping: { phones: ['column 1'], attributes: [] },
    };
    const { body: report } = await analyse(body.id, asked);
    expect(report).toMatchObject({ dialect: asked.dialect, header: { at: null, line: null }, encodingConfidence: 1 });
    expect(report.mapping).toMatchObject({ phones: ['column 1'], attributes: [] });
    expect((await analyse(body.id, { mapping: { phones: ['fone'] } })).body).toMatchObject({ code: 'column_unknown' });
    expect((await analyse(body.id, { headerAt: -1 })).body).toMatchObject({
      code: 'validation_failed',
      field: 'headerAt',
    });
    expect((await analyse(body.id, { baseId: 999 })).body).toMatchObject({ code: 'base_not_found' });
  });

  it('become imports, whose choices are proposed for the next file with that header, and who are known again', async () => {
    const text = (from: number) =>
      `Kunde;Mobil;Ort\n${Array.from({ length: 30 }, (_, i) => `Anna ${i};+3319900${from + i};Lyon`).join('\n')}\n`;
    const { body: file } = await api.upload(text(1000), 'kunden.csv');
    const options = {
      base: { name: 'Kunden', country: 'FR' },
      mapping: { phones: ['Mobil'], name: 'Kunde', region: 'Ort' },
    };
    const started = await api.ask<ImportView>('marketer', 'POST', '/imports', { uploadId: file.id, options });
    expect(started).toMatchObject({ status: 202, body: { fileName: 'kunden.csv', mapping: { region: 'Ort' } } });
    const done = await api.reached(started.body.id, OVER);
    expect(done).toMatchObject({ state: 'done', imported: 30 });
    // It is the import's now, and gone with it.
    expect(await api.ask('marketer', 'GET', `/uploads/${file.id}`)).toMatchObject({ status: 404 });

    const next = await analysed(text(1020).replace('Kunde;', 'KUNDE ;'), { baseId: done.baseId });
    const saved = { savedMappingAt: expect.any(String), mapping: { phones: ['Mobil'], name: 'KUNDE', region: 'Ort' } };
    expect(next).toMatchObject(saved);
    const same = await analysed(text(1020), { baseId: done.baseId });
    expect(same).toMatchObject({
      savedMappingAt: expect.any(String),
      mapping: { phones: ['Mobil'], region: 'Ort' },
      sameFile: null,
    });
    expect(same.columns.map(({ by }) => by)).toEqual(['saved', 'saved', 'saved']);
    expect(same.estimate).toMatchObject({ rows: 30, duplicate: 10, valid: 20 });
    const scope = { key: 'phone', scope: 'all_bases', action: 'skip' };
    expect((await analysed(text(1020), { country: 'FR', dedupe: scope })).estimate).toMatchObject({ duplicate: 10 });
    expect((await analysed(text(1020), { country: 'FR', dedupe: { ...scope, scope: 'file' } })).estimate).toMatchObject(
      { duplicate: 0 },
    );
    expect((await analysed(text(1020), { country: 'FR' })).estimate).toMatchObject({ duplicate: 0 });

    const sameFile = { importId: done.id, baseName: 'Kunden', createdAt: expect.any(String) };
    expect(await analysed(text(1000), { baseId: done.baseId })).toMatchObject({
      sameFile,
      estimate: { duplicate: 30 },
    });
    // It may be meant for another base: that is said, and not refused.
    expect(await analysed(text(1000))).toMatchObject({ sameFile });
  });

  it('that somebody chose wrong options for stay for better ones', async () => {
    const { body: file } = await api.upload('a,b\n1,2\n');
    const start = (options: object) => api.ask('marketer', 'POST', '/imports', { uploadId: file.id, options });
    expect(await start({ base: { name: 'x', country: 'FR' } })).toMatchObject({
      status: 422,
      body: { code: 'phone_column_missing' },
    });
    expect(await start({ base: { name: 'x', country: 'FR' }, mapping: { phones: ['a'] } })).toMatchObject({
      status: 202,
    });
    expect(await start({ base: { name: 'y', country: 'FR' } })).toMatchObject({
      status: 404,
      body: { code: 'upload_not_found' },
    });
    await api.drain();
  });
});
