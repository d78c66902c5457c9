import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { Base } from '../api/contract';
import { useCampaigns, useSegments } from '../campaigns/queries';
import { Button, LinkButton, Pill } from '../design/controls';
import { Empty, Failure, SkeletonRows } from '../design/states';
import { useFormat } from '../shell/format';
import { NextStep } from '../shell/next-step';
import { PageHead } from '../shell/page-head';
import { ExportDialog } from './export-dialog';
import { handOver, PageDrop } from './file-drop';
import { IMPORT_TONES } from './import-names';
import { isUnderWay, useBases } from './queries';
import { BasesTabs } from './tabs';
import './bases.css';

export function BasesPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const bases = useBases();
  // The table comes together with the next step above it, which would push it away from under the pointer.
  const isPending = [bases, useSegments(), useCampaigns()].some((query) => query.isPending);
  const [exported, setExported] = useState<Base | null>(null);
  const upload = (
    <LinkButton to="/imports/new" variant="primary" icon="upload">
      {t('bases.import')}
    </LinkButton>
  );
  return (
    <div className="page">
      <PageDrop
        onFile={(file) => {
          handOver(file);
          void navigate('/imports/new');
        }}
      />
      <PageHead title={t('nav.bases')} actions={bases.data && bases.data.length > 0 && upload} />
      <NextStep />
      <BasesTabs />
      <div className="card folding-table">
        {isPending ? (
          <SkeletonRows />
        ) : bases.isError && !bases.data ? (
          <Failure error={bases.error} onRetry={() => void bases.refetch()} />
        ) : bases.data?.length === 0 ? (
          <Empty icon="layers" title={t('bases.empty')} actions={upload}>
            {t('bases.emptyHint')}
          </Empty>
        ) : (
          <table className="table bases-table">
            <thead>
              <tr>
                <th>{t('bases.name')}</th>
                <th>{t('bases.source')}</th>
                <th className="num">{t('bases.cost')}</th>
                <th className="num">{t('bases.leads')}</th>
                <th>{t('bases.lastImport')}</th>
                <th>
                  <span className="hidden-visually">{t('common.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {bases.data?.map((base) => (
                <Row key={base.id} base={base} onExport={() => setExported(base)} />
              ))}
            </tbody>
          </table>
        )}
      </div>
      {exported && <ExportDialog base={exported} onClose={() => setExported(null)} />}
    </div>
  );
}

function Row({ base, onExport }: { base: Base; onExport: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const last = base.lastImport;
  return (
    <tr>
      <td className="base-name">
        <strong>{base.name}</strong>
        <div className="small muted">
          {base.country} · {t('bases.added', { at: format.date(base.createdAt) })}
        </div>
      </td>
      <td className={base.source === null ? 'secondary none-there' : 'secondary'}>{base.source ?? '–'}</td>
      <td className={base.cost === null ? 'num none-there' : 'num'}>{format.money(base.cost, base.currency)}</td>
      <td className="num" data-label={t('bases.leads')}>
        <strong>{format.number(base.leads)}</strong>
      </td>
      <td>
        {last ? (
          <Link className="last-import" to={`/imports/${last.id}`}>
            <Pill tone={IMPORT_TONES[last.state]} busy={isUnderWay(last)}>
              {t(`importState.${last.state}`)}
            </Pill>
            <span className="small">{format.dateTime(last.createdAt)}</span>
          </Link>
        ) : (
          <span className="muted">{t('bases.never')}</span>
        )}
      </td>
      <td className="num row-actions">
        <span className="row">
          <Button
            small
            icon="download"
            disabled={base.leads === 0}
            aria-label={t('export.of', { base: base.name })}
            title={t('export.action')}
            onClick={onExport}
          />
          <LinkButton small icon="upload" to={`/imports/new?base=${base.id}`}>
            {t('bases.addFile')}
          </LinkButton>
        </span>
      </td>
    </tr>
  );
}
