import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '../../test/database.js';
import { measureLiveEdits } from '../../test/live-edits.js';

/** No edit may be ignored for longer than this after its commit. */
const GOAL_MS = 1_000;

describe('while a campaign dials, twenty times a second', () => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await createTestDatabase();
  });

  afterAll(() => test.drop());

  it('a do-not-call, a pause and a filter each bind the very next dial', async () => {
    const { rate, doNotCall, pause, filter } = await measureLiveEdits(test, { doNotCalls: 15, pauses: 5, filters: 2 });

    expect(rate).toBeGreaterThan(10);
    expect(Math.max(...doNotCall)).toBeLessThanOrEqual(GOAL_MS);
    expect(Math.max(...pause)).toBeLessThanOrEqual(GOAL_MS);
    expect(Math.max(...filter)).toBeLessThanOrEqual(GOAL_MS);
  });
});
