import { stateMachine } from '../common/state-machine.js';

export type AttemptState = 'reserved' | 'dialing' | 'ringing' | 'answered' | 'bridged' | 'ended';

/**
 * The life of an attempt. States only go forward, and a call may leave some out (an answer without ringing); whatever comes
 * late or again finds the state behind it and changes nothing.
 */
export const ATTEMPT_STATES = stateMachine<AttemptState>('attempt', {
  reserved: ['dialing', 'ended'],
  dialing: ['ringing', 'answered', 'ended'],
  ringing: ['answered', 'ended'],
  answered: ['bridged', 'ended'],
  bridged: ['ended'],
  ended: [],
});
