import { stateMachine } from '../common/state-machine.js';

export type OperatorState = 'offline' | 'ready' | 'in_call' | 'wrap_up' | 'break';

/** What an operator can be doing, and what may follow. */
export const OPERATOR_STATES = stateMachine<OperatorState>('operator', {
  // Only by signing in to a campaign.
  offline: ['ready'],
  ready: ['in_call', 'break', 'offline'],
  // Back to ready without wrap-up when the customer was gone before the two were connected.
  in_call: ['wrap_up', 'ready'],
  wrap_up: ['ready', 'break', 'offline'],
  break: ['ready', 'offline'],
});
