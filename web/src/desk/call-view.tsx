import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { Caption, Desk, DeskCall, Disposition } from '../api/contract';
import { outcomeName, reasonName } from '../api/names';
import { sayDone, sayProblem } from '../design/toast';
import { useFormat } from '../shell/format';
import { isAboutCallback } from './callback-picker';
import { forgetDraft, useDraft } from './draft';
import { useKeys } from './keys';
import { LeadPanel } from './lead-panel';
import { OutcomePanel } from './outcome-panel';

/** The call at hand: who it is, what to say, how it ended. */
export function CallView(props: { desk: Desk; call: DeskCall; now: number; onDesk: (desk: Desk) => void }) {
  const { t } = useTranslation();
  const { call, desk } = props;
  const client = useQueryClient();
  const [draft, change] = useDraft(call.attemptId);

  const save = useMutation({
    // Given while the two still talk, it ends the call.
    mutationFn: (disposition: Disposition) => api.post<Desk>('/desk/disposition', disposition),
    meta: { quiet: true },
    onSuccess: (answer) => {
      forgetDraft(call.attemptId);
      props.onDesk(answer);
      sayDone(t('desk.saved'));
    },
    onError: (error) => {
      void client.invalidateQueries({ queryKey: ['desk'], exact: true });
      // A refused time is said in the picker, where another can be taken.
      if (!isAboutCallback(error)) sayProblem(error);
    },
  });

  return (
    <div className="desk-call">
      <LeadPanel call={call} now={props.now} />
      <Script call={call} />
      <OutcomePanel
        desk={desk}
        call={call}
        now={props.now}
        draft={draft}
        change={(part) => {
          if (save.error) save.reset();
          change(part);
        }}
        busy={save.isPending}
        problem={save.error}
        onSave={(disposition) => save.mutate(disposition)}
      />
    </div>
  );
}

function Script({ call }: { call: DeskCall }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [step, setStep] = useState(0);
  const list = useRef<HTMLOListElement>(null);
  const last = call.script.length - 1;

  useKeys({
    ArrowDown: () => setStep((at) => Math.min(last, at + 1)),
    ArrowUp: () => setStep((at) => Math.max(0, at - 1)),
  });
  useEffect(() => {
    list.current?.children[step]?.scrollIntoView({ block: 'nearest' });
  }, [step]);

  return (
    <section className="card desk-script" aria-label={t('desk.script')}>
      {call.caption && (
        <p className="caption">
          <span className="tag">{t('desk.demo')}</span>
          <span>
            <span className="muted">{t('desk.caption')}</span>{' '}
            <CaptionText caption={call.caption} currency={call.offer?.currency ?? null} />
          </span>
        </p>
      )}
      {call.offer && (
        <div className="offer">
          <div className="grow">
            <h2>{call.offer.name}</h2>
            <p className="secondary">{call.offer.description}</p>
          </div>
          {call.offer.price !== null && <strong>{format.money(call.offer.price, call.offer.currency)}</strong>}
        </div>
      )}
      {call.script.length === 0 ? (
        <p className="muted none">{t('desk.noScript')}</p>
      ) : (
        <ol ref={list} className="steps" tabIndex={0}>
          {call.script.map((one, index) => (
            <li key={index} className={index === step ? 'now' : ''} aria-current={index === step ? 'step' : undefined}>
              <button type="button" tabIndex={-1} onClick={() => setStep(index)}>
                <span className="number">{index + 1}</span>
                <span>
                  <span className="title">{one.title}</span>
                  <span className="text">{one.text}</span>
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** What the simulated customer has in mind, so that a demo call can be played through. */
function CaptionText({ caption, currency }: { caption: Caption; currency: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = [
    outcomeName(t, caption.outcome),
    caption.refusalReason && reasonName(t, caption.refusalReason),
    caption.competitor,
    caption.price !== null && format.money(caption.price, currency),
    caption.callbackInMinutes !== null && format.inMinutes(caption.callbackInMinutes),
  ];
  return parts.filter(Boolean).join(' · ');
}
