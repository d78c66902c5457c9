import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { createTestDatabase } from '../../test/database.js';
import { MONDAY } from '../../test/floor.js';
import { account, ACTOR, allOf, createImportDesk, newBase, type ImportDesk } from '../../test/import-desk.js';
import type { Job } from '../jobs/job.js';
import type { Turn } from '../jobs/job-processor.js';
import { ImportUndoProcessor } from './import-undo.processor.js';
import { IMPORT_UNDO_JOB, type ImportUndoPayload, type UndoCursor } from './import-undo.service.js';
import type { LeadImport } from './import.js';
import type { ImportOptions } from './lead-import.service.js';

jest.setTimeout(120_000);

let desk: ImportDesk;

beforeAll(async () => {
  desk = await createImportDesk(await createTestDatabase());
});

afterAll(() => desk.close());

const UPDATE = { key: 'phone', scope: 'base', action: 'update' } as const;
const phone = (n: number) => `+331990${String(10_000 + n).slice(-5)}`;

/** A file of people numbered so, each with one more column. */
const people = (numbers: readonly number[], note = 'first') =>
  `id,phone,name,note\n${numbers.map((n) => `C-${n},${phone(n)},Person ${n},${note}`).join('\n')}\n`;

const load = (text: string, base: ImportOptions['base'], more: Partial<ImportOptions> = {}): Promise<LeadImport> =>
  desk.importText(text, { base, ...more });

/** Everything that an import may write of people. */
const snapshot = (baseId: number | null) =>
  desk.rows(
    `select l.*, (select jsonb_agg(to_jsonb(p) order by p.position) from phones p where p.lead_id = l.id) as phones
       from leads l where l.base_id = $1 order by l.id`,
    [baseId],
  );

const leadsIn = async (baseId: number | null): Promise<number | undefined> =>
  (await desk.leads.getBase(1, baseId!)).leads;

async function called(leadId: number, at = MONDAY): Promise<void> {
  const campaignId = await desk.insertCampaign();
  const { id: entryId } = await desk.one<{ id: number }>(
    `insert into calling_list_entries (campaign_id, lead_id, segment_id, bucket_id, state, tier, rank, due_at)
     select $1, $2, 0, bucket_id, 'ready', 5, 0, $3 from phones where lead_id = $2 and position = 1 returning id`,
    [campaignId, leadId, MONDAY],
  );
  await desk.insertAttempt(campaignId, { entryId, leadId, matchHash: Buffer.alloc(16) }, at);
}

const keptOf = async (done: LeadImport) =>
  (await allOf(desk.imports.keptCsv(1, done.id))).trim().split('\r\n').slice(1);

