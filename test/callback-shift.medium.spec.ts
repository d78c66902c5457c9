import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { runCallbackShift, type CallbackShiftReport } from './callback-shift.js';
import { createTestDatabase, type TestDatabase } from './database.js';

/** `npm run bench:callbacks` is the same with ten thousand. */
describe('a day of promised calls, under operators who leave, come late and take breaks, and a dialer that is killed', () => {
  let test: TestDatabase;
  let report: CallbackShiftReport;

  beforeAll(async () => {
    test = await createTestDatabase();
    report = await runCallbackShift(test, {
      promises: 200,
      newLeads: 200,
      operators: 16,
      hours: 0.75,
      seed: 'a',
      restarts: 6,
    });
  }, 240_000);
  afterAll(() => test.drop());

  it('loses none: each has ended, or waits where it will be called, as its history says', () => {
    expect(report.promised).toBeGreaterThanOrEqual(200);
    expect(report.lost).toBe(0);
    expect(report.faults).toBe(0);
  });

  it('offers 99.9 % within a minute of their time, as far as an operator and the window allow', () => {
    expect(report.allowed).toBeGreaterThan(150);
    expect(report).toMatchObject({ worst: [] });
    expect(report.onTimeRate).toBeGreaterThanOrEqual(0.999);
  });

  it('is a day worth the name: promises were made anew, handed over, kept and missed', () => {
    expect(report.promisedToday).toBeGreaterThan(0);
    expect(report.handedOver).toBeGreaterThan(0);
    expect(report.byState['kept']).toBeGreaterThan(100);
    expect(report.byState['missed']).toBeGreaterThan(0);
  });
});
