import { describe, expect, it } from '@jest/globals';

import { ParseIdPipe } from './parse-id.pipe.js';

describe('an id in an address', () => {
  const pipe = new ParseIdPipe();

  it('is a whole number that a column can hold', () => {
    expect(pipe.transform('1')).toBe(1);
    expect(pipe.transform('2147483647')).toBe(2_147_483_647);
  });

  it.each(['', '0', '-1', '1.5', '1e3', '0x1', ' 1', '2147483648', '99999999999999999999', 'abc', "1'--"])(
    'is not %j',
    (value) => {
      expect(() => pipe.transform(value)).toThrow(expect.objectContaining({ code: 'id_invalid', status: 400 }));
    },
  );
});
