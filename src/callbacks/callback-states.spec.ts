import { describe, expect, it } from '@jest/globals';

import { CALLBACK_STATES, OPEN_STATES, type CallbackState } from './callback-states.js';

describe('the life of a promise', () => {
  it('ends as kept, missed, cancelled or moved, and in no other way', () => {
    const final = CALLBACK_STATES.states.filter((state) => CALLBACK_STATES.isFinal(state));
    expect(final).toEqual(['kept', 'missed', 'cancelled', 'moved']);
    expect(OPEN_STATES).toEqual(['scheduled', 'reminded', 'due', 'offered']);
  });

  it('can come to its end from wherever it is', () => {
    const endsFrom = (state: CallbackState): boolean =>
      CALLBACK_STATES.isFinal(state) || OPEN_STATES.some((next) => CALLBACK_STATES.can(state, next) && next !== state);
    for (const state of OPEN_STATES) {
      expect(CALLBACK_STATES.can(state, 'cancelled')).toBe(true);
      expect(endsFrom(state)).toBe(true);
    }
  });

  it('is kept or missed by a call alone', () => {
    expect(CALLBACK_STATES.sourcesOf('kept')).toEqual(['offered']);
    expect(CALLBACK_STATES.sourcesOf('missed')).toEqual(['offered']);
  });

  it('is not moved while the customer is being called', () => {
    expect(CALLBACK_STATES.can('offered', 'moved')).toBe(false);
  });
});
