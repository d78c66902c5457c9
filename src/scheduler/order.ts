import { TIER } from './retry-plan.js';

/** Overdue by so much, an entry below the callbacks stands one rung higher; by twice as much, two. So nothing starves. */
export const AGED_MS = 4 * 3_600_000;

/** Where a campaign has no share of its own: retries go first, and yet one dial of twenty is for a new lead. */
export const DEFAULT_RETRY_SHARE = 0.95;

/** Just under one: what is owed when a whole dial would be. */
const MOST_CREDIT = 1 - 1e-9;

/** An entry that may be called next, as the head of its class was read. */
export interface Head {
  id: number;
  tier: number;
  /** Its place in the list's order. */
  rank: number;
  /** Milliseconds since the epoch. */
  due_at: number;
  /** A personal callback, of an operator who is ready. */
  owned: boolean;
}

/** How retries and new leads mix. */
export interface Blend {
  /** Share of the dials to either that go to retries. */
  share: number;
  /** What is owed to retries, as a part of one dial. */
  credit: number;
}

/** The mix of a campaign, as it stands: `credit` null where nothing was dialled yet. */
export function blendOf(retryShare: number | null, credit: number | null): Blend {
  return { share: retryShare ?? DEFAULT_RETRY_SHARE, credit: credit ?? (retryShare === null ? MOST_CREDIT : 0) };
}

/** The rungs, from the top. */
const RUNG = { overdue: 2, due: 3, abandoned: 4, hot: 5, mixed: 6 } as const;

/**
 * The order in which entries are called: personal callbacks overdue, personal ones due, shared ones overdue, shared ones due,
 * people whom we abandoned, hot leads, and retries mixed with new leads by the share. Promises, abandoned and retries go by
 * their time, hot and new leads by rank.
 *
 * Overdue by AGED_MS, an entry below the callbacks stands one rung higher: what has come to a rung from below has waited
 * longest there, and goes first. A new lead whose turn comes before a retry's goes before it on whatever rung that is.
 */
export function ladder(heads: readonly Head[], blend: Blend, now: number): Head[] {
  const placed = heads.flatMap((head) => {
    if (head.tier >= TIER.retry) return [];
    return [{ head, rung: rungOf(head, now), below: head.owned ? 0 : head.tier, turn: 0 }];
  });
  const mixed = mix(heads, blend);
  let rung: number = RUNG.mixed;
  const fromBehind = mixed
    .map((head, turn) => ({ head, turn }))
    .reverse()
    .map(({ head, turn }) => {
      // Retries go by their time: whoever is before one has waited as long, or goes before it by their share.
      if (head.tier === TIER.retry) rung = Math.min(rung, climbed(RUNG.mixed, head.due_at, now));
      return { head, rung, below: TIER.retry, turn };
    });
  return [...placed, ...fromBehind]
    .sort((a, b) => a.rung - b.rung || b.below - a.below || a.turn - b.turn || inClass(a.head, b.head))
    .map(({ head }) => head);
}

function rungOf({ tier, owned, due_at }: Head, now: number): number {
  if (tier === TIER.callbackOverdue || tier === TIER.callback)
    return (owned ? 0 : RUNG.overdue) + (tier === TIER.callback ? 1 : 0);
  return tier === TIER.abandoned ? RUNG.abandoned : climbed(RUNG.hot, due_at, now);
}

function climbed(rung: number, dueAt: number, now: number): number {
  return Math.max(RUNG.abandoned, rung - Math.max(0, Math.floor((now - dueAt) / AGED_MS)));
}

function inClass(a: Head, b: Head): number {
  const byRank = a.tier === TIER.hot || a.tier === TIER.fresh;
  return (byRank ? a.rank - b.rank : 0) || a.due_at - b.due_at || a.id - b.id;
}

/** Retries and new leads, each in their order: a turn is a retry's when one is owed to them. */
function mix(heads: readonly Head[], { share, credit }: Blend): Head[] {
  const retries = heads.filter((head) => head.tier === TIER.retry).sort(inClass);
  const fresh = heads.filter((head) => head.tier === TIER.fresh).sort(inClass);
  const mixed: Head[] = [];
  for (let owed = credit; retries.length + fresh.length > 0;) {
    owed += share;
    const isRetry = owed >= 1;
    if (isRetry) owed -= 1;
    const next = (isRetry ? retries : fresh).shift() ?? (isRetry ? fresh : retries).shift()!;
    mixed.push(next);
  }
  return mixed;
}

/** May the next so many turns hold a new lead while there are retries? */
export function wantsFresh({ share, credit }: Blend, turns: number): boolean {
  return credit + turns * share < turns;
}

/**
 * What is owed to retries after these dials, as a part of one dial, where `share` of the dials that go to either retries or
 * new leads are theirs. A dial of either kind earns them `share`, one of theirs costs them 1. What could not be given,
 * because there was no retry, or no new lead, is not made up for later.
 */
export function retryCreditAfter(credit: number, share: number, tiers: readonly number[]): number {
  const either = tiers.filter((tier) => tier === TIER.retry || tier === TIER.fresh).length;
  const retries = tiers.filter((tier) => tier === TIER.retry).length;
  return Math.min(MOST_CREDIT, Math.max(0, credit + either * share - retries));
}
