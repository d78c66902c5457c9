import { TIER } from './retry-plan.js';

/** Just under one: what is owed when a whole dial would be. */
const MOST = 1 - 1e-9;

/**
 * What is owed to retries after these dials, as a part of one dial, where `share` of the dials that go to either retries or
 * new leads are theirs. A dial of either kind earns them `share`, one of theirs costs them 1. What could not be given,
 * because there was no retry, or no new lead, is not made up for later.
 */
export function retryCreditAfter(credit: number, share: number, tiers: readonly number[]): number {
  const either = tiers.filter((tier) => tier === TIER.retry || tier === TIER.fresh).length;
  const retries = tiers.filter((tier) => tier === TIER.retry).length;
  return Math.min(MOST, Math.max(0, credit + either * share - retries));
}
