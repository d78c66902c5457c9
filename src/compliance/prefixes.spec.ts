import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { isPrefix, prefixFinder, prefixMatcher, PREFIX_DIGITS } from './prefixes.js';

const digits = (min: number, max: number) =>
  // Few digits: prefixes that meet are what it is about.
  fc.string({ unit: fc.constantFrom('0', '1', '2', '9'), minLength: min, maxLength: max });

describe('prefixes', () => {
  it('match numbers that begin with one of them', () => {
    const matches = prefixMatcher(['7800', '44870']);
    expect(matches('+78005553535')).toBe(true);
    expect(matches('+448701234567')).toBe(true);
    expect(matches('+78015553535')).toBe(false);
    expect(matches('+44871234567')).toBe(false);
    expect(matches('+1')).toBe(false);
  });

  it('match a number that is a prefix itself, and none that is shorter', () => {
    const matches = prefixMatcher(['3363998']);
    expect(matches('+3363998')).toBe(true);
    expect(matches('+336399')).toBe(false);
  });

  it('are none when there are none', () => {
    expect(prefixMatcher([])('+33639981001')).toBe(false);
  });

  it('name the shortest that matches, in whatever order they were given', () => {
    expect(prefixFinder(['78005', '7800'])('+78005553535')).toBe('7800');
    expect(prefixFinder(['7800', '78005'])('+78005553535')).toBe('7800');
    expect(prefixFinder(['7801', '78'])('+7801')).toBe('78');
  });

  it('find what a look at each of them finds', () => {
    fc.assert(
      fc.property(
        fc.array(digits(PREFIX_DIGITS.min, PREFIX_DIGITS.max), { maxLength: 200 }),
        digits(1, 15),
        (prefixes, number) => {
          const matching = prefixes.filter((prefix) => number.startsWith(prefix));
          const shortest = matching.sort((a, b) => a.length - b.length)[0] ?? null;
          expect(prefixFinder(prefixes)(`+${number}`)).toBe(shortest);
        },
      ),
    );
  });

  it.each(['7', '+7800', '78 00', '123456789012345', '', '78a'])('refuse %j', (text) => {
    expect(isPrefix(text)).toBe(false);
    expect(() => prefixMatcher([text])).toThrow('is no prefix');
  });
});
