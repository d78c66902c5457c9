/** Results after which a number is tried again, at its time. */
export const RETRIED_RESULTS = [
  ...(['busy', 'no_answer', 'machine', 'answered', 'congestion'] as const),
  ...(['failed', 'cancelled', 'indeterminate', 'abandoned'] as const),
] as const;
export type RetriedResult = (typeof RETRIED_RESULTS)[number];

/** Results after which a number is never tried again in the campaign. */
export const DEAD_RESULTS = ['invalid_number', 'fax', 'blocked_by_carrier'] as const;

/** When whoever ended so is tried again. */
export interface RetryDelay {
  /** Before the second try. */
  delayMinutes: number;
  /** Each further delay is so many times as long as the one before. */
  growth: number;
  /** So often in a round, at most; null: as often as the campaign tries. */
  limit: number | null;
}

export interface RetryRule extends RetryDelay {
  /** Next: another phone of the person, if there is one. The limit is one of each phone. */
  phone: 'same' | 'next';
}

/** After an operator's outcome: in place of the delay that the outcome has in its set. */
export interface OutcomeRetry extends RetryDelay {
  code: string;
}

/** People whose calls are over come back, for another round. */
export interface Recycling {
  /** Once the list is worked out, by itself; else when a manager says so. */
  automatic: boolean;
  /** So often, at most, each of them comes back. */
  rounds: number;
  rules: {
    /** How it ended: an outcome's code, or the result of the last try where tries were used up. */
    codes: string[];
    /** Since it was over. */
    afterDays: number;
  }[];
}

/** When people are tried again, and on which phone. Laws and the house set floors that no plan goes under. */
export interface RetryPlan {
  /** What is left out is as in the standard plan. */
  results: Partial<Record<RetriedResult, RetryRule>>;
  outcomes: OutcomeRetry[];
  /** Growth ends there. */
  longestDelayMinutes: number;
  phones: {
    /** After so many tries at one phone, the next; null: not for that. */
    triesEach: number | null;
    /** After the last phone, the first again. */
    wrap: boolean;
    /** Before the first try at another phone. */
    delayMinutes: number;
  };
  /** A promised call that did not reach the person. */
  promises: { tries: number; delayMinutes: number };
  /** Null: whose calls are over stays called. */
  recycling: Recycling | null;
}

const HOUR = 60;
const DAY = 24 * HOUR;
const rule = (delayMinutes: number, growth: number): RetryRule => ({
  ...{ delayMinutes, growth, limit: null, phone: 'same' },
});

/** What holds for a campaign without a plan of its own. */
export const STANDARD_RETRY_PLAN: RetryPlan & { results: Record<RetriedResult, RetryRule> } = {
  results: {
    busy: rule(10, 2),
    no_answer: rule(2 * HOUR, 1.5),
    machine: rule(4 * HOUR, 1.5),
    // Picked up, and hung up before anybody could speak.
    answered: rule(4 * HOUR, 1.5),
    congestion: rule(5, 2),
    failed: rule(10, 2),
    cancelled: rule(10, 1),
    indeterminate: rule(HOUR, 2),
    // The floor alone: hours that the profile sets.
    abandoned: rule(0, 1),
  },
  outcomes: [],
  longestDelayMinutes: DAY,
  phones: { triesEach: null, wrap: false, delayMinutes: 0 },
  promises: { tries: 3, delayMinutes: 15 },
  recycling: null,
};

/** Sooner than that a number is not tried again, whatever a plan says: a network that is full needs longer. */
export function leastDelayMinutes(result: string): number {
  if (result === 'abandoned') return 0;
  return result === 'congestion' ? 3 : 1;
}

/** The rule of a plan for a result; null where the number is dead. */
export function retryRuleOf(plan: RetryPlan, result: string): RetryRule | null {
  if (!(RETRIED_RESULTS as readonly string[]).includes(result)) return null;
  return plan.results[result as RetriedResult] ?? STANDARD_RETRY_PLAN.results[result as RetriedResult];
}

/** Minutes from the end of the `number`-th try that ended so to the next one. */
export function retryDelayMinutes(delay: RetryDelay, number: number, longestMinutes: number): number {
  return Math.min(Math.max(longestMinutes, delay.delayMinutes), delay.delayMinutes * delay.growth ** (number - 1));
}

/** What is wrong with a plan, in the words of a problem. */
export interface RetryPlanFault {
  code:
    | 'retry_delay_too_short'
    | 'retry_longest_too_short'
    | 'retry_outcome_unknown'
    | 'retry_outcome_final'
    | 'retry_code_twice'
    | 'recycle_code_unknown'
    | 'recycle_code_forbidden';
  field: string;
  sentence: string;
  fix: string;
}

