import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { TIER } from './retry-plan.js';
import { retryCreditAfter } from './retry-share.js';

describe('the share of retries', () => {
  it('is kept to within one dial, however dials are bundled', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60 }),
        (share, bundles) => {
          let credit = 0;
          let dials = 0;
          let retries = 0;
          for (const size of bundles) {
            // As the claim has it: the n-th dial is a retry where the credit has grown over a whole one.
            const tiers = Array.from({ length: size }, (_, n) =>
              Math.floor(credit + (n + 1) * share) > Math.floor(credit + n * share) ? TIER.retry : TIER.fresh,
            );
            credit = retryCreditAfter(credit, share, tiers);
            dials += size;
            retries += tiers.filter((tier) => tier === TIER.retry).length;
            expect(Math.abs(retries - share * dials)).toBeLessThan(1 + 1e-6);
          }
        },
      ),
    );
  });

  it('is not made up for when there were no retries, or nothing else', () => {
    expect(retryCreditAfter(0, 0.5, Array<number>(100).fill(TIER.fresh))).toBeLessThan(1);
    expect(retryCreditAfter(0.5, 0.5, Array<number>(100).fill(TIER.retry))).toBe(0);
  });

  it('leaves callbacks and hot leads out of account', () => {
    expect(retryCreditAfter(0.25, 0.5, [TIER.callback, TIER.hot, TIER.abandoned])).toBe(0.25);
  });
});
