import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { stateMachine, type Transitions } from './state-machine.js';

const lamp = stateMachine('lamp', {
  dark: ['lit', 'broken'],
  lit: ['dark', 'broken'],
  broken: [],
});

describe('a state machine', () => {
  it('allows what its table lists and nothing else', () => {
    expect(lamp.can('dark', 'lit')).toBe(true);
    expect(lamp.can('broken', 'lit')).toBe(false);
    expect(lamp.can('lit', 'lit')).toBe(false);
  });

  it('knows from where a state may be entered', () => {
    expect(lamp.sourcesOf('broken')).toEqual(['dark', 'lit']);
    expect(lamp.sourcesOf('dark')).toEqual(['lit']);
  });

  it('is final where nothing follows', () => {
    expect(lamp.states.filter((state) => lamp.isFinal(state))).toEqual(['broken']);
  });

  it('refuses a table that leads to a state it does not list', () => {
    const table = { open: ['shut'] } as unknown as Transitions<'open'>;
    expect(() => stateMachine('door', table)).toThrow('door: open leads to shut, which is no state of it');
  });

  it('says of any table: a state may follow another exactly when that one is among its sources', () => {
    const states = ['a', 'b', 'c', 'd'] as const;
    const next = fc.subarray([...states]);
    fc.assert(
      fc.property(fc.record({ a: next, b: next, c: next, d: next }), (table) => {
        const machine = stateMachine('any', table);
        for (const from of states) {
          expect(machine.isFinal(from)).toBe(states.every((to) => !machine.can(from, to)));
          for (const to of states) expect(machine.sourcesOf(to).includes(from)).toBe(machine.can(from, to));
        }
      }),
    );
  });
});
