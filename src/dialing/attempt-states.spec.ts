import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ATTEMPT_STATES, type AttemptState } from './attempt-states.js';

/** In the order of a call's life. */
const LIFE: AttemptState[] = ['reserved', 'dialing', 'ringing', 'answered', 'bridged', 'ended'];
const rank = (state: AttemptState) => LIFE.indexOf(state);
/** What the ledger does with an event: enter the state if it may be entered from here, else nothing. */
const enter = (from: AttemptState, to: AttemptState) => (ATTEMPT_STATES.sourcesOf(to).includes(from) ? to : from);

describe('the states of an attempt', () => {
  it('are those of a call’s life, and all of them', () => {
    expect(ATTEMPT_STATES.states).toEqual(LIFE);
  });

  it('only go forward', () => {
    for (const from of LIFE)
      for (const to of LIFE) if (ATTEMPT_STATES.can(from, to)) expect(rank(to)).toBeGreaterThan(rank(from));
  });

  it('can end from anywhere, and nothing follows the end', () => {
    expect(ATTEMPT_STATES.sourcesOf('ended')).toEqual(LIFE.slice(0, -1));
    expect(LIFE.filter((state) => ATTEMPT_STATES.isFinal(state))).toEqual(['ended']);
  });

  it('let nobody talk in a call that was not answered, and nothing ring that was not dialled', () => {
    expect(ATTEMPT_STATES.sourcesOf('bridged')).toEqual(['answered']);
    expect(ATTEMPT_STATES.sourcesOf('ringing')).toEqual(['dialing']);
    expect(ATTEMPT_STATES.sourcesOf('answered')).toEqual(['dialing', 'ringing']);
    expect(ATTEMPT_STATES.sourcesOf('dialing')).toEqual(['reserved']);
  });

  it('never fall back, whatever events come, in whatever order and however often', () => {
    const events = fc.array(fc.constantFrom(...LIFE), { maxLength: 20 });
    fc.assert(
      fc.property(events, fc.constantFrom(...LIFE), (sequence, start) => {
        let state = start;
        for (const event of sequence) {
          const next = enter(state, event);
          expect(rank(next)).toBeGreaterThanOrEqual(rank(state));
          // The same event again is a no-op.
          expect(enter(next, event)).toBe(next);
          state = next;
        }
        if (sequence.includes('ended')) expect(state).toBe('ended');
      }),
    );
  });
});
