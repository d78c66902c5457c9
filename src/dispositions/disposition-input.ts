import { DateTime } from 'luxon';

import { Problem } from '../common/problem.js';

/** What an operator says of a call. */
export interface DispositionInput {
  outcome: string;
  refusalReason?: string;
  refusalDetail?: RefusalDetail;
  callback?: { localTime: string; timeZone?: string; personal?: boolean; phone?: string };
  note?: string;
  /** Left out: as the outcome implies. */
  rightParty?: boolean;
}

/** What belongs to a refusal reason, by what it asks. */
export interface RefusalDetail {
  price?: number;
  competitor?: string;
  /** A local date, `YYYY-MM-DD`. */
  date?: string;
  note?: string;
}

interface OutcomeRule {
  code: string;
  asks: 'nothing' | 'refusal_reason' | 'callback';
  rightParty: boolean;
}

interface ReasonRule {
  code: string;
  parentCode: string | null;
}

/**
 * Check an operator's words against the campaign's outcomes and refusal reasons. Returns the outcome meant. The detail of
 * a reason is wanted, not demanded: a customer who hangs up tells no price. Throws problems that name the field.
 */
export function checkDisposition<O extends OutcomeRule>(
  input: DispositionInput,
  set: { outcomes: readonly O[]; refusalReasons: readonly ReasonRule[] },
): O {
  const outcome = set.outcomes.find((known) => known.code === input.outcome);
  if (!outcome)
    throw problem('unknown_outcome', `The campaign has no outcome ${input.outcome}.`, 'outcome', codes(set.outcomes));
  const reason = input.refusalReason;
  if (outcome.asks === 'refusal_reason') {
    if (!reason)
      throw problem(
        'refusal_reason_missing',
        'A refusal needs its reason.',
        'refusalReason',
        codes(set.refusalReasons),
      );
    if (!set.refusalReasons.some((known) => known.code === reason))
      throw problem(
        'unknown_refusal_reason',
        `There is no refusal reason ${reason}.`,
        'refusalReason',
        codes(set.refusalReasons),
      );
    if (set.refusalReasons.some((known) => known.parentCode === reason))
      throw problem(
        'refusal_reason_too_broad',
        `The reason ${reason} has parts; one of them is wanted.`,
        'refusalReason',
        codes(set.refusalReasons.filter((known) => known.parentCode === reason)),
      );
  } else if (reason)
    throw problem('refusal_reason_unexpected', `The outcome ${outcome.code} takes no refusal reason.`, 'refusalReason');
  if (input.refusalDetail?.date !== undefined && !isDay(input.refusalDetail.date))
    throw problem('refusal_date_invalid', `There is no day ${input.refusalDetail.date}.`, 'refusalDetail.date');
  if (outcome.asks === 'callback' && !input.callback)
    throw problem('callback_missing', 'A callback needs its time.', 'callback.localTime');
  if (outcome.asks !== 'callback' && input.callback)
    throw problem('callback_unexpected', `The outcome ${outcome.code} takes no callback.`, 'callback');
  return outcome;
}

/** `2026-03-01`, a day that there is, from the year 1000 on. */
function isDay(text: string): boolean {
  return /^[1-9]\d{3}-\d\d-\d\d$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid;
}

function codes(list: readonly { code: string }[]): string {
  return `Choose one of: ${list.map((item) => item.code).join(', ')}.`;
}

function problem(code: string, detail: string, field: string, fix?: string): Problem {
  return new Problem(code, 422, detail, { field, fix });
}
