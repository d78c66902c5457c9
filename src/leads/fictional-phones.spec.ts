import { describe, expect, it } from '@jest/globals';

import { fictionalPhone, FICTIONAL_PHONES } from './fictional-phones.js';
import { parsePhone } from './phone-number.js';

describe('fictional phones', () => {
  it('are another for each index, and every one of them is valid where the file says it is', () => {
    const seen = new Set<string>();
    for (let index = 0; index < FICTIONAL_PHONES; index++) {
      const { e164, country } = fictionalPhone(index, 'a seed');
      seen.add(e164);
      expect(parsePhone(e164, 'US')).toMatchObject({ e164, country, lineType: 'fixed_line' });
    }
    expect(seen.size).toBe(64_000);
  });

  it('are French before they are British', () => {
    expect(fictionalPhone(49_999, 's').country).toBe('FR');
    expect(fictionalPhone(50_000, 's').country).toBe('GB');
  });

  it('are the same for the same seed and in another order for another', () => {
    const first = (seed: string) => Array.from({ length: 20 }, (_, index) => fictionalPhone(index, seed).e164);
    expect(first('base 1')).toEqual(first('base 1'));
    expect(first('base 1')).not.toEqual(first('base 2'));
  });

  it('run out with a reason', () => {
    expect(() => fictionalPhone(FICTIONAL_PHONES, 's')).toThrow('Only 64000 numbers are reserved for fiction');
  });
});