describe('the undo of an import', () => {
  it('takes out everybody whom it brought, from calling lists too, and the file may be imported again', async () => {
    const path = join(import.meta.dirname, '../../fixtures/demo-base.csv');
    const campaignId = await desk.insertCampaign({ state: 'draft' });
    const done = await desk.importFile(path, { base: newBase('all'), campaignId });
    expect(await desk.callingLists.buildList(campaignId, desk.clock.now())).toEqual({ added: 1185 });
    expect(await leadsIn(done.baseId)).toBe(1185);

    expect(await desk.undo(done.id)).toMatchObject({
      ...{ state: 'undone', removed: 1185, restored: 0, kept: 0, imported: 1185, rows: 1200 },
    });
    expect(await snapshot(done.baseId)).toEqual([]);
    expect(await leadsIn(done.baseId)).toBe(0);
    expect(await desk.rows('select from phones where base_id = $1', [done.baseId])).toEqual([]);
    expect(await desk.rows('select from calling_list_entries where campaign_id = $1', [campaignId])).toEqual([]);

    const again = await desk.importFile(path, { base: { id: done.baseId! } });
    expect(account(again)).toEqual(account(done));
  });

  it('puts back what it changed: values, types, numbers and their order', async () => {
    const first = await load('id,phone,name,region,age\nC-1,+79160000101,Anna,Omsk,33\n', newBase('back', 'RU'));
    const before = await snapshot(first.baseId);
    const done = await load(
      'id,phone,phone 2,name,region,age,vip\nC-1,+79160000102,+79160000101,Anna P,Moscow,34,yes\nC-2,+79160000103,,New,,,\n',
      { id: first.baseId! },
      {
        dedupe: { key: 'external_id', scope: 'base', action: 'update' },
        consent: { source: 'a form', wording: 'Call me.' },
        ...{ priority: 5, ownerId: await desk.insertOperator() },
        mapping: { phones: ['phone', 'phone 2'], externalId: 'id', name: 'name', region: 'region' },
      },
    );
    expect(account(done)).toMatchObject({ imported: 1, updated: 1 });
    const [anna] = await desk.leadsOf(first.baseId);
    expect(anna).toMatchObject({ name: 'Anna P', region: 'Moscow', priority: 0, ownerId: expect.any(Number) });
    expect(anna!.attributes).toEqual({ age: 34, vip: true });
    expect(anna!.phones.map(({ e164, zones }) => [e164, ...zones])).toEqual([
      ['+79160000102', 'Europe/Moscow'],
      ['+79160000101', 'Europe/Moscow'],
    ]);
    expect(await desk.undo(done.id)).toMatchObject({ removed: 1, restored: 1, kept: 0 });
    expect(await snapshot(first.baseId)).toEqual(before);
  });

  it('leaves those who have been called, whether it brought or changed them, and lists them', async () => {
    const first = await load(people([11, 12]), newBase('called'));
    const done = await load(people([11, 12, 13, 14, 15], 'second'), { id: first.baseId! }, { dedupe: UPDATE });
    const [, p12, , p14] = await desk.leadsOf(first.baseId);
    await called(p12!.id);
    await called(p14!.id);
    expect(await desk.undo(done.id)).toMatchObject({ removed: 2, restored: 1, kept: 2 });
    const left = await desk.leadsOf(first.baseId);
    expect(left.map((lead) => [lead.externalId, lead.attributes['note']])).toEqual([
      ...[
        ['C-11', 'first'],
        ['C-12', 'second'],
        ['C-14', 'second'],
      ],
    ]);
    expect(left.at(-1)!.phones).toHaveLength(1);
    expect(await keptOf(done)).toEqual([`2,${p12!.id},called`, `4,${p14!.id},called`]);
    expect(
      await desk.rows('select from calling_list_entries where lead_id = any ($1::bigint[])', [[p12!.id, p14!.id]]),
    ).toHaveLength(2);
  });

  it('leaves those whom a later import has changed, until that one is undone', async () => {
    const first = await load(people([21, 22]), newBase('later'));
    const second = await load(people([22, 23], 'second'), { id: first.baseId! }, { dedupe: UPDATE });
    const third = await load(people([22, 23], 'third'), { id: first.baseId! }, { dedupe: UPDATE });
    const [, p22, p23] = await desk.leadsOf(first.baseId);
    const fourth = await load(people([21], 'fourth'), { id: first.baseId! }, { dedupe: UPDATE });
    expect(await desk.undo(fourth.id)).toMatchObject({ restored: 1, kept: 0 });

    expect(await desk.undo(second.id)).toMatchObject({ removed: 0, restored: 0, kept: 2 });
    expect(await keptOf(second)).toEqual([`1,${p22!.id},changed_since`, `2,${p23!.id},changed_since`]);
    expect((await desk.leadsOf(first.baseId)).map((lead) => lead.attributes['note'])).toEqual([
      'first',
      'third',
      'third',
    ]);
    expect(await desk.undo(third.id)).toMatchObject({ removed: 0, restored: 2, kept: 0 });
    // 21 was changed by the fourth, which is undone; 22 by the second, which left it.
    expect(await desk.undo(first.id)).toMatchObject({ removed: 1, restored: 0, kept: 1 });
    expect((await desk.leadsOf(first.baseId)).map((lead) => lead.externalId)).toEqual(['C-22', 'C-23']);
  });

  it('of an import that was cancelled takes out what had come in', async () => {
    const path = await desk.write(people(Array.from({ length: 21_000 }, (_, i) => 100 + i)));
    const started = await desk.start(path, { base: newBase('half') });
    let chunks = 0;
    await desk.imports.runImport(started.id, { isStopping: () => chunks++ === 1 });
    const cancelled = await desk.imports.cancelImport(ACTOR, started.id);
    expect(cancelled).toMatchObject({ state: 'cancelled', rows: 20_000 });
    expect(await desk.undo(started.id)).toMatchObject({ state: 'undone', removed: cancelled.imported, kept: 0 });
    expect(await leadsIn(started.baseId)).toBe(0);
  });

  it('is refused for an import that runs or is undone already, and for a suppression list', async () => {
    const running = await desk.start(await desk.write(people([31])), { base: newBase('refused') });
    const startUndo = (id: number) => desk.undos.startUndo(ACTOR, id, { enqueue: false });
    await expect(startUndo(running.id)).rejects.toMatchObject({ code: 'import_not_over', status: 409 });
    await desk.imports.runImport(running.id);
    await desk.undo(running.id);
    await expect(startUndo(running.id)).rejects.toMatchObject({ code: 'import_undone_already', status: 409 });
    await expect(startUndo(999_999)).rejects.toMatchObject({ code: 'import_not_found', status: 404 });
    const list = await desk.lists.createList(ACTOR, { name: 'Mine', kind: 'do_not_call' });
    const path = await desk.write('+33199000001\n');
    const load = await desk.imports.startListLoad(
      ACTOR,
      { path },
      { listId: list.id, mode: 'add', country: 'FR' },
      { enqueue: false },
    );
    await desk.imports.runImport(load.id);
    await expect(startUndo(load.id)).rejects.toMatchObject({ code: 'import_not_undoable', status: 409 });
  });
});

