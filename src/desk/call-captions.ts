/** What a simulated customer has in mind, for whoever plays the operator in a demonstration. Codes, for the console to name. */
export interface CallCaption {
  outcome: string;
  refusalReason: string | null;
  competitor: string | null;
  price: number | null;
  /** For a callback: in how many minutes it would suit. */
  callbackInMinutes: number | null;
}

/** Where captions come from: only where the simulated switch runs in the same process. */
export interface CallCaptions {
  captionOf(attemptId: number): CallCaption | null;
}

/** Injection token; nothing is provided on a real switch. */
export const CALL_CAPTIONS = Symbol('CallCaptions');
