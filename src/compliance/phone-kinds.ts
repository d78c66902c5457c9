import { meetHours } from './effective-rule.js';
import type { WeekHours } from './profile.js';

export const PHONE_KINDS = ['mobile', 'fixed'] as const;
export type PhoneKind = (typeof PHONE_KINDS)[number];

/** Which phone of a lead is tried first, and when each kind is called. */
export interface PhoneKinds {
  first?: PhoneKind | null;
  hours?: Partial<Record<PhoneKind, WeekHours>>;
}

/** Hours of a campaign for a phone of this line type. One that may be of either kind must be open as both. */
export function hoursOf(hours: WeekHours, kinds: PhoneKinds | null, lineType: string): WeekHours {
  const { mobile, fixed } = kinds?.hours ?? {};
  const own = [lineType === 'fixed_line' ? undefined : mobile, lineType === 'mobile' ? undefined : fixed];
  return own.reduce<WeekHours>((open, more) => (more ? meetHours(open, more) : open), hours);
}
