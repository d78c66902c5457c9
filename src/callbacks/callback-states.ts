import { stateMachine } from '../common/state-machine.js';

export type CallbackState = 'scheduled' | 'reminded' | 'due' | 'offered' | 'kept' | 'missed' | 'cancelled' | 'moved';

/** The life of a promise. What has ended stays as it ended; nothing leads out of the table, so none disappears. */
export const CALLBACK_STATES = stateMachine<CallbackState>('callback', {
  // Of a shared one nobody is reminded. One that comes due between two looks of the watch is offered at once.
  scheduled: ['reminded', 'due', 'offered', 'cancelled', 'moved'],
  // Back to scheduled when the zone's rules changed and its instant is further away than it was.
  reminded: ['scheduled', 'due', 'offered', 'cancelled', 'moved'],
  due: ['offered', 'cancelled', 'moved'],
  // A call is reserved for it, or is being made. Not reached, it is due again until its tries are used up.
  offered: ['due', 'kept', 'missed', 'cancelled'],
  kept: [],
  missed: [],
  cancelled: [],
  // Another promise stands in its place.
  moved: [],
});

/** What is written of it, beside its state: steps that change none have the same state before and after. */
export const CALLBACK_EVENTS = [
  'promised',
  'reminded',
  'due',
  'offered',
  'put_back',
  'not_reached',
  'deferred',
  'handed_over',
  'reassigned',
  'escalated',
  'derived_anew',
  'kept',
  'missed',
  'cancelled',
  'moved',
] as const;
export type CallbackEvent = (typeof CALLBACK_EVENTS)[number];

export const OPEN_STATES: readonly CallbackState[] = CALLBACK_STATES.states.filter(
  (state) => !CALLBACK_STATES.isFinal(state),
);
