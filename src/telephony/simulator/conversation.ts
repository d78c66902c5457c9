/** Standard outcome codes that a customer can bring about, see `dispositions`. */
export const CONVERSATION_OUTCOMES = [
  'sale',
  'refusal',
  'callback',
  'wrong_person',
  'bad_data',
  'do_not_call',
  'complaint',
  'silent',
] as const;
export type ConversationOutcome = (typeof CONVERSATION_OUTCOMES)[number];

/**
 * What a simulated customer says once connected. Known to the simulated operators, who disposition by it, and shown to a
 * human operator as a caption, so that a demo call can be played through.
 */
export interface Conversation {
  /** Standard outcome code, see `dispositions`. */
  outcome: ConversationOutcome;
  /** Milliseconds from the connection until the customer hangs up, if the operator does not first. */
  talkMs: number;
  refusal?: {
    /** Code of the refusal reason, see `dispositions`. */
    reason: string;
    competitor?: string;
    /** What they pay now, or would pay, in the campaign's currency. */
    price?: number;
    /** With `bad_timing`: in how many days it would suit better. */
    inDays?: number;
  };
  /** For a callback: how long from now, and whether only this operator will do. */
  callback?: { inMs: number; personal: boolean };
}

/** The customer's part, in a sentence, for a person who plays the operator. */
export function captionOf({ outcome, refusal, callback }: Conversation): string {
  switch (outcome) {
    case 'sale':
      return 'Likes the offer and buys.';
    case 'callback':
      return callback
        ? `Has no time: call again in ${spanOf(callback.inMs)}${callback.personal ? ', you in person' : ''}.`
        : 'Has no time.';
    case 'wrong_person':
      return 'Is not the person you ask for.';
    case 'bad_data':
      return 'Says that what you know of them is wrong.';
    case 'do_not_call':
      return 'Asks never to be called again.';
    case 'complaint':
      return 'Is angry about the call, and complains.';
    case 'silent':
      return 'Says nothing.';
    case 'refusal': {
      if (!refusal) return 'Refuses.';
      const details = [
        refusal.competitor && `with ${refusal.competitor}`,
        refusal.price !== undefined && `names a price of ${refusal.price}`,
        refusal.inDays !== undefined && `better in ${refusal.inDays} days`,
      ].filter(Boolean);
      return `Refuses: ${[refusal.reason.replaceAll('_', ' '), ...details].join(', ')}.`;
    }
  }
}

/** `40 minutes`, `3 hours`, `2 days`: the largest unit of which there are two or more. */
function spanOf(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 2_880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1_440)} days`;
}
