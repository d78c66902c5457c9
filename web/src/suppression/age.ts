import type { TFunction } from 'i18next';
import type { SuppressionList } from '../api/contract';

/** `12 days old`: how long ago the newest file of a list was downloaded. */
export function ageText(t: TFunction, list: SuppressionList): string {
  if (list.ageDays === null) return t('suppression.neverLoaded');
  return list.ageDays === 0 ? t('suppression.today') : t('suppression.daysAgo', { count: list.ageDays });
}