describe('an undo and the imports of its base', () => {
  it('do not go on at once: nobody is told for a duplicate of somebody who is about to go', async () => {
    const first = await load(people([41]), newBase('both'));
    await desk.undos.startUndo(ACTOR, first.id, { enqueue: false });
    const path = await desk.write(people([41, 42]));
    const problem = await desk.refusal(path, { base: { id: first.baseId! } });
    expect(problem).toMatchObject({ code: 'base_being_undone', status: 409, more: { importId: first.id } });
    await desk.undos.undoImport(first.id);
    const second = await desk.start(path, { base: { id: first.baseId! } });

    const other = await load(people([43]), newBase('other'));
    const third = await desk.start(await desk.write(people([44])), { base: { id: other.baseId! } });
    await expect(desk.undos.startUndo(ACTOR, other.id, { enqueue: false })).rejects.toMatchObject({
      ...{ code: 'base_importing', status: 409, more: { importId: third.id } },
    });
    expect(account(await desk.imports.runImport(second.id))).toMatchObject({ imported: 2, duplicate: 0 });
  });
});

describe('an undo that is broken off', () => {
  const numbers = Array.from({ length: 4_500 }, (_, i) => 30_000 + i);

  it('goes on from its last step, and ends as if nothing had happened', async () => {
    const first = await load(people(numbers.slice(0, 2_500)), newBase('broken'));
    const before = await snapshot(first.baseId);
    const done = await load(people(numbers, 'second'), { id: first.baseId! }, { dedupe: UPDATE });
    expect(account(done)).toMatchObject({ imported: 2_000, updated: 2_500 });
    await desk.undos.startUndo(ACTOR, done.id, { enqueue: false });
    let cursor: UndoCursor | null = null;
    let steps = 0;
    do {
      const from: UndoCursor | null = cursor;
      // Each step dies once before it commits.
      await expect(
        desk.database.transaction(async (tx) => {
          await desk.undos.undoSlice(tx, done.id, from);
          throw new Error('killed');
        }),
      ).rejects.toThrow('killed');
      cursor = await desk.database.transaction((tx) => desk.undos.undoSlice(tx, done.id, from));
      const { removed, restored } = await desk.imports.getImport(1, done.id);
      expect(await leadsIn(first.baseId)).toBe(4_500 - removed);
      expect(restored).toBeLessThanOrEqual(2_500);
      steps++;
    } while (cursor);
    expect(steps).toBeGreaterThan(4);
    expect(await desk.imports.getImport(1, done.id)).toMatchObject({
      state: 'undone',
      removed: 2_000,
      restored: 2_500,
      kept: 0,
    });
    expect(await snapshot(first.baseId)).toEqual(before);
  });

  it('by the end of its job leaves the import standing, and may be begun again', async () => {
    const first = await load(people(numbers.slice(0, 100)), newBase('job'));
    const before = await snapshot(first.baseId);
    const done = await load(people(numbers.slice(0, 2_300), 'second'), { id: first.baseId! }, { dedupe: UPDATE });
    const { jobId } = await desk.undos.startUndo(ACTOR, done.id);
    expect(await desk.one('select kind, state from jobs where id = $1', [jobId])).toMatchObject({
      kind: IMPORT_UNDO_JOB,
    });
    const processor = new ImportUndoProcessor(desk.database, desk.undos);
    const job = (progress: Record<string, unknown>) =>
      ({
        organisationId: 1,
        id: jobId,
        kind: IMPORT_UNDO_JOB,
        payload: { importId: done.id },
        progress,
      }) as unknown as Job<ImportUndoPayload>;
    const abort = new AbortController();
    let progress: Record<string, unknown> = {};
    let commits = 0;
    const turn: Turn = {
      signal: abort.signal,
      cancelRequested: false,
      // Cancelled after what is restored and the first slice of what is removed.
      advance: async (tx, next) => {
        tx.afterCommit(() => {
          progress = next;
          if (++commits === 6) abort.abort();
        });
      },
    };
    expect(await processor.run(job({}), turn)).toBe('again');
    await desk.database.transaction((tx) => processor.ended(tx, job(progress), { state: 'cancelled', problem: null }));
    const standing = await desk.imports.getImport(1, done.id);
    expect(standing).toMatchObject({ state: 'done', restored: 100, removed: 2_000 });
    expect(await desk.undo(done.id)).toMatchObject({ state: 'undone', restored: 100, removed: 2_200, kept: 0 });
    expect(await snapshot(first.baseId)).toEqual(before);
  });
});
