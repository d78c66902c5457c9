import {
  DEAD_RESULTS,
  leastDelayMinutes,
  retryDelayMinutes,
  retryRuleOf,
  type RetryPlan,
} from '../campaigns/retry-settings.js';
import { openingAt, type Interval } from '../compliance/calling-hours.js';
import type { CoolDown } from '../compliance/profile.js';

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

/** Why an entry is over that no outcome closed: the campaign's limit of attempts, or those of its retry plan. */
export const EXHAUSTED = { attempts: 'attempts_exhausted', retries: 'retries_exhausted' } as const;

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** What holds a next try back beyond its delay. */
export type Held = 'congestion' | 'least_delay' | 'drop_lockout' | 'cool_down' | 'calling_hours';

/** Why the next try is when it is, or why there is none. Kept with the attempt that it follows. */
export interface PlanReason {
  code:
    | 'again'
    | 'other_phone'
    | 'promise_again'
    | 'promised'
    | 'final_outcome'
    | 'dead_number'
    | (typeof EXHAUSTED)[keyof typeof EXHAUSTED];
  /** The system result or the outcome. */
  because: string;
  /** How often it has ended so, in this round; on this phone, where it is a result. And how often it may, by the plan. */
  time: number;
  limit: number | null;
  /** Attempts of this round, and how many the campaign makes. */
  attempt: number;
  maxAttempts: number;
  held: Held[];
  sentence: string;
}

/** What becomes of a calling-list entry. */
export type EntryPlan =
  | {
      state: 'waiting';
      dueAt: Date;
      tier: number;
      /** Which of the lead's phones is next. */
      phonePosition: number;
      callback: CallbackFate;
      ownerId: number | null;
      reason: PlanReason;
    }
  | { state: 'completed'; code: string; callback: CallbackFate; reason: PlanReason };
export type WaitingPlan = Extract<EntryPlan, { state: 'waiting' }>;

/** What becomes of the promise that the entry carried: none there was, it stands, or it ended so. */
export type CallbackFate = 'none' | 'stands' | 'kept' | 'missed';

/** An attempt of the entry, the one that just ended included. Those that were never dialled are none. */
export interface EntryAttempt {
  phoneId: number;
  /** Which attempt at the lead in this campaign, from 1. */
  number: number;
  /** Null: it is up still, or an operator had it. */
  result: string | null;
  /** The operator's outcome, if there is one. */
  outcome: string | null;
  /** By its result or its outcome the number is the wrong one, or none at all. */
  dead: boolean;
}

/** A phone of the lead, with what came of it in this round. */
export interface TriedPhone {
  position: number;
  tries: number;
  /** How often its tries ended so. */
  ended: Readonly<Record<string, number>>;
  /** The result of the last one. */
  last: string | null;
  /** In this campaign, be it in another round: never again. */
  dead: boolean;
}

/** What no plan goes under. */
export interface RetryFloors {
  /** After a call that we abandoned. */
  redialAfterHours: number;
  coolDowns: readonly CoolDown[];
}

export interface EntryFacts {
  /** Attempts made at the lead in this round, the one that just ended included. */
  attempts: number;
  maxAttempts: number;
  /** Position of the phone that was dialled. */
  phonePosition: number;
  /** The lead's phones, by position. */
  phones: readonly TriedPhone[];
  /** How often operators gave an outcome, in this round. */
  outcomes: Readonly<Record<string, number>>;
  /** The promise that this attempt was to keep, and how many attempts at it were made. */
  callback: { tries: number; ownerId: number | null } | null;
  floors: RetryFloors;
  now: Date;
}

