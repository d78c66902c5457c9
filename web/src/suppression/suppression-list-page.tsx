import type { TFunction } from 'i18next';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import type { AnalysisRequest, ImportEstimate, SuppressionList, SuppressionLoad, Upload } from '../api/contract';
import { useMe } from '../auth/session';
import { mappingOf, planOf, take, type ColumnPlan } from '../bases/column-plan';
import { countryName, countryOf, CountryOptions } from '../bases/countries';
import { said } from '../bases/estimate-numbers';
import { FileCard, FileNotices, type Reading } from '../bases/file-card';
import { DropZone, PageDrop } from '../bases/file-drop';
import { FirstRows } from '../bases/first-rows';
import { readingOf } from '../bases/import-choices';
import { IMPORT_TONES } from '../bases/import-names';
import { ProblemNotice } from '../bases/problem-notice';
import { isUnderWay } from '../bases/queries';
import { isTransient, Sending, useAnalysis, useDropUpload, useSendFile } from '../bases/uploads';
import { Button, Field, Notice, Pill, Segmented } from '../design/controls';
import { Dialog, DialogButtons } from '../design/dialog';
import { Failure, SkeletonRows } from '../design/states';
import { sayDone } from '../design/toast';
import { useFormat, type Format } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { ageText } from './age';
import { useLastLoads, useLoadSuppressionList, useRetireSuppressionList, useSuppressionList } from './queries';
import '../bases/bases.css';
import './suppression.css';

/** One list: what it holds, how old it is, and the next file of it. */
export function SuppressionListPage() {
  const id = Number(useParams().id);
  const found = useSuppressionList(id);
  if (found.isPending) return <SkeletonRows rows={6} />;
  if (!found.data) return <Failure error={found.error} onRetry={() => void found.refetch()} />;
  return <ListView key={id} list={found.data} />;
}

function ListView({ list }: { list: SuppressionList }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const isManager = useMe().role === 'manager';
  const [retiring, setRetiring] = useState(false);
  const [upload, setUpload] = useState<Upload | null>(null);
  const dropUpload = useDropUpload();
  const sending = useSendFile((arrived) => {
    if (upload) dropUpload.mutate(upload.id);
    setUpload(arrived);
  });
  const isRetired = list.retiredAt !== null;
  const last = useLastLoads().get(list.id);

  return (
    <div className="page narrow">
      <PageDrop onFile={isRetired || sending.file ? null : sending.send} />
      <PageHead
        back={{ to: '/suppression', name: t('nav.suppression') }}
        title={list.name}
        hint={
          <span className="row wrap facts">
            <span>{t(`suppressionKind.${list.kind}`)}</span>
            {list.registry && <span>{list.registry}</span>}
            {list.country && <span>{countryName(i18n.language, list.country)}</span>}
          </span>
        }
        actions={
          isManager &&
          !isRetired && (
            <Button icon="trash" onClick={() => setRetiring(true)}>
              {t('suppression.retire')}
            </Button>
          )
        }
      />
      {list.retiredAt && <Notice tone="warn">{t('suppression.isRetired', { at: format.date(list.retiredAt) })}</Notice>}
      <section className="card list-figures">
        <div>
          <span className="small muted">{t('suppression.numbers')}</span>
          <strong>{format.number(list.numbers)}</strong>
        </div>
        <div>
          <span className="small muted">{t('suppression.age')}</span>
          <strong>{isRetired ? '–' : ageText(t, list)}</strong>
          {list.datedAt && <span className="small muted">{format.date(list.datedAt)}</span>}
        </div>
        <div>
          <span className="small muted">{t('suppression.lastLoad')}</span>
          {last ? (
            <Link className="last-import" to={`/imports/${last.id}`}>
              <Pill tone={IMPORT_TONES[last.state]} busy={isUnderWay(last)}>
                {t(`importState.${last.state}`)}
              </Pill>
              <span className="small">{format.dateTime(last.createdAt)}</span>
            </Link>
          ) : (
            <strong>–</strong>
          )}
        </div>
      </section>

      {sending.error ? <ProblemNotice error={sending.error} /> : null}
      {!isRetired &&
        (sending.file ? (
          <Sending file={sending.file} sent={sending.sent} onStop={sending.stop} />
        ) : upload ? (
          <LoadForm
            key={upload.id}
            list={list}
            upload={upload}
            onAnother={sending.send}
            onCancel={() => {
              dropUpload.mutate(upload.id);
              setUpload(null);
            }}
          />
        ) : (
          <section className="card drop-card">
            <DropZone onFile={sending.send} hint={t(`suppressionDrop.${list.kind}`)} />
          </section>
        ))}
      {retiring && <RetireDialog list={list} onClose={() => setRetiring(false)} />}
    </div>
  );
}

