import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { VirtualClock } from '../common/virtual-clock.js';
import { statement } from '../database/statement.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor } from '../../test/floor.js';
import { insertBase, insertLeads } from '../../test/lead-rows.js';
import { SegmentCountsRepository } from './segment-counts.repository.js';
import { SegmentCountsService } from './segment-counts.service.js';
import { SegmentsRepository } from './segments.repository.js';
import { SegmentsService } from './segments.service.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const author = { organisationId: 1, userId: null };
const nurses = { field: 'attribute.job', is: 'equals', value: 'nurse' };

describe('segments', () => {
  let test: TestDatabase;
  let segments: SegmentsService;
  let counts: SegmentCountsService;
  let baseId: number;
  let otherBaseId: number;

  beforeAll(async () => {
    test = await createTestDatabase();
    const clock = new VirtualClock(NOW);
    const { audit, compliance } = createFloor(test, { clock });
    segments = new SegmentsService(test.database, new SegmentsRepository(test.database), audit, clock);
    const repository = new SegmentCountsRepository(test.database);
    counts = new SegmentCountsService(test.database, repository, segments, compliance, clock);
    [baseId, otherBaseId] = [await insertBase(test.database), await insertBase(test.database)];
    const leads = Array.from({ length: 30 }, (_, i) => ({
      name: `Lead ${i}`,
      region: i % 3 === 0 ? 'North' : null,
      attributes: i % 2 === 0 ? { job: 'nurse', age: String(20 + i) } : { job: 'cook' },
    }));
    await insertLeads(test.database, baseId, leads);
    await insertLeads(test.database, otherBaseId, [{ name: 'Other', attributes: { plan: 'gold' } }]);
  });

  afterAll(() => test.drop());

  it('are saved with a version that grows, and the trail keeps what they were', async () => {
    const made = await segments.create(author, { name: 'Nurses', rule: nurses });
    expect(made).toMatchObject({ version: 1, rule: nurses, createdAt: NOW });
    const changed = await segments.update(author, made.id, 1, { name: 'Cooks', rule: { ...nurses, value: 'cook' } });
    expect(changed).toMatchObject({ id: made.id, version: 2, name: 'Cooks' });
    expect(await segments.getSegment(1, made.id)).toMatchObject({ version: 2, rule: { value: 'cook' } });
    const trail = await test.database.query(
      statement(
        '',
        `select action, before from audit_trail where subject_kind = 'segment' and subject_id = $1 order by id`,
      ),
      [made.id],
    );
    expect(trail).toEqual([
      { action: 'segment_created', before: null },
      { action: 'segment_changed', before: { name: 'Nurses', rule: nurses } },
    ]);
  });

  it('are not overwritten by who has read an older version', async () => {
    const { id } = await segments.create(author, { name: 'Nurses', rule: nurses });
    await segments.update(author, id, 1, { name: 'First', rule: nurses });
    const second = segments.update(author, id, 1, { name: 'Second', rule: nurses });
    await expect(second).rejects.toMatchObject({ code: 'version_conflict', status: 409, more: { version: 2 } });
    expect((await segments.getSegment(1, id)).name).toBe('First');
  });

  it('belong to one organisation', async () => {
    const { id } = await segments.create(author, { name: 'Nurses', rule: nurses });
    await expect(segments.getSegment(2, id)).rejects.toMatchObject({ code: 'segment_not_found', status: 404 });
    const stranger = { organisationId: 2, userId: null };
    await expect(segments.update(stranger, id, 1, { name: 'x', rule: nurses })).rejects.toMatchObject({ status: 404 });
    expect(await counts.count(2, { all: [] })).toMatchObject({ count: 0 });
  });

  it('refuse a rule that is none, naming the path, and save nothing', async () => {
    const before = (await segments.listSegments(1)).length;
    const rule = { all: [nurses, { field: 'shoe', is: 'equals', value: 1 }] };
    await expect(segments.create(author, { name: 'Bad', rule })).rejects.toMatchObject({
      code: 'rule_invalid',
      status: 422,
      field: 'rule.all.1.field',
      errors: [{ field: 'rule.all.1.field', code: 'field_unknown' }],
    });
    expect(await segments.listSegments(1)).toHaveLength(before);
  });

  it('keep every version as it was', async () => {
    const { id } = await segments.create(author, { name: 'Nurses', rule: nurses });
    await segments.update(author, id, 1, { name: 'Cooks', rule: { ...nurses, value: 'cook' } });
    expect(await segments.listVersions(1, id)).toMatchObject([
      { version: 2, name: 'Cooks', rule: { value: 'cook' } },
      { version: 1, name: 'Nurses', rule: nurses, createdAt: NOW },
    ]);
    await expect(segments.listVersions(2, id)).rejects.toMatchObject({ code: 'segment_not_found' });
  });

  it('are copied into segments of their own', async () => {
    const { id } = await segments.create(author, { name: 'Nurses', rule: nurses });
    const copy = await segments.clone(author, id);
    expect(copy).toMatchObject({ name: 'Nurses (2)', version: 1, rule: nurses });
    expect(copy.id).not.toBe(id);
    const long = await segments.create(author, { name: 'n'.repeat(200), rule: nurses });
    expect((await segments.clone(author, long.id)).name).toHaveLength(200);
    expect((await segments.clone(author, id, 'Mine')).name).toBe('Mine');
  });

  it('may be called whatever people like', async () => {
    for (const name of [`'); drop table segments; --`, '$1', '%', '{{name}}', '</script>', 'Ёж 😀', '\\'])
      expect((await segments.create(author, { name, rule: nurses })).name).toBe(name);
  });

  it('name other segments, whose rules count as they are now', async () => {
    const inner = await segments.create(author, { name: 'Nurses', rule: nurses });
    const older = { field: 'attribute.age', is: 'greater_than', value: 40 };
    const outer = await segments.create(author, {
      name: 'Older nurses',
      rule: { all: [{ field: 'segment', is: 'in', value: inner.id }, older] },
    });
    const others = {
      all: [
        { field: 'segment', is: 'not_in', value: outer.id },
        { field: 'segment', is: 'in', value: inner.id },
      ],
    };
    expect((await counts.count(1, outer.rule)).count).toBe(4);
    expect((await counts.count(1, others)).count).toBe(11);
    await segments.update(author, inner.id, 1, { name: 'Nobody', rule: { any: [] } });
    expect((await counts.count(1, outer.rule)).count).toBe(0);
  });

  it('do not name each other in a circle, nor what there is not', async () => {
    const named = (id: number) => ({ all: [{ field: 'segment', is: 'in', value: id }] });
    const a = await segments.create(author, { name: 'A', rule: nurses });
    const b = await segments.create(author, { name: 'B', rule: named(a.id) });
    const c = await segments.create(author, { name: 'C', rule: named(b.id) });
    for (const { id } of [a, b, c])
      await expect(segments.update(author, a.id, 1, { name: 'A', rule: named(id) })).rejects.toMatchObject({
        code: 'rule_cycle',
        status: 422,
      });
    const strange = { name: 'D', rule: named(2_147_483_647) };
    await expect(segments.create(author, strange)).rejects.toMatchObject({ code: 'segment_not_found', status: 422 });
    await expect(
      segments.create({ organisationId: 2, userId: null }, { name: 'E', rule: named(a.id) }),
    ).rejects.toMatchObject({ code: 'segment_not_found' });
  });

  it('do not name each other in a circle when two are saved at once', async () => {
    const named = (id: number) => ({ field: 'segment', is: 'in', value: id });
    const [a, b] = [
      await segments.create(author, { name: 'A', rule: nurses }),
      await segments.create(author, { name: 'B', rule: nurses }),
    ];
    const saved = await Promise.allSettled([
      segments.update(author, a.id, 1, { name: 'A', rule: named(b.id) }),
      segments.update(author, b.id, 1, { name: 'B', rule: named(a.id) }),
    ]);
    expect(saved.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('count exactly', async () => {
    expect((await counts.count(1, nurses)).count).toBe(15);
    expect((await counts.count(1, { all: [] })).count).toBe(31);
    const older = { all: [nurses, { field: 'attribute.age', is: 'greater_than', value: 40 }] };
    expect((await counts.count(1, older)).count).toBe(4);
  });

  it('show the first ten of whom they select, phones masked', async () => {
    const sample = await counts.sample(1, nurses);
    expect(sample.map((lead) => lead.name)).toEqual(Array.from({ length: 10 }, (_, i) => `Lead ${i * 2}`));
    expect(sample[0]).toMatchObject({ region: 'North', attributes: { job: 'nurse', age: '20' } });
    for (const lead of sample) expect(lead.maskedPhone).toMatch(/^\+33 ••• •• \d\d$/);
  });

  it('offer attributes as the bases declare them', async () => {
    const declared = await insertBase(test.database, 'Declared');
    await insertLeads(test.database, declared, [{ attributes: { tags: ['vip', 'new'], until: '2026-05-01' } }]);
    const declare = `insert into base_attributes (base_id, name, type) values ($1, 'tags', 'list'), ($1, 'until', 'date'), ($1, 'rare', 'boolean')`;
    await test.database.query(statement('', declare), [declared]);
    const fields = (await segments.listFields(1, declared)).filter(({ field }) => field.startsWith('attribute.'));
    expect(fields).toEqual([
      { field: 'attribute.rare', type: 'boolean', label: 'rare', samples: [] },
      { field: 'attribute.tags', type: 'list', label: 'tags', samples: ['new', 'vip'] },
      { field: 'attribute.until', type: 'date', label: 'until', samples: ['2026-05-01'] },
    ]);
    await test.database.query(statement('', 'delete from leads where base_id = $1'), [declared]);
  });

  it('offer the fields that leads have, with their most frequent values', async () => {
    const fields = await segments.listFields(1, baseId);
    const byName = new Map(fields.map((field) => [field.field, field]));
    expect(byName.get('attribute.job')).toEqual({
      field: 'attribute.job',
      type: 'text',
      label: 'job',
      samples: ['cook', 'nurse'],
    });
    expect(byName.get('zone')).toMatchObject({ type: 'zone', samples: ['Europe/Paris'] });
    expect(byName.get('attribute.age')).toMatchObject({ type: 'number' });
    expect(byName.get('attribute.age')!.samples).toHaveLength(15);
    expect(byName.get('region')).toMatchObject({ type: 'text', samples: ['North'] });
    expect(byName.get('base')).toMatchObject({ type: 'base', samples: [String(baseId)] });
    expect(byName.has('attribute.plan')).toBe(false);
    expect((await segments.listFields(1, null)).map((field) => field.field)).toContain('attribute.plan');
  });
});