/** What came of each phone and each outcome, by the attempts of the entry. Those up to `pastAttempts` were other rounds. */
export function historyOf(
  phones: readonly { id: number; position: number }[],
  attempts: readonly EntryAttempt[],
  pastAttempts: number,
): Pick<EntryFacts, 'phones' | 'outcomes'> {
  const inRound = attempts.filter((attempt) => attempt.number > pastAttempts);
  const named = (codes: readonly (string | null)[]) => {
    const counts: Record<string, number> = {};
    for (const code of codes) if (code !== null) counts[code] = (counts[code] ?? 0) + 1;
    return counts;
  };
  return {
    phones: phones.map(({ id, position }) => {
      const own = inRound.filter((attempt) => attempt.phoneId === id);
      return {
        position,
        tries: own.length,
        ended: named(own.map((attempt) => attempt.result)),
        last: own.at(-1)?.result ?? null,
        dead: attempts.some((attempt) => attempt.phoneId === id && attempt.dead),
      };
    }),
    outcomes: named(inRound.map((attempt) => attempt.outcome)),
  };
}

/**
 * What follows an attempt that no operator had, by the campaign's plan. Delays are ours; the gate still asks the law when the
 * time has come.
 */
export function planAfterResult(result: SystemResult, entry: EntryFacts, plan: RetryPlan): EntryPlan {
  const { attempts, maxAttempts, callback } = entry;
  const phone = dialledPhone(entry);
  const rule = retryRuleOf(plan, result);
  const time = Math.max(1, phone.ended[result] ?? 0);
  const why = (code: PlanReason['code'], limit = rule?.limit ?? null) =>
    reasonOf(entry, { code, because: result, time, limit });
  const floor = floorAfterResult(result, entry.floors);

  if (callback && rule && result !== 'abandoned' && callback.tries < plan.promises.tries)
    return wait(entry, plan.promises.delayMinutes, floor, {
      tier: TIER.callback,
      callback: 'stands',
      ownerId: callback.ownerId,
      reason: reasonOf(entry, {
        ...{ code: 'promise_again', because: result, time: callback.tries, limit: plan.promises.tries },
      }),
    });

  const fate: CallbackFate = callback ? 'missed' : 'none';
  const over = (code: string, reason: PlanReason): EntryPlan => ({ state: 'completed', code, callback: fate, reason });
  if (attempts >= maxAttempts)
    return rule ? over(EXHAUSTED.attempts, why(EXHAUSTED.attempts)) : over(result, why('dead_number'));

  const other = otherPhone(entry, plan);
  const isSpent = rule !== null && rule.limit !== null && time >= rule.limit;
  if (!other && rule === null) return over(result, why('dead_number'));
  if (!other && isSpent) return over(EXHAUSTED.retries, why(EXHAUSTED.retries));
  const tier = result === 'abandoned' ? TIER.abandoned : TIER.retry;
  const moves = rule === null || isSpent || rule.phone === 'next' || isTurnOver(plan.phones.triesEach, phone.tries);
  if (other && moves) {
    const delay = other.tries === 0 ? plan.phones.delayMinutes : delayBefore(rule ? phone : other, result, plan);
    return wait(entry, delay, floor, {
      ...{ tier, callback: fate, phonePosition: other.position, reason: why('other_phone') },
    });
  }
  const delay = retryDelayMinutes(rule!, time, plan.longestDelayMinutes);
  return wait(entry, delay, floor, { tier, callback: fate, reason: why('again') });
}

