/** The tiers under which an operator finds an outcome; `outcomes.category` holds one of them. */
export type OutcomeCategory =
  'success' | 'callback' | 'refusal' | 'wrong_person' | 'bad_data' | 'do_not_call' | 'complaint' | 'silent';

export type SuppressScope = 'campaign' | 'client' | 'company' | 'global';

/** What an outcome asks of the operator, what it means, and what follows from it. */
export interface OutcomeDefinition {
  code: string;
  /** Null for a standard code, which the console names in each language. */
  label: string | null;
  position: number;
  category: OutcomeCategory;
  /** Was the person whom we meant on the line? */
  rightParty: boolean;
  result: 'success' | 'neutral' | 'failure';
  /** The lead is not called again in this campaign. */
  isFinal: boolean;
  retryAfterMinutes: number | null;
  suppressScope: SuppressScope | null;
  opensComplaint: boolean;
  /** A later offer may be made to this person. */
  offerAgain: boolean;
  asks: 'nothing' | 'refusal_reason' | 'callback';
}

export type RefusalEffect = 'none' | 'cool_down';

export type ReasonDetail = 'nothing' | 'price' | 'competitor' | 'date' | 'note';

export interface RefusalReasonDefinition {
  code: string;
  /** Null at the first level of the tree. */
  parentCode: string | null;
  label: string | null;
  position: number;
  /** The detail that belongs to it. */
  asks: ReasonDetail;
  /** A later, other offer may answer it. */
  offerAgain: boolean;
  /** `cool_down`: who says so is not interested, and left alone for as long as the profile and the campaign say. */
  effect: RefusalEffect;
}

const DAY_MINUTES = 24 * 60;

const plain = {
  label: null,
  rightParty: true,
  result: 'neutral',
  isFinal: true,
  retryAfterMinutes: null,
  suppressScope: null,
  opensComplaint: false,
  offerAgain: false,
  asks: 'nothing',
} as const satisfies Partial<OutcomeDefinition>;

/**
 * The outcome set that every campaign starts with, in the order of the operator's buttons. Scopes follow the rule that the
 * reason drives the suppression: whoever asks not to be called is left alone by this client, a complaint by the whole
 * company; a wrong number is that number's fault only.
 */
export const STANDARD_OUTCOMES: readonly OutcomeDefinition[] = [
  { ...plain, code: 'sale', position: 1, category: 'success', result: 'success', offerAgain: true },
  {
    ...plain,
    code: 'refusal',
    position: 2,
    category: 'refusal',
    result: 'failure',
    offerAgain: true,
    asks: 'refusal_reason',
  },
  { ...plain, code: 'callback', position: 3, category: 'callback', isFinal: false, asks: 'callback' },
  // Not final: the lead's next phone is tried at once, and where there is none the entry is completed.
  {
    ...plain,
    code: 'wrong_person',
    position: 4,
    category: 'wrong_person',
    rightParty: false,
    isFinal: false,
    suppressScope: 'campaign',
  },
  { ...plain, code: 'bad_data', position: 5, category: 'bad_data', rightParty: false, result: 'failure' },
  {
    ...plain,
    code: 'do_not_call',
    position: 6,
    category: 'do_not_call',
    result: 'failure',
    suppressScope: 'client',
  },
  {
    ...plain,
    code: 'complaint',
    position: 7,
    category: 'complaint',
    result: 'failure',
    suppressScope: 'company',
    opensComplaint: true,
  },
  {
    ...plain,
    code: 'silent',
    position: 8,
    category: 'silent',
    rightParty: false,
    isFinal: false,
    retryAfterMinutes: DAY_MINUTES,
  },
];

/** A price, a supplier or a bad moment is no wish to be left alone, and neither is somebody else who should have been asked. */
const NOT_INTERESTED: ReadonlySet<string> = new Set([
  ...['no_need', 'distrust', 'bad_experience', 'not_by_phone', 'hung_up_early'],
]);

const reason = (
  position: number,
  code: string,
  parentCode: string | null = null,
  asks: ReasonDetail = 'nothing',
  offerAgain = false,
): RefusalReasonDefinition => ({
  ...{ code, parentCode, label: null, position, asks, offerAgain },
  effect: NOT_INTERESTED.has(code) ? 'cool_down' : 'none',
});

/** Why people say no, in two levels. A refusal for price, a competitor or the moment may be answered by a later offer. */
export const STANDARD_REFUSAL_REASONS: readonly RefusalReasonDefinition[] = [
  reason(1, 'price', null, 'nothing', true),
  reason(2, 'too_expensive', 'price', 'price', true),
  reason(3, 'pays_less_now', 'price', 'price', true),
  reason(4, 'no_need'),
  reason(5, 'has_supplier', null, 'competitor', true),
  reason(6, 'bad_timing', null, 'date', true),
  reason(7, 'distrust'),
  reason(8, 'bad_experience'),
  reason(9, 'not_decision_maker'),
  reason(10, 'not_by_phone'),
  reason(11, 'language'),
  reason(12, 'hung_up_early'),
  reason(13, 'other', null, 'note'),
];
