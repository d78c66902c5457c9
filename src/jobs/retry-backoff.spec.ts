import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { retryBackoffMs } from './retry-backoff.js';

describe('retryBackoffMs', () => {
  it('begins at one second and doubles', () => {
    expect([1, 2, 3, 4].map(retryBackoffMs)).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  it('never shrinks and never passes five minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (failures) => {
        const wait = retryBackoffMs(failures);
        return wait <= retryBackoffMs(failures + 1) && wait >= 1_000 && wait <= 300_000;
      }),
    );
  });
});
