import type { TFunction } from 'i18next';
import { GOAL_KINDS, WEEKDAYS, type Goals, type Hours, type ListOrder, type PhoneKinds } from '../api/contract';
import type { Format } from '../shell/format';
import { hoursGroups } from './campaign-draft';

/** `Mon–Fri 09:00–20:00, Sat 10:00–18:00`. */
export function hoursText(t: TFunction, format: Format, hours: Hours): string {
  const groups = hoursGroups(hours);
  if (groups.length === 0) return t('campaignForm.neverOpen');
  return groups
    .map(({ from, to, open, close }) => {
      const days = [from, to].map((day) => format.weekday(WEEKDAYS.indexOf(day)));
      return `${from === to ? days[0] : days.join('–')} ${open}–${close}`;
    })
    .join(', ');
}

/** `mobile phones first, mobile Mon–Fri 17:00–20:00`. */
export function phoneKindsText(t: TFunction, format: Format, kinds: PhoneKinds | null): string {
  const parts = [
    kinds?.first && t(`campaignForm.firstNow.${kinds.first}`),
    kinds?.mobileHours && `${t('phoneKind.mobile')} ${hoursText(t, format, kinds.mobileHours)}`,
    kinds?.fixedHours && `${t('phoneKind.fixed')} ${hoursText(t, format, kinds.fixedHours)}`,
  ];
  return parts.filter(Boolean).join(', ') || t('campaignForm.phonesInOrder');
}

/** `by attribute “city”, the greatest first`. */
export function orderText(t: TFunction, order: ListOrder): string {
  const name = t(`listOrder.${order.by}`);
  if (order.by !== 'attribute' && order.by !== 'score') return name;
  const of = order.attribute ? `${name} “${order.attribute}”` : name;
  const descending = order.descending ?? order.by === 'score';
  return `${of}, ${t(descending ? 'listOrder.descending' : 'listOrder.ascending')}`;
}

export function retryText(t: TFunction, format: Format, share: number | null): string {
  return share === null
    ? t('campaignForm.retriesFirst')
    : t('campaignForm.retriesShare', { share: format.percent(share, 0) });
}

/** `100 sales, 5,000 EUR: finishes`. */
export function goalsText(t: TFunction, format: Format, goals: Goals | null, currency: string | null): string {
  const parts = GOAL_KINDS.flatMap((kind) => {
    const target = goals?.[kind];
    if (target === undefined) return [];
    const amount = kind === 'budget' ? format.money(target, currency) : format.number(target);
    return [`${t(`goal.${kind}`)} ${amount}`];
  });
  if (!goals || parts.length === 0) return t('campaignForm.noGoals');
  return `${parts.join(', ')} · ${t(`goalAction.${goals.action}`)}`;
}

export function scheduleText(
  t: TFunction,
  format: Format,
  startsAt: string | null | undefined,
  endsAt: string | null | undefined,
): string {
  if (!startsAt && !endsAt) return t('campaignForm.byHand');
  const from = startsAt ? format.dateTime(startsAt) : t('campaignForm.byHand');
  return `${from} – ${endsAt ? format.dateTime(endsAt) : t('campaignForm.openEnd')}`;
}
