/** How an attempt ended, as the ledger names it. */
export type SystemResult =
  | 'answered'
  | 'busy'
  | 'no_answer'
  | 'congestion'
  | 'invalid_number'
  | 'machine'
  | 'fax'
  | 'abandoned'
  | 'cancelled'
  | 'blocked_by_carrier'
  | 'failed'
  | 'indeterminate';

/** Rungs of the priority ladder, lower first. */
export const TIER = { callbackOverdue: 0, callback: 1, abandoned: 2, hot: 3, retry: 4, fresh: 5 } as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LONGEST_DELAY_MS = 24 * HOUR_MS;

/** Delay before the next attempt, and how it grows with each attempt made. */
const RETRY: Partial<Record<SystemResult, { delayMs: number; growth: number }>> = {
  busy: { delayMs: 10 * MINUTE_MS, growth: 2 },
  no_answer: { delayMs: 2 * HOUR_MS, growth: 1.5 },
  machine: { delayMs: 4 * HOUR_MS, growth: 1.5 },
  congestion: { delayMs: 5 * MINUTE_MS, growth: 2 },
  failed: { delayMs: 10 * MINUTE_MS, growth: 2 },
  cancelled: { delayMs: 10 * MINUTE_MS, growth: 1 },
  indeterminate: { delayMs: HOUR_MS, growth: 2 },
  // Picked up and hung up before anybody could speak.
  answered: { delayMs: 4 * HOUR_MS, growth: 1.5 },
};

/** A promised call that did not reach the person is tried again soon, and not for ever. */
const CALLBACK_RETRY_MS = 15 * MINUTE_MS;
const CALLBACK_TRIES = 3;

/** What becomes of a calling-list entry. */
export type EntryPlan =
  | {
      state: 'waiting';
      dueAt: Date;
      tier: number;
      phone: 'same' | 'next';
      callback: CallbackFate;
      ownerId: number | null;
    }
  | { state: 'completed'; code: string; callback: CallbackFate };

/** What becomes of the promise that the entry carried: none there was, it stands, or it ended so. */
export type CallbackFate = 'none' | 'stands' | 'kept' | 'missed';

export interface EntryFacts {
  /** Attempts made at the lead in this campaign, the one that just ended included. */
  attempts: number;
  maxAttempts: number;
  /** The lead has a phone after the one that was dialled. */
  hasOtherPhone: boolean;
  /** The promise that this attempt was to keep, and how many attempts at it were made. */
  callback: { tries: number; ownerId: number | null } | null;
  /** From the profile. */
  redialAfterAbandonHours: number;
  now: Date;
}

/** What follows an attempt that no operator had. Delays are ours; the gate still asks the law when the time has come. */
export function planAfterResult(result: SystemResult, entry: EntryFacts): EntryPlan {
  const { attempts, callback } = entry;
  if (callback && callback.tries < CALLBACK_TRIES && RETRY[result])
    return wait(entry, CALLBACK_RETRY_MS, TIER.callback, 'stands', callback.ownerId);
  const fate: CallbackFate = callback ? 'missed' : 'none';
  if (result === 'invalid_number' || result === 'fax' || result === 'blocked_by_carrier')
    return entry.hasOtherPhone && attempts < entry.maxAttempts
      ? { ...wait(entry, 0, TIER.retry, fate), phone: 'next' }
      : { state: 'completed', code: result, callback: fate };
  if (attempts >= entry.maxAttempts) return { state: 'completed', code: 'attempts_exhausted', callback: fate };
  if (result === 'abandoned') return wait(entry, entry.redialAfterAbandonHours * HOUR_MS, TIER.abandoned, fate);
  const { delayMs, growth } = RETRY[result]!;
  return wait(entry, Math.min(LONGEST_DELAY_MS, delayMs * growth ** (attempts - 1)), TIER.retry, fate);
}

/** An outcome's effects, as the campaign's outcome set has them. */
export interface OutcomeEffects {
  code: string;
  isFinal: boolean;
  retryAfterMinutes: number | null;
  /** This number is the wrong one for the person, or no number at all: another phone of theirs may still be tried. */
  badPhone: boolean;
}

/** What follows an operator's outcome. `promise` is the callback that was promised with it. */
export function planAfterDisposition(
  outcome: OutcomeEffects,
  promise: { dueAt: Date; ownerId: number | null } | null,
  entry: EntryFacts,
): EntryPlan {
  const fate: CallbackFate = entry.callback ? 'kept' : 'none';
  if (promise)
    return {
      state: 'waiting',
      dueAt: promise.dueAt,
      tier: TIER.callback,
      phone: 'same',
      callback: fate,
      ownerId: promise.ownerId,
    };
  if (outcome.badPhone && entry.hasOtherPhone && entry.attempts < entry.maxAttempts)
    return { ...wait(entry, 0, TIER.retry, fate), phone: 'next' };
  if (outcome.isFinal || outcome.badPhone) return { state: 'completed', code: outcome.code, callback: fate };
  if (entry.attempts >= entry.maxAttempts) return { state: 'completed', code: 'attempts_exhausted', callback: fate };
  return wait(entry, (outcome.retryAfterMinutes ?? 24 * 60) * MINUTE_MS, TIER.retry, fate);
}

function wait(
  entry: EntryFacts,
  delayMs: number,
  tier: number,
  callback: CallbackFate,
  ownerId: number | null = null,
): Extract<EntryPlan, { state: 'waiting' }> {
  return { state: 'waiting', dueAt: new Date(entry.now.getTime() + delayMs), tier, phone: 'same', callback, ownerId };
}
