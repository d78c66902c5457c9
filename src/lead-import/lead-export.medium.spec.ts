import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';

import { createImportApp, type ImportApp } from '../../test/import-app.js';
import { createTestDatabase } from '../../test/database.js';
import { account, ACTOR, allOf, createImportDesk, newBase, type ImportDesk } from '../../test/import-desk.js';
import type { ImportView } from './import.dto.js';

const PEOPLE = [
  'id,phone,phone 2,name,region,rank,age,since,vip,tags,notes',
  'A-1,+79160000701,+79160000702,Анна,Omsk,5,33,2024-03-02,yes,"a, b","=HYPERLINK(""x"")"',
  'A-2,+79160000703,,"Иван ""Ваня"" Ли",,-2,,,no,,@cmd|x',
  "007,+79160000704,,-2+3,Moscow,,40.5,,,c,'=1",
];
const MAPPING = {
  ...{ phones: ['phone', 'phone 2'], externalId: 'id', name: 'name', region: 'region', priority: 'rank' },
  attributes: [
    { column: 'age', type: 'number' as const },
    { column: 'since', type: 'date' as const, dateOrder: 'ymd' as const },
    { column: 'vip', type: 'boolean' as const },
    { column: 'tags', type: 'list' as const },
    { column: 'notes', type: 'text' as const },
  ],
};

describe('the people of a base as a file', () => {
  let desk: ImportDesk;

  beforeAll(async () => {
    desk = await createImportDesk(await createTestDatabase());
  });

  afterAll(() => desk.close());

  const exported = async (baseId: number, phones: 'masked' | 'full') =>
    allOf((await desk.exports.exportBase(ACTOR, baseId, { phones, reason: 'a test' })).lines);

  const said = async (baseId: number | null) =>
    (await desk.leadsOf(baseId)).map(({ externalId, name, region, priority, attributes, phones }) => ({
      ...{ externalId, name, region, priority, attributes, phones },
    }));

  it('make the same people when they are imported again, ids, types, numbers and all', async () => {
    const done = await desk.importText(`${PEOPLE.join('\n')}\n`, { base: newBase('Из', 'RU'), mapping: MAPPING });
    expect(account(done)).toMatchObject({ rows: 3, imported: 3 });
    const text = await exported(done.baseId!, 'full');
    expect(text.startsWith('\ufeffexternal_id,name,phone,phone 2,region,priority,age,notes,since,tags,vip\r\n')).toBe(
      true,
    );
    const mapping = { ...MAPPING, externalId: 'external_id', priority: 'priority' };
    const again = await desk.importText(text, { base: newBase('В', 'RU'), mapping });
    expect(account(again)).toMatchObject({ rows: 3, imported: 3 });
    expect(await said(again.baseId)).toEqual(await said(done.baseId));
    expect(await exported(again.baseId!, 'full')).toBe(text);
  });

  it('start no formula, and hold no number that a spreadsheet would shorten', async () => {
    const done = await desk.importText(`${PEOPLE.join('\n')}\n`, { base: newBase('safe', 'RU'), mapping: MAPPING });
    const [, ...rows] = parse(await exported(done.baseId!, 'full'), {
      bom: true,
      relax_column_count: true,
    }) as string[][];
    expect(rows).toHaveLength(3);
    for (const value of rows.flat())
      if (!/^-\d+$/.test(value)) expect(value).not.toMatch(/^([=+\-@\t\r]|0\d+$|\d{12,}$)/);
    expect(rows[0]![2]).toBe("'+79160000701");
  });

  it('hide their numbers unless they are asked for with a reason, and who took them out is noted', async () => {
    const done = await desk.importText(`${PEOPLE.join('\n')}\n`, { base: newBase('hidden', 'RU'), mapping: MAPPING });
    const text = await exported(done.baseId!, 'masked');
    expect(text).not.toContain('916000');
    expect(text).toContain('01');
    const full = desk.exports.exportBase(ACTOR, done.baseId!, { phones: 'full', reason: ' ' });
    await expect(full).rejects.toMatchObject({ code: 'export_reason_missing', status: 422 });
    await exported(done.baseId!, 'full');
    const noted = await desk.rows(
      `select after from audit_trail where action = 'base_exported' and subject_id = $1 order by id`,
      [done.baseId],
    );
    expect(noted).toEqual([
      { after: { phones: 'masked', reason: 'a test' } },
      { after: { phones: 'full', reason: 'a test' } },
    ]);
  });

  it('come from an empty base as a header alone, and from more people than a page holds all of them', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i) => `+7916001${1_000 + i},Person ${i}`);
    const done = await desk.importText(`phone,name\n${rows.join('\n')}\n`, { base: newBase('many', 'RU') });
    expect((await exported(done.baseId!, 'full')).trim().split('\r\n')).toHaveLength(2_501);
    await desk.undo(done.id);
    expect((await exported(done.baseId!, 'full')).trim().split('\r\n')).toEqual([
      'external_id,name,phone,region,priority',
    ]);
  });
});

describe('the export of the API', () => {
  let api: ImportApp;
  let baseId: number;

  beforeAll(async () => {
    api = await createImportApp({ settings: { role: 'all' } });
    const form = api.fileForm(`${PEOPLE.join('\n')}\n`, 'p.csv', {
      base: { name: 'Мои "люди"', country: 'RU' },
      mapping: MAPPING,
    });
    const { body } = await api.ask<ImportView>('marketer', 'POST', '/imports', form);
    baseId = (await api.reached(body.id, ['done'])).baseId!;
  }, 60_000);

  afterAll(() => api.close());

  it('shows numbers to managers alone, for a reason', async () => {
    const path = `/bases/${baseId}/export`;
    const masked = await api.ask('marketer', 'POST', path, { phones: 'masked' });
    expect(masked.status).toBe(200);
    expect(masked.headers.get('content-disposition')).toContain(encodeURIComponent('Мои "люди".csv'));
    expect(masked.text).not.toContain('916000');
    expect(await api.ask('marketer', 'POST', path, { phones: 'full', reason: 'x' })).toMatchObject({
      status: 403,
      body: { code: 'export_forbidden' },
    });
    expect(await api.ask('manager', 'POST', path, { phones: 'full' })).toMatchObject({
      status: 422,
      body: { code: 'export_reason_missing' },
    });
    const full = await api.ask('manager', 'POST', path, { phones: 'full', reason: 'a move' });
    expect(full.text).toContain("'+79160000701");
    expect(await api.ask('operator', 'POST', path, { phones: 'masked' })).toMatchObject({ status: 403 });
    expect(await api.ask('manager', 'POST', '/bases/999/export', { phones: 'masked' })).toMatchObject({ status: 404 });
    expect(await api.ask('manager', 'POST', path, { phones: 'all' })).toMatchObject({ status: 422 });
  });
});
