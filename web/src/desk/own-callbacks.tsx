import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Callback, Desk } from '../api/contract';
import { ProblemNotice } from '../bases/problem-notice';
import { promisedTime, zoneName, minutesUntil } from '../callbacks/callback-words';
import { ChangeForms, type ChangeKind } from '../callbacks/change-forms';
import { useChangeCallback, useOwnCallbacks, type CallbackChange } from '../callbacks/queries';
import { Button, Notice } from '../design/controls';
import { sayDone } from '../design/toast';
import { useFormat } from '../shell/format';
import '../callbacks/callbacks.css';

/** The next call that this operator has promised, when it is due soon; shown whatever else is on the desk. */
export function Reminder({ desk, now }: { desk: Desk; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [next] = desk.reminders;
  if (!next) return null;
  const minutes = minutesUntil(next, now);
  return (
    <Notice tone="warn" icon="clock">
      <div className="desk-reminder">
        <strong>
          {minutes > 0
            ? t('callbacks.soon', {
                name: next.leadName ?? t('desk.nameless'),
                when: format.inMinutes(Math.ceil(minutes)),
              })
            : t('callbacks.now', { name: next.leadName ?? t('desk.nameless') })}
        </strong>
        <span className="secondary">
          {promisedTime(format, next)} · {zoneName(next.timeZone)}
          {next.note && ` · ${next.note}`}
        </span>
      </div>
    </Notice>
  );
}

/** What the operator has promised and not done yet: overdue, today, later. */
export function OwnCallbacks({ now }: { now: number }) {
  const { t } = useTranslation();
  const own = useOwnCallbacks();
  if (!own.data) return null;
  const { overdue, today, upcoming } = own.data;
  if (overdue.length + today.length + upcoming.length === 0) return null;
  return (
    <section className="card own-callbacks" aria-label={t('callbacks.own')} tabIndex={0}>
      <header>
        <h2>{t('callbacks.own')}</h2>
      </header>
      <Group title={t('callbacks.group.overdue')} callbacks={overdue} now={now} late />
      <Group title={t('callbacks.group.today')} callbacks={today} now={now} />
      <Group title={t('callbacks.group.upcoming')} callbacks={upcoming} now={now} />
    </section>
  );
}

function Group(props: { title: string; callbacks: Callback[]; now: number; late?: boolean }) {
  if (props.callbacks.length === 0) return null;
  return (
    <>
      <h3 className={props.late ? 'late' : undefined}>{props.title}</h3>
      <ul>
        {props.callbacks.map((callback) => (
          <Row key={callback.id} callback={callback} now={props.now} />
        ))}
      </ul>
    </>
  );
}

function Row({ callback, now }: { callback: Callback; now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [kind, setKind] = useState<ChangeKind | null>(null);
  const change = useChangeCallback('/desk/callbacks');
  const apply = (wanted: CallbackChange) =>
    change.mutate(
      { id: callback.id, change: wanted },
      {
        onSuccess: () => {
          sayDone(t(`callbacks.done.${wanted.act}`));
          setKind(null);
        },
      },
    );
  const handOver = () => apply({ act: 'hand-over', body: { operatorId: null } });
  return (
    <li>
      <span>
        <strong>{promisedTime(format, callback)}</strong>
        <span className="small muted" style={{ display: 'block' }}>
          {format.inMinutes(minutesUntil(callback, now))}
        </span>
      </span>
      <span className="clip">
        {callback.lead.name ?? t('desk.nameless')} <span className="small muted mono">{callback.lead.maskedPhone}</span>
        {callback.note && (
          <span className="small secondary" style={{ display: 'block' }}>
            {callback.note}
          </span>
        )}
      </span>
      <span className="row">
        <Button
          small
          icon="clock"
          aria-label={t('callbacks.move')}
          title={t('callbacks.move')}
          onClick={() => setKind('move')}
        />
        <Button
          small
          icon="group"
          aria-label={t('callbacks.handOver')}
          title={t('callbacks.handOver')}
          busy={change.isPending}
          onClick={handOver}
        />
        <Button
          small
          icon="ban"
          aria-label={t('callbacks.cancel')}
          title={t('callbacks.cancel')}
          onClick={() => setKind('cancel')}
        />
      </span>
      {change.error ? <ProblemNotice error={change.error} /> : null}
      {kind && (
        <ChangeForms
          kind={kind}
          callback={callback}
          operators={[]}
          busy={change.isPending}
          problem={change.error}
          onChange={apply}
          onClose={() => setKind(null)}
        />
      )}
    </li>
  );
}