/** An outcome's effects, as the campaign's outcome set has them. */
export interface OutcomeEffects {
  code: string;
  category?: string;
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
  plan: RetryPlan,
): EntryPlan {
  const fate: CallbackFate = entry.callback ? 'kept' : 'none';
  const rule = plan.outcomes.find((each) => each.code === outcome.code) ?? null;
  const time = Math.max(1, entry.outcomes[outcome.code] ?? 0);
  const why = (code: PlanReason['code']) =>
    reasonOf(entry, { code, because: outcome.code, time, limit: rule?.limit ?? null });
  const over = (code: string, reason: PlanReason): EntryPlan => ({ state: 'completed', code, callback: fate, reason });
  if (promise)
    return {
      state: 'waiting',
      dueAt: promise.dueAt,
      tier: TIER.callback,
      phonePosition: entry.phonePosition,
      callback: fate,
      ownerId: promise.ownerId,
      reason: why('promised'),
    };
  const floor = floorAfterOutcome(outcome, entry.floors);
  if (outcome.badPhone) {
    const other = entry.attempts < entry.maxAttempts ? otherPhone(entry, plan) : null;
    if (!other) return over(outcome.code, why('dead_number'));
    const delay = other.tries === 0 ? plan.phones.delayMinutes : delayBefore(other, null, plan);
    return wait(entry, delay, floor, {
      ...{ tier: TIER.retry, callback: fate, phonePosition: other.position, reason: why('other_phone') },
    });
  }
  if (outcome.isFinal) return over(outcome.code, why('final_outcome'));
  if (entry.attempts >= entry.maxAttempts) return over(EXHAUSTED.attempts, why(EXHAUSTED.attempts));
  if (rule && rule.limit !== null && time >= rule.limit) return over(EXHAUSTED.retries, why(EXHAUSTED.retries));
  const delay = rule
    ? retryDelayMinutes(rule, time, plan.longestDelayMinutes)
    : (outcome.retryAfterMinutes ?? DAY_MINUTES);
  return wait(entry, delay, floor, { tier: TIER.retry, callback: fate, reason: why('again') });
}

/** Never due at night: the delay is ours, the hours are theirs. `open` are the instants at which the next phone may be called. */
export function whenOpen(plan: WaitingPlan, open: readonly Interval[]): WaitingPlan {
  const opening = openingAt(open, plan.dueAt);
  if (opening.open || opening.changesAt === null) return plan;
  return { ...plan, dueAt: opening.changesAt, reason: heldBy(plan.reason, 'calling_hours') };
}

/** The phone that was dialled; one that is not among the lead's any more was tried by all attempts. */
function dialledPhone({ phones, phonePosition: position, attempts }: EntryFacts): TriedPhone {
  return (
    phones.find((phone) => phone.position === position) ?? {
      ...{ position, tries: attempts, ended: {}, last: null, dead: false },
    }
  );
}

/** The next phone that may be tried in this round, after the one that was dialled; from the first again where they wrap round. */
function otherPhone({ phones, phonePosition }: EntryFacts, plan: RetryPlan): TriedPhone | null {
  const after = phones.filter((phone) => phone.position > phonePosition);
  const before = plan.phones.wrap ? phones.filter((phone) => phone.position < phonePosition) : [];
  return [...after, ...before].find((phone) => !phone.dead && !isSpentPhone(phone, plan)) ?? null;
}

function isSpentPhone(phone: TriedPhone, plan: RetryPlan): boolean {
  return Object.entries(phone.ended).some(([result, times]) => {
    const limit = retryRuleOf(plan, result)?.limit ?? null;
    return limit !== null && times >= limit;
  });
}

function isTurnOver(triesEach: number | null, tries: number): boolean {
  return triesEach !== null && tries > 0 && tries % triesEach === 0;
}

/** Before a phone that was tried already in this round: by how its last try, or the one just over, ended. */
function delayBefore(phone: TriedPhone, result: string | null, plan: RetryPlan): number {
  const last = result !== null && retryRuleOf(plan, result) ? result : phone.last;
  const rule = last === null ? null : retryRuleOf(plan, last);
  if (last === null || rule === null) return plan.phones.delayMinutes;
  return retryDelayMinutes(rule, Math.max(1, phone.ended[last] ?? 0), plan.longestDelayMinutes);
}

interface Floor {
  minutes: number;
  held: Held;
}

function floorAfterResult(result: SystemResult, floors: RetryFloors): Floor[] {
  if ((DEAD_RESULTS as readonly string[]).includes(result)) return [];
  const least: Floor = {
    minutes: result === 'congestion' ? leastDelayMinutes(result) : 0,
    held: 'congestion',
  };
  if (result === 'abandoned')
    return [
      { minutes: floors.redialAfterHours * HOUR_MINUTES, held: 'drop_lockout' },
      coolDown(floors, 'abandoned', 'contact'),
    ];
  return result === 'answered' ? [least, coolDown(floors, 'contact')] : [least];
}

