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
