import type { TFunction } from 'i18next';
import { WEEKDAYS, type CallingRule } from '../api/contract';
import type { Format } from '../shell/format';

/** A shipped profile in the reader's language; an organisation's own as it calls it. */
export const titleOf = (t: TFunction, { code, title }: { code: string; title: string }) =>
  t(`law.title.${code}`, { defaultValue: title });

type Hours = CallingRule['hours'][number];
/** As long as this is for good: nobody waits a hundred years. */
const FOR_GOOD_HOURS = 87_600;

/** `Mon–Fri 9:00–20:00`, days with the same windows together, closed days last. */
export function hoursText(t: TFunction, format: Format, hours: Hours): string[] {
  const lines: { days: number[]; windows: string }[] = [];
  for (const [index, day] of WEEKDAYS.entries()) {
    const windows = (hours[day] ?? []).map(([from, to]) => `${from}–${to}`).join(', ');
    const last = lines[lines.length - 1];
    if (last?.windows === windows) last.days.push(index);
    else lines.push({ days: [index], windows });
  }
  return lines.map(({ days, windows }) => {
    const [first, last] = [days[0]!, days[days.length - 1]!];
    const name = first === last ? format.weekday(first) : `${format.weekday(first)}–${format.weekday(last)}`;
    return `${name}: ${windows || t('law.closed')}`;
  });
}

export function capText(t: TFunction, { key, count, max, window }: CallingRule['caps'][number]): string {
  const span =
    window.hours !== undefined
      ? t('law.inHours', { count: window.hours })
      : t('law.inDays', { count: window.days ?? 0 });
  return `${t(`law.capKey.${key}`)}: ${t(`law.capCount.${count}`, { count: max })} ${span}`;
}

export function coolDownText(t: TFunction, { after, hours, scope }: CallingRule['coolDowns'][number]): string {
  const span =
    hours >= FOR_GOOD_HOURS
      ? t('law.forGood')
      : hours % 24 === 0
        ? t('law.forDays', { count: hours / 24 })
        : t('law.forHours', { count: hours });
  return `${t(`law.coolDown.${after}`)}: ${span} (${t(`law.scope.${scope}`)})`;
}

export const modesText = (t: TFunction, format: Format, modes: readonly string[]) =>
  modes.length === 0 ? t('law.noMode') : format.list(modes.map((mode) => t(`law.mode.${mode}`)));

/** A value of a cell, in words. */
export function cellText(t: TFunction, format: Format, cell: string, value: unknown): string {
  const number = (count: unknown) => format.number(count as number);
  switch (cell) {
    case 'time.hours':
      return hoursText(t, format, value as Hours).join(' · ');
    case 'time.holidays':
      return t(value === 'closed' ? 'law.closed' : 'law.asOtherDays');
    case 'time.unknown_zone':
      return t('law.intersect');
    case 'caps':
      return listText(
        t,
        (value as CallingRule['caps']).map((cap) => capText(t, cap)),
      );
    case 'cool_downs':
      return listText(
        t,
        (value as CallingRule['coolDowns']).map((each) => coolDownText(t, each)),
      );
    case 'consent.needed':
      return t(`law.consent.${value as string}`);
    case 'consent.max_age_days':
      return value === null ? t('law.never') : t('law.days', { count: value as number });
    case 'registries':
      return listText(
        t,
        (value as CallingRule['registries']).map(({ registry, maxAgeDays }) =>
          t('law.registryAge', { registry, count: maxAgeDays }),
        ),
      );
    case 'dialing.modes':
      return modesText(t, format, value as string[]);
    case 'abandon.max_rate':
      return format.percent(value as number);
    case 'abandon.window_days':
    case 'retention.days':
      return t('law.days', { count: value as number });
    case 'abandon.connect_timeout_ms':
      return t('law.seconds', { count: (value as number) / 1000 });
    case 'abandon.redial_after_hours':
      return t('law.hours', { count: value as number });
    case 'time.closing_margin_seconds':
    case 'ring.min_seconds':
    case 'ring.max_seconds':
      return t('law.seconds', { count: value as number });
    case 'caller_id.prefixes':
      return value === null ? t('law.any') : (value as string[]).map((prefix) => `+${prefix}`).join(', ');
    case 'recording':
      return t(`law.recordingRule.${value as string}`);
    case 'script.rules':
      return listText(t, value as string[]);
    default:
      return typeof value === 'boolean' ? t(value ? 'law.yes' : 'law.no') : number(value);
  }
}

function listText(t: TFunction, parts: readonly string[]): string {
  return parts.length === 0 ? t('law.nothing') : parts.join(' · ');
}
