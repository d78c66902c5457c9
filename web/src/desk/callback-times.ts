/** Local times are written `YYYY-MM-DDTHH:mm`: what a clock on the customer's wall shows. */
export type LocalTime = string;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const EVENING = '18:00';
const MORNING = '10:00';

/** What the wall clock of a zone shows at an instant (milliseconds since 1970). */
export function wallClock(instantMs: number, timeZone: string): LocalTime {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(new Date(instantMs));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '00';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/** The date of a local time, some days on. */
function dayAfter(local: LocalTime, days: number): string {
  return new Date(Date.parse(`${local.slice(0, 10)}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export const QUICK_CHOICES = ['hour', 'evening', 'tomorrow', 'nextWeek'] as const;
export type QuickChoice = (typeof QUICK_CHOICES)[number];

/** The times behind the quick choices; null where a choice makes no sense any more, such as this evening at night. */
export function quickTimes(nowMs: number, timeZone: string): Record<QuickChoice, LocalTime | null> {
  const now = wallClock(nowMs, timeZone);
  const inAnHour = Math.ceil((nowMs + 60 * MINUTE_MS) / (5 * MINUTE_MS)) * 5 * MINUTE_MS;
  return {
    hour: wallClock(inAnHour, timeZone),
    evening: now.slice(11) < '17:30' ? `${now.slice(0, 10)}T${EVENING}` : null,
    tomorrow: `${dayAfter(now, 1)}T${MORNING}`,
    nextWeek: `${dayAfter(now, 7)}T${MORNING}`,
  };
}
