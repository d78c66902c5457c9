import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { MAX_CELL_CHARS, SharedStrings } from './shared-strings.js';

/** A part of shared strings, as its reader is told of it. */
function holding(texts: Iterable<string>): SharedStrings {
  const strings = new SharedStrings();
  for (const text of texts) {
    strings.open('si');
    strings.open('t');
    strings.text(text);
    strings.close('t');
    strings.close('si');
  }
  return strings;
}

describe('shared strings', () => {
  it('come out as they went in, and none that did not', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('_x'));
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const strings = holding(texts);
        expect(strings.size).toBe(texts.length);
        texts.forEach((value, i) => expect(strings.get(i)).toBe(value));
        for (const index of [-1, texts.length, 0.5 + texts.length, Number.NaN]) expect(strings.get(index)).toBeNull();
      }),
    );
  });

  it('come out of every page', () => {
    const texts = Array.from({ length: 200_000 }, (_, i) => `Клиент ${i}`);
    const strings = holding(texts);
    for (const i of [0, 1, 65_535, 65_536, 131_072, 199_999]) expect(strings.get(i)).toBe(texts[i]);
    expect(texts.findIndex((value, i) => strings.get(i) !== value)).toBe(-1);
  });

  it('that are longer than a cell may be are not kept whole, and known by their length', () => {
    const strings = holding(['x'.repeat(1_000_000), 'y'.repeat(MAX_CELL_CHARS)]);
    expect(strings.get(0)).toHaveLength(MAX_CELL_CHARS + 1);
    expect(strings.get(1)).toHaveLength(MAX_CELL_CHARS);
  });

  it('are refused before they take more memory than there is for them', () => {
    const long = 'x'.repeat(MAX_CELL_CHARS);
    const endless = function* () {
      for (;;) yield long;
    };
    expect(() => holding(endless())).toThrow(expect.objectContaining({ code: 'workbook_too_large' }));
  });
});
