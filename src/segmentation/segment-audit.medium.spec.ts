import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { createFloor } from '../../test/floor.js';

const AUTHOR = { organisationId: 1, userId: null };
const north = { field: 'region', is: 'equals', value: 'North' } as const;
const south = { field: 'region', is: 'equals', value: 'South' } as const;

describe('the trail of a segment', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  it('says what was changed, newest first, to the organisation whose segment it is', async () => {
    const { segments } = createFloor(test);
    const { id, version } = await segments.create(AUTHOR, { name: 'North', rule: north });
    await segments.update(AUTHOR, id, version, { name: 'North', rule: south });
    const page = { beforeId: null, limit: 10 };
    expect(await segments.listChanges(1, id, page)).toMatchObject([
      { action: 'segment_changed', actor: null, changes: [{ field: 'rule', before: north, after: south }] },
      { action: 'segment_created', changes: [{ field: 'name', before: null, after: 'North' }, { field: 'rule' }] },
    ]);
    await expect(segments.listChanges(2, id, page)).rejects.toMatchObject({ code: 'segment_not_found', status: 404 });
  });
});
