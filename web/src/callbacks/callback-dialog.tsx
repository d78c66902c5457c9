import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Callback } from '../api/contract';
import { useMe } from '../auth/session';
import { ProblemNotice } from '../bases/problem-notice';
import { Button, Notice } from '../design/controls';
import { Dialog } from '../design/dialog';
import { SkeletonRows } from '../design/states';
import { sayDone } from '../design/toast';
import { useFormat } from '../shell/format';
import { CallbackPills } from './callback-pills';
import { eventDetail, isOpen, promisedTime, reasonText } from './callback-words';
import { ChangeForms, type ChangeKind } from './change-forms';
import { useCallbackEvents, useChangeCallback, useFloorOperators, type CallbackChange } from './queries';

/** One promise: whose it is, every step of its life, and what a manager can do. */
export function CallbackDialog({ callback, onClose }: { callback: Callback; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isManager = useMe().role === 'manager';
  const [kind, setKind] = useState<ChangeKind | null>(null);
  const change = useChangeCallback('/callbacks');
  const operators = useFloorOperators();
  const events = useCallbackEvents(callback.id);

  const apply = (wanted: CallbackChange) =>
    change.mutate(
      { id: callback.id, change: wanted },
      {
        onSuccess: () => {
          sayDone(t(`callbacks.done.${wanted.act}`));
          onClose();
        },
      },
    );

  return (
    <Dialog title={callback.lead.name ?? t('desk.nameless')} onClose={onClose}>
      <div className="stack callback-dialog">
        <dl className="callback-facts">
          <div>
            <dt>{t('callbacks.due')}</dt>
            <dd>
              <strong>{promisedTime(format, callback)}</strong> <span className="muted">{callback.timeZone}</span>
            </dd>
          </div>
          <div>
            <dt>{t('callbacks.phone')}</dt>
            <dd className="mono">
              {callback.lead.maskedPhone}
              {callback.otherPhone && <span className="small muted"> · {t('callbacks.otherPhone')}</span>}
            </dd>
          </div>
          <div>
            <dt>{t('callbacks.campaign')}</dt>
            <dd>{callback.campaign.name}</dd>
          </div>
          <div>
            <dt>{t('callbacks.owner')}</dt>
            <dd>{callback.owner?.name ?? t('callbacks.shared')}</dd>
          </div>
          <div>
            <dt>{t('callbacks.state')}</dt>
            <dd>
              <CallbackPills callback={callback} />
            </dd>
          </div>
        </dl>
        {callback.note && <Notice>{callback.note}</Notice>}
        {callback.lateReason && isOpen(callback) && (
          <Notice tone="warn">
            {t('callbacks.lateBecause', {
              at: format.dateTime(callback.callAt),
              why: reasonText(t, callback.lateReason),
            })}
          </Notice>
        )}
        <section>
          <h3>{t('callbacks.life')}</h3>
          {!events.data ? (
            <SkeletonRows rows={3} />
          ) : (
            <ol className="callback-life">
              {events.data.map((event, index) => (
                <li key={index}>
                  <span className="small muted">{format.dateTime(event.at)}</span>
                  <span>
                    <strong>{t(`callbackEvent.${event.event}`)}</strong>
                    {event.actor && <span className="secondary"> · {event.actor}</span>}
                    <span className="small muted block">{eventDetail(t, format, event)}</span>
                  </span>
                </li>
              ))}
            </ol>
          )}
        </section>
        {change.error ? <ProblemNotice error={change.error} /> : null}
        {kind && (
          <ChangeForms
            kind={kind}
            callback={callback}
            operators={operators.data ?? []}
            busy={change.isPending}
            problem={change.error}
            onChange={apply}
            onClose={() => setKind(null)}
          />
        )}
        <div className="buttons">
          {isManager && isOpen(callback) && !kind && (
            <>
              <Button icon="clock" onClick={() => setKind('move')}>
                {t('callbacks.move')}
              </Button>
              <Button icon="user" onClick={() => setKind('reassign')}>
                {t('callbacks.reassign')}
              </Button>
              <Button icon="ban" variant="ghost" onClick={() => setKind('cancel')}>
                {t('callbacks.cancel')}
              </Button>
            </>
          )}
          <Button onClick={onClose}>{t('common.close')}</Button>
        </div>
      </div>
    </Dialog>
  );
}
