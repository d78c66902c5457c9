/** What a campaign may be told to reach. Budget: money spent on calls, in the campaign's currency. */
export const GOAL_KINDS = ['sales', 'contacts', 'budget'] as const;
export type GoalKind = (typeof GOAL_KINDS)[number];

/** Finish: the first goal that is reached ends the campaign. Alert: each is announced once, and calling goes on. */
export const GOAL_ACTIONS = ['finish', 'alert'] as const;
export type GoalAction = (typeof GOAL_ACTIONS)[number];

export type CampaignGoals = Partial<Record<GoalKind, number>> & { action: GoalAction };

/** Which goals were reached, at what instant and with what figure. */
export type GoalsReached = Partial<Record<GoalKind, { at: string; value: number }>>;

/** What a campaign has done so far, from its ledger. */
export interface CampaignTally {
  /** Calls placed, also those whose fate a crash left unclear. */
  dials: number;
  /** Dials that a live person answered. */
  contacts: number;
  /** Time in which a customer and an operator were connected. */
  talkMs: number;
  /** Dispositions in force with the result `success`. */
  sales: number;
}

/** What calls cost, in one currency. Null: nothing. */
export interface CallCosts {
  costPerDial: number | null;
  costPerMinute: number | null;
}

/** How far a campaign is with one goal. */
export interface GoalProgress {
  goal: GoalKind;
  value: number;
  target: number;
  /** `value / target`, from 0; above 1 when calling went on. */
  share: number;
  reachedAt: string | null;
}

/** Money spent on calls: dials by their price, talk by the second at the price of a minute. In whole hundredths. */
export function spentOf(tally: CampaignTally, costs: CallCosts): number {
  const spent = tally.dials * (costs.costPerDial ?? 0) + (tally.talkMs / 60_000) * (costs.costPerMinute ?? 0);
  return Math.round(spent * 100) / 100;
}

/** How far each goal is, in the order of GOAL_KINDS. */
export function goalsProgress(
  goals: CampaignGoals | null,
  tally: CampaignTally,
  costs: CallCosts,
  reached: GoalsReached,
): GoalProgress[] {
  const values: Record<GoalKind, number> = {
    sales: tally.sales,
    contacts: tally.contacts,
    budget: spentOf(tally, costs),
  };
  return GOAL_KINDS.flatMap((goal) => {
    const target = goals?.[goal];
    if (target === undefined) return [];
    const value = values[goal];
    return [{ goal, value, target, share: value / target, reachedAt: reached[goal]?.at ?? null }];
  });
}

/** Those that are reached now and were not before. */
export function newlyReached(progress: readonly GoalProgress[]): GoalProgress[] {
  return progress.filter((each) => each.reachedAt === null && each.value >= each.target);
}

/**
 * What stays reached under other goals: a target that stands or falls was reached; one that rises above what was counted
 * then is a new goal, to be reached again.
 */
export function stillReached(reached: GoalsReached, goals: CampaignGoals | null): GoalsReached {
  const kept: GoalsReached = {};
  for (const goal of GOAL_KINDS) {
    const before = reached[goal];
    const target = goals?.[goal];
    if (before && target !== undefined && target <= before.value) kept[goal] = before;
  }
  return kept;
}
