import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { statement } from '../database/statement.js';
import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { AuditTrailRepository } from './audit-trail.repository.js';
import { AuditTrailService, type AuditNote } from './audit-trail.service.js';

const NOW = new Date('2026-03-02T09:00:00Z');
const ALL = { beforeId: null, limit: 50 };

describe('the audit trail', () => {
  let test: TestDatabase;
  let audit: AuditTrailService;
  let userId: number;

  beforeAll(async () => {
    test = await createTestDatabase();
    audit = new AuditTrailService(new AuditTrailRepository(test.database));
    const [user] = await test.database.query<{ id: number }>(
      statement(
        '',
        `insert into users (organisation_id, login, name, role, created_at)
         values (1, 'ada', 'Ada', 'manager', $1) returning id`,
      ),
      [NOW],
    );
    userId = user!.id;
  });

  afterAll(() => test.drop());

  let subjects = 0;
  const newSubject = () => ({ kind: 'thing', id: ++subjects });
  const note = (values: Pick<AuditNote, 'subject'> & Partial<AuditNote>) =>
    audit.note(test.database, {
      ...{ organisationId: 1, userId: null, action: 'thing_changed', before: null, after: null, at: NOW },
      ...values,
    });

  it('says who did what and when, and what was there before and after', async () => {
    const subject = newSubject();
    const before = { name: 'Old', dates: [NOW] };
    await note({ subject, userId, before, after: { name: 'New', dates: null } });
    expect(await audit.list(1, subject, ALL)).toEqual([
      {
        ...{ id: expect.any(Number), at: NOW, userId, userName: 'Ada', action: 'thing_changed' },
        before: { name: 'Old', dates: [NOW.toISOString()] },
        after: { name: 'New', dates: null },
      },
    ]);
  });

  it('tells the newest first, a page at a time', async () => {
    const subject = newSubject();
    for (const action of ['first', 'second', 'third']) await note({ subject, action });
    const page = await audit.list(1, subject, { beforeId: null, limit: 2 });
    expect(page.map(({ action }) => action)).toEqual(['third', 'second']);
    const rest = await audit.list(1, subject, { beforeId: page[1]!.id, limit: 2 });
    expect(rest.map(({ action, userName }) => [action, userName])).toEqual([['first', null]]);
  });

  it('tells nothing of other things of the same number, nor to other organisations', async () => {
    const subject = newSubject();
    await note({ subject });
    expect(await audit.list(1, { kind: 'another', id: subject.id }, ALL)).toEqual([]);
    expect(await audit.list(2, subject, ALL)).toEqual([]);
  });

  it('keeps no note of a change that was rolled back', async () => {
    const subject = newSubject();
    const changing = test.database.transaction(async (tx) => {
      await audit.note(tx, {
        ...{ organisationId: 1, userId: null, action: 'thing_changed', subject, before: null, after: null, at: NOW },
      });
      throw new Error('and then it failed');
    });
    await expect(changing).rejects.toThrow('and then it failed');
    expect(await audit.list(1, subject, ALL)).toEqual([]);
  });
});
