import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import type { FilledScript, Locale } from '../api/contract';
import { reasonName } from '../api/names';
import { useOffers } from '../campaigns/queries';
import { Button, Field, Pill, Segmented } from '../design/controls';
import { Dialog } from '../design/dialog';
import { Failure, SkeletonRows } from '../design/states';
import { useSettled } from '../segments/queries';
import { LANGUAGES } from '../shell/language';
import { END, GO_ON, partsForReview, type ScriptDraft } from './script-draft';

/** The script as one person would hear it, played through answer by answer. */
export function PreviewDialog(props: { draft: ScriptDraft; locale: Locale; onClose: () => void }) {
  const { t } = useTranslation();
  const offers = useOffers();
  const { languages } = props.draft;
  const [locale, setLocale] = useState<Locale>(
    languages.length > 0 && !languages.includes(props.locale) ? (languages[0] ?? props.locale) : props.locale,
  );
  const [name, setName] = useState(() => t('scriptPreview.sampleName'));
  const [region, setRegion] = useState(() => t('scriptPreview.sampleRegion'));
  const [offerId, setOfferId] = useState<number | null>(null);
  const chosen = offerId ?? offers.data?.[0]?.id ?? null;
  // The way so far: ids of steps, with the answer that led on.
  const [way, setWay] = useState<{ id: string; answer: string }[]>([]);
  const body = useSettled(
    JSON.stringify({
      ...partsForReview(props.draft),
      ...{ locale, lead: { name: name || null, region: region || null } },
      ...(chosen !== null && { offerId: chosen }),
    }),
    300,
  );
  const preview = useQuery({
    queryKey: ['script-preview', body],
    queryFn: ({ signal }) => api.post<FilledScript>('/scripts/preview', JSON.parse(body), signal),
    placeholderData: keepPreviousData,
    gcTime: 0,
  });

  return (
    <Dialog title={t('scriptPreview.title')} onClose={props.onClose}>
      <div className="preview-choices">
        <Field label={t('scriptPreview.name')}>
          {(control) => (
            <input {...control} className="input" value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Field label={t('scriptPreview.region')}>
          {(control) => (
            <input {...control} className="input" value={region} onChange={(event) => setRegion(event.target.value)} />
          )}
        </Field>
        <Field label={t('campaignForm.offer')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={chosen ?? ''}
              onChange={(event) => setOfferId(event.target.value === '' ? null : Number(event.target.value))}
            >
              {offers.data?.length === 0 && <option value="">{t('campaignForm.none')}</option>}
              {offers.data?.map((offer) => (
                <option key={offer.id} value={offer.id}>
                  {offer.name}
                </option>
              ))}
            </select>
          )}
        </Field>
        {languages.length > 1 && (
          <Segmented
            label={t('shell.language')}
            value={locale}
            choices={LANGUAGES.filter((one) => languages.includes(one.locale)).map((one) => ({
              value: one.locale,
              label: one.name,
            }))}
            onChange={setLocale}
          />
        )}
      </div>
      {preview.isPending ? (
        <SkeletonRows rows={3} />
      ) : !preview.data ? (
        <Failure error={preview.error} onRetry={() => void preview.refetch()} />
      ) : (
        <>
          <Conversation script={preview.data} way={way} onWay={setWay} />
          {preview.data.objections.length > 0 && (
            <details className="asked">
              <summary>{t('scriptEditor.objections')}</summary>
              <dl className="heard-objections">
                {preview.data.objections.map((one, at) => (
                  <div key={at}>
                    <dt>
                      {reasonName(t, one.refusalReason)}
                      {one.title && ` · ${one.title}`}
                    </dt>
                    <dd className="heard">{one.text}</dd>
                  </div>
                ))}
              </dl>
            </details>
          )}
          {preview.data.printed.map((print) => (
            <details key={print.id} className="asked">
              <summary>{print.title}</summary>
              <p className="heard">{print.text}</p>
            </details>
          ))}
        </>
      )}
      <div className="buttons">
        <Button onClick={props.onClose}>{t('common.close')}</Button>
      </div>
    </Dialog>
  );
}

type Way = { id: string; answer: string }[];

function Conversation({ script, way, onWay }: { script: FilledScript; way: Way; onWay: (way: Way) => void }) {
  const { t } = useTranslation();
  const stepOf = (id: string) => script.steps.find((step) => step.id === id);
  const said: { id: string; answer: string | null }[] = [];
  let next: string = script.steps[0]?.id ?? END;
  for (const { id, answer } of way) {
    const taken = stepOf(id)?.answers.find(({ label }) => label === answer);
    // The script was changed meanwhile: what was said up to here stands.
    if (id !== next || !taken) break;
    said.push({ id, answer });
    next = taken.goto;
  }
  const current = stepOf(next);
  if (current) said.push({ id: current.id, answer: null });
  const done = said.filter((one) => one.answer !== null) as Way;
  return (
    <div className="stack tight">
      <ol className="conversation">
        {said.map(({ id, answer }, at) => {
          const step = stepOf(id);
          return (
            <li key={at}>
              <p className="small muted row wrap">
                {step?.title} {step?.mustSay && <Pill tone="info">{t('scriptPreview.mustSay')}</Pill>}
              </p>
              <p className="heard">{step?.text}</p>
              {step && step.fields.length > 0 && (
                <p className="small secondary">
                  {t('scriptPreview.asks', { fields: step.fields.map(({ label }) => label).join(', ') })}
                </p>
              )}
              {answer !== null && answer !== GO_ON && <p className="answered">{answer}</p>}
            </li>
          );
        })}
      </ol>
      {current ? (
        <div className="row wrap">
          {current.answers.map((answer, at) => (
            <Button key={at} small onClick={() => onWay([...done, { id: current.id, answer: answer.label }])}>
              {answer.label === GO_ON ? t('scriptPreview.goOn') : answer.label}
            </Button>
          ))}
          {current.answers.length === 0 && <span className="muted">{t('scriptFault.dead_end')}</span>}
        </div>
      ) : (
        <p>
          <Pill tone="quiet">{t('scriptEditor.end')}</Pill>
        </p>
      )}
      {done.length > 0 && (
        <span>
          <Button small variant="ghost" icon="undo" onClick={() => onWay(done.slice(0, -1))}>
            {t('scriptPreview.back')}
          </Button>
        </span>
      )}
    </div>
  );
}
