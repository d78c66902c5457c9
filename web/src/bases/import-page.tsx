import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import type { Import } from '../api/contract';
import { useCampaigns } from '../campaigns/queries';
import { Button, LinkButton, Notice, Pill } from '../design/controls';
import { Confirm } from '../design/dialog';
import { Icon } from '../design/icon';
import { Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { PageHead } from '../shell/page-head';
import { countryName } from './countries';
import { FATES, IMPORT_TONES, targetOf } from './import-names';
import { ProblemNotice } from './problem-notice';
import { isUnderWay, useCancelImport, useImport, useOperators, useUndoImport } from './queries';
import './bases.css';

/** One import: how far it is, what became of every row, and what can be done about it. */
export function ImportPage() {
  const id = Number(useParams().id);
  const client = useQueryClient();
  const found = useImport(id);
  const ended = found.data ? !isUnderWay(found.data) : false;
  useEffect(() => {
    if (!ended) return;
    void client.invalidateQueries({ queryKey: ['bases'] });
    void client.invalidateQueries({ queryKey: ['imports', 'list'] });
    void client.invalidateQueries({ queryKey: ['suppression-lists'] });
  }, [ended, client]);

  if (found.isPending) return <SkeletonRows rows={6} />;
  if (!found.data) return <Failure error={found.error} onRetry={() => void found.refetch()} />;
  return <ImportView one={found.data} />;
}

function ImportView({ one }: { one: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isReading = one.state === 'queued' || one.state === 'running';
  const isLeads = one.kind === 'leads';

  return (
    <div className="page narrow">
      <PageHead
        back={isLeads ? { to: '/bases', name: t('nav.bases') } : { to: '/suppression', name: t('nav.suppression') }}
        title={targetOf(t, one)}
        hint={
          <span className="row wrap facts">
            <Pill tone={IMPORT_TONES[one.state]} busy={isUnderWay(one)}>
              {t(`importState.${one.state}`)}
            </Pill>
            <span className="mono clip" title={one.fileName}>
              {one.fileName}
            </span>
            <span>{format.bytes(one.fileBytes)}</span>
            <span className="muted">
              {one.createdBy
                ? t('import.startedBy', { at: format.dateTime(one.createdAt), name: one.createdBy })
                : format.dateTime(one.createdAt)}
            </span>
          </span>
        }
        actions={<Actions one={one} />}
      />

      {one.problem && <ImportProblem one={one} />}
      {one.generatedPhones && <Notice icon="phone">{t('import.generatedPhones')}</Notice>}
      <UndoResult one={one} />
      <Account one={one} isReading={isReading} />
      {one.rejected > 0 && <Rejects one={one} isReading={isReading} />}
      {!isReading && isLeads && <Settings one={one} />}
    </div>
  );
}

/** What can be done now: stop it, take it back, or go on with the people it brought. */
function Actions({ one }: { one: Import }) {
  const { t } = useTranslation();
  const cancel = useCancelImport(one.id);
  const undo = useUndoImport(one.id);
  const [asking, setAsking] = useState(false);
  if (one.state === 'queued' || one.state === 'running')
    return (
      <Button icon="close" busy={cancel.isPending} onClick={() => cancel.mutate()}>
        {t('import.cancel')}
      </Button>
    );
  if (one.state === 'undoing')
    return (
      <Button icon="stop" busy={cancel.isPending} onClick={() => cancel.mutate()}>
        {t('undo.stop')}
      </Button>
    );
  return (
    <>
      {one.canUndo && one.imported + one.updated > 0 && (
        <Button icon="back" busy={undo.isPending} onClick={() => setAsking(true)}>
          {t('undo.action')}
        </Button>
      )}
      <NextAction one={one} />
      {asking && (
        <Confirm
          title={t('undo.title')}
          text={[
            t('undo.removes', { count: one.imported }),
            one.updated > 0 && t('undo.restores', { count: one.updated }),
            t('undo.keeps'),
          ]
            .filter(Boolean)
            .join(' ')}
          action={t('undo.confirm')}
          busy={undo.isPending}
          onConfirm={() => undo.mutate(undefined, { onSettled: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

function NextAction({ one }: { one: Import }) {
  const { t } = useTranslation();
  if (one.state !== 'done') return null;
  if (one.kind === 'suppression_list')
    return (
      <LinkButton to={`/suppression/${one.listId}`} variant="primary" icon="ban">
        {t('import.toList')}
      </LinkButton>
    );
  if (one.campaignId !== null)
    return (
      <LinkButton to={`/campaigns/${one.campaignId}`} variant="primary" icon="megaphone">
        {t('import.toCampaign')}
      </LinkButton>
    );
  return (
    <LinkButton to="/segments/new" variant="primary" icon="filter">
      {t('import.toSegment')}
    </LinkButton>
  );
}

/** What became of the rows, as far as they are read. */
function Account({ one, isReading }: { one: Import; isReading: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const share = one.fileBytes === 0 ? 0 : Math.min(1, one.bytesRead / one.fileBytes);
  // A list takes numbers in, and asks neither who is there nor who may be called.
  const fates = FATES.filter(({ key }) => one.kind === 'leads' || one[key] > 0 || key === 'imported');
  return (
    <section className="card padded stack">
      <div className="import-total">
        <div>
          <span className="big">{format.number(one.rows)}</span>{' '}
          <span className="secondary">{t('import.rowsRead', { count: one.rows })}</span>
        </div>
        <Pace one={one} isReading={isReading} />
      </div>
      {isReading ? (
        <>
          <div
            className="progress"
            role="progressbar"
            aria-label={t('import.progress')}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(share * 100)}
          >
            <div style={{ width: `${share * 100}%` }} />
          </div>
          <p className="small muted">
            {t('import.bytesRead', { read: format.bytes(one.bytesRead), total: format.bytes(one.fileBytes) })}
          </p>
        </>
      ) : (
        <div className={one.rows === 0 ? 'stock none' : 'stock'} aria-hidden="true">
          {FATES.filter((fate) => one[fate.key] > 0).map((fate) => (
            <div key={fate.key} className={fate.tone} style={{ flexGrow: one[fate.key] }} />
          ))}
        </div>
      )}
      <dl className="fates">
        {fates.map((fate) => (
          <div key={fate.key}>
            <dt>
              <span className={`swatch ${fate.tone}`} />
              {one.kind === 'suppression_list' && fate.key === 'imported' ? t('fate.numbers') : t(`fate.${fate.key}`)}
            </dt>
            <dd>{format.number(one[fate.key])}</dd>
            <dd className="small muted">{format.percent(one.rows === 0 ? null : one[fate.key] / one.rows)}</dd>
          </div>
        ))}
      </dl>
      {one.kind === 'leads' && (
        <p className={isReading ? 'small muted' : 'secondary'}>
          {isReading || one.rows === 0 ? t('import.adding') : sentence()}
        </p>
      )}
      {one.kind === 'leads' && !isReading && one.imported + one.updated > 0 && (
        <p>
          <a className="button plain small" href={`/api/imports/${one.id}/leads`} download>
            <Icon name="download" size={16} />
            {t('import.downloadLeads')}
          </a>
        </p>
      )}
    </section>
  );

  function sentence(): string {
    const parts = FATES.filter((fate) => one[fate.key] > 0).map((fate) =>
      t(`account.${fate.key}`, { count: one[fate.key] }),
    );
    return `${t('account.ofRows', { count: one.rows })} ${format.list(parts)}.`;
  }
}

/** How fast it goes and how long it will take; how long it took, when it has ended. */
function Pace({ one, isReading }: { one: Import; isReading: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const recent = useRecentPace(one);
  if (one.startedAt === null) return <span className="muted">{isReading ? t('import.inQueue') : ''}</span>;
  if (!isReading) {
    // An undo has an end of its own.
    if (one.state === 'undoing' || one.state === 'undone') return null;
    const seconds = one.finishedAt === null ? 0 : (Date.parse(one.finishedAt) - Date.parse(one.startedAt)) / 1000;
    if (seconds <= 0) return null;
    return (
      <span className="muted">
        {t('import.rate', { rate: format.number(Math.round(one.rows / seconds)) })}
        {' · '}
        {format.clock(seconds * 1000)}
      </span>
    );
  }
  if (recent === null) return <span className="muted">{t('import.starting')}</span>;
  const left = recent.bytesPerSecond > 0 ? (one.fileBytes - one.bytesRead) / recent.bytesPerSecond : null;
  return (
    <span className="muted">
      {t('import.rate', { rate: format.number(Math.round(recent.rowsPerSecond)) })}
      {left !== null && ` · ${t('import.left', { time: format.clock(Math.ceil(left) * 1000) })}`}
    </span>
  );
}

const PACE_OVER_MS = 10_000;

/** The pace of the last seconds, by this machine's clock: a job that waited or was taken up again has no other. */
function useRecentPace(one: Import): { rowsPerSecond: number; bytesPerSecond: number } | null {
  const seen = useRef<{ at: number; rows: number; bytes: number }[]>([]);
  const [pace, setPace] = useState<{ rowsPerSecond: number; bytesPerSecond: number } | null>(null);
  useEffect(() => {
    const now = performance.now();
    const points = [...seen.current, { at: now, rows: one.rows, bytes: one.bytesRead }].filter(
      (point) => now - point.at <= PACE_OVER_MS,
    );
    seen.current = points;
    const [first] = points;
    const seconds = first ? (now - first.at) / 1000 : 0;
    if (!first || seconds < 0.5) return;
    setPace({
      rowsPerSecond: (one.rows - first.rows) / seconds,
      bytesPerSecond: (one.bytesRead - first.bytes) / seconds,
    });
  }, [one]);
  return pace;
}

function Rejects({ one, isReading }: { one: Import; isReading: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="card">
      <header className="wrap">
        <h2>{t('import.rejects')}</h2>
        {!isReading && (
          <a className="button plain small" href={`/api/imports/${one.id}/rejects`} download>
            <Icon name="download" size={16} />
            {t('import.downloadRejects')}
          </a>
        )}
      </header>
      <table className="table dense rejects">
        <tbody>
          {[...one.rejectsByCode]
            .sort((a, b) => b.count - a.count)
            .map((reject) => (
              <tr key={reject.code}>
                <td>
                  {t(`reject.${reject.code}`, { defaultValue: reject.code })}{' '}
                  <span className="mono small muted">{reject.code}</span>
                </td>
                <td className="num">
                  <strong>{format.number(reject.count)}</strong>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      {!isReading && <p className="small muted after-table">{t('import.mendRejects')}</p>}
    </section>
  );
}

/** An undo that is on its way, or what it did. */
function UndoResult({ one }: { one: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (one.state !== 'undoing' && one.state !== 'undone') return null;
  const done = one.removed + one.restored + one.kept;
  const share = Math.min(1, done / Math.max(1, one.imported + one.updated));
  return (
    <section className="card padded stack" aria-label={t('undo.result')}>
      <h2>
        {one.state === 'undoing'
          ? t('undo.underWay')
          : one.undoneBy
            ? t('undo.doneBy', { name: one.undoneBy })
            : t('undo.done')}
      </h2>
      {one.state === 'undoing' && (
        <div
          className="progress"
          role="progressbar"
          aria-label={t('undo.underWay')}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
        >
          <div style={{ width: `${share * 100}%` }} />
        </div>
      )}
      <dl className="fates three-fates">
        {(['removed', 'restored', 'kept'] as const).map((key) => (
          <div key={key}>
            <dt>{t(`undone.${key}`)}</dt>
            <dd>{format.number(one[key])}</dd>
          </div>
        ))}
      </dl>
      {one.kept > 0 && (
        <div className="row spread wrap">
          <p className="small secondary grow">{t('undo.keptWhy')}</p>
          {one.state === 'undone' && (
            <a className="button plain small" href={`/api/imports/${one.id}/kept`} download>
              <Icon name="download" size={16} />
              {t('undo.downloadKept')}
            </a>
          )}
        </div>
      )}
    </section>
  );
}

/** How it was asked to be imported. */
function Settings({ one }: { one: Import }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const campaigns = useCampaigns();
  const operators = useOperators();
  const { mapping, dedupe, consent } = one;
  const campaign = campaigns.data?.find(({ id }) => id === one.campaignId);
  const owner = operators.data?.find(({ id }) => id === one.ownerId);
  const facts: [string, string][] = [
    [t('bases.country'), countryName(i18n.language, one.country)],
    [
      t('dedupe.title'),
      [t(`dedupeKey.${dedupe.key}`), t(`dedupeScope.${dedupe.scope}`), t(`dedupeAction.${dedupe.action}`)].join(' · '),
    ],
    [
      t('consent.title'),
      consent
        ? [`${consent.source}: “${consent.wording}”`, consent.isClaim && t('consent.claim')].filter(Boolean).join(' · ')
        : t('consent.none'),
    ],
    [t('import.phoneColumns'), one.generatedPhones ? t('import.generatedShort') : mapping.phones.join(', ')],
    [t('holding.name'), mapping.name ?? mapping.nameParts.join(', ')],
    [t('holding.externalId'), mapping.externalId ?? ''],
    [t('holding.region'), mapping.region ?? ''],
    [t('holding.timeZone'), mapping.timeZone ?? ''],
    [t('import.attributes'), mapping.attributes.map(({ name }) => name).join(', ')],
    [t('calling.priority'), one.priority === 0 ? '' : format.number(one.priority)],
    [t('calling.owner'), owner?.name ?? ''],
    [t('calling.campaign'), campaign?.name ?? ''],
  ];
  return (
    <details className="card fold">
      <summary>
        <Icon name="chevron" size={16} />
        <span className="fold-title">{t('import.settings')}</span>
      </summary>
      <dl className="fold-body settings-list">
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt className="small muted">{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </details>
  );
}

function ImportProblem({ one }: { one: Import }) {
  const { t } = useTranslation();
  const again = one.kind === 'leads' ? `/imports/new?base=${one.baseId}` : `/suppression/${one.listId}`;
  return (
    <ProblemNotice error={one.problem}>
      <p className="import-again">
        <LinkButton small icon="upload" to={again}>
          {t('import.again')}
        </LinkButton>
      </p>
    </ProblemNotice>
  );
}
