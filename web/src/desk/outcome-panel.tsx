import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Desk, DeskCall, Disposition, RefusalReason } from '../api/contract';
import { outcomeName, reasonName } from '../api/names';
import { Button, Field, Key } from '../design/controls';
import { Icon } from '../design/icon';
import { CallbackPicker } from './callback-picker';
import type { Draft } from './draft';
import { CHOICE_KEYS, useKeys, type KeyMap } from './keys';

interface Props {
  desk: Desk;
  call: DeskCall;
  now: number;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  busy: boolean;
  problem: unknown;
  onSave: (disposition: Disposition) => void;
}

interface Choice {
  key: string;
  label: string;
  tone?: string;
  opens?: boolean;
  chosen?: boolean;
  choose: () => void;
}

/** What the next keys mean: an outcome, its reason, a group's reasons, or nothing more to choose. */
function reasonsShown(reasons: RefusalReason[], group: string | undefined): RefusalReason[] {
  return reasons
    .filter((reason) => (group === undefined ? reason.parentCode === null : reason.parentCode === group))
    .sort((a, b) => a.position - b.position);
}

function dispositionOf(desk: Desk, call: DeskCall, draft: Draft): Disposition | null {
  const outcome = desk.outcomes.find((one) => one.code === draft.outcome);
  if (!outcome) return null;
  const note = draft.note.trim();
  const result: Disposition = { attemptId: call.attemptId, outcome: outcome.code, ...(note && { note }) };
  if (outcome.asks === 'refusal_reason') {
    const reason = desk.refusalReasons.find((one) => one.code === draft.reason);
    if (!reason) return null;
    result.refusalReason = reason.code;
    const price = Number(draft.price?.replace(',', '.').replace(/\s/g, ''));
    if (reason.asks === 'price' && draft.price?.trim() && Number.isFinite(price)) result.refusalDetail = { price };
    if (reason.asks === 'competitor' && (draft.competitor?.trim() || draft.date)) {
      result.refusalDetail = {
        ...(draft.competitor?.trim() && { competitor: draft.competitor.trim() }),
        ...(draft.date && { date: draft.date }),
      };
    }
    if (reason.asks === 'date' && draft.date) result.refusalDetail = { date: draft.date };
    if (reason.asks === 'note' && draft.reasonNote?.trim()) result.refusalDetail = { note: draft.reasonNote.trim() };
  }
  if (outcome.asks === 'callback') {
    if (!draft.callbackTime) return null;
    result.callback = {
      localTime: draft.callbackTime,
      timeZone: draft.timeZone ?? call.lead.timeZones[0],
      personal: draft.personal ?? false,
      ...(draft.callbackPhone?.trim() && { phone: draft.callbackPhone.trim() }),
    };
  }
  return result;
}

