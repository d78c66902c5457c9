import { stateMachine } from '../common/state-machine.js';

export const CAMPAIGN_STATES = ['draft', 'ready', 'running', 'paused', 'finished', 'archived'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/**
 * The life of a campaign. A draft becomes ready when its calling list is built; only a running one is dialled; a finished
 * one is never dialled again, so that its report stands.
 */
export const CAMPAIGN_LIFE = stateMachine<CampaignState>('campaign', {
  draft: ['ready', 'archived'],
  ready: ['running', 'archived'],
  running: ['paused', 'finished'],
  paused: ['running', 'finished'],
  finished: ['archived'],
  archived: [],
});

/** May its settings and its list still change? What is over stays as it was when it was dialled. */
export function isOpenToChange(state: CampaignState): boolean {
  return state !== 'finished' && state !== 'archived';
}

/** May operators sign in to it? */
export function isOpenToOperators(state: CampaignState): boolean {
  return state === 'running' || state === 'paused';
}
