import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { createImportApp, type ImportApp } from '../../test/import-app.js';
import { createTestDatabase } from '../../test/database.js';
import {
  account,
  ACTOR,
  allOf,
  byCode,
  createImportDesk,
  newBase,
  VAULT,
  type ImportDesk,
} from '../../test/import-desk.js';
import type { SuppressionListView } from '../compliance/suppression-list.dto.js';
import type { ListKind } from '../compliance/suppression-lists.repository.js';
import type { ImportView } from './import.dto.js';
import type { LeadImport } from './import.js';
import type { ListFileOptions } from './lead-import.service.js';

jest.setTimeout(120_000);

describe('a file of numbers that may not be called', () => {
  let desk: ImportDesk;

  beforeAll(async () => {
    desk = await createImportDesk(await createTestDatabase());
  });

  afterAll(() => desk.close());

  const newList = async (kind: ListKind, name: string) =>
    (await desk.lists.createList(ACTOR, { name, kind, country: 'FR', ...(kind === 'registry' && { registry: name }) }))
      .id;

  const start = async (
    listId: number,
    text: string | Buffer,
    more: Partial<ListFileOptions> = {},
  ): Promise<LeadImport> =>
    desk.imports.startListLoad(
      ACTOR,
      { path: await desk.write(text) },
      { listId, mode: 'replace', ...more },
      { enqueue: false },
    );

  const load = async (...args: Parameters<typeof start>): Promise<LeadImport> =>
    desk.imports.runImport((await start(...args)).id);

  /** Which of these numbers an import leaves out. */
  const barredOf = async (numbers: readonly string[]): Promise<string[]> => {
    const done = await desk.importText(`phone\n${numbers.join('\n')}\n`, {
      base: newBase('asked'),
      dedupe: { key: 'phone', scope: 'file', action: 'skip' },
    });
    const taken = (await desk.leadsOf(done.baseId)).map((lead) => lead.phones[0]!.e164);
    const barred = numbers.filter((number) => !taken.includes(number));
    expect(account(done)).toMatchObject({ suppressed: barred.length, imported: taken.length, sum: numbers.length });
    return barred;
  };

  const [A, B, C] = ['+33199000801', '+33199000802', '+33199000803'];

  it('binds as a whole at its end: repeats are duplicates, what is no number is rejected, the account adds up', async () => {
    const listId = await newList('do_not_call', 'ours');
    const text = `Номер;Кто\n01 99 00 08 01;Anna\n${B};Bruno\n+33 (1) 99-00-08-02;Bruno again\n12;nobody\n;nobody\n`;
    const started = await start(listId, text);
    expect(await barredOf([A, B, C])).toEqual([]);
    const done = await desk.imports.runImport(started.id);
    expect(done).toMatchObject({ kind: 'suppression_list', state: 'done', listId, listName: 'ours', baseId: null });
    expect(account(done)).toEqual({
      ...{ rows: 5, sum: 5, imported: 2, updated: 0, duplicate: 1, suppressed: 0, rejected: 2 },
    });
    expect(byCode(done)).toEqual({ phone_too_short: 1, phone_missing: 1 });
    expect(await allOf(desk.imports.rejectsCsv(1, done.id))).toContain('5,Номер,phone_too_short,');
    expect(await barredOf([A, B, C])).toEqual([A, B]);
    expect(await desk.lists.getList(1, listId)).toMatchObject({ numbers: 2, datedAt: desk.clock.now() });
    const hashes = await desk.rows<{ match_hash: Buffer }>('select match_hash from suppression_numbers');
    expect(hashes.map(({ match_hash }) => match_hash.toString('hex'))).toContain(
      VAULT.matchHash(1, A!).toString('hex'),
    );
    await desk.lists.retireList(ACTOR, listId, 'the end of a test');
    expect(await barredOf([A, B])).toEqual([]);
  });

  it('takes the place of what the list held, or comes besides it, and none of it binds when it is given up', async () => {
    const listId = await newList('registry', 'BLOCTEL');
    await load(listId, `phone\n${A}\n`, { datedAt: new Date('2026-02-01T00:00:00Z') });
    expect(await barredOf([A, B, C])).toEqual([A]);
    await load(listId, `phone\n${B}\n`, { mode: 'add' });
    expect(await barredOf([A, B, C])).toEqual([A, B]);
    const dated = new Date('2026-02-20T00:00:00Z');
    await load(listId, `phone\n${C}\n`, { mode: 'replace', datedAt: dated });
    expect(await barredOf([A, B, C])).toEqual([C]);
    expect(await desk.lists.getList(1, listId)).toMatchObject({ numbers: 1, datedAt: dated });

    const given = await start(listId, `phone\n${A}\n`);
    await desk.imports.cancelImport(ACTOR, given.id);
    expect(await desk.imports.runImport(given.id)).toMatchObject({ state: 'cancelled' });
    // Not one number could be read: the whole list would be free.
    expect(await load(listId, 'phone\n12\n')).toMatchObject({
      state: 'failed',
      problem: { code: 'suppression_load_empty' },
      rejected: 1,
    });
    expect(await barredOf([A, B, C])).toEqual([C]);
    await expect(start(listId, `phone\n${A}\n`, { datedAt: new Date('2027-01-01') })).rejects.toMatchObject({
      code: 'list_date_ahead',
    });
    await desk.lists.retireList(ACTOR, listId, 'the end of a test');
    await expect(start(listId, `phone\n${A}\n`)).rejects.toMatchObject({
      code: 'suppression_list_retired',
      status: 409,
    });
  });

  it('may hold beginnings of numbers', async () => {
    const listId = await newList('prefixes', 'dear ones');
    const done = await load(listId, '+33 1 99 00\n33189\n+33 1 99 00\nabc\n1\n');
    expect(byCode(done)).toEqual({ prefix_invalid: 2 });
    expect(account(done)).toMatchObject({ rows: 5, sum: 5, imported: 2, duplicate: 1, rejected: 2 });
    // Prefixes are asked for once a second.
    await desk.clock.run(2_000);
    expect(await barredOf([A!, '+33199010001', '+33189000001'])).toEqual([A, '+33189000001']);
    const path = await desk.write(`phone\n${A}\n+33199010001\n`);
    const { estimate } = await desk.analyses.analyse(ACTOR, path, { country: 'FR' });
    expect(estimate).toMatchObject({ valid: 1, suppressed: 1 });
    await desk.lists.retireList(ACTOR, listId, 'the end of a test');
  });

  it('is known by the analysis of the next file', async () => {
    const listId = await newList('do_not_call', 'known');
    await load(listId, `${A}\n${B}\n`);
    const path = await desk.write(`phone\n${A}\n${C}\n${B}\n12\n`);
    const { estimate } = await desk.analyses.analyse(ACTOR, path, { country: 'FR' });
    expect(estimate).toMatchObject({ rows: 4, valid: 1, suppressed: 2, rejected: 1 });
    await desk.lists.retireList(ACTOR, listId, 'the end of a test');
  });

  it('killed between any two chunks and run again, binds with the same numbers', async () => {
    const listId = await newList('do_not_call', 'large');
    const number = (i: number) => `+3319${String(1_000_000 + i)}`;
    const lines = Array.from({ length: 45_000 }, (_, i) => (i % 100 === 7 ? '12' : number(i % 40_000)));
    const { id } = await start(listId, `${lines.join('\n')}\n`);
    let kills = 0;
    let done = await desk.imports.getImport(1, id);
    while (done.state !== 'done') {
      let chunks = 0;
      const run = desk.imports.runImport(id, {
        inChunk: async () => {
          if (chunks++ === 1) throw new Error('killed');
        },
      });
      await run.catch((error: Error) => {
        expect(error.message).toBe('killed');
        kills++;
      });
      done = await desk.imports.getImport(1, id);
      expect(account(done).sum).toBe(done.rows);
    }
    expect(kills).toBe(2);
    expect(account(done)).toMatchObject({ rows: 45_000, rejected: 450, imported: 39_600, duplicate: 4_950 });
    expect((await desk.lists.getList(1, listId)).numbers).toBe(39_600);
    expect(await barredOf([number(0), number(39_999), number(40_001)])).toEqual([number(0), number(39_999)]);
  });
});

