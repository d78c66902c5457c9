import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { VirtualClock } from '../common/virtual-clock.js';
import { statement } from '../database/statement.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { insertBase, insertLeads } from '../../test/lead-rows.js';
import { SegmentsRepository } from './segments.repository.js';
import { SegmentsService } from './segments.service.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const author = { organisationId: 1, userId: null };
const nurses = { field: 'attribute.job', is: 'equals', value: 'nurse' };

describe('segments', () => {
  let test: TestDatabase;
  let segments: SegmentsService;
  let baseId: number;
  let otherBaseId: number;

  beforeAll(async () => {
    test = await createTestDatabase();
    segments = new SegmentsService(test.database, new SegmentsRepository(test.database), new VirtualClock(NOW));
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
    expect(await segments.count(2, { all: [] })).toMatchObject({ count: 0 });
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

  it('count exactly', async () => {
    expect((await segments.count(1, nurses)).count).toBe(15);
    expect((await segments.count(1, { all: [] })).count).toBe(31);
    const older = { all: [nurses, { field: 'attribute.age', is: 'greater_than', value: 40 }] };
    expect((await segments.count(1, older)).count).toBe(4);
  });

  it('show the first ten of whom they select, phones masked', async () => {
    const sample = await segments.sample(1, nurses);
    expect(sample.map((lead) => lead.name)).toEqual(Array.from({ length: 10 }, (_, i) => `Lead ${i * 2}`));
    expect(sample[0]).toMatchObject({ region: 'North', attributes: { job: 'nurse', age: '20' } });
    for (const lead of sample) expect(lead.maskedPhone).toMatch(/^\+33 ••• •• \d\d$/);
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
    expect(byName.get('attribute.age')).toMatchObject({ type: 'number' });
    expect(byName.get('attribute.age')!.samples).toHaveLength(15);
    expect(byName.get('region')).toMatchObject({ type: 'text', samples: ['North'] });
    expect(byName.get('base')).toMatchObject({ type: 'base', samples: [String(baseId)] });
    expect(byName.has('attribute.plan')).toBe(false);
    expect((await segments.listFields(1, null)).map((field) => field.field)).toContain('attribute.plan');
  });
});
