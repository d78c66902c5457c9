import type { TFunction } from 'i18next';
import type { Callback, CallbackEvent, CallbackState } from '../api/contract';
import { closedName } from '../api/names';
import type { Tone } from '../design/controls';
import type { Format } from '../shell/format';

export const CALLBACK_TONES: Record<CallbackState, Tone> = {
  scheduled: 'quiet',
  reminded: 'info',
  due: 'warn',
  offered: 'info',
  kept: 'good',
  missed: 'bad',
  cancelled: 'quiet',
  moved: 'quiet',
};

export const isOpen = (callback: Callback) => callback.endedAt === null;

/** A rule, a result, or who did it. What somebody wrote stands as it is. */
export function reasonText(t: TFunction, reason: string): string {
  return t(`callbackReason.${reason}`, { defaultValue: closedName(t, reason) });
}

/** The promised time as the customer's clock shows it. */
export const promisedTime = (format: Format, callback: { localTime: string }) => format.wallTime(callback.localTime);

/** `Europe/Paris` without what every zone begins with. */
export const zoneName = (zone: string) => zone.slice(zone.indexOf('/') + 1).replaceAll('_', ' ');

/** How late or how soon, in minutes; negative when it has passed. */
export const minutesUntil = (callback: { dueAt: string }, now: number) => (Date.parse(callback.dueAt) - now) / 60_000;

export const isOverdue = (callback: Callback, now: number) => isOpen(callback) && Date.parse(callback.dueAt) <= now;

/** What a step says beside its name. */
export function eventDetail(t: TFunction, format: Format, event: CallbackEvent): string | null {
  const { detail, reason } = event;
  const parts = [
    typeof detail?.['words'] === 'string' ? detail['words'] : null,
    reason === null ? null : reasonText(t, reason),
    typeof detail?.['callAt'] === 'string' ? t('callbacks.nextTry', { at: format.dateTime(detail['callAt']) }) : null,
    typeof detail?.['to'] === 'string' ? t('callbacks.newInstant', { at: format.dateTime(detail['to']) }) : null,
  ].filter((part): part is string => part !== null);
  return parts.length === 0 ? null : parts.join(' · ');
}
