import { useTranslation } from 'react-i18next';
import type { Callback } from '../api/contract';
import { Pill } from '../design/controls';
import { Icon } from '../design/icon';
import { CALLBACK_TONES, reasonText } from './callback-words';

/** Its state, and what a manager has to know beside it. */
export function CallbackPills({ callback }: { callback: Callback }) {
  const { t } = useTranslation();
  const { state, endReason, lateReason, escalatedAt, endedAt } = callback;
  return (
    <span className="row wrap callback-pills">
      <Pill tone={CALLBACK_TONES[state]}>{t(`callbackState.${state}`)}</Pill>
      {escalatedAt && !endedAt && (
        <Pill tone="bad">
          <Icon name="alert" size={12} /> {t('callbacks.escalated')}
        </Pill>
      )}
      {lateReason && !endedAt && <Pill tone="warn">{t('callbacks.late')}</Pill>}
      {endReason && state !== 'kept' && <span className="small muted">{reasonText(t, endReason)}</span>}
    </span>
  );
}