/** How the file that has arrived goes into the list. */
function LoadForm(props: {
  list: SuppressionList;
  upload: Upload;
  onAnother: (file: File) => void;
  onCancel: () => void;
}) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const { list, upload } = props;
  const load = useLoadSuppressionList(list.id);
  const today = useToday();
  const [reading, setReading] = useState<Reading>({});
  const [edited, setEdited] = useState<ColumnPlan | null>(null);
  const [mode, setMode] = useState<SuppressionLoad['mode']>(list.kind === 'do_not_call' ? 'add' : 'replace');
  const [datedAt, setDatedAt] = useState(today);
  const [country, setCountry] = useState(list.country ?? countryOf(i18n.language));

  const request: AnalysisRequest = {
    ...reading,
    ...(edited && { mapping: { phones: mappingOf(edited).phones } }),
    country,
    listId: list.id,
  };
  const { analysis, error, retry, isBehind } = useAnalysis(upload.id, request);
  const plan = analysis ? (edited?.length === analysis.columns.length ? edited : numbersOnly(planOf(analysis))) : null;
  const phones = plan ? mappingOf(plan).phones : [];

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!analysis) return;
    const { dialect, headerAt, sheet } = readingOf(analysis);
    load.mutate(
      {
        uploadId: upload.id,
        mode,
        datedAt,
        country,
        ...(dialect && { dialect }),
        ...(sheet && { sheet }),
        headerAt,
        mapping: { phones },
      },
      { onSuccess: (started) => void navigate(`/imports/${started.id}`) },
    );
  };

  return (
    <form className="stack load-form" onSubmit={submit}>
      <FileCard
        upload={upload}
        analysis={analysis}
        reading={reading}
        onRead={(next) => {
          setReading(next);
          setEdited(null);
        }}
        onAnother={props.onAnother}
        isUnreadable={error !== null && !analysis}
      >
        <Field label={t('bases.country')} className="wide" hint={t('bases.countryHint')}>
          {(control) => (
            <select {...control} className="input" value={country} onChange={(event) => setCountry(event.target.value)}>
              <CountryOptions locale={i18n.language} />
            </select>
          )}
        </Field>
      </FileCard>
      {error && (
        <ProblemNotice error={error}>
          {isTransient(error) && (
            <p>
              <Button small onClick={retry}>
                {t('common.tryAgain')}
              </Button>
            </p>
          )}
        </ProblemNotice>
      )}
      {analysis && plan && (
        <>
          <FileNotices analysis={analysis} />
          <FirstRows analysis={analysis} plan={plan} />
          <section className="card padded stack">
            <div className="two">
              <Field
                label={t('suppression.column')}
                error={phones.length === 0 ? t('suppression.columnMissing') : undefined}
              >
                {(control) => (
                  <select
                    {...control}
                    className="input"
                    required
                    value={phones[0] ?? ''}
                    onChange={(event) =>
                      setEdited(take(numbersOnly(planOf(analysis), false), event.target.value, 'phone'))
                    }
                  >
                    <option value="" disabled>
                      {t('import.choosePhone')}
                    </option>
                    {analysis.columns.map(({ name }) => (
                      <option key={name}>{name}</option>
                    ))}
                  </select>
                )}
              </Field>
              <Field label={t('suppression.datedAt')} hint={t('suppression.datedAtHint')}>
                {(control) => (
                  <input
                    {...control}
                    className="input"
                    type="date"
                    required
                    max={today}
                    value={datedAt}
                    onChange={(event) => setDatedAt(event.target.value)}
                  />
                )}
              </Field>
            </div>
            {list.numbers > 0 && (
              <div className="field">
                <span className="label">{t('suppression.mode')}</span>
                <span>
                  <Segmented
                    label={t('suppression.mode')}
                    value={mode}
                    choices={[
                      { value: 'replace', label: t('suppression.replace') },
                      { value: 'add', label: t('suppression.addTo') },
                    ]}
                    onChange={setMode}
                  />
                </span>
                <span className="hint">
                  {mode === 'replace'
                    ? t('suppression.replaceHint', { count: list.numbers })
                    : t('suppression.addToHint')}
                </span>
              </div>
            )}
          </section>
          {load.error && <ProblemNotice error={load.error} />}
          <div className="form-end">
            <span className={isBehind ? 'grow secondary stale' : 'grow secondary'}>
              {reckoned(t, format, analysis.estimate)}
            </span>
            <Button onClick={props.onCancel}>{t('common.cancel')}</Button>
            <Button
              type="submit"
              variant="primary"
              icon="upload"
              busy={load.isPending}
              disabled={isBehind || error !== null || phones.length === 0}
            >
              {t('suppression.load')}
            </Button>
          </div>
        </>
      )}
      {!analysis && !error && (
        <section className="card">
          <SkeletonRows rows={6} />
        </section>
      )}
    </form>
  );
}

const reckoned = (t: TFunction, format: Format, { valid, duplicate, rejected, exact }: ImportEstimate) =>
  t('suppression.reckoned', {
    valid: said(format, valid, exact),
    duplicate: said(format, duplicate, exact),
    rejected: said(format, rejected, exact),
  });

/** Of a list's file only the column with the numbers is read; with `keep` false not even that, until one is chosen. */
function numbersOnly(plan: ColumnPlan, keep = true): ColumnPlan {
  return plan.map((one) => (keep && one.holds === 'phone' ? one : { ...one, holds: 'leaveOut' as const }));
}

/** The local date, `YYYY-MM-DD`. */
function useToday(): string {
  const [today] = useState(() => {
    const now = new Date();
    return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  });
  return today;
}

function RetireDialog({ list, onClose }: { list: SuppressionList; onClose: () => void }) {
  const { t } = useTranslation();
  const retire = useRetireSuppressionList(list.id);
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    retire.mutate(reason.trim(), {
      onSuccess: () => {
        sayDone(t('suppression.retiredDone'));
        onClose();
      },
    });
  };
  return (
    <Dialog title={t('suppression.retireTitle', { name: list.name })} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="secondary">{t('suppression.retireText', { count: list.numbers })}</p>
        <Field label={t('suppression.reason')} hint={t('suppression.reasonHint')}>
          {(control) => (
            <textarea
              {...control}
              className="input"
              required
              autoFocus
              rows={2}
              maxLength={1000}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        {retire.error && <ProblemNotice error={retire.error} />}
        <DialogButtons
          submit={t('suppression.retire')}
          danger
          busy={retire.isPending}
          disabled={reason.trim() === ''}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}