describe('the files of suppression lists in the API', () => {
  let api: ImportApp;

  beforeAll(async () => {
    api = await createImportApp({ settings: { role: 'all' } });
  }, 60_000);

  afterAll(() => api.close());

  it('are uploaded, loaded in the background, and told with their list', async () => {
    const { body: list } = await api.ask<SuppressionListView>('marketer', 'POST', '/suppression-lists', {
      ...{ name: 'Опт-аут', kind: 'do_not_call', country: 'RU' },
    });
    const { body: file } = await api.upload(
      readFileSync(join(import.meta.dirname, '../../fixtures/windows-1251.csv')),
      'стоп.csv',
    );
    const body = { uploadId: file.id, mode: 'replace', datedAt: '2026-01-05' };
    const started = await api.ask<ImportView>('marketer', 'POST', `/suppression-lists/${list.id}/files`, body);
    expect(started).toMatchObject({
      ...{
        status: 202,
        body: { kind: 'suppression_list', listId: list.id, listName: 'Опт-аут', baseId: null, canUndo: false },
      },
    });
    const done = await api.reached(started.body.id, ['done', 'failed']);
    expect(done).toMatchObject({ state: 'done', rows: 2, imported: 2, rejected: 0 });
    expect((await api.ask('marketer', 'GET', '/suppression-lists/files')).body).toEqual([done]);
    expect((await api.ask('marketer', 'GET', `/suppression-lists/${list.id}`)).body).toMatchObject({
      ...{ numbers: 2, datedAt: '2026-01-05T00:00:00.000Z' },
    });
    expect(await api.ask('marketer', 'POST', `/suppression-lists/${list.id}/files`, body)).toMatchObject({
      status: 404,
    });
    expect(await api.ask('marketer', 'POST', '/suppression-lists/999/files', body)).toMatchObject({ status: 404 });
    expect(await api.ask('operator', 'POST', `/suppression-lists/${list.id}/files`, body)).toMatchObject({
      status: 403,
    });
    expect(
      await api.ask('marketer', 'POST', `/suppression-lists/${list.id}/files`, { ...body, mode: 'maybe' }),
    ).toMatchObject({ status: 422 });
  });
});
