/** What calling a number of leads to the end is reckoned with. */
export interface BurnDownInput {
  leads: number;
  operators: number;
  /** Share of the dials that a person answers, above 0, at most 1. */
  contactRate: number;
  /** Hours that an operator is at the desk a day. */
  hoursPerDay: number;
  /** Dials at one lead before it is given up. */
  maxAttempts: number;
  maxAttemptsPerDay: number;
  /** How long an operator is busy with somebody who answers: talk and wrap-up. */
  handleSeconds: number;
  /** How long a dial rings that nobody answers. */
  ringSeconds: number;
  /** Dials at once for each operator who waits: 1 in mode progressive. */
  linesPerOperator: number;
}

export interface BurnDown {
  /** Until the last lead is called to the end, in days of `hoursPerDay`; rounded up to a tenth. */
  days: number;
  /** Leads that are called to the end in a day. */
  perDay: number;
  /** Dials at one lead, on average. */
  attemptsPerLead: number;
  /** Share of the leads of whom somebody answers. */
  reachRate: number;
}

/**
 * How long it takes. Each dial is answered with the contact rate, whatever came of those before: so a lead takes
 * (1 - (1 - r)^n) / r dials, and is reached with 1 - (1 - r)^n (the truncated geometric distribution). An operator's time
 * goes to those who answer and to waiting while others ring, which dialling several lines divides. And no lead is done
 * before its dials have had their days.
 */
export function burnDown(input: BurnDownInput): BurnDown {
  const { leads, operators, contactRate, hoursPerDay, maxAttempts, maxAttemptsPerDay } = input;
  const reachRate = 1 - (1 - contactRate) ** maxAttempts;
  const attemptsPerLead = reachRate / contactRate;
  const unanswered = attemptsPerLead - reachRate;
  const secondsPerLead = reachRate * input.handleSeconds + (unanswered * input.ringSeconds) / input.linesPerOperator;
  const perDay = (operators * hoursPerDay * 3_600) / secondsPerLead;
  const shortest = leads === 0 ? 0 : Math.ceil(attemptsPerLead / maxAttemptsPerDay);
  return {
    days: Math.ceil(Math.max(leads / perDay, shortest) * 10) / 10,
    perDay: Math.floor(perDay),
    attemptsPerLead,
    reachRate,
  };
}