/** An outcome as far as a plan depends on it. */
export interface RetryOutcome {
  code: string;
  category: string;
  result: string;
  isFinal: boolean;
  suppressScope: string | null;
}

/** How a call ended that nobody is brought back from: it went well, or they must be left alone, or it was the wrong number. */
const NEVER_RECYCLED: ReadonlySet<string> = new Set([
  ...['success', 'do_not_call', 'complaint', 'wrong_person', 'bad_data', 'callback'],
]);
/** An operator's desk was gone before there was an outcome. */
const OPERATOR_GONE = 'operator_gone';

/** May people come back whose calls ended so? */
export function isRecyclable(outcome: RetryOutcome): boolean {
  return outcome.result !== 'success' && outcome.suppressScope === null && !NEVER_RECYCLED.has(outcome.category);
}

/** The first thing that is wrong with a plan, for a campaign with these outcomes; null: it can be followed. */
export function faultInRetryPlan(plan: RetryPlan, outcomes: readonly RetryOutcome[]): RetryPlanFault | null {
  return faultInDelays(plan) ?? faultInOutcomes(plan, outcomes) ?? faultInRecycling(plan, outcomes);
}

function faultInDelays(plan: RetryPlan): RetryPlanFault | null {
  for (const result of RETRIED_RESULTS) {
    const own = plan.results[result];
    const least = leastDelayMinutes(result);
    if (own && own.delayMinutes < least)
      return {
        code: 'retry_delay_too_short',
        field: `retryPlan.results.${result}.delayMinutes`,
        sentence: `After ${result} nobody is tried again sooner than ${least} min later.`,
        fix: `Wait ${least} min or longer.`,
      };
  }
  const longest = Math.max(...RETRIED_RESULTS.map((result) => retryRuleOf(plan, result)!.delayMinutes));
  if (plan.longestDelayMinutes >= longest) return null;
  return {
    code: 'retry_longest_too_short',
    field: 'retryPlan.longestDelayMinutes',
    sentence: `The longest delay is shorter than a first one, of ${longest} min.`,
    fix: `Let the longest delay be ${longest} min or longer.`,
  };
}

function faultInOutcomes(plan: RetryPlan, outcomes: readonly RetryOutcome[]): RetryPlanFault | null {
  const seen = new Set<string>();
  for (const [place, { code }] of plan.outcomes.entries()) {
    const field = `retryPlan.outcomes.${place}.code`;
    const outcome = outcomes.find((each) => each.code === code);
    if (!outcome && code !== OPERATOR_GONE) return unknownCode('retry_outcome_unknown', field, code);
    if (outcome && (outcome.isFinal || outcome.category === 'callback' || isBadPhone(outcome)))
      return {
        code: 'retry_outcome_final',
        field,
        sentence: `After ${code} there is nothing to try again at a time of ours.`,
        fix: 'Choose an outcome after which the person is tried again.',
      };
    if (seen.has(code)) return twice(field, code);
    seen.add(code);
  }
  return null;
}

function faultInRecycling({ recycling }: RetryPlan, outcomes: readonly RetryOutcome[]): RetryPlanFault | null {
  const seen = new Set<string>();
  for (const [place, { codes }] of (recycling?.rules ?? []).entries())
    for (const code of codes) {
      const field = `retryPlan.recycling.rules.${place}.codes`;
      const outcome = outcomes.find((each) => each.code === code);
      const isResult = (RETRIED_RESULTS as readonly string[]).includes(code) || code === OPERATOR_GONE;
      const isDead = (DEAD_RESULTS as readonly string[]).includes(code);
      if (!outcome && !isResult && !isDead) return unknownCode('recycle_code_unknown', field, code);
      if (isDead || (outcome && !isRecyclable(outcome)))
        return {
          code: 'recycle_code_forbidden',
          field,
          sentence: `Whose calls ended with ${code} is not brought back.`,
          fix: 'Take it out: whom it went well with, who must be left alone, and numbers that are dead stay as they are.',
        };
      if (seen.has(code)) return twice(field, code);
      seen.add(code);
    }
  return null;
}

const isBadPhone = ({ category }: RetryOutcome) => category === 'wrong_person' || category === 'bad_data';

function unknownCode(code: 'retry_outcome_unknown' | 'recycle_code_unknown', field: string, given: string) {
  const sentence = `The campaign’s outcomes have no ${given}.`;
  return { code, field, sentence, fix: 'Choose one of the campaign’s outcomes.' };
}

function twice(field: string, code: string): RetryPlanFault {
  return {
    code: 'retry_code_twice',
    field,
    sentence: `There are two rules for ${code}.`,
    fix: 'Keep one of them.',
  };
}
