import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { ApiProblem, api } from '../api/client';
import type { Analysis, AnalysisRequest, Import, ImportOptions, Upload } from '../api/contract';
import { useAbout } from '../auth/session';
import { useCampaigns } from '../campaigns/queries';
import { Button, Notice } from '../design/controls';
import { SkeletonRows } from '../design/states';
import { PageHead } from '../shell/page-head';
import { mappingOf, planOf, type ColumnPlan } from './column-plan';
import { ColumnsCard } from './columns-card';
import { countryOf, currencyOf } from './countries';
import { EstimatePanel, ZonesPanel } from './estimate';
import { reckoned } from './estimate-numbers';
import { FileCard, FileNotices, type Reading } from './file-card';
import { DropZone, PageDrop, takeOver } from './file-drop';
import { FirstRows } from './first-rows';
import { nameFrom, optionsOf, type Choices } from './import-choices';
import { BaseCard, CountryOfNumbers, MoreOptions } from './options-cards';
import { ProblemNotice } from './problem-notice';
import { useBases, useOperators } from './queries';
import { isTransient, Sending, useAnalysis, useDropUpload, useSendFile, useUpload } from './uploads';
import './bases.css';

/** From a file to an import: the file arrives, what was understood of it is shown and corrected, and it is started. */
export function NewImportPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const uploadId = search.get('upload');
  const dropUpload = useDropUpload();

  const sending = useSendFile((arrived) => {
    if (uploadId) dropUpload.mutate(uploadId);
    // Within the address, so that a page that is loaded again still has its file.
    setSearch(
      (now) => {
        now.set('upload', arrived.id);
        return now;
      },
      { replace: true },
    );
  });
  const { send } = sending;
  useEffect(() => {
    const file = takeOver();
    if (file) send(file);
  }, [send]);

  const upload = useUpload(uploadId);
  const failure = sending.error ?? upload.error;
  if (uploadId && !sending.file && upload.data)
    return (
      <>
        <PageDrop onFile={send} />
        <Wizard key={uploadId} upload={upload.data} error={sending.error} onAnother={send} />
      </>
    );
  return (
    <div className="page narrow">
      <PageDrop onFile={sending.file ? null : send} />
      <PageHead back={{ to: '/bases', name: t('nav.bases') }} title={t('import.title')} />
      {sending.file ? (
        <Sending file={sending.file} sent={sending.sent} onStop={sending.stop} />
      ) : upload.isLoading ? (
        <SkeletonRows />
      ) : (
        <>
          {failure && <ProblemNotice error={failure} />}
          <section className="card drop-card">
            <DropZone onFile={send} />
          </section>
          <p className="small muted promise">{t('upload.promise')}</p>
        </>
      )}
    </div>
  );
}

function useChoices(upload: Upload): [Choices, (change: Partial<Choices>) => void] {
  const { i18n } = useTranslation();
  const [search] = useSearchParams();
  const [choices, setChoices] = useState<Choices>(() => {
    const country = countryOf(i18n.language);
    const baseId = search.get('base');
    return {
      into: baseId ? 'existing' : 'new',
      baseId: baseId ?? '',
      name: nameFrom(upload.fileName),
      source: '',
      cost: '',
      currency: currencyOf(country),
      country: baseId ? '' : country,
      dedupe: { key: 'phone', scope: 'base', action: 'skip' },
      hasConsent: false,
      consentSource: '',
      consentWording: '',
      consentProof: '',
      consentForm: 'prior',
      consentDay: '',
      consentAttribute: '',
      priority: '',
      ownerId: '',
      campaignId: '',
    };
  });
  const choose = (change: Partial<Choices>) =>
    setChoices((now) => {
      const next = { ...now, ...change };
      if (change.into === 'new' && next.country === '') next.country = countryOf(i18n.language);
      if (change.into === 'existing') next.country = '';
      // The currency follows the country until a cost is there.
      if (change.country && now.cost === '' && next.into === 'new') next.currency = currencyOf(change.country);
      return next;
    });
  return [choices, choose];
}

