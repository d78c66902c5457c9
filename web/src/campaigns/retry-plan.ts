import type { Recycling, RetryDelay, RetryPlan, RetryRule } from '../api/contract.js';

/** Results with a delay of ours, in the order in which they are shown. */
export const TIMED_RESULTS = [
  ...(['busy', 'no_answer', 'machine', 'answered'] as const),
  ...(['congestion', 'failed', 'cancelled', 'indeterminate'] as const),
] as const;
export type TimedResult = (typeof TIMED_RESULTS)[number];

/** Outcomes of the standard set after which people are tried again. */
export const TIMED_OUTCOMES = ['silent'] as const;

/** How calls end whose people may come back for another round. */
export const RECYCLED = [
  ...['no_answer', 'busy', 'machine', 'answered', 'congestion', 'failed', 'cancelled', 'indeterminate', 'abandoned'],
  ...['silent', 'refusal'],
];

const rule = (delayMinutes: number, growth: number): RetryRule => ({
  ...{ delayMinutes, growth, limit: null, phone: 'same' },
});

/** What holds for a campaign without a plan of its own, as the server has it. */
export const STANDARD_RETRY_PLAN = {
  results: {
    busy: rule(10, 2),
    no_answer: rule(120, 1.5),
    machine: rule(240, 1.5),
    answered: rule(240, 1.5),
    congestion: rule(5, 2),
    failed: rule(10, 2),
    cancelled: rule(10, 1),
    indeterminate: rule(60, 2),
    abandoned: rule(0, 1),
  },
  outcomes: [],
  longestDelayMinutes: 1_440,
  phones: { triesEach: null, wrap: false, delayMinutes: 0 },
  promises: { tries: 3, delayMinutes: 15 },
  recycling: null,
} satisfies RetryPlan;

/** Who comes back first of all: those whom nobody reached. */
export const FIRST_RECYCLING: Recycling = {
  automatic: false,
  rounds: 1,
  rules: [{ codes: ['no_answer', 'busy', 'machine'], afterDays: 7 }],
};

/** A full network is given time. */
export const leastMinutes = (result: string): number => (result === 'congestion' ? 3 : 1);

export const ruleOf = (plan: RetryPlan, result: TimedResult): RetryRule =>
  plan.results[result] ?? STANDARD_RETRY_PLAN.results[result];

/** The rule of an outcome; as the standard set has it, where the plan says nothing. */
export function outcomeRuleOf(plan: RetryPlan, code: string): RetryDelay {
  return plan.outcomes.find((one) => one.code === code) ?? { delayMinutes: 1_440, growth: 1, limit: null };
}

/** Minutes before each further try, where all end the same way. */
export function retryDelays(delay: RetryDelay, maxAttempts: number, longestMinutes: number): number[] {
  const tries = Math.max(1, Math.min(delay.limit ?? maxAttempts, maxAttempts));
  const longest = Math.max(longestMinutes, delay.delayMinutes);
  return Array.from({ length: tries - 1 }, (_, place) => Math.min(longest, delay.delayMinutes * delay.growth ** place));
}
