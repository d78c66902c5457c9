import { describe, expect, it } from '@jest/globals';

import { OPERATOR_STATES, type OperatorState } from './operator-states.js';

const STATES: OperatorState[] = ['offline', 'ready', 'in_call', 'wrap_up', 'break'];

describe('the states of an operator', () => {
  it('are those that the ledger knows', () => {
    expect([...OPERATOR_STATES.states].sort()).toEqual([...STATES].sort());
  });

  it.each<[OperatorState, OperatorState[]]>([
    ['offline', ['ready']],
    ['ready', ['in_call', 'break', 'offline']],
    ['in_call', ['wrap_up', 'ready']],
    ['wrap_up', ['ready', 'break', 'offline']],
    ['break', ['ready', 'offline']],
  ])('from %s lead to %j and nowhere else', (from, to) => {
    expect(STATES.filter((state) => OPERATOR_STATES.can(from, state)).sort()).toEqual([...to].sort());
  });

  it('give a call to nobody but whoever is ready', () => {
    expect(OPERATOR_STATES.sourcesOf('in_call')).toEqual(['ready']);
  });

  it('let nobody walk off from a call: neither to a break nor home', () => {
    expect(OPERATOR_STATES.can('in_call', 'break')).toBe(false);
    expect(OPERATOR_STATES.can('in_call', 'offline')).toBe(false);
  });

  it('can all be reached, and all be left', () => {
    for (const state of STATES) {
      expect(OPERATOR_STATES.sourcesOf(state)).not.toEqual([]);
      expect(OPERATOR_STATES.isFinal(state)).toBe(false);
    }
  });
});
