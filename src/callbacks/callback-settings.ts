/** How long we wait, remind and look away. Kept by organisation, in `callback_settings`. */
export interface CallbackSettings {
  /** The owner of a promise is reminded so long before. */
  reminderMinutes: number;
  /** Kept up to so long after the promised time, it was kept on time. */
  onTimeMinutes: number;
  /** Once due, so long a promise waits for an owner who is not signed in, on a break, or in another call. */
  awayGraceSeconds: number;
  breakGraceSeconds: number;
  busyGraceSeconds: number;
  /** Overdue by so much, and no call was reserved for it: it is on the managers' list. */
  escalateMinutes: number;
}

/** Of an organisation that has none of its own. */
export const DEFAULT_CALLBACK_SETTINGS: CallbackSettings = {
  reminderMinutes: 5,
  onTimeMinutes: 10,
  awayGraceSeconds: 30,
  breakGraceSeconds: 45,
  busyGraceSeconds: 300,
  escalateMinutes: 15,
};

/**
 * How the share kept on time is made. What a rule cancelled is in neither part: the promise was not ours to keep any more.
 * Whoever moves a promise that has come due has not kept it.
 */
export const KEPT_ON_TIME_FORMULA =
  'promises whose call was dialled no later than {minutes} minutes after the promised time and reached the person / ' +
  'promises that came due and ended: kept, missed, moved after they came due, or cancelled by a person after they came due';
