import { describe, expect, it } from '@jest/globals';

import { asBuffer } from './copy.js';

describe('bytes for the driver', () => {
  it('are those of the view alone, wherever it lies in its memory', () => {
    const view = Uint8Array.of(0, 1, 2, 3, 4).subarray(1, 4);
    expect([...asBuffer(view)]).toEqual([1, 2, 3]);
  });

  it('are not copied', () => {
    const view = Uint8Array.of(1, 2);
    asBuffer(view)[0] = 9;
    expect([...view]).toEqual([9, 2]);
  });
});
