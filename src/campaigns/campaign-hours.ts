import { WEEKDAYS, type WeekHours, type Weekday } from '../compliance/profile.js';

/** Opening and closing as `HH:mm` in the called person's time; the close may be `24:00`. A day that is absent is closed. */
export type CampaignHours = Partial<Record<Weekday, [from: string, to: string]>>;

/** The house rule where a campaign states none: 9 to 20, Saturdays 10 to 18, Sundays closed. */
export const DEFAULT_HOURS: Readonly<CampaignHours> = {
  mon: ['09:00', '20:00'],
  tue: ['09:00', '20:00'],
  wed: ['09:00', '20:00'],
  thu: ['09:00', '20:00'],
  fri: ['09:00', '20:00'],
  sat: ['10:00', '18:00'],
};

/** As they are kept: a list of windows a day, the form in which profiles state theirs. */
export function weekHoursOf(hours: CampaignHours): WeekHours {
  const week: WeekHours = {};
  for (const day of WEEKDAYS) {
    const window = hours[day];
    if (window) week[day] = [window];
  }
  return week;
}

/** From the first opening to the last close of each day. */
export function campaignHoursOf(week: WeekHours): CampaignHours {
  const hours: CampaignHours = {};
  for (const day of WEEKDAYS) {
    const windows = week[day] ?? [];
    if (windows.length > 0) hours[day] = [windows[0]![0], windows[windows.length - 1]![1]];
  }
  return hours;
}

const OPENING = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
const CLOSING = /^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/;

/** The first fault of what claims to be calling hours, as a sentence; null when there is none. */
export function faultInHours(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'must be an object of weekdays, such as {"mon": ["09:00", "20:00"]}';
  for (const [day, window] of Object.entries(value)) {
    if (!(WEEKDAYS as readonly string[]).includes(day)) return `${day} is no weekday; use ${WEEKDAYS.join(', ')}`;
    if (!Array.isArray(window) || window.length !== 2)
      return `${day} must be a pair of times, such as ["09:00", "20:00"]`;
    const [from, to] = window as unknown[];
    if (typeof from !== 'string' || !OPENING.test(from)) return `${day} must open at a time written HH:mm`;
    if (typeof to !== 'string' || !CLOSING.test(to)) return `${day} must close at a time written HH:mm`;
    // Times of one form compare as text.
    if (from >= to) return `${day} must open before it closes`;
  }
  return null;
}