function Wizard(props: { upload: Upload; error: unknown; onAnother: (file: File) => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const dropUpload = useDropUpload();
  const { upload } = props;
  const bases = useBases();
  const campaigns = useCampaigns();
  const operators = useOperators();
  const [reading, setReading] = useState<Reading>({});
  const [edited, setEdited] = useState<{ plan: ColumnPlan; nameParts: string[] } | null>(null);
  const [choices, choose] = useChoices(upload);

  const isExisting = choices.into === 'existing';
  const request: AnalysisRequest = {
    ...reading,
    ...(edited && { mapping: mappingOf(edited.plan, edited.nameParts) }),
    ...(choices.country && { country: choices.country }),
    ...(isExisting && choices.baseId !== '' && { baseId: Number(choices.baseId) }),
    dedupe: choices.dedupe,
  };
  const { analysis, error, retry, isBehind } = useAnalysis(upload.id, request);
  // Columns that are cut anew are nobody's choice any more.
  const kept = edited && analysis && edited.plan.length === analysis.columns.length ? edited : null;
  const plan = analysis ? (kept?.plan ?? planOf(analysis)) : null;
  const nameParts = kept?.nameParts ?? analysis?.mapping.nameParts ?? [];
  const mapping = plan && mappingOf(plan, nameParts);
  const isUnreadable = error !== null && !analysis;
  const hasPhone = mapping !== null && mapping.phones.length > 0;

  const start = useMutation({
    mutationFn: (options: ImportOptions) => api.post<Import>('/imports', { uploadId: upload.id, options }),
    meta: { quiet: true },
    onSuccess: (started) => {
      client.setQueryData(['imports', started.id], started);
      void client.invalidateQueries({ queryKey: ['bases'] });
      void client.invalidateQueries({ queryKey: ['imports', 'list'] });
      void navigate(`/imports/${started.id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (analysis && mapping && hasPhone) start.mutate(optionsOf(choices, analysis, mapping));
  };
  const generate = () => {
    if (analysis && mapping) start.mutate({ ...optionsOf(choices, analysis, mapping), generatePhones: true });
  };
  const read = (next: Reading) => {
    setReading(next);
    setEdited(null);
  };
  // With the id's column gone, people can't be told apart by it.
  const setPlan = (next: ColumnPlan) => {
    setEdited({ plan: next, nameParts });
    if (choices.dedupe.key === 'external_id' && !next.some((one) => one.holds === 'externalId'))
      choose({ dedupe: { ...choices.dedupe, key: 'phone' } });
  };

  return (
    <form className={isUnreadable ? 'page narrow' : 'page'} onSubmit={submit}>
      <PageHead back={{ to: '/bases', name: t('nav.bases') }} title={t('import.title')} />
      <div className={isUnreadable ? '' : 'import-columns'}>
        <div className="stack main-part">
          {props.error ? <ProblemNotice error={props.error} /> : null}
          <FileCard
            upload={upload}
            analysis={analysis}
            reading={reading}
            onRead={read}
            onAnother={props.onAnother}
            isUnreadable={isUnreadable}
          >
            <CountryOfNumbers choices={choices} onChoose={choose} error={start.error} bases={bases.data ?? []} />
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
          {analysis && plan ? (
            <>
              <FileNotices analysis={analysis} />
              {!hasPhone && <NoPhone onGenerate={generate} busy={start.isPending} />}
              <ColumnsCard analysis={analysis} plan={plan} onPlan={setPlan} />
              <FirstRows analysis={analysis} plan={plan} />
            </>
          ) : (
            !error && (
              <section className="card">
                <SkeletonRows rows={8} />
              </section>
            )
          )}
          {!isUnreadable && (
            <>
              <BaseCard choices={choices} onChoose={choose} error={start.error} bases={bases.data ?? []} />
              <MoreOptions
                choices={choices}
                onChoose={choose}
                error={start.error}
                hasExternalId={plan?.some((one) => one.holds === 'externalId') ?? false}
                dateAttributes={
                  mapping?.attributes.filter(({ type }) => type === 'date').map(({ name, column }) => name ?? column) ??
                  []
                }
                campaigns={campaigns.data ?? []}
                operators={operators.data ?? []}
              />
            </>
          )}
        </div>
        {!isUnreadable && (
          <Reckoning
            analysis={analysis}
            choices={choices}
            isBehind={isBehind && !error}
            canStart={hasPhone && !isBehind && !error}
            hasPhone={hasPhone || !analysis}
            busy={start.isPending}
            error={start.error}
            onCancel={() => {
              dropUpload.mutate(upload.id);
              void navigate('/bases');
            }}
          />
        )}
      </div>
    </form>
  );
}

/** What would become of the file, always in sight, and the button that makes it so. */
function Reckoning(props: {
  analysis: Analysis | undefined;
  choices: Choices;
  isBehind: boolean;
  canStart: boolean;
  hasPhone: boolean;
  busy: boolean;
  error: unknown;
  onCancel: () => void;
}) {
  const { t } = useTranslation();
  const { analysis, choices, isBehind, error } = props;
  const { action } = choices.dedupe;
  const people = analysis ? reckoned(analysis, action) : null;
  const prior = error instanceof ApiProblem && error.code === 'same_file_imported' ? Number(error.more.importId) : null;
  return (
    <aside className="card reckoning" aria-label={t('estimate.title')}>
      <header>
        <h2>{t('estimate.title')}</h2>
        <span className="small muted" role="status">
          {isBehind && analysis ? t('estimate.again') : ''}
        </span>
      </header>
      {analysis ? (
        <div
          className={isBehind ? 'body stack stale' : 'body stack'}
          // It scrolls where the window is low.
          tabIndex={0}
          role="group"
          aria-label={t('estimate.title')}
        >
          <EstimatePanel estimate={analysis.estimate} action={action} />
          <ZonesPanel zones={analysis.zones} exact={analysis.estimate.exact} />
        </div>
      ) : (
        <SkeletonRows rows={6} />
      )}
      <footer className="stack tight">
        {error ? (
          <ProblemNotice error={error}>
            {prior !== null && Number.isInteger(prior) && (
              <p>
                <Link to={`/imports/${prior}`}>{t('import.seePrior')}</Link>
              </p>
            )}
          </ProblemNotice>
        ) : null}
        {!props.hasPhone && <p className="small secondary">{t('import.phoneNeeded')}</p>}
        <Button type="submit" variant="primary" disabled={!props.canStart} busy={props.busy}>
          {people === null || people.count === 0
            ? t('import.startPlain')
            : people.exact
              ? t('import.start', { count: people.count })
              : t('import.startAbout', { count: people.count })}
        </Button>
        <Button variant="ghost" onClick={props.onCancel}>
          {t('common.cancel')}
        </Button>
      </footer>
    </aside>
  );
}

/** The file has no column that looks like a phone: it is pointed out, or phones are made up where nobody can be rung. */
function NoPhone({ onGenerate, busy }: { onGenerate: () => void; busy: boolean }) {
  const { t } = useTranslation();
  const about = useAbout();
  return (
    <Notice tone="warn">
      <strong>{t('problem.phone_column_missing')}</strong>
      <p className="secondary">{t('import.phoneHint')}</p>
      {about.data?.telephony === 'simulator' && (
        <div className="generate">
          <div className="grow">
            <strong>{t('import.generateTitle')}</strong>
            <p className="small secondary">{t('import.generateHint')}</p>
          </div>
          <Button small busy={busy} onClick={onGenerate}>
            {t('import.generate')}
          </Button>
        </div>
      )}
    </Notice>
  );
}