export function OutcomePanel(props: Props) {
  const { t } = useTranslation();
  const { desk, call, draft, change } = props;
  const noteInput = useRef<HTMLTextAreaElement>(null);

  const outcome = desk.outcomes.find((one) => one.code === draft.outcome);
  const reason = desk.refusalReasons.find((one) => one.code === draft.reason);
  const ready = dispositionOf(desk, call, draft);
  const open = call.endedAt === null && desk.state === 'in_call';

  const choices: Choice[] = [];
  if (!outcome || (outcome.asks === 'nothing' && draft.outcome)) {
    for (const one of [...desk.outcomes].sort((a, b) => a.position - b.position)) {
      choices.push({
        key: one.code,
        label: outcomeName(t, one.code, one.label),
        tone: one.category,
        opens: one.asks !== 'nothing',
        chosen: one.code === draft.outcome,
        choose: () => change({ outcome: one.code, reasonGroup: undefined, reason: undefined }),
      });
    }
  } else if (outcome.asks === 'refusal_reason' && !reason) {
    for (const one of reasonsShown(desk.refusalReasons, draft.reasonGroup)) {
      const isGroup = desk.refusalReasons.some((child) => child.parentCode === one.code);
      choices.push({
        key: one.code,
        label: reasonName(t, one.code, one.label),
        opens: isGroup,
        choose: () => change(isGroup ? { reasonGroup: one.code } : { reason: one.code }),
      });
    }
  }

  const back = () => {
    if (draft.reason) change({ reason: undefined });
    else if (draft.reasonGroup) change({ reasonGroup: undefined });
    else if (draft.outcome) change({ outcome: undefined });
  };
  const save = () => {
    if (ready && !props.busy) props.onSave(ready);
  };

  const keys: KeyMap = {
    N: () => noteInput.current?.focus(),
    Backspace: draft.outcome ? back : undefined,
    Escape: draft.outcome ? back : undefined,
    Enter: ready ? save : undefined,
    'Ctrl+Enter': ready ? save : undefined,
  };
  choices.forEach((choice, index) => {
    const name = CHOICE_KEYS[index];
    if (name) keys[name] = choice.choose;
  });
  useKeys(keys);

  const path = [
    outcome && outcome.asks !== 'nothing' && outcomeName(t, outcome.code, outcome.label),
    draft.reasonGroup && reasonName(t, draft.reasonGroup),
    reason && reasonName(t, reason.code, reason.label),
  ].filter((part): part is string => Boolean(part));

  return (
    <section className="card desk-outcome" aria-label={t('desk.outcome')}>
      <header>
        {path.length === 0 ? (
          <h2>{t('desk.outcome')}</h2>
        ) : (
          <>
            <Button small variant="ghost" icon="back" aria-label={t('desk.back')} onClick={back} />
            <h2 className="clip" title={path.join(' › ')}>
              {path.join(' › ')}
            </h2>
          </>
        )}
      </header>
      <div className="choices">
        {choices.length > 0 ? (
          <ul>
            {choices.map((choice, index) => (
              <li key={choice.key}>
                <button
                  type="button"
                  data-choice=""
                  aria-pressed={choice.chosen ?? false}
                  className={choice.tone ? `choice ${choice.tone}` : 'choice'}
                  onClick={choice.choose}
                >
                  {CHOICE_KEYS[index] && <Key name={CHOICE_KEYS[index]} />}
                  <span className="grow">{choice.label}</span>
                  {choice.opens && <Icon name="chevron" size={14} />}
                  {choice.chosen && <Icon name="check" size={16} />}
                </button>
              </li>
            ))}
          </ul>
        ) : outcome?.asks === 'callback' ? (
          <CallbackPicker call={call} now={props.now} draft={draft} change={change} problem={props.problem} />
        ) : reason ? (
          <Detail reason={reason} draft={draft} change={change} onSave={save} />
        ) : null}
      </div>
      <Field
        label={
          <span className="row">
            {t('desk.note')} <Key name="N" />
          </span>
        }
        className="note"
      >
        {(control) => (
          <textarea
            {...control}
            ref={noteInput}
            className="input"
            rows={3}
            maxLength={2000}
            placeholder={t('desk.notePlaceholder')}
            value={draft.note}
            onChange={(event) => change({ note: event.target.value })}
          />
        )}
      </Field>
      <Button
        variant="primary"
        className="save"
        keyHint="Enter"
        icon={open ? 'phoneDown' : 'check'}
        busy={props.busy}
        disabled={!ready}
        onClick={save}
      >
        {open ? t('desk.hangUpAndSave') : t('desk.save')}
      </Button>
    </section>
  );
}

/** The detail that belongs to a refusal reason: wanted, never demanded. */
function Detail(props: {
  reason: RefusalReason;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  onSave: () => void;
}) {
  const { t } = useTranslation();
  const { reason, draft, change } = props;
  const input = (
    field: 'price' | 'competitor' | 'date' | 'reasonNote',
    extra: object,
    label = t(`desk.asks.${reason.asks}`),
  ): ReactNode => (
    <Field label={label} optional>
      {(control) => (
        <input
          {...control}
          // Whoever picked the reason goes on typing: the field was asked for, it did not push in.
          autoFocus
          {...extra}
          className="input"
          value={draft[field] ?? ''}
          onChange={(event) => change({ [field]: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
              event.preventDefault();
              props.onSave();
            }
          }}
        />
      )}
    </Field>
  );
  switch (reason.asks) {
    case 'price':
      return input('price', { inputMode: 'decimal', autoComplete: 'off' });
    case 'competitor':
      return (
        <>
          {input('competitor', { autoComplete: 'off', maxLength: 200 })}
          {input('date', { type: 'date', autoFocus: false }, t('desk.contractEnds'))}
        </>
      );
    case 'date':
      return input('date', { type: 'date' });
    case 'note':
      return input('reasonNote', { autoComplete: 'off', maxLength: 500 });
    case 'nothing':
      return <p className="muted none">{t('desk.reasonTaken')}</p>;
  }
}
