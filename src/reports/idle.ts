/** Why a campaign places no call now, for people. */
export interface Idle {
  code: string;
  sentence: string;
  /** When that changes, where it is known. */
  until: string | null;
}

/** What the loop of a campaign wrote down of its last turn. */
export interface LoopDecision {
  dials: number;
  reason: { code: string; sentence: string };
  idle: { code: string; sentence: string; until: string | null } | null;
}

/** How things stand with a campaign's loop. */
export interface LoopState {
  campaignState: string;
  /** Null before its first turn. */
  decision: LoopDecision | null;
  /** End of the loop's lease; null when there never was one. */
  leaseUntil: Date | null;
}

/**
 * Why the campaign is idle, null while it dials. Its own state comes before what its loop last said, for a loop that has
 * ended says nothing new.
 */
export function idleOf({ campaignState, decision, leaseUntil }: LoopState, now: Date): Idle | null {
  if (campaignState === 'paused') return { code: 'paused', sentence: 'The campaign is paused.', until: null };
  if (campaignState !== 'running')
    return { code: 'not_running', sentence: `The campaign is ${campaignState}.`, until: null };
  if (leaseUntil === null || leaseUntil <= now)
    return { code: 'not_running', sentence: 'No process dials for this campaign at the moment.', until: null };
  return decision?.idle ?? null;
}
