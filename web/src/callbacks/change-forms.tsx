import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/client';
import type { Callback, FloorOperator } from '../api/contract';
import { Button, Field } from '../design/controls';
import { useFormat } from '../shell/format';
import type { CallbackChange } from './queries';

export type ChangeKind = 'move' | 'reassign' | 'cancel';

/** The forms behind the buttons of a promise: another time, another owner, not wanted any more. */
export function ChangeForms(props: {
  kind: ChangeKind;
  callback: Callback;
  /** Whom it can be given to; empty: to all of the campaign only. */
  operators: FloorOperator[];
  busy: boolean;
  problem: unknown;
  onChange: (change: CallbackChange) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { kind, callback } = props;
  const [localTime, setLocalTime] = useState(callback.localTime);
  const [operatorId, setOperatorId] = useState(callback.owner?.id ?? 0);
  const [reason, setReason] = useState('');
  const nearest = nearestOf(props.problem);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (kind === 'move') props.onChange({ act: 'move', body: { localTime, timeZone: callback.timeZone } });
    if (kind === 'reassign') props.onChange({ act: 'reassign', body: { operatorId: operatorId || null } });
    if (kind === 'cancel' && reason.trim()) props.onChange({ act: 'cancel', body: { reason: reason.trim() } });
  };

  return (
    <form className="stack tight callback-form" onSubmit={submit}>
      {kind === 'move' && (
        <Field label={t('callbacks.newTime')} hint={t('callbacks.customersTime', { zone: callback.timeZone })}>
          {(control) => (
            <input
              {...control}
              className="input"
              type="datetime-local"
              required
              autoFocus
              value={localTime}
              onChange={(event) => setLocalTime(event.target.value.slice(0, 16))}
            />
          )}
        </Field>
      )}
      {kind === 'move' && nearest && (
        <Button small icon="check" onClick={() => setLocalTime(nearest)}>
          {t('callbacks.takeNearest', { at: format.wallTime(nearest) })}
        </Button>
      )}
      {kind === 'reassign' && (
        <Field label={t('callbacks.newOwner')}>
          {(control) => (
            <select
              {...control}
              className="input"
              autoFocus
              value={operatorId}
              onChange={(event) => setOperatorId(Number(event.target.value))}
            >
              <option value={0}>{t('callbacks.shared')}</option>
              {props.operators.map((operator) => (
                <option key={operator.id} value={operator.id}>
                  {operator.name} · {t(`operatorState.${operator.state}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {kind === 'cancel' && (
        <Field label={t('callbacks.why')}>
          {(control) => (
            <input
              {...control}
              className="input"
              required
              autoFocus
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
      )}
      <div className="buttons">
        <Button onClick={props.onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant={kind === 'cancel' ? 'danger' : 'primary'} busy={props.busy}>
          {t(`callbacks.do.${kind}`)}
        </Button>
      </div>
    </form>
  );
}

/** The nearest allowed local time that a refused move was answered with. */
function nearestOf(problem: unknown): string | null {
  if (!(problem instanceof ApiProblem)) return null;
  const { nearest } = problem.more;
  return typeof nearest === 'string' ? nearest.slice(0, 16) : null;
}
