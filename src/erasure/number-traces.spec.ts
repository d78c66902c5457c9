import { describe, expect, it } from '@jest/globals';

import { holdsTraces } from './number-traces.js';

const traces = { numbers: ['+33639980001', '+84912345678'], ids: new Set(['C-17']) };

describe('a row that could not be imported', () => {
  it.each([
    [['Anna', '+33 6 39 98 00 01']],
    [['06.39.98.00.01', '']],
    [['call 0033(6)39-98-00-01 after six']],
    [['３３６３９９８０００１']],
    [['3.3639980001E+10']],
    [['', '', '0912 345 678']],
    [['C-17', 'nothing else']],
    [[' C-17 ']],
  ])('holds somebody who is erased: %j', (fields) => {
    expect(holdsTraces(fields, traces)).toBe(true);
  });

  it.each([[['Anna', '+33 6 39 98 00 02']], [['C-170']], [[]], [['']], [['3998', '0001']]])(
    'does not hold them: %j',
    (fields) => {
      expect(holdsTraces(fields, traces)).toBe(false);
    },
  );
});
