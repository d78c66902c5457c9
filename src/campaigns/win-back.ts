import type { Rule } from '../segmentation/rule.js';
import type { ReasonDetail } from './standard-outcomes.js';

/**
 * Why an offer may win people back who said no before. price: it was too expensive, and this is cheaper. competitor: they
 * had a contract elsewhere, and it ends. timing: they said when it would suit, and that day has come.
 */
export const WIN_BACK_REASONS = ['price', 'competitor', 'timing'] as const;
export type WinBackReason = (typeof WIN_BACK_REASONS)[number];

export interface WinBackOffer {
  id: number;
  /** In `currency`. */
  price: number | null;
  currency: string | null;
}

/** Refusals of an organisation that have a reason and a currency in common: each lead's latest one. */
export interface RefusalSummary {
  /** Code of the refusal reason. */
  reason: string;
  /** The detail that belongs to the reason: says what kind of reason it is. */
  asks: ReasonDetail;
  /** Of the offer that was refused; null where it had none, or where nothing was offered. */
  currency: string | null;
  /** With a date on which they would think again. */
  dated: number;
  /** With a price to compare: the customer's, or that of the refused offer. */
  priced: number;
}

export interface WinBackOptions {
  /** Whoever was called within so many days is left alone; 0: nobody is for that. */
  coolDownDays: number;
  /** A contract elsewhere that ends within so many days is worth a call. */
  endsWithinDays: number;
}

export const DEFAULT_WIN_BACK: WinBackOptions = { coolDownDays: 14, endsWithinDays: 30 };

/** What a proposal rests on, for whoever shows it in words. */
export interface WinBackDetail {
  /** Codes of the refusal reasons that it answers. */
  refusalReasons: string[];
  /** With `price`: the offer's price, below what these people named or were asked for. */
  price: number | null;
  currency: string | null;
  /** With `competitor`: their contract ends within so many days, or has ended. */
  endsWithinDays: number | null;
  coolDownDays: number;
}

export interface WinBackProposal {
  reason: WinBackReason;
  detail: WinBackDetail;
  /** Whose refusal the offer answers. */
  answered: Rule;
  /** Whom to call: those, without whoever is left alone. */
  rule: Rule;
}

/**
 * Whom an offer may win back, by the reasons for which they refused last. A reason is proposed when refusals are recorded
 * that it could answer. Each proposal leaves out who bought this very offer, who complained, and who was called within the
 * cool-down; suppressions are the gate's.
 */
export function proposeWinBack(
  offer: WinBackOffer,
  refusals: readonly RefusalSummary[],
  options: WinBackOptions = DEFAULT_WIN_BACK,
): WinBackProposal[] {
  return WIN_BACK_REASONS.flatMap((reason) => {
    const answer = ANSWERS[reason](offer, refusals, options);
    if (!answer) return [];
    const { coolDownDays } = options;
    const { price, currency } = reason === 'price' ? offer : { price: null, currency: null };
    const endsWithinDays = reason === 'competitor' ? options.endsWithinDays : null;
    const detail = { refusalReasons: answer.refusalReasons, price, currency, endsWithinDays, coolDownDays };
    return [{ reason, detail, answered: answer.rule, rule: { all: [answer.rule, ...leftAlone(offer, options)] } }];
  });
}

/** One rule for several proposals of one offer: whoever fits any of them. */
export function joinProposals(
  offer: WinBackOffer,
  proposals: readonly WinBackProposal[],
  options: WinBackOptions = DEFAULT_WIN_BACK,
): Rule {
  if (proposals.length === 1) return proposals[0]!.rule;
  return { all: [{ any: proposals.map(({ answered }) => answered) }, ...leftAlone(offer, options)] };
}

interface Answer {
  refusalReasons: string[];
  rule: Rule;
}

type Answering = (offer: WinBackOffer, refusals: readonly RefusalSummary[], options: WinBackOptions) => Answer | null;

const ANSWERS: Readonly<Record<WinBackReason, Answering>> = {
  /**
   * Prices compare within one currency only; where none is said, there is one. What the customer named counts; who named
   * nothing is measured by what was asked. An offer without a price is not cheaper than anything.
   */
  price: ({ price, currency }, refusals) => {
    if (price === null) return null;
    const fitting = refusals.filter((row) => row.asks === 'price' && row.currency === currency && row.priced > 0);
    return answer(fitting, [
      currency === null
        ? { field: 'refusal_currency', is: 'empty' }
        : { field: 'refusal_currency', is: 'equals', value: currency },
      {
        any: [
          { field: 'refusal_price', is: 'greater_than', value: price },
          {
            all: [
              { field: 'refusal_price', is: 'empty' },
              { field: 'refused_offer_price', is: 'greater_than', value: price },
            ],
          },
        ],
      },
    ]);
  },
  competitor: (_offer, refusals, { endsWithinDays }) =>
    answer(
      refusals.filter((row) => row.asks === 'competitor' && row.dated > 0),
      [reconsiderBy(endsWithinDays)],
    ),
  timing: (_offer, refusals) =>
    answer(
      refusals.filter((row) => row.asks === 'date' && row.dated > 0),
      [reconsiderBy(0)],
    ),
};

/** The day that they named is past, is today, or comes within so many days. */
function reconsiderBy(days: number): Rule {
  return {
    any: [
      { field: 'reconsider_on', is: 'more_than_days_ago', value: 0 },
      { field: 'reconsider_on', is: 'in_next_days', value: days },
    ],
  };
}

function answer(refusals: readonly RefusalSummary[], conditions: Rule[]): Answer | null {
  const refusalReasons = [...new Set(refusals.map(({ reason }) => reason))].sort();
  if (refusalReasons.length === 0) return null;
  return {
    refusalReasons,
    rule: { all: [{ field: 'refusal_reason', is: 'one_of', value: refusalReasons }, ...conditions] },
  };
}

function leftAlone({ id }: WinBackOffer, { coolDownDays }: WinBackOptions): Rule[] {
  const done: Rule = {
    none: [
      { field: 'bought_offer', is: 'has', value: id },
      { field: 'complained', is: 'is_true' },
    ],
  };
  if (coolDownDays === 0) return [done];
  return [done, { field: 'last_attempt_at', is: 'more_than_days_ago', value: coolDownDays }];
}
