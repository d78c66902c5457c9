/** Something that happened to a person meanwhile, as it bears on promises made to them. */
export type CancelRule = 'do_not_call' | 'complaint' | 'suppressed' | 'bought' | 'refused' | 'called_in';

export interface CancelRuleFacts {
  /** Whose promises end: all of the person, found by the number and by the lead, or those that were to be kept at the number. */
  of: 'person' | 'number';
  /** Where: all campaigns, the one in which it happened, or those with the same offer. */
  in: 'all' | 'campaign' | 'same_offer';
  /** How the entry of the calling list ends with it (`closed.<code>` in the console's words). */
  entryCode: string;
}

/** What ends a promise before it is kept. The rule's name is the reason in the promise's history. */
export const CANCEL_RULES: Readonly<Record<CancelRule, CancelRuleFacts>> = {
  do_not_call: { of: 'person', in: 'all', entryCode: 'suppressed' },
  complaint: { of: 'person', in: 'all', entryCode: 'suppressed' },
  // A registry, a list, a wrong person: the number says no, the person may still be waiting at another one.
  suppressed: { of: 'number', in: 'all', entryCode: 'suppressed' },
  bought: { of: 'person', in: 'same_offer', entryCode: 'bought' },
  refused: { of: 'person', in: 'campaign', entryCode: 'refusal' },
  called_in: { of: 'person', in: 'all', entryCode: 'called_in' },
};

interface OutcomeFacts {
  category: string;
  result: string;
  suppressScope: string | null;
}

/**
 * The rules that an operator's outcome sets going, each with where it reaches. A suppression of one campaign reaches that
 * campaign alone, whatever the rule.
 */
export function rulesOfOutcome({
  category,
  result,
  suppressScope,
}: OutcomeFacts): { rule: CancelRule; in: CancelRuleFacts['in'] }[] {
  const rules: { rule: CancelRule; in: CancelRuleFacts['in'] }[] = [];
  if (suppressScope !== null) {
    const rule = category === 'do_not_call' || category === 'complaint' ? category : 'suppressed';
    rules.push({ rule, in: suppressScope === 'campaign' ? 'campaign' : CANCEL_RULES[rule].in });
  }
  if (result === 'success') rules.push({ rule: 'bought', in: CANCEL_RULES.bought.in });
  if (category === 'refusal') rules.push({ rule: 'refused', in: CANCEL_RULES.refused.in });
  return rules;
}

/** The rule that a suppression sets going: people who asked for it mean themselves, all else means a number. */
export function ruleOfSuppression(reason: string): CancelRule {
  if (reason === 'complaint') return 'complaint';
  return reason === 'request' ? 'do_not_call' : 'suppressed';
}