function floorAfterOutcome({ category }: OutcomeEffects, floors: RetryFloors): Floor[] {
  return [category === 'refusal' ? coolDown(floors, 'contact', 'refusal') : coolDown(floors, 'contact')];
}

/** The longest of the profile's that follow any of these. */
function coolDown({ coolDowns }: RetryFloors, ...after: CoolDown['after'][]): Floor {
  const hours = coolDowns.filter((each) => after.includes(each.after)).map((each) => each.hours);
  return { minutes: Math.max(0, ...hours) * HOUR_MINUTES, held: 'cool_down' };
}

function wait(
  entry: EntryFacts,
  delayMinutes: number,
  floors: readonly Floor[],
  more: Pick<WaitingPlan, 'tier' | 'callback' | 'reason'> & Partial<Pick<WaitingPlan, 'phonePosition' | 'ownerId'>>,
): WaitingPlan {
  const again = more.phonePosition === undefined || more.phonePosition === entry.phonePosition;
  const least: Floor = { minutes: again ? leastDelayMinutes('') : 0, held: 'least_delay' };
  const binding = [...floors, least].filter(({ minutes }) => minutes > delayMinutes);
  const minutes = Math.max(delayMinutes, ...binding.map((floor) => floor.minutes));
  const last = binding.find((floor) => floor.minutes === minutes);
  const reason = last ? heldBy(more.reason, last.held) : more.reason;
  return {
    state: 'waiting',
    dueAt: new Date(entry.now.getTime() + Math.round(minutes * MINUTE_MS)),
    ...{ phonePosition: entry.phonePosition, ownerId: null },
    ...more,
    reason,
  };
}

/** How it ended, for people. Outcomes of a campaign's own are named by their code. */
const SAID: Record<string, string> = {
  answered: 'Picked up and hung up before anybody could speak',
  busy: 'Busy',
  no_answer: 'No answer',
  congestion: 'The network was full',
  invalid_number: 'The number is not in service',
  machine: 'An answering machine',
  fax: 'A fax',
  abandoned: 'No operator came in time',
  cancelled: 'We hung up while it rang',
  blocked_by_carrier: 'The carrier blocked the call',
  failed: 'A technical failure',
  indeterminate: 'How the call went is not known',
};

const FOLLOWS: Record<PlanReason['code'], string> = {
  again: 'tried again',
  other_phone: 'another phone of the person is next',
  promise_again: 'the promised call is tried again',
  promised: 'called at the promised time',
  final_outcome: 'not called again in this campaign',
  dead_number: 'the person has no other phone to try',
  attempts_exhausted: 'all attempts of the campaign are used up',
  retries_exhausted: 'tried as often as the retry plan allows',
};

const HELD: Record<Held, string> = {
  congestion: 'a full network is given time',
  least_delay: 'nobody is tried again at once',
  drop_lockout: 'whoever met no operator is left alone as long as the rules ask',
  cool_down: 'the rules ask for a pause after such a call',
  calling_hours: 'then calling hours begin',
};

function reasonOf(
  { attempts: attempt, maxAttempts }: EntryFacts,
  said: Pick<PlanReason, 'code' | 'because' | 'time' | 'limit'>,
): PlanReason {
  return withSentence({ ...said, attempt, maxAttempts, held: [] });
}

function heldBy(reason: PlanReason, held: Held): PlanReason {
  return withSentence({ ...reason, held: [...reason.held, held] });
}

function withSentence(reason: Omit<PlanReason, 'sentence'>): PlanReason {
  const { code, because, time, limit, attempt, maxAttempts, held } = reason;
  const count = limit === null ? `attempt ${attempt} of ${maxAttempts}` : `time ${time} of ${limit}`;
  const said = SAID[because] ?? `Outcome ${because}`;
  const later = held.map((each) => HELD[each]).join('; ');
  return { ...reason, sentence: `${said} (${count}): ${FOLLOWS[code]}${later && `; ${later}`}.` };
}
